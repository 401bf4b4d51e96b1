/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/join_command.h"

#include <errno.h>

#include "common/log.h"
#include "common/program.h"
#include "common/str.h"
#include "firstboot/join_acts.h"
#include "firstboot/pool_options.h"
#include "firstboot/pool_wish.h"

#define WAIT_MAX_S 86400

struct options {
	struct pool_options pool;
	const char *name, *default_sr; /* or NULL */
	unsigned wait_s, retry_s, finish_s;
	bool force, json;
};

static bool take_option(int option, const char *value, struct options *options)
{
	switch (option) {
	case 'f':
		options->force = true;
		return true;
	case 'j':
		options->json = true;
		return true;
	case 'N':
		options->name = value;
		return *value;
	case 'D':
		options->default_sr = value;
		return *value;
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
		{"name", required_argument, NULL, 'N'},
		{"default-sr", required_argument, NULL, 'D'},
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
			return pool_options_misused(
				err, "unknown, or without a good value: ", argv[optind - 1]);
	}
	if (optind < argc)
		return pool_options_misused(err, "not expected here: ", argv[optind]);
	if (ret->name && ret->pool.pool.address)
		return pool_options_misused(err, "a pool that is joined has its name: --name ",
					    ret->name);
	return 0;
}

static void say(const char *sentence, void *data)
{
	(void)data;
	log_write(LOG_INFO, "join", "%s", sentence);
}

/* A host that is spoken to by a way that somebody named is not the one whose state is here. */
static bool is_elsewhere(const struct options *options)
{
	return options->pool.host.socket || options->pool.host.address;
}

/* What somebody says on the command line. */
static int join_named(const struct join_acts *acts, const struct options *options,
		      struct error **err)
{
	struct pool_settings settings = {.default_sr = options->default_sr};
	struct join_request *request = acts->request;
	_cleanup_free_ char *password = NULL, *pool_uuid = NULL;
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
	r = join_act(acts, &pool_uuid, err);
	explicit_bzero(password, strlen(password));
	request->password = NULL;
	settings.joined_uuid = pool_uuid;
	return r < 0 || !settings.default_sr ? r : join_act_settle(acts, &settings, NULL, err);
}

/* Without a pool to join, what is named is for the one of this host. */
static int join_or_settle(const struct join_acts *acts, const struct options *options,
			  struct error **err)
{
	const struct pool_settings settings = {.name = options->name,
					       .default_sr = options->default_sr};

	return options->pool.pool.address ? join_named(acts, options, err)
					  : join_act_settle(acts, &settings, NULL, err);
}

/* By hand; the password of the host that joins is needed to the end. */
static int run_by_hand(const struct join_acts *acts, const struct options *options,
		       struct error **err)
{
	_cleanup_free_ char *password = NULL;
	int r = pool_options_host_password(&options->pool, &password, err);

	if (r < 0)
		return r;
	acts->request->host_password = password;
	r = join_or_settle(acts, options, err);
	if (password)
		explicit_bzero(password, strlen(password));
	return r;
}

static int choose_engine(const struct options *options, const struct fsroot *root,
			 const struct join_engine **ret, struct error **err)
{
	_cleanup_free_ char *wished = data_get(root, POOL_WISH, "ENGINE");
	const char *name = options->pool.pool.address || !wished ? "xapi" : wished;

	/* A toolstack that is named by hand is there. */
	if (is_elsewhere(options)) {
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
	struct join_acts acts;
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
	acts = (struct join_acts){.engine = engine,
				  .request = &request,
				  .json = options.json,
				  .is_noted = !is_elsewhere(&options),
				  .folder = "/"};
	request.root = acts.is_noted ? root : NULL;
	request.wait_s = options.wait_s;
	request.finish_s = options.finish_s;
	if (options.pool.pool.address || options.name || options.default_sr)
		return run_by_hand(&acts, &options, err);
	request.root = root;
	request.pool.codec = options.pool.pool.codec;
	return join_act_wish(&acts, err);
}
