/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/check.h"

#include <errno.h>
#include <getopt.h>

#include "common/file.h"
#include "common/str.h"
#include "firstboot/pool/preflight.h"
#include "firstboot/pool_options.h"

/* Records of a pool of 64 hosts are about 2 MiB. */
#define RECORDS_MAX (64 * MIB)

struct options {
	struct pool_options pool;
	const char *pool_records, *host_records, *save_pool, *save_host;
	bool force, json, list;
};

static bool take_option(int option, struct options *options)
{
	switch (option) {
	case 'P':
		options->pool_records = optarg;
		return true;
	case 'H':
		options->host_records = optarg;
		return true;
	case 'S':
		options->save_pool = optarg;
		return true;
	case 'T':
		options->save_host = optarg;
		return true;
	case 'f':
		options->force = true;
		return true;
	case 'j':
		options->json = true;
		return true;
	case 'l':
		options->list = true;
		return true;
	default:
		return pool_options_take(option, optarg, &options->pool);
	}
}

/* Each side comes from one place. */
static int judge_options(const struct options *options, struct error **err)
{
	const struct xapi_target *host = &options->pool.host;

	if (!options->pool.pool.address == !options->pool_records)
		return pool_options_misused(
			err, "check needs either --pool ADDRESS or --pool-records FILE", "");
	if ((host->socket || host->address) && options->host_records)
		return pool_options_misused(
			err, "--socket and --host do not go with --host-records", "");
	return 0;
}

static int parse_options(int argc, char **argv, struct options *ret, struct error **err)
{
	static const struct option long_options[] = {
		POOL_LONG_OPTIONS,
		{"save-pool", required_argument, NULL, 'S'},
		{"save-host", required_argument, NULL, 'T'},
		{"pool-records", required_argument, NULL, 'P'},
		{"host-records", required_argument, NULL, 'H'},
		{"force", no_argument, NULL, 'f'},
		{"json", no_argument, NULL, 'j'},
		{"list", no_argument, NULL, 'l'},
		{0},
	};
	int option;

	*ret = (struct options){0};
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (!take_option(option, ret))
			return pool_options_misused(
				err, "unknown, or without its value: ", argv[optind - 1]);
	}
	if (optind < argc)
		return pool_options_misused(err, "not expected here: ", argv[optind]);
	return ret->list ? 0 : judge_options(ret, err);
}

static int read_side(const struct xapi_target *target, const char *user, const char *password,
		     bool joining, struct side **ret, struct error **err)
{
	_cleanup_xapi_ struct xapi *xapi = NULL;
	int r = xapi_connect(target, &xapi, err);

	if (r == 0)
		r = xapi_login(xapi, user, password, err);
	if (r == 0 && xapi_member(xapi))
		fprintf(stderr, "%s is a member of a pool; this is about its coordinator, %s\n",
			xapi_member(xapi), xapi_address(xapi));
	if (r == 0)
		r = side_read(xapi, joining, ret, err);
	if (r == 0)
		xapi_logout(xapi);
	return r;
}

static int read_pool(const struct pool_options *options, struct side **ret, struct error **err)
{
	struct xapi_target target = options->pool;
	char pin[SHA256_HEX], *password = NULL;
	int r = pool_options_confirm(options, pin, err);

	if (r == 0)
		r = pool_options_password(options, &password, err);
	if (*pin)
		target.certificate_sha256 = pin;
	if (r == 0)
		r = read_side(&target, options->user, password, false, ret, err);
	if (password)
		explicit_bzero(password, strlen(password));
	free(password);
	return r < 0 ? error_prefix(err, "the pool cannot be looked at") : 0;
}

static int find_agent(const struct xapi_target *target, struct error **err)
{
	const char *path = target->socket ? target->socket : XAPI_SOCKET;

	if (target->address || access(path, F_OK) == 0)
		return 0;
	error_set(err, ERROR_USAGE, "no management agent (xapi) runs here: %s is missing", path);
	return error_hint(err, "Run it on the host that shall join, or give that host's "
			       "records with --host-records FILE.");
}

