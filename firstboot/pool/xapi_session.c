/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/log.h"
#include "common/str.h"
#include "firstboot/pool/xapi_connection.h"

#define API_VERSION "2.21" /* which servers ask for and do not look at */
#define ORIGINATOR  "xenhost"

static int begin(struct xapi *xapi, const char *method, const char *user, const char *password,
		 bool with_version, struct error **err)
{
	struct json *args = xapi_args(user ?: "root", password ?: "", NULL);
	_cleanup_free_ char *session = NULL;
	int r;

	if (password)
		log_hide(password);
	if (with_version) {
		json_append_string(args, API_VERSION);
		json_append_string(args, ORIGINATOR);
	}
	free(TAKE_PTR(xapi->session));
	r = xapi_call_text(xapi, method, args, &session, err);
	if (r < 0)
		return r;
	log_hide(session);
	xapi->session = TAKE_PTR(session);
	return 0;
}

/* "host" of the coordinator at the port that was asked for here; hosts of a pool are alike. */
static char *address_like(const char *old, const char *host)
{
	const char *port = strrchr(old, ':');
	bool v6 = strchr(host, ':') && *host != '[';

	if (port && strchr(port, ']'))
		port = NULL;
	return xasprintf("%s%s%s%s", v6 ? "[" : "", host, v6 ? "]" : "", port ?: "");
}

/* A redirection must not lead past the proof that was asked for. */
static int pin_coordinator(struct xapi *xapi, const char *address, struct error **err)
{
	if (!*xapi->pin)
		return 0;
	if (xapi->coordinator_pin && xapi_fingerprint_parse(xapi->coordinator_pin, xapi->pin) == 0)
		return 0;
	error_set(err, ERROR_POOL, "%s is a member of a pool; its coordinator is %s", xapi->address,
		  address);
	error_hint(err, "Give the coordinator's address and the fingerprint of its certificate.");
	return error_code(err, EREMCHG);
}

static int follow(struct xapi *xapi, struct error **err)
{
	const char *host = xapi_failure_params(xapi) ? *xapi_failure_params(xapi) : NULL;
	_cleanup_free_ char *address = host ? address_like(xapi->address, host) : NULL;
	_cleanup_free_ char *full = NULL;
	int r;

	if (!address || str_eq(address, xapi->address)) {
		error_set(err, ERROR_POOL,
			  "%s calls itself a member of a pool and names %s as its "
			  "coordinator",
			  xapi->address, address ? "itself" : "nobody");
		error_hint(err, "Give the address of the pool's coordinator.");
		return error_code(err, ELOOP);
	}
	r = pin_coordinator(xapi, address, err);
	if (r < 0)
		return r;
	full = xasprintf("%s%s", xapi->plain ? "http://" : "", address);
	free(xapi->member);
	xapi->member = xstrdup(xapi->address);
	return xapi_set_address(xapi, full, err);
}

static const char login[] = "session.login_with_password";

int xapi_login(struct xapi *xapi, const char *user, const char *password, struct error **err)
{
	_cleanup_error_ struct error *error = NULL;
	int r;

	free(TAKE_PTR(xapi->coordinator_pin));
	xapi->wants_coordinator_pin = *xapi->pin;
	r = begin(xapi, login, user, password, true, &error);
	xapi->wants_coordinator_pin = false;
	if (r < 0 && !xapi->socket && str_eq(xapi_failure(xapi), "HOST_IS_SLAVE")) {
		r = follow(xapi, err);
		return r < 0 ? r : begin(xapi, login, user, password, true, err);
	}
	if (r < 0 && err)
		*err = TAKE_PTR(error);
	return r;
}

int xapi_login_emergency(struct xapi *xapi, const char *user, const char *password,
			 struct error **err)
{
	return begin(xapi, "session.slave_local_login_with_password", user, password, false, err);
}

int xapi_get_this_host(struct xapi *xapi, char **ret, struct error **err)
{
	return xapi_call_text(xapi, "session.get_this_host", xapi_args(xapi->session, NULL), ret,
			      err);
}

void xapi_logout(struct xapi *xapi)
{
	if (!xapi->session)
		return;
	/* A server that is gone by now forgets the session by itself. */
	if (xapi_call_within(xapi, XAPI_CONNECT_S, "session.logout", NULL, NULL, NULL) < 0)
		xapi_failure_done(&xapi->failure);
	free(TAKE_PTR(xapi->session));
}
