/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <strings.h>

#include "common/clock.h"
#include "common/http_failure.h"
#include "common/http_header.h"
#include "common/http_identity.h"
#include "common/http_pin.h"
#include "common/http_settings.h"
#include "common/i18n.h"
#include "common/proc.h"
#include "common/str.h"
#include "common/url.h"

#define CONNECT_TIMEOUT_S 20
#define STALL_TIMEOUT_S   30
#define REDIRECTS_MAX     8
#define UPLOAD_BUFFER     16384

struct http_connection {
	CURL *curl;
	struct http_pin pin;
	struct http_identity identity;
};

struct fetch {
	const struct http_request *request;
	CURL *curl;
	char *url; /* masked, for messages */
	uint64_t received;
	struct http_head head;
	bool wrong_answer; /* the server sends something else than asked */
	bool compressed;   /* or the same in a form that nobody here can read */
	bool too_large;
	bool stalled;
	bool broken_off;
	double last_byte; /* clock_seconds() */
	curl_off_t sent;
	struct curl_slist *headers;
	/* Both outlive the fetch where the connection does. */
	struct http_pin *pin;
	struct http_identity *identity;
	int consumer; /* what on_data returned */
	char curl_text[CURL_ERROR_SIZE];
};

/* What a proxy answers that lets nobody through to the server, or 0. */
static long proxy_refusal(const struct fetch *fetch)
{
	long code = 0, tunnel = 0;

	(void)curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &code);
	(void)curl_easy_getinfo(fetch->curl, CURLINFO_HTTP_CONNECTCODE, &tunnel);
	if (code == 407)
		return code;
	return code == 0 && tunnel >= 300 ? tunnel : 0;
}

static bool is_ranged(const struct http_request *request)
{
	return request->offset > 0 || request->length > 0;
}

static bool is_http(const struct http_request *request)
{
	return strncasecmp(request->url, "http", 4) == 0;
}

static long response_code(const struct fetch *fetch)
{
	long code = 0;

	(void)curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &code);
	return code;
}

static size_t on_header(char *line, size_t size, size_t n, void *data)
{
	struct fetch *fetch = data;
	const char *name = fetch->request->wanted_header;
	size_t length = size * n;
	_cleanup_free_ char *wanted = name ? http_header_value(line, length, name) : NULL;

	if (wanted) {
		free(*fetch->request->ret_header);
		*fetch->request->ret_header = TAKE_PTR(wanted);
	}
	http_head_note(&fetch->head, line, length);
	return length;
}

/* True when the answer holds the very bytes that were asked for. */
static bool answer_is_right(const struct fetch *fetch)
{
	const struct http_request *request = fetch->request;
	long code = response_code(fetch);

	if (!is_http(request))
		return true;
	/* Not an error to curl: a redirection that does not say where to. */
	if (!is_ranged(request))
		return code >= 200 && code < 300;
	return code == 206 && fetch->head.range_known && fetch->head.range_start == request->offset;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
	struct fetch *fetch = data;
	const struct http_request *request = fetch->request;
	size_t length = size * n;

	if (fetch->received == 0 && !answer_is_right(fetch)) {
		fetch->wrong_answer = true;
		return 0;
	}
	fetch->compressed = request->on_data && fetch->head.compressed;
	if (fetch->compressed)
		return 0;
	fetch->received += length;
	if ((request->max_bytes > 0 && fetch->received > request->max_bytes) ||
	    (request->length > 0 && fetch->received > request->length)) {
		fetch->too_large = true;
		return 0;
	}
	if (request->on_data)
		fetch->consumer = request->on_data(bytes, length, request->data);
	/* After the receiver, whose own slowness is not the server's. */
	fetch->last_byte = clock_seconds();
	/* Any other number than the length ends the transfer. */
	return fetch->consumer < 0 ? 0 : length;
}

