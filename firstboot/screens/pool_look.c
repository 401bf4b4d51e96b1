/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/screens/pool_look.h"

#include "common/i18n.h"
#include "common/str.h"

#define ANSWER_S 20

static void look_free(struct pool_look *look)
{
	if (look->password)
		explicit_bzero(look->password, strlen(look->password));
	free(look->address);
	free(look->user);
	free(look->password);
	free(look->certificate_sha256);
	free(look->socket);
	error_free(look->error);
	http_certificate_done(&look->certificate);
	preflight_done(&look->preflight);
	pthread_mutex_destroy(&look->lock);
	free(look);
}

void pool_look_release(struct pool_look *look)
{
	bool last;

	pthread_mutex_lock(&look->lock);
	last = --look->holders == 0;
	pthread_mutex_unlock(&look->lock);
	if (last)
		look_free(look);
}

static void say(struct pool_look *look, const char *words)
{
	pthread_mutex_lock(&look->lock);
	look->words = words;
	pthread_mutex_unlock(&look->lock);
}

static int read_side(const struct xapi_target *target, const struct pool_look *look,
		     struct side **ret, struct error **err)
{
	_cleanup_xapi_ struct xapi *xapi = NULL;
	bool joining = !target->address;
	int r = xapi_connect(target, &xapi, err);

	if (r >= 0)
		r = xapi_login(xapi, joining ? NULL : look->user, joining ? NULL : look->password,
			       err);
	if (r >= 0)
		r = side_read(xapi, joining, ret, err);
	if (r >= 0)
		xapi_logout(xapi);
	return r;
}

static int look_at_both(struct pool_look *look, struct error **err)
{
	const struct xapi_target there = {.address = look->address,
					  .certificate_sha256 = look->certificate_sha256,
					  .answer_timeout_s = ANSWER_S};
	const struct xapi_target here = {.socket = look->socket, .answer_timeout_s = ANSWER_S};
	_cleanup_side_ struct side *pool = NULL;
	_cleanup_side_ struct side *host = NULL;
	int r;

	say(look, _("asking the pool"));
	r = read_side(&there, look, &pool, err);
	if (r < 0)
		return r;
	say(look, _("asking this host"));
	r = read_side(&here, look, &host, err);
	if (r < 0)
		return error_prefix(err, "this host's own toolstack");
	preflight_run(host, pool, look->force, &look->preflight);
	return 0;
}

static int look_at_certificate(struct pool_look *look, struct error **err)
{
	const struct xapi_target target = {.address = look->address, .answer_timeout_s = ANSWER_S};

	say(look, _("asking the coordinator for its certificate"));
	return xapi_get_certificate(&target, &look->certificate, err);
}

static void *run(void *data)
{
	struct pool_look *look = data;
	struct error *error = NULL;
	int r = look->at == LOOK_CERTIFICATE ? look_at_certificate(look, &error)
					     : look_at_both(look, &error);

	if (r < 0 && !error)
		error_errno(&error, ERROR_INTERNAL, r, "it failed");
	pthread_mutex_lock(&look->lock);
	look->error = error;
	look->finished = true;
	pthread_mutex_unlock(&look->lock);
	pool_look_release(look);
	return NULL;
}

void pool_look_start(struct pool_look *look)
{
	pthread_t thread;
	int r;

	pthread_mutex_init(&look->lock, NULL);
	look->holders = 2;
	r = pthread_create(&thread, NULL, run, look);
	if (r == 0) {
		pthread_detach(thread);
		return;
	}
	look->holders = 1;
	look->finished = true;
	error_errno(&look->error, ERROR_INTERNAL, r, "no thread can be started");
}
