/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/unattended/unattended.h"
#include "common/url.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "common/http.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/network/network.h"
#include "installer/unattended/discover.h"
#include "installer/unattended/generator.h"
#include "installer/unattended/identity.h"
#include "installer/unattended/request.h"

#define TAG         "answers"
#define MOUNT_POINT "/run/xenhost/answers.mnt"
/* Room for a rack that starts at once: 1, 2, 4 and 8 seconds, and as much again by chance. */
#define RETRIES 4

/* Everything of one request for answers. */
struct asking {
	const struct unattended *unattended;
	struct request *request;
	char *hostname;
	struct identity identity;
	char *mount_point, *medium; /* as seen from outside the root */
	char *url;                  /* variables replaced */
	char *masked;
	char **headers;
	char *host_json;
	char **authorities;
	char *text;
	size_t length;
};

static void asking_done(struct asking *asking)
{
	request_free(asking->request);
	free(asking->hostname);
	free(asking->mount_point);
	free(asking->medium);
	free(asking->url);
	free(asking->masked);
	strv_free(asking->headers);
	free(asking->host_json);
	strv_free(asking->authorities);
	/* It may hold a password. */
	if (asking->text)
		explicit_bzero(asking->text, asking->length);
	free(asking->text);
}

struct fetch unattended_places(const struct host *host, const char *medium)
{
	return (struct fetch){
		.medium = medium,
		.find_label = label_find,
		/* Only read, through a pointer that knows nothing of hosts. */
		.data = (void *)(uintptr_t)host,
	};
}

static struct fetch fetch_of(const struct asking *asking)
{
	struct fetch fetch = unattended_places(asking->unattended->host, asking->medium);

	fetch.mount_point = asking->mount_point;
	return fetch;
}

static int find_folders(struct asking *asking, struct error **err)
{
	const struct unattended *unattended = asking->unattended;
	int r = fsroot_mkdir(unattended->root, MOUNT_POINT, 0700);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot make %s", MOUNT_POINT);
	asking->mount_point = fsroot_outer_path(unattended->root, MOUNT_POINT);
	if (unattended->medium)
		asking->medium = fsroot_outer_path(unattended->root, unattended->medium);
	return 0;
}

static int need_network(const struct asking *asking, struct error **err)
{
	return asking->unattended->need_network(asking->unattended->data, err);
}

static int need_way(const struct asking *asking, const char *url, struct error **err)
{
	const struct unattended *unattended = asking->unattended;

	return unattended->need_way ? unattended->need_way(url, unattended->data, err)
				    : need_network(asking, err);
}

static int discover(struct asking *asking, struct error **err)
{
	_cleanup_(discover_done) struct discover discover = {
		.root = asking->unattended->root,
		.host = asking->unattended->host,
		.server = asking->unattended->dns_server,
	};
	int r = discover_by_label(&discover, asking->request, err);

	if (r == 0)
		r = need_network(asking, err);
	if (r == 0)
		r = discover_by_dhcp(&discover, asking->request, err);
	if (r == 0)
		r = discover_by_dns(&discover, asking->request, err);
	if (r == 0)
		return discover_failed(&discover, err);
	return r < 0 ? r : fetch_check(asking->request->url, err);
}

/* Variables that the network tells are known once it is up; those of the machine always. */
static int find_identity(struct asking *asking, struct error **err)
{
	const struct unattended *unattended = asking->unattended;
	const struct host_nic *nic = NULL;
	int r = network_nic(unattended->root, unattended->host, unattended->command_line, &nic,
			    &asking->hostname, err);

	if (r == 0)
		identity_of(unattended->host, nic, asking->hostname, &asking->identity);
	return r;
}

static int find_url(struct asking *asking, struct error **err)
{
	const char *written;
	int r = 0;

	if (asking->request->kind == REQUEST_DISCOVER)
		r = discover(asking, err);
	written = asking->request->url;
	if (r == 0 && fetch_is_remote(written))
		r = need_way(asking, written, err);
	else if (r == 0 && (identity_needs_network(written) ||
			    network_config_requested(asking->unattended->command_line)))
		r = need_network(asking, err);
	if (r == 0)
		r = find_identity(asking, err);
	if (r == 0)
		r = identity_expand(&asking->identity, written, &asking->url, err);
	if (r < 0)
		return r;
	asking->masked = url_masked(asking->url);
	fprintf(stderr, "answers: %s%s%s\n", asking->masked,
		asking->request->found_by ? ", found by " : "",
		asking->request->found_by ? asking->request->found_by : "");
	log_info(TAG, "answers: %s", asking->masked);
	return 0;
}