/* Not by the time of connecting, which is 0 for a connection that is used again. */
static bool is_connected(const struct fetch *fetch)
{
	curl_off_t ready_us = 0;

	(void)curl_easy_getinfo(fetch->curl, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
	return ready_us > 0;
}

/*
 * Called once a second at least. curl's own low-speed limit is an average, which notices a stall
 * after a fast start late, and blames the server for a slow receiver.
 */
static int on_progress(void *data, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
		       curl_off_t up)
{
	struct fetch *fetch = data;
	unsigned stall_s = fetch->request->stall_timeout_s;

	(void)down_total;
	(void)down;
	(void)up_total;
	if (!is_connected(fetch) || up != fetch->sent)
		fetch->last_byte = clock_seconds();
	fetch->sent = up;
	fetch->stalled = clock_seconds() - fetch->last_byte > (stall_s ? stall_s : STALL_TIMEOUT_S);
	fetch->broken_off = fetch->request->is_broken_off &&
			    fetch->request->is_broken_off(fetch->request->data);
	return fetch->stalled || fetch->broken_off || proc_cancelled() ? 1 : 0;
}

static void set_range(const struct fetch *fetch)
{
	const struct http_request *request = fetch->request;
	char range[64];

	if (request->length > 0)
		(void)snprintf(range, sizeof(range), "%llu-%llu",
			       (unsigned long long)request->offset,
			       (unsigned long long)(request->offset + request->length - 1));
	else
		(void)snprintf(range, sizeof(range), "%llu-", (unsigned long long)request->offset);
	(void)curl_easy_setopt(fetch->curl, CURLOPT_RANGE, range);
}

static bool set_own_cas(CURL *curl)
{
	const struct strbuf *cas = http_settings_authorities();
	struct curl_blob blob = {.data = cas->text, .len = cas->length, .flags = CURL_BLOB_NOCOPY};

	return !blob.len || curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK;
}

static CURLcode on_tls(CURL *curl, void *ssl_context, void *data)
{
	struct fetch *fetch = data;

	(void)curl;
	if (fetch->request->certificate_sha256)
		http_pin_set(ssl_context, fetch->pin);
	http_identity_watch(ssl_context, fetch->identity);
	return CURLE_OK;
}

/* The pin stands in place of authorities and names. */
static bool set_pin(struct fetch *fetch)
{
	CURL *curl = fetch->curl;

	if (!fetch->request->certificate_sha256)
		return true;
	fetch->pin->sha256 = fetch->request->certificate_sha256;
	return curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK &&
	       /* A session of before would be taken up again without a look at the certificate. */
	       curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK;
}

static bool set_identity(struct fetch *fetch)
{
	const char *certificate = http_presented_certificate(), *key = http_presented_key();
	CURL *curl = fetch->curl;
	bool done = curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, on_tls) == CURLE_OK &&
		    curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, fetch) == CURLE_OK;
	/* Only read, through pointers that know nothing of constants. */
	struct curl_blob shown = {.data = (void *)(uintptr_t)certificate, .flags = CURL_BLOB_COPY},
			 private = {.data = (void *)(uintptr_t)key, .flags = CURL_BLOB_COPY};

	if (!certificate || !key)
		return done;
	shown.len = strlen(certificate);
	private.len = strlen(key);
	return done && curl_easy_setopt(curl, CURLOPT_SSLCERT_BLOB, &shown) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSLKEY_BLOB, &private) == CURLE_OK;
}

static void add_header(struct fetch *fetch, const char *line)
{
	struct curl_slist *longer = curl_slist_append(fetch->headers, line);

	fetch->headers = longer ?: fetch->headers;
}

static bool set_body(struct fetch *fetch)
{
	const struct http_request *request = fetch->request;
	_cleanup_free_ char *type = NULL;
	CURL *curl = fetch->curl;

	if (!request->body)
		return true;
	type = xasprintf("Content-Type: %s", request->content_type);
	add_header(fetch, type);
	/* Else curl asks first, and waits a second for servers that do not answer to that. */
	add_header(fetch, "Expect:");
	return curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->put ? "PUT" : NULL) ==
		       CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
				(curl_off_t)request->body_length) == CURLE_OK &&
	       /* A redirection must not make an empty GET of it. */
	       curl_easy_setopt(curl, CURLOPT_POSTREDIR, (long)CURL_REDIR_POST_ALL) == CURLE_OK;
}

static bool set_headers(struct fetch *fetch)
{
	for (char *const *line = fetch->request->headers; line && *line; line++)
		add_header(fetch, *line);
	return !fetch->headers ||
	       curl_easy_setopt(fetch->curl, CURLOPT_HTTPHEADER, fetch->headers) == CURLE_OK;
}