static int read_host(const struct pool_options *options, struct side **ret, struct error **err)
{
	char *password = NULL;
	int r = find_agent(&options->host, err);

	if (r < 0)
		return r;
	r = pool_options_host_password(options, &password, err);
	if (r == 0)
		r = read_side(&options->host, NULL, password, true, ret, err);
	if (password)
		explicit_bzero(password, strlen(password));
	free(password);
	return r < 0 ? error_prefix(err, "%s cannot be looked at",
				    options->host.address ?: "this host")
		     : 0;
}

static int save_side(const char *path, const struct side *side, struct error **err)
{
	_cleanup_json_ struct json *document = NULL;
	_cleanup_free_ char *text = NULL;
	int r;

	if (!path)
		return 0;
	document = side_to_json(side);
	text = json_to_text(document);
	r = file_write_private(path, text);
	if (r == 0)
		return 0;
	error_errno(err, ERROR_USAGE, r, "%s cannot be written", path);
	return error_hint(err, "Name a file in a folder that exists and may be written to.");
}

/* What is wrong inside the file is a finding; a file that cannot be read is an error. */
static int load_side(const char *path, struct side **ret, struct findings *findings,
		     struct error **err)
{
	_cleanup_error_ struct error *wrong = NULL;
	_cleanup_json_ struct json *document = NULL;
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *words = NULL;
	struct finding *finding;
	size_t length;
	int r = file_read(path, RECORDS_MAX, &text, &length);

	if (r < 0) {
		error_errno(err, ERROR_USAGE, r, "%s cannot be read", path);
		return error_hint(err, "Check the path of the records.");
	}
	r = json_parse(text, length, path, &document, &wrong);
	if (r == 0)
		r = side_from_json(document, path, ret, &wrong);
	if (r == 0)
		return 0;
	words = error_text(wrong);
	finding = findings_add(findings, SEVERITY_ERROR, "records", "%s", words);
	finding->file = xstrdup(path);
	if (error_get_hint(wrong))
		finding_set_hint(finding, "%s", error_get_hint(wrong));
	return 0;
}

static void print_json(const struct findings *findings, const struct preflight *preflight)
{
	_cleanup_json_ struct json *document = findings_to_json(findings);
	_cleanup_free_ char *text = NULL;

	json_set_bool(document, "member", preflight->member);
	text = json_to_text(document);
	fputs(text, stdout);
}

static void print_text(const struct findings *findings, const struct preflight *preflight)
{
	_cleanup_free_ char *text =
		findings->count ? findings_to_text(findings) : preflight_to_text(preflight);

	fputs(text, stdout);
}

static int get_sides(const struct options *options, struct side **ret_joining,
		     struct side **ret_pool, struct findings *findings, struct error **err)
{
	int r = options->host_records ? load_side(options->host_records, ret_joining, findings, err)
				      : read_host(&options->pool, ret_joining, err);

	if (r == 0 && *ret_joining)
		r = save_side(options->save_host, *ret_joining, err);
	if (r == 0)
		r = options->pool_records
			    ? load_side(options->pool_records, ret_pool, findings, err)
			    : read_pool(&options->pool, ret_pool, err);
	if (r == 0 && *ret_pool)
		r = save_side(options->save_pool, *ret_pool, err);
	return r;
}

static int judge(const struct options *options, int *ret_code, struct error **err)
{
	_cleanup_side_ struct side *joining = NULL;
	_cleanup_side_ struct side *pool = NULL;
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_(preflight_done) struct preflight preflight = {0};
	int r = get_sides(options, &joining, &pool, &findings, err);

	if (r < 0)
		return r;
	if (joining && pool)
		preflight_run(joining, pool, options->force, &preflight);
	if (options->json)
		preflight_to_findings(&preflight, &findings);
	if (options->json)
		print_json(&findings, &preflight);
	else
		print_text(&findings, &preflight);
	*ret_code = findings_has_errors(&findings) || !preflight_passes(&preflight) ? 1 : 0;
	return 0;
}

int check_command(int argc, char **argv, int *ret_code, struct error **err)
{
	struct options options;
	int r = parse_options(argc, argv, &options, err);

	if (r < 0)
		return r;
	if (options.list) {
		_cleanup_free_ char *text = preflight_reference();

		fputs(text, stdout);
		return 0;
	}
	return judge(&options, ret_code, err);
}
