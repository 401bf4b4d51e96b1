/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/pool_options.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#include "common/ask.h"
#include "common/file.h"
#include "common/log.h"
#include "common/str.h"

bool pool_options_take(int option, const char *value, struct pool_options *options)
{
	switch (option) {
	case 'p':
		options->pool.address = value;
		return true;
	case 's':
		options->pool.certificate_sha256 = value;
		return true;
	case 'c':
		options->pool.ca_file = value;
		return true;
	case 'u':
		options->user = value;
		return true;
	case 'w':
		options->password_file = value;
		return true;
	case 'k':
		options->host.socket = value;
		return true;
	case 'h':
		options->host.address = value;
		return true;
	case 'x':
		options->host.certificate_sha256 = value;
		return true;
	case 'y':
		options->host_password_file = value;
		return true;
	case 't':
		return xapi_codec_from_string(value, &options->pool.codec) >= 0 &&
		       xapi_codec_from_string(value, &options->host.codec) >= 0;
	default:
		return false;
	}
}

int pool_options_misused(struct error **err, const char *sentence, const char *value)
{
	error_set(err, ERROR_USAGE, "%s%s", sentence, value);
	return error_hint(err, "See xenhost-firstboot(8).");
}

static char *day_of(int64_t seconds)
{
	time_t time = (time_t)seconds;
	char text[32] = "?";
	struct tm tm;

	if (seconds != 0 && gmtime_r(&time, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	return xstrdup(text);
}

static void show(const char *address, const struct http_certificate *certificate)
{
	_cleanup_free_ char *fingerprint = xapi_fingerprint_text(certificate->sha256);
	_cleanup_free_ char *from = day_of(certificate->not_before);
	_cleanup_free_ char *until = day_of(certificate->not_after);

	fprintf(stderr,
		"%s shows this certificate, which nobody has vouched for yet:\n"
		"  for      %s\n"
		"  by       %s\n"
		"  valid    %s to %s\n"
		"  SHA-256  %s\n"
		"Is that the fingerprint on the coordinator's console? (yes/no) ",
		address, certificate->subject, certificate->issuer, from, until, fingerprint);
}

int pool_options_confirm(const struct pool_options *options, char ret_pin[SHA256_HEX],
			 struct error **err)
{
	const struct xapi_target *pool = &options->pool;
	struct http_certificate certificate = {0};
	char answer[16] = "";
	bool confirmed;
	int r;

	*ret_pin = '\0';
	if (pool->certificate_sha256 || pool->ca_file || str_starts(pool->address, "http:") ||
	    str_eq(options->password_file, "-") || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return 0;
	r = xapi_get_certificate(pool, &certificate, err);
	if (r < 0)
		return r;
	show(pool->address, &certificate);
	confirmed = fgets(answer, sizeof(answer), stdin) && str_eq(str_trim(answer), "yes");
	if (confirmed)
		memcpy(ret_pin, certificate.sha256, SHA256_HEX);
	http_certificate_done(&certificate);
	if (confirmed)
		return 0;
	error_set(err, ERROR_CANCELLED, "the certificate of %s was not confirmed", pool->address);
	error_hint(err,
		   "Nothing secret was sent. The coordinator's console shows its fingerprint.");
	return error_code(err, ECANCELED);
}

static int ask(const char *user, const char *address, char **ret, struct error **err)
{
	_cleanup_free_ char *question = xasprintf("Password of %s on %s: ", user, address);

	return ask_secret(question, NULL, ret, err);
}

/* Others could have read it. */
static bool is_private(FILE *file)
{
	struct stat st;

	return fstat(fileno(file), &st) == 0 && (!S_ISREG(st.st_mode) || (st.st_mode & 077) == 0);
}

static int from_file(const char *path, const char *option, char **ret, struct error **err)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");

	if (!file) {
		error_errno(err, ERROR_USAGE, errno, "%s cannot be read", path);
		return error_hint(err, "Check the path behind %s.", option);
	}
	if (!is_private(file)) {
		error_set(err, ERROR_USAGE, "%s is readable for others", path);
		return error_hint(err, "Take it away from them: chmod 600 %s", path);
	}
	*ret = file_line(file);
	return 0;
}

int pool_options_password(const struct pool_options *options, char **ret, struct error **err)
{
	_cleanup_free_ char *password = NULL;
	int r = 0;

	if (str_eq(options->password_file, "-"))
		password = file_line(stdin);
	else if (options->password_file)
		r = from_file(options->password_file, "--password-file", &password, err);
	else if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		r = ask(options->user ?: "root", options->pool.address, &password, err);
	if (r < 0)
		return r;
	if (str_empty(password)) {
		error_set(err, ERROR_USAGE, "there is no password for the pool");
		return error_hint(err, "Give it with --password-file FILE, or with "
				       "--password-file - on standard input.");
	}
	log_hide(password);
	*ret = TAKE_PTR(password);
	return 0;
}

int pool_options_host_password(const struct pool_options *options, char **ret, struct error **err)
{
	_cleanup_free_ char *password = NULL;
	int r = 0;

	*ret = NULL;
	if (!options->host.address)
		return 0;
	if (options->host_password_file)
		r = from_file(options->host_password_file, "--host-password-file", &password, err);
	if (r < 0)
		return r;
	if (str_empty(password)) {
		error_set(err, ERROR_USAGE, "there is no password for %s", options->host.address);
		return error_hint(err, "Give it with --host-password-file FILE.");
	}
	log_hide(password);
	*ret = TAKE_PTR(password);
	return 0;
}
