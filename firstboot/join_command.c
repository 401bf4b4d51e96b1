/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/join_command.h"

#include <errno.h>

#include "common/log.h"
#include "common/program.h"
#include "common/str.h"
#include "firstboot/pool/engine.h"
#include "firstboot/pool_options.h"
#include "firstboot/pool_wish.h"

#define WAIT_MAX_S 86400

struct options {
	struct pool_options pool;
	unsigned wait_s, retry_s, finish_s;
	bool force, json;
};

static int usage_error(struct error **err, const char *sentence, const char *value)
{
	error_set(err, ERROR_USAGE, "%s%s", sentence, value);
	return error_hint(err, "See xenhost-firstboot(8).");
}

static bool take_option(int option, const char *value, struct options *options)
{
	switch (option) {
	case 'f':
		options->force = true;
		return true;
	case 'j':
		options->json = true;
		return true;
	case 'W':
		return str_to_uint(value, 0, WAIT_MAX_S, &options->wait_s) == 0;
	case 'R':
		return str_to_uint(value, 0, WAIT_MAX_S, &options->retry_s) == 0;
	case 'F':
		return str_to_uint(value, 1, WAIT_MAX_S, &options->finish_s) == 0;
	default:
		return pool_options_take(option, value, &options->pool);
	}
}

static int parse_options(int argc, char **argv, struct options *ret, struct error **err)
{
	static const struct option long_options[] = {
		POOL_LONG_OPTIONS,
		{"force", no_argument, NULL, 'f'},
		{"json", no_argument, NULL, 'j'},
		{"wait", required_argument, NULL, 'W'},
		{"retry", required_argument, NULL, 'R'},
		{"finish", required_argument, NULL, 'F'},
		{0},
	};
	int option;

	*ret = (struct options){.wait_s = JOIN_WAIT_S};
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (!take_option(option, optarg, ret))
			return usage_error(err,
					   "unknown, or without a good value: ", argv[optind - 1]);
	}
	if (optind < argc)
		return usage_error(err, "not expected here: ", argv[optind]);
	return 0;
}

static void say(const char *sentence, void *data)
{
	(void)data;
	log_write(LOG_INFO, "join", "%s", sentence);
}

void join_note(struct firstboot *firstboot, const struct join_result *result,
	       const struct error *error)
{
	struct task_result *task = state_result(firstboot, JOIN_TASK);

	free(task->message);
	free(task->hint);
	task->hint = error ? xstrdup(error_get_hint(error)) : NULL;
	task->state = error ? TASK_FAILED : TASK_DONE;
	task->message = error ? error_text(error)
			      : xasprintf("member of the pool %s, coordinator %s",
					  str_empty(result->pool_name) ? result->pool_uuid
								       : result->pool_name,
					  result->coordinator);
	json_free(firstboot->pool);
	firstboot->pool = join_result_to_json(result);
}

static void print_json(const struct join_result *result, const struct error *error)
{
	_cleanup_json_ struct json *document = json_new_object(), *members = NULL;
	_cleanup_free_ char *text = NULL, *words = error ? error_text(error) : NULL;

	members = join_result_to_json(result);
	json_set_string(document, "schema", "xenhost.join/1");
	json_set_members(document, members);
	json_set_string(document, "message", words);
	json_set_string(document, "hint", error ? error_get_hint(error) : NULL);
	text = json_to_text(document);
	fputs(text, stdout);
}

static int load_state(struct firstboot *firstboot, struct error **err)
{
	int r = fsroot_open("/", &firstboot->root);

	return r < 0 ? error_errno(err, ERROR_INTERNAL, r, "cannot open /")
		     : state_load(firstboot, err);
}

static int keep(const struct join_result *result, const struct error *error, struct error **err)
{
	_cleanup_(firstboot_done) struct firstboot firstboot = {0};
	int r = load_state(&firstboot, err);

	if (r < 0)
		return r;
	join_note(&firstboot, result, error);
	return state_save(&firstboot, err);
}

