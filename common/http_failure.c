/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/http_failure.h"

#include <errno.h>
#include <time.h>

#include "common/http.h"
#include "common/str.h"
#include "common/url.h"

/* errnum keeps the class for http_error_is_transient(): none stands in both kinds of rows. */
static const struct {
	const char *sentence;
	const char *hint;
	int errnum;
	bool transient;
} rows[] = {
	[HTTP_BAD_URL] = {"not a URL", "Write it as http://server/path.", EINVAL, false},
	[HTTP_BAD_SCHEME] = {"this kind of URL is not supported",
			     "Use http://, https://, ftp:// or tftp://.", EPROTONOSUPPORT, false},
	[HTTP_NO_NAME] =
		{"the server's name cannot be resolved",
		 "Check the name's spelling, and the name servers and network cable of this "
		 "machine.",
		 EHOSTUNREACH, true},
	[HTTP_REFUSED] = {"the server refuses the connection",
			  "Check that the web server runs, and the port in the URL.", ECONNREFUSED,
			  true},
	[HTTP_NO_ROUTE] = {"there is no route to the server",
			   "Check the network cable, the address and the gateway of this machine.",
			   ENETUNREACH, true},
	[HTTP_NO_ANSWER] = {"the server does not answer",
			    "Check its address, and whether a firewall lies between.", ETIMEDOUT,
			    true},
	[HTTP_STALLED] = {"the transfer stalled", "Check the network and the server's load.", ETIME,
			  true},
	[HTTP_BROKEN] = {"the connection broke off", "Check the network and the server's log.",
			 ECONNRESET, true},
	[HTTP_CERTIFICATE] = {"the server's certificate is not trusted",
			      "Check the host name in the URL, this machine's clock, and that the "
			      "server's authority is known here.",
			      EKEYREJECTED, false},
	[HTTP_CA_FILE] = {"the file of trusted authorities cannot be used",
			  "Give a readable file of certificates in PEM.", ENOKEY, false},
	[HTTP_NOT_KNOWN] = {"the server wants a certificate of this machine",
			    "Name one: xenhost.client-certificate= on the boot line, or "
			    "<client-certificate> in the answers.",
			    EKEYREJECTED, false},
	[HTTP_NOT_ACCEPTED] = {"the server does not accept this machine's certificate",
			       "Check when it expires, and that the server trusts the authority "
			       "that signed it.",
			       EKEYREJECTED, false},
	[HTTP_TLS] = {"no secure connection", "Check that the server offers TLS 1.2 or newer.",
		      EPROTO, false},
	[HTTP_NOT_FOUND] = {"not found on the server", "Check the path in the URL.", ENOENT, false},
	[HTTP_FORBIDDEN] = {"the server denies access",
			    "Check user and password, and who may read the file.", EACCES, false},
	[HTTP_BUSY] = {"the server cannot serve it now",
		       "Try again later; the server's log tells the reason.", EAGAIN, true},
	[HTTP_STATUS] = {"the server does not serve it", "See the server's log for the reason.",
			 EREMOTEIO, false},
	[HTTP_PAGE] = {"a web page came in its place",
		       "A proxy or a portal answers for the server: see in a browser what it says, "
		       "and name the right proxy, or have this machine let through.",
		       EBADMSG, false},
	[HTTP_RANGE] =
		{"the server does not send the part that was asked for",
		 "Use a server that supports byte ranges, without a rewriting proxy between.",
		 ERANGE, false},
	[HTTP_TOO_LARGE] = {"more bytes than expected", "Check that the URL names the right file.",
			    EFBIG, false},
	[HTTP_REDIRECTS] = {"the server redirects in a circle", "Check the server's redirections.",
			    ELOOP, false},
	[HTTP_OTHER] = {"the transfer failed", "See the server's log for the reason.", EIO, false},
};

char *http_url_masked(const char *url)
{
	return url_masked(url);
}

/* A board with an empty battery is in 1970, where no certificate is valid yet. */
static void hint_with_clock(struct error **err, const char *hint)
{
	time_t now = time(NULL);
	struct tm broken_down;
	char text[32] = "";

	if (gmtime_r(&now, &broken_down))
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &broken_down);
	error_hint(err, "%s It is %s UTC by that clock.", hint, text);
}

int http_fail(struct error **err, enum http_failure failure, const char *url, const char *detail)
{
	error_set(err, ERROR_NETWORK, "%s: %s%s%s%s", url, rows[failure].sentence,
		  *detail ? " (" : "", detail, *detail ? ")" : "");
	if (failure == HTTP_CERTIFICATE)
		hint_with_clock(err, rows[failure].hint);
	else
		error_hint(err, "%s", rows[failure].hint);
	return error_code(err, rows[failure].errnum);
}

enum http_failure http_failure_from_status(long status)
{
	if (status == 404 || status == 410)
		return HTTP_NOT_FOUND;
	if (status == 401 || status == 403 || status == 407)
		return HTTP_FORBIDDEN;
	if (status == 416)
		return HTTP_RANGE;
	if (status == 408 || status == 429 || status >= 500)
		return HTTP_BUSY;
	return HTTP_STATUS;
}

bool http_error_is_transient(const struct error *error)
{
	if (!error || error->kind != ERROR_NETWORK)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].errnum == error->errnum)
			return rows[i].transient;
	}
	return false;
}
