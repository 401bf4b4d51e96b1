/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenhost-fleet: takes the events of machines that install themselves, and shows them. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <time.h>

#include "common/file.h"
#include "common/http_identity.h"
#include "common/log.h"
#include "common/program.h"
#include "common/str.h"
#include "fleet/server.h"

#define PROGRAM    "xenhost-fleet"
#define DATABASE   "/var/lib/xenhost-fleet/fleet.db"
#define LISTEN     "127.0.0.1:8090"
#define KEEP_DAYS  90
#define CLEAN_S    3600
#define SECRET_MAX 4096
#define PEM_MAX    (64 * 1024)

static const char usage[] =
	"Usage: xenhost-fleet [--listen ADDRESS:PORT] [--database FILE]\n"
	"                     [--token-file FILE | --no-token] [--password-file FILE]\n"
	"                     [--certificate FILE --key FILE] [--keep-days N]\n"
	"       xenhost-fleet events\n"
	"\n"
	"Takes the events that machines send while they install themselves (see the\n"
	"answer file's <report>), and shows them: a page for people, JSON and metrics\n"
	"for programs.\n"
	"\n"
	"  --listen          where; " LISTEN " without it, [::]:8090 is everywhere\n"
	"  --database        where it remembers; " DATABASE "\n"
	"  --token-file      its first line is the token of <report token=\"...\">\n"
	"  --no-token        everybody may send\n"
	"  --password-file   its first line is asked of who reads, by HTTP; any user\n"
	"  --certificate, --key   PEM files: https\n"
	"  --keep-days       how long events are kept; 90\n"
	"  events            the table of events, in Markdown\n"
	"  --help, --version\n"
	"\n"
	"Exit codes: 0 ended by a signal, 2 wrong usage. See xenhost-fleet(8).\n";

struct options {
	const char *listen, *database, *token_file, *password_file, *certificate, *key;
	bool no_token;
	unsigned keep_days;
};