static int run(const struct join_engine *engine, const struct options *options,
	       const struct join_request *request, struct error **err)
{
	_cleanup_(join_result_done) struct join_result result = {0};
	_cleanup_error_ struct error *error = NULL;
	int r, kept;

	r = engine->join(request, &result, &error);
	if (options->json)
		print_json(&result, error);
	/* A host that is spoken to over a socket named by hand is not the one whose state is here.
	 */
	kept = options->pool.host.socket ? 0 : keep(&result, error, r < 0 ? NULL : err);
	if (r < 0 && err)
		*err = TAKE_PTR(error);
	return r < 0 ? r : kept;
}

/* What somebody says on the command line. */
static int join_named(const struct join_engine *engine, const struct options *options,
		      struct join_request *request, struct error **err)
{
	_cleanup_free_ char *password = NULL;
	char pin[SHA256_HEX] = "";
	int r = pool_options_confirm(&options->pool, pin, err);

	if (r >= 0)
		r = pool_options_password(&options->pool, &password, err);
	if (r < 0)
		return r;
	request->pool = options->pool.pool;
	request->user = options->pool.user;
	request->retry_s = options->retry_s;
	request->force = options->force;
	if (*pin)
		request->pool.certificate_sha256 = pin;
	request->password = password;
	r = run(engine, options, request, err);
	explicit_bzero(password, strlen(password));
	return r;
}

/* What the host has in mind since its installation; scripts may wait for it. */
static int join_wished(const struct join_engine *engine, const struct options *options,
		       struct join_request *request, struct error **err)
{
	_cleanup_(firstboot_done) struct firstboot firstboot = {0};
	_cleanup_(pool_wish_done) struct pool_wish wish = {0};
	int r = load_state(&firstboot, err);

	/* The password is gone by then, and what the host is in now is its administrators' matter.
	 */
	if (r < 0 || state_result(&firstboot, JOIN_TASK)->state == TASK_DONE)
		return r;
	r = pool_wish_load(request->root, &wish, err);
	if (r == -ENOENT)
		return usage_error(err, "join needs --pool ADDRESS: the installation named no pool",
				   "");
	if (r >= 0 && wish.coordinator)
		r = pool_wish_fetch_password(request->root, &wish, err);
	if (r < 0 || !wish.coordinator)
		return r;
	request->pool = (struct xapi_target){.address = wish.coordinator,
					     .certificate_sha256 = wish.certificate,
					     .codec = options->pool.pool.codec};
	request->user = wish.user;
	request->password = wish.password;
	request->force = wish.force;
	request->retry_s = wish.wait_s;
	request->retry_pause_s = wish.retry_s;
	r = run(engine, options, request, err);
	if (r >= 0)
		r = pool_wish_forget_password(request->root, err);
	firstboot_done(&firstboot);
	firstboot = (struct firstboot){0};
	if (r >= 0)
		r = load_state(&firstboot, err);
	return r < 0 ? r : firstboot_scripts(&firstboot, MOMENT_JOINED, err);
}

static int choose_engine(const struct options *options, const struct fsroot *root,
			 const struct join_engine **ret, struct error **err)
{
	_cleanup_free_ char *wished = data_get(root, POOL_WISH, "ENGINE");
	const char *name = options->pool.pool.address || !wished ? "xapi" : wished;

	/* A toolstack that is named by hand is there. */
	if (options->pool.host.socket) {
		*ret = join_engine_find("xapi");
		return 0;
	}
	if (geteuid() != 0)
		return error_set(err, ERROR_USAGE, "only root can run this");
	return join_engine_choose(name, root, ret, err);
}

int join_command(int argc, char **argv, struct error **err)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	const struct join_engine *engine = NULL;
	struct join_request request = {.say = say};
	struct options options;
	int r = parse_options(argc, argv, &options, err);

	if (r < 0)
		return r;
	r = fsroot_open("/", &root);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot open /");
	r = choose_engine(&options, root, &engine, err);
	/* A host on its own is complete. */
	if (r < 0 || !engine->join)
		return r;
	program_cancel_on_signals();
	request.host = options.pool.host;
	request.root = options.pool.host.socket ? NULL : root;
	request.wait_s = options.wait_s;
	request.finish_s = options.finish_s;
	if (options.pool.pool.address)
		return join_named(engine, &options, &request, err);
	request.root = root;
	return join_wished(engine, &options, &request, err);
}