static int add_authority(struct asking *asking, const char *where, struct error **err)
{
	struct fetch fetch = fetch_of(asking);
	_cleanup_free_ char *text = NULL;
	size_t length;
	int r;

	if (fetch_is_remote(where)) {
		error_set(err, ERROR_USER, "boot line: xenhost.ca= cannot be fetched");
		return error_hint(err, "Whoever sits between could send another one: put it on the "
				       "medium (medium:///), on a stick (label://), or into "
				       "/etc/xenhost/ca/ of the initrd.");
	}
	fetch.max_bytes = MIB;
	r = fetch_read(&fetch, where, &text, &length, err);
	if (r < 0)
		return error_prefix(err, "no certificates from %s", where);
	if (!strstr(text, "-----BEGIN CERTIFICATE-----")) {
		error_set(err, ERROR_USER, "%s holds no certificate", where);
		return error_hint(err, "Give one in PEM: -----BEGIN CERTIFICATE-----.");
	}
	strv_add(&asking->authorities, text);
	return 0;
}

static int find_authorities(struct asking *asking, struct error **err)
{
	const struct fsroot *root = asking->unattended->root;
	_cleanup_strv_ char **names = NULL;
	int r = 0;

	/* Most boot media have no such folder. */
	if (fsroot_list(root, UNATTENDED_CA_FOLDER, &names) < 0)
		names = NULL;
	for (char **name = names; r == 0 && name && *name; name++) {
		_cleanup_free_ char *path = xasprintf(UNATTENDED_CA_FOLDER "/%s", *name);
		_cleanup_free_ char *outer = fsroot_outer_path(root, path);

		if (str_ends(*name, ".pem"))
			r = add_authority(asking, outer, err);
	}
	if (r == 0 && asking->request->ca)
		r = add_authority(asking, asking->request->ca, err);
	if (r == 0)
		http_configure(asking->request->proxy, asking->authorities);
	return r;
}

/* Its lines, since that is how it would get into a log. A certificate beside it is no secret, but
 * nothing that a log needs. */
static void hide_key(const char *pem)
{
	_cleanup_strv_ char **lines = strv_split(pem, "\r\n");

	for (char **line = lines; line && *line; line++) {
		/* A short one would blot out words that have nothing to do with it. */
		if (strlen(*line) >= 16 && **line != '-')
			log_hide(*line);
		explicit_bzero(*line, strlen(*line));
	}
}

static int read_own(const struct asking *asking, const char *where, char **ret, size_t *ret_length,
		    struct error **err)
{
	struct fetch fetch = fetch_of(asking);
	int r = fetch_check(where, err);

	if (r == 0 && fetch_is_remote(where) && !str_starts(where, "https://")) {
		error_set(err, ERROR_USER, "%s: whoever listens could read the key", where);
		return error_hint(err, "Put it on the medium (medium:///) or a stick (label://), "
				       "or serve it by https.");
	}
	if (r == 0 && fetch_is_remote(where) && !asking->unattended->need_network) {
		error_set(err, ERROR_USER, "%s is fetched by unattended installations alone",
			  where);
		return error_hint(err, "Put it on the medium (medium:///) or a stick (label://).");
	}
	if (r == 0 && fetch_is_remote(where))
		r = need_way(asking, where, err);
	fetch.max_bytes = MIB;
	return r < 0 ? r : fetch_read(&fetch, where, ret, ret_length, err);
}

static int present(const struct asking *asking, const char *where, const char *where_key,
		   struct error **err)
{
	_cleanup_free_ char *certificate = NULL, *key = NULL;
	size_t length = 0, key_length = 0;
	int r = read_own(asking, where, &certificate, &length, err);

	if (r == 0)
		r = read_own(asking, where_key ?: where, &key, &key_length, err);
	if (r == 0) {
		hide_key(key);
		r = http_present(certificate, key, err);
	}
	if (certificate)
		explicit_bzero(certificate, length);
	if (key)
		explicit_bzero(key, key_length);
	return r < 0 ? error_prefix(err, "no client certificate from %s", where) : 0;
}

static int present_requested(const struct asking *asking, struct error **err)
{
	const struct request *request = asking->request;

	return request->client_certificate
		       ? present(asking, request->client_certificate, request->client_key, err)
		       : 0;
}

static const char *host_text(struct asking *asking)
{
	_cleanup_json_ struct json *json = NULL;

	if (!asking->host_json) {
		json = host_to_json(asking->unattended->host);
		asking->host_json = json_to_text(json);
	}
	return asking->host_json;
}

static void set_identity(struct asking *asking, struct fetch *fetch)
{
	switch (asking->request->identify) {
	case IDENTIFY_NONE:
		return;
	case IDENTIFY_POST:
		fetch->body = host_text(asking);
		fetch->body_length = strlen(asking->host_json);
		fetch->content_type = "application/json";
		break;
	case IDENTIFY_HEADERS:
		break;
	}
	asking->headers = identity_headers(asking->unattended->host, &asking->identity);
	fetch->headers = asking->headers;
}

