/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <time.h>

#include "common/i18n.h"
#include "firstboot/pool/xapi_connection.h"

#define MOMENT_SIZE 32

static const char *moment(time_t when, char text[MOMENT_SIZE])
{
	struct tm broken_down;

	if (!gmtime_r(&when, &broken_down) ||
	    strftime(text, MOMENT_SIZE, "%Y-%m-%d %H:%M UTC", &broken_down) == 0)
		*text = '\0';
	return text;
}

/* A certificate out of its time is not helped by comparing it; one of the two clocks may be. */
static bool explain_time(const struct http_certificate *seen, const char *fingerprint,
			 struct error **err)
{
	char bound[MOMENT_SIZE], here[MOMENT_SIZE];
	time_t now = time(NULL);
	bool expired = seen->not_after != 0 && now > seen->not_after; /* 0: cannot be read */

	if (!expired && now >= seen->not_before)
		return false;
	error_hint(err,
		   "%s %s, and the clock of this machine shows %s: set that clock, or "
		   "renew the certificate on the coordinator (xe host-reset-server-certificate). "
		   "Or give its SHA-256 fingerprint, if the coordinator's console shows the same: "
		   "%s. Nothing secret was sent.",
		   expired ? N_("It is valid until") : N_("It is valid from"),
		   moment(expired ? seen->not_after : seen->not_before, bound), moment(now, here),
		   fingerprint);
	return true;
}

/* What to do about a certificate: show it, so that somebody can compare and confirm it. */
static void explain_certificate(const struct xapi *xapi, struct error **err)
{
	struct http_certificate seen = {0};
	_cleanup_free_ char *text = NULL;

	if (http_get_certificate(xapi->base, XAPI_CONNECT_S, &seen, NULL) < 0)
		return;
	text = xapi_fingerprint_text(seen.sha256);
	if (*xapi->pin)
		error_hint(err,
			   "Another machine answers there, or the certificate was renewed. If the "
			   "coordinator's console shows %s, give that. Nothing secret was sent.",
			   text);
	else if (!explain_time(&seen, text, err))
		error_hint(err,
			   "Its SHA-256 fingerprint is %s. If the coordinator's console shows the "
			   "same, give it; else give the certificate of the authority that signed "
			   "it. Nothing secret was sent.",
			   text);
	http_certificate_done(&seen);
}

void xapi_explain(const struct xapi *xapi, int r, struct error **err)
{
	switch (r) {
	case -EKEYREJECTED:
		explain_certificate(xapi, err);
		return;
	case -ECONNREFUSED:
		error_hint(err, "%s",
			   xapi->socket
				   ? N_("Check that the toolstack of this host runs: systemctl "
					"status xapi.")
				   : N_("Check the address, and on that host that xapi runs."));
		return;
	case -EPROTO:
	case -EFBIG:
		error_hint(err, "Check that this is the address of a XenServer or XCP-ng host, "
				"which serves its API by TLS at port 443.");
		return;
	default:
		return;
	}
}