static int on_socket(void *data, curl_socket_t fd, curlsocktype purpose)
{
	int segment = http_settings_segment();

	(void)data;
	(void)purpose;
	/* What is no TCP has none. */
	if (segment > 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
	return CURL_SOCKOPT_OK;
}

/* How the server is reached, where it is not by its name alone. */
static bool set_way(struct fetch *fetch)
{
	const struct http_request *request = fetch->request;
	CURL *curl = fetch->curl;
	bool done = true;

	if (request->unix_socket)
		done = curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket) ==
		       CURLE_OK;
	else if (http_settings_proxy())
		done = curl_easy_setopt(curl, CURLOPT_PROXY, http_settings_proxy()) == CURLE_OK;
	(void)curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, on_socket);
	(void)curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request->fresh ? 1L : 0L);
	(void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, request->no_redirect ? 0L : 1L);
	return done;
}

static bool set_options(struct fetch *fetch)
{
	const struct http_request *request = fetch->request;
	unsigned connect_s = request->connect_timeout_s;
	CURL *curl = fetch->curl;
	bool done;

	done = curl_easy_setopt(curl, CURLOPT_URL, request->url) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,ftp,tftp") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_USERAGENT, "xenhost/" XENHOST_VERSION) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
		       CURLE_OK;
	if (request->certificate_sha256)
		/* Nobody asks the authorities, and reading all of them takes 2 MiB. */
		done = done && curl_easy_setopt(curl, CURLOPT_CAINFO, NULL) == CURLE_OK &&
		       curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK;
	else if (request->ca_file)
		done = done && curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file) == CURLE_OK;
	else
		done = done && set_own_cas(curl);
	done = done && set_pin(fetch) && set_identity(fetch) && set_body(fetch) &&
	       set_headers(fetch) && set_way(fetch);
	if (is_ranged(request))
		set_range(fetch);
	/* The rest takes numbers and pointers as they are and has no way to fail. */
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* What is posted is short; curl would take four times as much. */
	(void)curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BUFFER);
	(void)curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	(void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
			       (long)(connect_s ? connect_s : CONNECT_TIMEOUT_S));
	(void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->curl_text);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, fetch);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
	(void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, fetch);
	(void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	return done;
}

/* Why no connection came about: curl has one code for all reasons. */
static enum http_failure connect_failure(const struct fetch *fetch)
{
	long errnum = 0;

	(void)curl_easy_getinfo(fetch->curl, CURLINFO_OS_ERRNO, &errnum);
	/* A socket that is not there is a program that does not run. */
	if (errnum == ECONNREFUSED || fetch->request->unix_socket)
		return HTTP_REFUSED;
	if (errnum == ETIMEDOUT)
		return HTTP_NO_ANSWER;
	return HTTP_NO_ROUTE;
}

/* A server refuses who has no certificate, or a wrong one, in the handshake or by its answer. */
static bool is_refused_machine(const struct fetch *fetch, CURLcode code)
{
	static const long statuses[] = {400, 403, 495, 496};

	if (!fetch->identity->asked)
		return false;
	if (fetch->identity->refused)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (code == CURLE_HTTP_RETURNED_ERROR && response_code(fetch) == statuses[i])
			return true;
	return false;
}