static int parse(int argc, char **argv, struct options *ret, struct error **err)
{
	static const struct option long_options[] = {
		{"listen", required_argument, NULL, 'l'},
		{"database", required_argument, NULL, 'd'},
		{"token-file", required_argument, NULL, 't'},
		{"no-token", no_argument, NULL, 'n'},
		{"password-file", required_argument, NULL, 'p'},
		{"certificate", required_argument, NULL, 'c'},
		{"key", required_argument, NULL, 'k'},
		{"keep-days", required_argument, NULL, 'D'},
		{0},
	};
	struct options options = {.listen = LISTEN, .database = DATABASE, .keep_days = KEEP_DAYS};
	bool good = true;
	int option;

	opterr = 0;
	while (good && (option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		const char **places[] = {
			['l'] = &options.listen,      ['d'] = &options.database,
			['t'] = &options.token_file,  ['p'] = &options.password_file,
			['c'] = &options.certificate, ['k'] = &options.key};

		if (option == 'n')
			options.no_token = true;
		else if (option == 'D')
			good = str_to_uint(optarg, 1, 36500, &options.keep_days) == 0;
		else if (option < (int)ARRAY_SIZE(places) && places[option])
			*places[option] = optarg;
		else
			good = false;
	}
	if (!good && option == 'D') {
		error_set(err, ERROR_USAGE, "--keep-days cannot be \"%s\"", optarg);
		return error_hint(err, "1 to 36500, which is a hundred years.");
	}
	if (!good || optind < argc) {
		error_set(err, ERROR_USAGE, "not understood: %s", argv[good ? optind : optind - 1]);
		return error_hint(err, "See xenhost-fleet --help.");
	}
	if (!options.token_file == !options.no_token) {
		error_set(err, ERROR_USAGE, "who may send is to be said");
		return error_hint(err,
				  "--token-file FILE, or --no-token for a network of your own.");
	}
	if (!options.certificate != !options.key)
		return error_set(err, ERROR_USAGE, "--certificate and --key belong together");
	*ret = options;
	return 0;
}

static int read_file(const char *path, size_t max, char **ret, struct error **err)
{
	int r = path ? file_read(path, max, ret, NULL) : 0;

	if (r >= 0)
		return 0;
	r = error_errno(err, ERROR_USAGE, r, "cannot read %s", path);
	error_hint(err, "Check its name, and that the user of this service may read it.");
	return r;
}

/* The first line; an empty one would let everybody in. */
static int read_secret(const char *path, char **ret, struct error **err)
{
	_cleanup_free_ char *text = NULL;
	int r = read_file(path, SECRET_MAX, &text, err);

	if (r < 0 || !text)
		return r;
	text[strcspn(text, "\r\n")] = '\0';
	if (!*text)
		return error_set(err, ERROR_USAGE, "the first line of %s is empty", path);
	log_hide(text);
	*ret = TAKE_PTR(text);
	return 0;
}

/* "ADDRESS:PORT", "[v6]:PORT"; cuts it. */
static int split_listen(char *listen, struct server_options *ret, struct error **err)
{
	char *colon = strrchr(listen, ':');
	size_t length;

	if (!colon || str_to_uint(colon + 1, 0, 65535, &ret->port) < 0) {
		error_set(err, ERROR_USAGE, "\"%s\" names no port to listen at", listen);
		return error_hint(err, "192.0.2.1:8090, [::]:8090");
	}
	*colon = '\0';
	length = strlen(listen);
	if (*listen == '[' && listen[length - 1] == ']') {
		listen[length - 1] = '\0';
		listen++;
	}
	ret->address = listen;
	return 0;
}

static void clean(const struct options *options, const char *database)
{
	_cleanup_(store_freep) struct store *store = NULL;
	_cleanup_error_ struct error *error = NULL;
	int64_t before = (int64_t)time(NULL) - (int64_t)options->keep_days * 86400;
	_cleanup_free_ char *text = NULL;
	int r = store_open(database, &store, &error);

	/* With a connection of its own: the server's belongs to the server's thread. */
	if (r >= 0)
		r = store_forget(store, before, &error);
	if (r >= 0)
		return;
	text = error_text(error);
	log_warning("fleet", "old events stay: %s", text);
}

static void wait_for_signal(const struct options *options, const sigset_t *signals)
{
	const struct timespec hour = {.tv_sec = CLEAN_S};

	do
		clean(options, options->database);
	while (sigtimedwait(signals, NULL, &hour) < 0);
}

/* Else each sender would fail in its handshake, and nobody would hear why. */
static int check_pair(const struct options *options, const char *certificate, const char *key,
		      struct error **err)
{
	if (!certificate || http_identity_check(certificate, key, NULL) == 0)
		return 0;
	error_set(err, ERROR_USAGE, "%s and %s are no certificate and its key",
		  options->certificate, options->key);
	return error_hint(err, "Both in PEM: the server's certificate with those of its "
			       "authorities behind it, and its own key, without a passphrase.");
}

static int serve(const struct options *options, struct error **err)
{
	_cleanup_free_ char *token = NULL, *password = NULL, *certificate = NULL, *key = NULL;
	_cleanup_free_ char *listen = xstrdup(options->listen);
	_cleanup_(store_freep) struct store *store = NULL;
	struct server_options server_options = {0};
	struct server *server = NULL;
	sigset_t signals;
	int r = split_listen(listen, &server_options, err);

	if (r >= 0)
		r = read_secret(options->token_file, &token, err);
	if (r >= 0)
		r = read_secret(options->password_file, &password, err);
	if (r >= 0)
		r = read_file(options->certificate, PEM_MAX, &certificate, err);
	if (r >= 0)
		r = read_file(options->key, PEM_MAX, &key, err);
	if (r >= 0)
		r = check_pair(options, certificate, key, err);
	if (r >= 0)
		r = store_open(options->database, &store, err);
	if (r < 0)
		return r;
	/* Before there are threads, which take it over. */
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	server_options.token = token;
	server_options.reader = password;
	server_options.certificate = certificate;
	server_options.key = key;
	r = server_start(&server_options, store, &server, err);
	if (r < 0)
		return r;
	fprintf(stderr, PROGRAM ": listening at %s://%s port %u\n", certificate ? "https" : "http",
		server_options.address, server_port(server));
	wait_for_signal(options, &signals);
	server_stop(server);
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_error_ struct error *error = NULL;
	struct options options;
	int r;

	if (program_told_about(PROGRAM, usage, argc > 1 ? argv[1] : NULL))
		return program_ended(PROGRAM, 0);
	if (argc == 2 && str_eq(argv[1], "events")) {
		_cleanup_free_ char *tables = notice_tables();

		fputs(tables, stdout);
		return program_ended(PROGRAM, 0);
	}
	log_to_stderr(LOG_INFO);
	r = parse(argc, argv, &options, &error);
	if (r >= 0)
		r = serve(&options, &error);
	return r >= 0 ? 0 : program_failed(PROGRAM, error, "");
}
