/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tests/network/run.py drives: brings up the network of the namespace it runs in as the
 * installer does, once for each URL, and prints what came of it as a line of JSON each. Then waits
 * for the end of standard input, so that routes and leases can be looked at.
 * Usage: network-up FOLDER BOOT-LINE [URL]...
 */
#include "common/clock.h"
#include "common/http.h"
#include "common/json.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/network/links.h"

/* Short, so that a test need not wait long for what never comes. */
#define FETCH_STALL_S 6

/* NICs as hwdb has them: by name, and the one that BOOTIF= names. */
static struct host *nics_of_namespace(const struct fsroot *root, const char *boot_mac)
{
	struct host *host = xcalloc(1, sizeof(*host));
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(root, "/sys/class/net", &names) < 0)
		return host;
	for (char **name = names; name && *name; name++) {
		struct host_nic *nic;

		if (!str_starts(*name, "eth"))
			continue;
		nic = ARRAY_APPEND(host->nics, host->n_nics);
		nic->name = xstrdup(*name);
		nic->driver = xstrdup("veth");
		if (fsroot_read_textf(root, &nic->mac, "/sys/class/net/%s/address", *name) < 0)
			nic->mac = NULL;
		nic->boot = boot_mac && str_eq(nic->mac, boot_mac);
	}
	return host;
}

/* Asks for the URL with POST bytes, if there is that variable: a string of them goes along. */
static int fetch(const char *url, struct json *json, struct error **err)
{
	_cleanup_free_ char *body = NULL, *answer = NULL;
	const struct http_patience patience = {.tries = 2, .pause_s = 1};
	struct http_request request = {.url = url, .stall_timeout_s = FETCH_STALL_S};
	size_t length = (size_t)atoi(getenv("FETCH")), got = 0;
	int r;

	if (length > 0) {
		body = xcalloc(length + 1, 1);
		memset(body, 'x', length);
		request.body = body;
		request.body_length = length;
		request.content_type = "text/plain";
	}
	r = http_get_patiently(&request, &patience, &answer, &got, err);
	json_set_u64(json, "fetched", got);
	return r;
}

static void show(int r, double seconds, const char *url, const struct error *error)
{
	_cleanup_json_ struct json *json = json_new_object();
	_cleanup_error_ struct error *problem = NULL;
	_cleanup_free_ char *text = NULL, *message = NULL;
	const char *hint;

	if (r == 0 && url && getenv("FETCH") && fetch(url, json, &problem) < 0)
		error = problem;
	message = error ? error_text(error) : NULL;
	hint = error ? error_get_hint(error) : NULL;
	json_set_bool(json, "up", r == 0);
	json_set_u64(json, "milliseconds", (uint64_t)(seconds * 1000));
	json_set_string(json, "error", message);
	json_set_string(json, "hint", hint);
	text = json_to_line(json);
	puts(text);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_host_ struct host *host = NULL;
	_cleanup_network_config_ struct network_config *config = NULL;
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *path = NULL, *script = NULL;

	if (argc < 3 || fsroot_open("/", &root) < 0)
		return 2;
	log_to_stderr(LOG_DEBUG);
	path = xasprintf("%s/bin:/usr/sbin:/usr/bin:/sbin:/bin", argv[1]);
	script = xasprintf("%s/dhcp.sh", argv[1]);
	proc_set_path(path);
	links_set_script(script);
	if (getenv("PATIENCE"))
		network_set_patience(strtod(getenv("PATIENCE"), NULL),
				     2 * strtod(getenv("PATIENCE"), NULL));
	host = nics_of_namespace(root, getenv("BOOT_MAC"));
	if (network_config_parse(argv[2], &config, &error) < 0) {
		show(-1, 0, NULL, error);
		return 1;
	}
	for (int i = 3; i < argc || i == 3; i++) {
		_cleanup_error_ struct error *problem = NULL;
		double started = clock_seconds();
		int r = network_up_to(root, host, config, i < argc ? argv[i] : NULL, &problem);

		show(r, clock_seconds() - started, i < argc ? argv[i] : NULL, problem);
	}
	return getchar() == EOF ? 0 : 1;
}