static enum http_failure classify(const struct fetch *fetch, CURLcode code)
{
	static const struct {
		CURLcode code;
		enum http_failure failure;
	} rows[] = {
		{CURLE_URL_MALFORMAT, HTTP_BAD_URL},
		{CURLE_UNSUPPORTED_PROTOCOL, HTTP_BAD_SCHEME},
		{CURLE_COULDNT_RESOLVE_HOST, HTTP_NO_NAME},
		{CURLE_COULDNT_RESOLVE_PROXY, HTTP_NO_NAME},
		{CURLE_PARTIAL_FILE, HTTP_BROKEN},
		{CURLE_GOT_NOTHING, HTTP_BROKEN},
		{CURLE_RECV_ERROR, HTTP_BROKEN},
		{CURLE_SEND_ERROR, HTTP_BROKEN},
		{CURLE_HTTP2, HTTP_BROKEN},
		{CURLE_HTTP2_STREAM, HTTP_BROKEN},
		{CURLE_FTP_ACCEPT_TIMEOUT, HTTP_NO_ANSWER},
		{CURLE_PEER_FAILED_VERIFICATION, HTTP_CERTIFICATE},
		{CURLE_SSL_CACERT_BADFILE, HTTP_CA_FILE},
		{CURLE_SSL_CONNECT_ERROR, HTTP_TLS},
		{CURLE_REMOTE_FILE_NOT_FOUND, HTTP_NOT_FOUND},
		{CURLE_FTP_COULDNT_RETR_FILE, HTTP_NOT_FOUND},
		{CURLE_TFTP_NOTFOUND, HTTP_NOT_FOUND},
		{CURLE_TFTP_PERM, HTTP_FORBIDDEN},
		{CURLE_TFTP_ILLEGAL, HTTP_STATUS},
		{CURLE_REMOTE_ACCESS_DENIED, HTTP_FORBIDDEN},
		{CURLE_LOGIN_DENIED, HTTP_FORBIDDEN},
		{CURLE_RANGE_ERROR, HTTP_RANGE},
		{CURLE_BAD_DOWNLOAD_RESUME, HTTP_RANGE},
		{CURLE_FTP_COULDNT_USE_REST, HTTP_RANGE},
		{CURLE_TOO_MANY_REDIRECTS, HTTP_REDIRECTS},
	};

	if (proxy_refusal(fetch))
		return http_failure_from_proxy(proxy_refusal(fetch));
	if (code == CURLE_UNSUPPORTED_PROTOCOL && is_connected(fetch) && !response_code(fetch))
		return HTTP_NOT_HTTP;
	if (fetch->wrong_answer)
		return is_ranged(fetch->request) ? HTTP_RANGE : HTTP_STATUS;
	if (fetch->compressed)
		return HTTP_COMPRESSED;
	if (fetch->too_large)
		return HTTP_TOO_LARGE;
	if (fetch->stalled)
		return HTTP_STALLED;
	if (fetch->broken_off)
		return HTTP_BROKEN;
	if (is_refused_machine(fetch, code))
		return http_presented_certificate() ? HTTP_NOT_ACCEPTED : HTTP_NOT_KNOWN;
	if (code == CURLE_HTTP_RETURNED_ERROR)
		return http_failure_from_status(response_code(fetch));
	if (code == CURLE_COULDNT_CONNECT)
		return connect_failure(fetch);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return fetch->received ? HTTP_STALLED : HTTP_NO_ANSWER;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].code == code)
			return rows[i].failure;
	}
	return HTTP_OTHER;
}

static int fail(const struct fetch *fetch, CURLcode code, struct error **err)
{
	_cleanup_free_ char *detail = NULL;

	if ((code == CURLE_ABORTED_BY_CALLBACK && !fetch->stalled && !fetch->broken_off) ||
	    fetch->consumer == -ECANCELED) {
		error_set(err, ERROR_CANCELLED, "the transfer of %s was cancelled", fetch->url);
		return error_code(err, ECANCELED);
	}
	/* Connected, and then nothing at all: a full first packet gets lost each time. */
	if (fetch->stalled && fetch->received == 0)
		http_settings_suspect_way();
	if (fetch->consumer < 0)
		return error_errno(err, ERROR_INTERNAL, fetch->consumer,
				   "what came from %s could not be taken", fetch->url);
	if (proxy_refusal(fetch))
		detail = xasprintf(N_("the proxy answers %ld"), proxy_refusal(fetch));
	else if (code == CURLE_HTTP_RETURNED_ERROR || fetch->wrong_answer)
		detail = xasprintf(N_("the server answers %ld"), response_code(fetch));
	else if (fetch->compressed)
		detail = xstrdup(fetch->head.compressed);
	else if (*fetch->pin->seen)
		detail = xasprintf(N_("its SHA-256 fingerprint is %s, not the one asked for, %s"),
				   fetch->pin->seen, fetch->pin->sha256);
	else if (fetch->too_large || fetch->stalled)
		detail = xasprintf(N_("after %llu bytes"), (unsigned long long)fetch->received);
	else
		/* Of TFTP's time limit curl has another call's words. */
		detail = xstrdup(*fetch->curl_text && code != CURLE_OPERATION_TIMEDOUT
					 ? fetch->curl_text
					 : curl_easy_strerror(code));
	return http_fail(err, classify(fetch, code), fetch->url, detail);
}

