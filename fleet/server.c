/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fleet/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <sys/resource.h>
#include <time.h>

#include "common/digest.h"
#include "common/notice_send.h"
#include "common/url.h"
#include "fleet/embed.h"
#include "fleet/page.h"
#include "fleet/receive.h"

/* Reports are the longest that come: a line a warning. */
#define BODY_MAX        (1024 * 1024)
#define CONNECTIONS_MAX 8192
#define IDLE_S          60
#define EXPORT_EVENTS   10000
#define BASIC           "Basic "

struct server {
	struct MHD_Daemon *daemon;
	struct store *store;
	char *token, *reader;
};

/* One request; freed when it is over. */
struct exchange {
	struct strbuf body;
	bool too_large;
};

struct answer {
	unsigned status;
	const char *type;
	struct strbuf text;
};

static void add_headers(struct MHD_Response *response, const char *type)
{
	/* What is shown came from machines: nothing of it may run or load anything. */
	(void)MHD_add_response_header(response, "Content-Security-Policy",
				      "default-src 'none'; style-src 'self'; script-src 'self'; "
				      "connect-src 'self'; form-action 'self'; base-uri 'none'; "
				      "frame-ancestors 'self'");
	(void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	(void)MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
	(void)MHD_add_response_header(response, "Cache-Control", "no-store");
	(void)MHD_add_response_header(response, "Content-Type", type);
}

static enum MHD_Result reply(struct MHD_Connection *connection, struct answer *answer)
{
	size_t length = answer->text.length;
	char *text = strbuf_take(&answer->text);
	struct MHD_Response *response =
		MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	add_headers(response, answer->type);
	if (answer->status == MHD_HTTP_UNAUTHORIZED)
		(void)MHD_add_response_header(response, "WWW-Authenticate",
					      "Basic realm=\"xenhost fleet\"");
	result = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

static struct answer plain(unsigned status, const char *words)
{
	struct answer answer = {.status = status, .type = "text/plain; charset=utf-8"};

	strbuf_addf(&answer.text, "%s\n", words);
	return answer;
}

static enum MHD_Result say(struct MHD_Connection *connection, unsigned status, const char *words)
{
	struct answer answer = plain(status, words);

	return reply(connection, &answer);
}

static struct answer failed(unsigned status, const struct error *error)
{
	_cleanup_free_ char *text = error ? error_text(error) : xstrdup("failed");

	return plain(status, text);
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static const char *parameter(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

/* "user:password" in base64; any user. */
static bool may_read(const struct server *server, struct MHD_Connection *connection)
{
	const char *value = header(connection, "Authorization");
	_cleanup_free_ uint8_t *bytes = NULL;
	const char *colon;
	size_t length, rest;

	if (!server->reader)
		return true;
	if (!value || !str_starts(value, BASIC) ||
	    base64_decode(value + strlen(BASIC), &bytes, &length) < 0)
		return false;
	colon = memchr(bytes, ':', length);
	if (!colon)
		return false;
	rest = length - (size_t)(colon + 1 - (const char *)bytes);
	return rest == strlen(server->reader) && digest_equal(colon + 1, server->reader, rest);
}

/* "/log/MACHINE/RUN": the words behind the first, each fit for an id, or none. */
static bool split_path(const char *path, char ***ret)
{
	char **words = strv_split(path, "/");

	for (size_t i = 1; words && words[i]; i++)
		if (!notice_is_word(words[i])) {
			strv_free(words);
			return false;
		}
	*ret = words;
	return true;
}

struct request {
	const struct server *server;
	struct store_filter filter;
	const char *machine, *run; /* of the path, or NULL */
};

static int answer_list(const struct request *request, struct strbuf *ret, struct error **err)
{
	return page_list(request->server->store, &request->filter, ret, err);
}

static int answer_part(const struct request *request, struct strbuf *ret, struct error **err)
{
	return page_list_part(request->server->store, &request->filter, ret, err);
}

static int answer_machine(const struct request *request, struct strbuf *ret, struct error **err)
{
	return page_machine(request->server->store, request->machine, request->filter.now, ret,
			    err);
}

static int answer_log(const struct request *request, struct strbuf *ret, struct error **err)
{
	return page_log(request->server->store, request->machine, request->run, ret, err);
}

static int answer_report(const struct request *request, struct strbuf *ret, struct error **err)
{
	_cleanup_free_ char *text = NULL;
	int r = store_report(request->server->store, request->machine, request->run, &text, err);

	if (r >= 0)
		strbuf_add(ret, text);
	return r;
}

static int answer_machines(const struct request *request, struct strbuf *ret, struct error **err)
{
	return export_machines(request->server->store, &request->filter, ret, err);
}

static int answer_events(const struct request *request, struct strbuf *ret, struct error **err)
{
	return export_events(request->server->store, request->machine, request->run, EXPORT_EVENTS,
			     ret, err);
}

static int answer_metrics(const struct request *request, struct strbuf *ret, struct error **err)
{
	return export_metrics(request->server->store, request->filter.now, ret, err);
}

static int answer_style(const struct request *request _unused_, struct strbuf *ret,
			struct error **err _unused_)
{
	strbuf_add(ret, fleet_style);
	return 0;
}

static int answer_script(const struct request *request _unused_, struct strbuf *ret,
			 struct error **err _unused_)
{
	strbuf_add(ret, fleet_script);
	return 0;
}

#define HTML "text/html; charset=utf-8"
#define JSON "application/json"

/* THE table of what can be read: first word of the path, how many follow. */
static const struct place {
	const char *name;
	size_t min, max;
	const char *type;
	int (*answer)(const struct request *request, struct strbuf *ret, struct error **err);
} places[] = {
	{"", 0, 0, HTML, answer_list},
	{"part", 0, 0, HTML, answer_part},
	{"machine", 1, 1, HTML, answer_machine},
	{"log", 2, 2, "text/plain; charset=utf-8", answer_log},
	{"report", 2, 2, JSON, answer_report},
	{"machines.json", 0, 0, JSON, answer_machines},
	{"events.json", 0, 2, JSON, answer_events},
	{"metrics", 0, 0, "text/plain; version=0.0.4; charset=utf-8", answer_metrics},
	{"style.css", 0, 0, "text/css; charset=utf-8", answer_style},
	{"script.js", 0, 0, "text/javascript; charset=utf-8", answer_script},
};

static const struct place *find_place(char *const *words)
{
	size_t count = strv_length(words);
	const char *name = count ? words[0] : "";

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		size_t follow = count ? count - 1 : 0;

		if (str_eq(places[i].name, name) && follow >= places[i].min &&
		    follow <= places[i].max)
			return &places[i];
	}
	return NULL;
}

static struct answer answer_get(const struct server *server, struct MHD_Connection *connection,
				const char *path)
{
	struct request request = {.server = server,
				  .filter = {.words = parameter(connection, "q"),
					     .state = parameter(connection, "state"),
					     .now = time(NULL)}};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_strv_ char **words = NULL;
	const struct place *place;
	struct answer answer = {.status = MHD_HTTP_OK};
	int r;

	if (!split_path(path, &words) || !(place = find_place(words)))
		return plain(MHD_HTTP_NOT_FOUND, "There is nothing here.");
	if (strv_length(words) > 1)
		request.machine = words[1];
	if (strv_length(words) > 2)
		request.run = words[2];
	answer.type = place->type;
	r = place->answer(&request, &answer.text, &error);
	if (r >= 0)
		return answer;
	strbuf_done(&answer.text);
	return failed(r == -ENOENT   ? MHD_HTTP_NOT_FOUND
		      : r == -EINVAL ? MHD_HTTP_BAD_REQUEST
				     : MHD_HTTP_INTERNAL_SERVER_ERROR,
		      error);
}

static struct answer answer_post(const struct server *server, struct MHD_Connection *connection,
				 const struct exchange *exchange)
{
	const char *body = exchange->body.text ?: "";
	_cleanup_error_ struct error *error = NULL;
	bool new = false;
	unsigned status;

	if (exchange->too_large)
		return plain(MHD_HTTP_CONTENT_TOO_LARGE, "That is too long for an event.");
	if (!receive_is_proved(server->token, header(connection, "Authorization"),
			       header(connection, NOTICE_SIGNATURE), body, exchange->body.length))
		return plain(MHD_HTTP_FORBIDDEN, "The token is not the one of this fleet.");
	status = receive(server->store, body, exchange->body.length, time(NULL), &new, &error);
	if (status != MHD_HTTP_OK)
		return failed(status, error);
	return plain(MHD_HTTP_OK, new ? "kept" : "known");
}

/* Before any of the body is read: what cannot be right is not waited for. */
static const char *refuse_early(const struct server *server, struct MHD_Connection *connection,
				unsigned *ret_status)
{
	const char *length = header(connection, "Content-Length");
	uint64_t bytes = 0;

	if (length && (str_to_u64(length, 10, &bytes) < 0 || bytes > BODY_MAX)) {
		*ret_status = MHD_HTTP_CONTENT_TOO_LARGE;
		return "That is too long for an event.";
	}
	if (!header(connection, NOTICE_SIGNATURE) &&
	    !receive_is_proved(server->token, header(connection, "Authorization"), NULL, NULL, 0)) {
		*ret_status = MHD_HTTP_FORBIDDEN;
		return "The token is not the one of this fleet.";
	}
	return NULL;
}

static void collect(struct exchange *exchange, const char *data, size_t length)
{
	exchange->too_large |= exchange->body.length + length > BODY_MAX;
	if (!exchange->too_large)
		strbuf_add_bytes(&exchange->body, data, length);
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *path,
				  const char *method, const char *version _unused_,
				  const char *upload, size_t *upload_length, void **memory)
{
	const struct server *server = data;
	bool is_post = str_eq(method, MHD_HTTP_METHOD_POST);
	struct exchange *exchange = *memory;
	struct answer answer;
	unsigned status;

	if (!exchange) {
		const char *words = is_post ? refuse_early(server, connection, &status) : NULL;

		*memory = xcalloc(1, sizeof(*exchange));
		return words ? say(connection, status, words) : MHD_YES;
	}
	if (*upload_length > 0) {
		collect(exchange, upload, *upload_length);
		*upload_length = 0;
		return MHD_YES;
	}
	if (is_post) {
		answer = answer_post(server, connection, exchange);
		return reply(connection, &answer);
	}
	if (!str_eq(method, MHD_HTTP_METHOD_GET) && !str_eq(method, MHD_HTTP_METHOD_HEAD))
		return say(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "Read, or post events.");
	if (!may_read(server, connection))
		return say(connection, MHD_HTTP_UNAUTHORIZED, "A password is asked for.");
	answer = answer_get(server, connection, path);
	return reply(connection, &answer);
}

static void on_end(void *data _unused_, struct MHD_Connection *connection _unused_, void **memory,
		   enum MHD_RequestTerminationCode code _unused_)
{
	struct exchange *exchange = *memory;

	if (!exchange)
		return;
	strbuf_done(&exchange->body);
	free(exchange);
	*memory = NULL;
}

static int make_address(const struct server_options *options, struct sockaddr_storage *ret,
			bool *ret_v6, struct error **err)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6,
				   .sin6_port = htons((uint16_t)options->port)};
	struct sockaddr_in four = {.sin_family = AF_INET,
				   .sin_port = htons((uint16_t)options->port)};

	memset(ret, 0, sizeof(*ret));
	*ret_v6 = inet_pton(AF_INET6, options->address, &six.sin6_addr) == 1;
	if (*ret_v6) {
		memcpy(ret, &six, sizeof(six));
		return 0;
	}
	if (inet_pton(AF_INET, options->address, &four.sin_addr) != 1) {
		error_set(err, ERROR_USAGE, "\"%s\" is no address to listen at", options->address);
		return error_hint(err, "192.0.2.1:8090, [::]:8090");
	}
	memcpy(ret, &four, sizeof(four));
	return 0;
}

/* A connection a machine: more than most systems give a program at first. */
static void allow_connections(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

int server_start(const struct server_options *options, struct store *store, struct server **ret,
		 struct error **err)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD;
	struct MHD_OptionItem tls[] = {
		{options->certificate ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END, 0, NULL},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, NULL},
		{MHD_OPTION_END, 0, NULL},
	};
	struct server *server;
	struct sockaddr_storage address;
	bool v6;
	int r = make_address(options, &address, &v6, err);

	if (r < 0)
		return r;
	allow_connections();
	flags |= (v6 ? MHD_USE_DUAL_STACK : 0) | (options->certificate ? MHD_USE_TLS : 0);
	tls[0].ptr_value = (void *)(uintptr_t)options->certificate;
	tls[1].ptr_value = (void *)(uintptr_t)options->key;
	server = xcalloc(1, sizeof(*server));
	*server = (struct server){.store = store,
				  .token = xstrdup(options->token),
				  .reader = xstrdup(options->reader)};
	server->daemon = MHD_start_daemon(
		flags, (uint16_t)options->port, NULL, NULL, on_request, server,
		MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT,
		CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S,
		MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024U, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
		MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (!server->daemon) {
		server_stop(server);
		error_set(err, ERROR_USAGE, "cannot listen at %s port %u%s", options->address,
			  options->port, options->certificate ? " with that certificate" : "");
		return error_hint(err, "Is something else there, or the port below 1024?");
	}
	*ret = server;
	return 0;
}

unsigned server_port(const struct server *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);

	return info ? info->port : 0;
}

void server_stop(struct server *server)
{
	if (!server)
		return;
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	free(server->token);
	free(server->reader);
	free(server);
}
