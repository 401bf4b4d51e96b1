/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/pool_wish.h"
#include "common/url.h"

#include <errno.h>

#include "common/http.h"
#include "common/log.h"
#include "common/str.h"
#include "firstboot/firstboot.h"

#define WAIT_DEFAULT_S  1800
#define RETRY_DEFAULT_S 30
#define SECONDS_MAX     86400
#define PASSWORD_MAX    4096

void pool_wish_done(struct pool_wish *wish)
{
	if (wish->password)
		explicit_bzero(wish->password, strlen(wish->password));
	free(wish->engine);
	free(wish->coordinator);
	free(wish->user);
	free(wish->certificate);
	free(wish->password_from);
	free(wish->password);
	free(wish->name);
	free(wish->default_sr);
	*wish = (struct pool_wish){0};
}

static int wrong(const char *key, const char *value, struct error **err)
{
	error_set(err, ERROR_USER, FIRSTBOOT_DATA "/" POOL_WISH ": %s='%s' is not understood", key,
		  value);
	return error_hint(err, "Correct the file, or give the pool on the command line.");
}

static int read_seconds(const struct fsroot *root, const char *key, unsigned fallback,
			unsigned *ret, struct error **err)
{
	_cleanup_free_ char *text = data_get(root, POOL_WISH, key);

	*ret = fallback;
	if (text && str_to_uint(text, 0, SECONDS_MAX, ret) < 0)
		return wrong(key, text, err);
	return 0;
}

static int read_force(const struct fsroot *root, bool *ret, struct error **err)
{
	_cleanup_free_ char *text = data_get(root, POOL_WISH, "FORCE");

	*ret = str_eq(text, "true");
	return text && !*ret && !str_eq(text, "false") ? wrong("FORCE", text, err) : 0;
}

int pool_wish_load(const struct fsroot *root, struct pool_wish *ret, struct error **err)
{
	struct pool_wish wish = {0};
	int r;

	if (!fsroot_exists(root, FIRSTBOOT_DATA "/" POOL_WISH))
		return -ENOENT;
	wish.engine = data_get(root, POOL_WISH, "ENGINE");
	wish.coordinator = data_get(root, POOL_WISH, "COORDINATOR");
	wish.user = data_get(root, POOL_WISH, "USER");
	wish.certificate = data_get(root, POOL_WISH, "CERTIFICATE");
	wish.password_from = data_get(root, POOL_WISH, "PASSWORD_FROM");
	wish.name = data_get(root, POOL_WISH, "NAME");
	wish.default_sr = data_get(root, POOL_WISH, "DEFAULT_SR");
	r = read_force(root, &wish.force, err);
	if (r >= 0)
		r = read_seconds(root, "WAIT", WAIT_DEFAULT_S, &wish.wait_s, err);
	if (r >= 0)
		r = read_seconds(root, "RETRY", RETRY_DEFAULT_S, &wish.retry_s, err);
	if (r < 0) {
		pool_wish_done(&wish);
		return r;
	}
	*ret = wish;
	return 0;
}

static int fetch(const char *url, char **ret, struct error **err)
{
	const struct http_request request = {.url = url, .max_bytes = PASSWORD_MAX};
	int r;

	/* Whoever listens on the way would read it. */
	if (!str_starts(url, "https://")) {
		_cleanup_free_ char *masked = url_masked(url);

		error_set(err, ERROR_USER, "%s: a password is fetched over https alone", masked);
		return error_hint(err, "Serve it over https.");
	}
	r = http_get(&request, ret, NULL, err);
	return r < 0 ? error_prefix(err, "the password of the pool cannot be fetched") : 0;
}

int pool_wish_fetch_password(const struct fsroot *root, struct pool_wish *wish, struct error **err)
{
	const char *path = wish->password_from ? wish->password_from : POOL_WISH_PASSWORD;
	int r;

	if (strstr(path, "://")) {
		r = fetch(path, &wish->password, err);
		if (r < 0)
			return r;
	} else {
		r = fsroot_read_text(root, path, &wish->password);
		if (r < 0) {
			error_errno(err, ERROR_USER, r, "the password of the pool, %s", path);
			return error_hint(err, "Give it by hand: xenhost-firstboot join --pool "
					       "ADDRESS.");
		}
	}
	wish->password[strcspn(wish->password, "\r\n")] = '\0';
	log_hide(wish->password);
	return 0;
}

int pool_wish_forget_password(const struct fsroot *root, struct error **err)
{
	int r = fsroot_wipe(root, POOL_WISH_PASSWORD);

	return r < 0 && r != -ENOENT
		       ? error_errno(err, ERROR_INTERNAL, r, "cannot remove %s", POOL_WISH_PASSWORD)
		       : 0;
}