/* A server may end early without breaking any rule of HTTP, and a range may be answered empty. */
static int check_length(const struct fetch *fetch, struct error **err)
{
	const struct http_request *request = fetch->request;
	_cleanup_free_ char *detail = NULL;

	if (fetch->received == 0 && !answer_is_right(fetch))
		return http_fail(err, is_ranged(request) ? HTTP_RANGE : HTTP_STATUS, fetch->url,
				 N_("the answer is empty"));
	if (request->length == 0 || fetch->received == request->length)
		return 0;
	detail = xasprintf(N_("%llu of %llu bytes"), (unsigned long long)fetch->received,
			   (unsigned long long)request->length);
	return http_fail(err, HTTP_BROKEN, fetch->url, detail);
}

static bool library_works;

static void start_library(void)
{
	library_works = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* A handle to fetch with: a connection's, as new but for what it is connected to. */
static CURL *handle_for(const struct http_request *request)
{
	/* Transfers may run in several threads, the start of the library may not. */
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct http_connection *connection = request->connection;

	(void)pthread_once(&once, start_library);
	if (!library_works)
		return NULL;
	if (!connection)
		return curl_easy_init();
	if (connection->curl)
		curl_easy_reset(connection->curl);
	else
		connection->curl = curl_easy_init();
	return connection->curl;
}

static int fetch_with(const struct http_request *request, struct http_pin *pin,
		      struct http_identity *identity, struct error **err)
{
	_cleanup_free_ char *url = url_masked(request->url);
	struct fetch fetch = {.request = request,
			      .url = url,
			      .pin = pin,
			      .identity = identity,
			      .last_byte = clock_seconds()};
	CURLcode code = CURLE_FAILED_INIT;
	int r;

	/* curl would guess a scheme. */
	if (!strstr(url, "://"))
		return http_fail(err, HTTP_BAD_URL, url, "");
	fetch.curl = handle_for(request);
	if (!fetch.curl)
		return error_set(err, ERROR_INTERNAL, "the HTTP library does not start");
	*pin->seen = '\0';
	identity->refused = false;
	if (set_options(&fetch))
		code = curl_easy_perform(fetch.curl);
	r = code == CURLE_OK ? check_length(&fetch, err) : fail(&fetch, code, err);
	if (!request->connection)
		curl_easy_cleanup(fetch.curl);
	curl_slist_free_all(fetch.headers);
	return r;
}

int http_fetch(const struct http_request *request, struct error **err)
{
	struct http_connection *connection = request->connection, alone = {0};

	if (!connection)
		connection = &alone;
	return fetch_with(request, &connection->pin, &connection->identity, err);
}

struct http_connection *http_connection_new(void)
{
	return xcalloc(1, sizeof(struct http_connection));
}

void http_connection_free(struct http_connection *connection)
{
	if (!connection)
		return;
	if (connection->curl)
		curl_easy_cleanup(connection->curl);
	free(connection);
}

void http_certificate_done(struct http_certificate *certificate)
{
	free(certificate->subject);
	free(certificate->issuer);
	*certificate = (struct http_certificate){0};
}

int http_get_certificate(const char *url, unsigned connect_timeout_s, struct http_certificate *ret,
			 struct error **err)
{
	struct http_certificate seen = {0};
	struct http_pin pin = {.ret_certificate = &seen};
	struct http_identity identity = {0};
	struct http_request request = {
		.url = url,
		.connect_timeout_s = connect_timeout_s,
		.certificate_sha256 = "", /* which no certificate has */
	};
	_cleanup_error_ struct error *error = NULL;
	int r;

	if (strncasecmp(url, "https:", 6) != 0) {
		_cleanup_free_ char *masked = url_masked(url);

		return http_fail(err, HTTP_BAD_SCHEME, masked, "only https has certificates");
	}
	r = fetch_with(&request, &pin, &identity, &error);
	if (!*pin.seen) {
		if (err)
			*err = TAKE_PTR(error);
		return r < 0 ? r : -EPROTO;
	}
	*ret = seen;
	return 0;
}
