/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/http_failure.h"

#include <errno.h>
#include <time.h>

#include "common/http.h"
#include "common/i18n.h"
#include "common/str.h"
#include "common/url.h"

/* errnum keeps the class for http_error_is_transient(): none stands in both kinds of rows. */
static const struct {
	const char *sentence;
	const char *hint;
	int errnum;
	bool transient;
} rows[] = {
	[HTTP_BAD_URL] = {N_("not a URL"), N_("Write it as http://server/path."), EINVAL, false},
	[HTTP_BAD_SCHEME] = {N_("this kind of URL is not supported"),
			     N_("Use http://, https://, ftp:// or tftp://."), EPROTONOSUPPORT,
			     false},
	[HTTP_NOT_HTTP] = {N_("what answers there speaks no HTTP"),
			   N_("Check the port in the URL, and whether https:// is meant."), EPROTO,
			   false},
	[HTTP_NO_NAME] =
		{N_("the server's name cannot be resolved"),
		 N_("Check the name's spelling, and the name servers and network cable of this "
		    "machine."),
		 EHOSTUNREACH, true},
	[HTTP_REFUSED] = {N_("the server refuses the connection"),
			  N_("Check that the web server runs, and the port in the URL."),
			  ECONNREFUSED, true},
	[HTTP_NO_ROUTE] =
		{N_("there is no route to the server"),
		 N_("Check the network cable, the address and the gateway of this machine."),
		 ENETUNREACH, true},
	[HTTP_NO_ANSWER] = {N_("the server does not answer"),
			    N_("Check its address, and whether a firewall lies between."),
			    ETIMEDOUT, true},
	[HTTP_STALLED] = {N_("the transfer stalled"),
			  N_("Check the network and the server's load."), ETIME, true},
	[HTTP_BROKEN] = {N_("the connection broke off"),
			 N_("Check the network and the server's log."), ECONNRESET, true},
	[HTTP_CERTIFICATE] =
		{N_("the server's certificate is not trusted"),
		 N_("Check the host name in the URL, this machine's clock, and that the "
		    "server's authority is known here."),
		 EKEYREJECTED, false},
	[HTTP_CA_FILE] = {N_("the file of trusted authorities cannot be used"),
			  N_("Give a readable file of certificates in PEM."), ENOKEY, false},
	[HTTP_NOT_KNOWN] = {N_("the server wants a certificate of this machine"),
			    N_("Name one: xenhost.client-certificate= on the boot line, or "
			       "<client-certificate> in the answers; to plan, "
			       "--client-certificate."),
			    EKEYREJECTED, false},
	[HTTP_NOT_ACCEPTED] = {N_("the server does not accept this machine's certificate"),
			       N_("Check when it expires, and that the server trusts the authority "
				  "that signed it."),
			       EKEYREJECTED, false},
	[HTTP_TLS] = {N_("no secure connection"),
		      N_("Check that this port of the server speaks TLS, 1.2 or newer."), EPROTO,
		      false},
	[HTTP_NOT_FOUND] = {N_("not found on the server"), N_("Check the path in the URL."), ENOENT,
			    false},
	[HTTP_FORBIDDEN] = {N_("the server denies access"),
			    N_("Check user and password, and who may read the file."), EACCES,
			    false},
	[HTTP_PROXY] = {N_("the proxy lets no request through"),
			N_("Have it let this machine through by its address, or name another one: "
			   "xenhost.proxy= on the boot line, <proxy> in the answers."),
			EACCES, false},
	[HTTP_BUSY] = {N_("the server cannot serve it now"),
		       N_("Try again later; the server's log tells the reason."), EAGAIN, true},
	[HTTP_STATUS] = {N_("the server does not serve it"),
			 N_("See the server's log for the reason."), EREMOTEIO, false},
	[HTTP_PAGE] =
		{N_("a web page came in its place"),
		 N_("A proxy or a portal answers for the server: see in a browser what it says, "
		    "and name the right proxy, or have this machine let through."),
		 EBADMSG, false},
	[HTTP_COMPRESSED] = {N_("the server sends it compressed, which nobody asked for"),
			     N_("Switch compression off for this file on the server, or on the "
				"proxy that adds it."),
			     EILSEQ, false},
	[HTTP_RANGE] =
		{N_("the server does not send the part that was asked for"),
		 N_("Use a server that supports byte ranges, without a rewriting proxy between."),
		 ERANGE, false},
	[HTTP_TOO_LARGE] = {N_("more bytes than expected"),
			    N_("Check that the URL names the right file."), EFBIG, false},
	[HTTP_REDIRECTS] = {N_("the server redirects in a circle"),
			    N_("Check the server's redirections."), ELOOP, false},
	[HTTP_OTHER] = {N_("the transfer failed"), N_("See the server's log for the reason."), EIO,
			false},
};

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
	if (status == 401 || status == 403)
		return HTTP_FORBIDDEN;
	if (status == 416)
		return HTTP_RANGE;
	if (status == 408 || status == 429 || status >= 500)
		return HTTP_BUSY;
	return HTTP_STATUS;
}

enum http_failure http_failure_from_proxy(long status)
{
	return http_failure_from_status(status) == HTTP_BUSY ? HTTP_BUSY : HTTP_PROXY;
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
