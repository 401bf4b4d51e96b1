/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a transfer failed, in our own words: sentence, hint, errno value, and whether trying again
 * may help. http.c finds the class; nobody else uses this header. No I/O.
 */
#pragma once

#include "common/error.h"

enum http_failure {
	HTTP_BAD_URL,
	HTTP_BAD_SCHEME,
	HTTP_NOT_HTTP,
	HTTP_NO_NAME,
	HTTP_REFUSED,
	HTTP_NO_ROUTE,
	HTTP_NO_ANSWER,
	HTTP_STALLED,
	HTTP_BROKEN,
	HTTP_CERTIFICATE,
	HTTP_CA_FILE,
	HTTP_NOT_KNOWN,    /* it wants a certificate, and none was shown */
	HTTP_NOT_ACCEPTED, /* it does not take the one that was shown */
	HTTP_TLS,
	HTTP_NOT_FOUND,
	HTTP_FORBIDDEN,
	HTTP_PROXY, /* lets nobody through */
	HTTP_BUSY,
	HTTP_STATUS,
	HTTP_PAGE,
	HTTP_COMPRESSED,
	HTTP_RANGE,
	HTTP_TOO_LARGE,
	HTTP_REDIRECTS,
	HTTP_OTHER,
};

/* `url` is masked by now; `detail` is what was seen (a status, a library's words), or "". */
int http_fail(struct error **err, enum http_failure failure, const char *url, const char *detail);
/* The class of an answer of 400 and above. */
enum http_failure http_failure_from_status(long status);
/* The same of a proxy, asked for a way to the server. */
enum http_failure http_failure_from_proxy(long status);