/* Not all machines of a rack at the same moment. */
static void wait_before(unsigned attempt)
{
	uint16_t chance = 0;
	uint64_t ms = 1000ULL << attempt;

	if (getrandom(&chance, sizeof(chance), 0) == sizeof(chance))
		ms += ms * chance / UINT16_MAX;
	for (; ms > 0 && !proc_cancelled(); ms -= ms < 100 ? ms : 100)
		nanosleep(&(struct timespec){.tv_nsec = 100 * 1000000L}, NULL);
}

static int read_text(struct asking *asking, struct fetch *fetch, struct error **err)
{
	for (unsigned attempt = 0;; attempt++) {
		struct error *problem = NULL;
		_cleanup_free_ char *text = NULL;
		int r = fetch_read(fetch, asking->url, &asking->text, &asking->length, &problem);

		if (r == 0)
			return 0;
		if (attempt == RETRIES || !http_error_is_transient(problem) || proc_cancelled()) {
			if (err)
				*err = problem;
			else
				error_free(problem);
			return r;
		}
		text = error_text(problem);
		error_free(problem);
		log_warning(TAG, "%s; trying again", text);
		wait_before(attempt);
	}
}

static int fetch_text(struct asking *asking, struct error **err)
{
	struct fetch fetch = fetch_of(asking);
	int r;

	fetch.certificate_sha256 = asking->request->fingerprint;
	set_identity(asking, &fetch);
	r = read_text(asking, &fetch, err);
	return r < 0 ? error_prefix(err, "no answer file") : 0;
}

static int make_text(struct asking *asking, struct error **err)
{
	_cleanup_free_ char *script = TAKE_PTR(asking->text);
	_cleanup_strv_ char **environment = identity_environment(&asking->identity);
	const struct generator generator = {
		.root = asking->unattended->root,
		.name = asking->masked,
		.script = script,
		.length = asking->length,
		.environment = environment,
		.input = host_text(asking),
		.timeout_s = asking->request->timeout_s,
	};

	return generator_run(&generator, &asking->text, &asking->length, err);
}

int unattended_trust(const struct unattended *unattended, struct error **err)
{
	_cleanup_(asking_done) struct asking asking = {
		.unattended = unattended,
		.request = request_of_trust(unattended->command_line),
	};
	int r = find_folders(&asking, err);

	if (r == 0)
		r = find_authorities(&asking, err);
	return r < 0 ? r : present_requested(&asking, err);
}

int unattended_present(const struct unattended *unattended, const char *certificate,
		       const char *key, struct error **err)
{
	_cleanup_(asking_done) struct asking asking = {.unattended = unattended};
	int r = find_folders(&asking, err);

	return r < 0 ? r : present(&asking, certificate, key, err);
}

int unattended_answers(const struct unattended *unattended, struct answers **ret,
		       struct secrets *ret_secrets, struct findings *findings,
		       char ***ret_authorities, struct error **err)
{
	_cleanup_(asking_done) struct asking asking = {.unattended = unattended};
	_cleanup_free_ char *name = NULL;
	int r = request_parse(unattended->command_line, unattended->option, &asking.request, err);

	if (r == 0)
		r = find_folders(&asking, err);
	if (r == 0)
		r = find_authorities(&asking, err);
	if (r == 0)
		r = present_requested(&asking, err);
	if (r == 0)
		r = find_url(&asking, err);
	if (r == 0)
		r = fetch_text(&asking, err);
	if (r == 0 && asking.request->kind == REQUEST_GENERATOR)
		r = make_text(&asking, err);
	if (r < 0)
		return r;
	name = asking.request->kind == REQUEST_GENERATOR ? xasprintf("output of %s", asking.masked)
							 : xstrdup(asking.masked);
	r = answers_from_text(asking.text, asking.length, name, ret, ret_secrets, findings, err);
	if (r < 0)
		return r;
	(*ret)->found_by = TAKE_PTR(asking.request->found_by);
	*ret_authorities = TAKE_PTR(asking.authorities);
	return 0;
}

int unattended_rehearse(const struct host *host, const char *where, struct answers **ret,
			struct secrets *ret_secrets, struct findings *findings, struct error **err)
{
	const char *line = host->command_line ? host->command_line : "";
	const struct unattended unattended = {.host = host, .command_line = line, .option = where};
	_cleanup_(asking_done) struct asking asking = {.unattended = &unattended};
	struct fetch fetch = {0};
	int r = request_parse(line, where, &asking.request, err);

	if (r == 0)
		r = find_identity(&asking, err);
	if (r == 0)
		r = identity_expand(&asking.identity, where, &asking.url, err);
	if (r < 0)
		return r;
	if (!str_eq(where, asking.url)) {
		asking.masked = url_masked(asking.url);
		fprintf(stderr, "answers: %s\n", asking.masked);
	}
	fetch.certificate_sha256 = asking.request->fingerprint;
	set_identity(&asking, &fetch);
	return answers_load_by(&fetch, asking.url, ret, ret_secrets, findings, err);
}
