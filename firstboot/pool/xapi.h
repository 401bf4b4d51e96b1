/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A client of XAPI, the toolstack of XenServer and XCP-ng: calls over JSON-RPC or XML-RPC, over TLS
 * or the local socket. For the pre-flight, the join and the screens. Values are JSON as XAPI's own
 * JSON-RPC gives them, whatever went over the wire. A password leaves only after the server's
 * certificate was accepted; it is in no error and no log. Never decides what a host should do.
 */
#pragma once

#include "common/http.h"
#include "common/json.h"
#include "common/macro.h"

/* Of a host that runs xapi; root is known to it without a password. */
#define XAPI_SOCKET   "/var/lib/xcp/xapi"
#define XAPI_NULL_REF "OpaqueRef:NULL"
/* A wrong password is answered after five seconds. */
#define XAPI_ANSWER_S  60
#define XAPI_CONNECT_S 10

enum xapi_codec { XAPI_JSON, XAPI_XML };
const char *xapi_codec_to_string(enum xapi_codec codec);
int xapi_codec_from_string(const char *text, enum xapi_codec *ret) _must_check_;

/* Where a XAPI is and what proves that it is the one that is meant. */
struct xapi_target {
	/* "host", "host:port", "[v6]", "[v6]:port"; "http://host[:port]" is for this machine alone.
	 * NULL: the local socket. */
	const char *address;
	const char *socket; /* instead of XAPI_SOCKET */
	enum xapi_codec codec;
	/* SHA-256 of the server's certificate, 64 hex digits with or without ":" between pairs;
	 * NULL: signed by an authority of ca_file, or else of this system. */
	const char *certificate_sha256;
	const char *ca_file;
	unsigned answer_timeout_s; /* 0 means XAPI_ANSWER_S */
};

struct xapi;                       /* one server and, after a login, one session; for one thread */
void xapi_free(struct xapi *xapi); /* without a logout */
DEFINE_CLEANUP(struct xapi *, xapi_free)
#define _cleanup_xapi_ _cleanup_(xapi_freep)

/* Checks what the target says (ERROR_USER) and copies it; the first call opens the connection. */
int xapi_connect(const struct xapi_target *target, struct xapi **ret,
		 struct error **err) _must_check_;
/*
 * Begins a session. HOST_IS_SLAVE is followed once, to the coordinator that a member names: by the
 * same authority, or by the fingerprint that the member tells of it when it was itself pinned; the
 * connection is the coordinator's from then on (xapi_address()). `user` NULL means root, `password`
 * NULL none, as on the local socket.
 */
int xapi_login(struct xapi *xapi, const char *user, const char *password,
	       struct error **err) _must_check_;
/* A session on a member in emergency mode, good for emergency calls alone. */
int xapi_login_emergency(struct xapi *xapi, const char *user, const char *password,
			 struct error **err) _must_check_;
/* Reference of the host that the session is with; newly allocated. */
int xapi_get_this_host(struct xapi *xapi, char **ret, struct error **err) _must_check_;
/* Ends the session, if there is one and the server still wants to know. */
void xapi_logout(struct xapi *xapi);

/* A list of string parameters; ends with NULL. */
struct json *xapi_args(const char *first, ...) __attribute__((sentinel));
/*
 * Calls "Class.method". `args`, which it takes (NULL: none), are the parameters after the session.
 * ret NULL: the result is not wanted. Fails with ERROR_NETWORK where no sensible answer came (see
 * http_error_is_transient()), else with ERROR_POOL, -EREMOTEIO and xapi_failure().
 */
int xapi_call(struct xapi *xapi, const char *method, struct json *args, struct json **ret,
	      struct error **err) _must_check_;
/* The same; the server may take so long without a byte, in seconds. */
int xapi_call_within(struct xapi *xapi, unsigned timeout_s, const char *method, struct json *args,
		     struct json **ret, struct error **err) _must_check_;
/* What is done with the elements of a list as they come: objects, borrowed (json_share()). */
struct xapi_each {
	const char *list; /* the member of the result that holds them */
	void (*take)(struct json *element, void *data);
	void *data;
};
/*
 * The same for answers that may be long: the elements go to each->take, and *ret has that list
 * empty where the encoding allows it (JSON-RPC). After a failure some elements may have been taken.
 */
int xapi_call_each(struct xapi *xapi, const char *method, struct json *args,
		   const struct xapi_each *each, struct json **ret,
		   struct error **err) _must_check_;
/* Where the answer is a text: newly allocated. */
int xapi_call_text(struct xapi *xapi, const char *method, struct json *args, char **ret,
		   struct error **err) _must_check_;

/* "HOST_IS_SLAVE": what the last call was answered; NULL when it succeeded or nothing came. */
const char *xapi_failure(const struct xapi *xapi);
/* Parameters of that code; NULL when there are none. */
char *const *xapi_failure_params(const struct xapi *xapi);
/* The same as a copy, for xapi_failure.h; ret->code stays NULL when there is none. */
struct xapi_failure;
void xapi_take_failure(const struct xapi *xapi, struct xapi_failure *ret);
/* "host", "host:port" or the socket's path; of the coordinator after a redirection. */
const char *xapi_address(const struct xapi *xapi);
/* The address of the member that named this coordinator, where one was asked first, or NULL. */
const char *xapi_member(const struct xapi *xapi);
/* The address without port and brackets, as one host tells another of it; newly allocated. */
char *xapi_host_name(const struct xapi *xapi);
/* Fingerprint that holds for the connection, 64 hex digits, or NULL. */
const char *xapi_certificate_sha256(const struct xapi *xapi);
bool xapi_is_logged_in(const struct xapi *xapi);

/* What the server at the target's address shows of itself; nothing is sent but the handshake. */
int xapi_get_certificate(const struct xapi_target *target, struct http_certificate *ret,
			 struct error **err) _must_check_;
/* 64 lower-case digits out of a fingerprint with or without ":"; -EINVAL when it is none. */
int xapi_fingerprint_parse(const char *text, char ret[SHA256_HEX]) _must_check_;
/* "AB:CD:...", for people; newly allocated. */
char *xapi_fingerprint_text(const char *sha256);

/*
 * Waits for a task until it ends, by events, by asking where the server has none. on_progress (or
 * NULL) gets 0..1 each time something is known, and ends the waiting with a negative errno. Fails
 * with -EREMOTEIO and xapi_failure() where the task failed, -ETIMEDOUT after limit_s, -ECANCELED;
 * with anything else where the server, restarted or gone, says nothing of the task any more. A task
 * that ended is destroyed. ret_result (or NULL): the reference or text it gave, newly allocated, ""
 * for none.
 */
int xapi_task_wait(struct xapi *xapi, const char *task, unsigned limit_s,
		   int (*on_progress)(double progress, void *data), void *data, char **ret_result,
		   struct error **err) _must_check_;
