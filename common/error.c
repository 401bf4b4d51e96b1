/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/error.h"

#include <errno.h>
#include <stdarg.h>

#include "common/i18n.h"
#include "common/str.h"

static const struct {
	const char *name;
	int exit_code;
} kinds[] = {
	[ERROR_USAGE] = {"usage", 2},       [ERROR_USER] = {"user", 3},
	[ERROR_HARDWARE] = {"hardware", 4}, [ERROR_MEDIA] = {"media", 5},
	[ERROR_NETWORK] = {"network", 6},   [ERROR_INTERNAL] = {"internal", 7},
	[ERROR_POOL] = {"pool", 8},         [ERROR_CANCELLED] = {"cancelled", 130},
};

void error_free(struct error *error)
{
	while (error) {
		struct error *cause = error->cause;

		free(error->message);
		free(error->hint);
		free(error);
		error = cause;
	}
}

static int error_result(int errnum)
{
	return errnum > 0 ? -errnum : -EINVAL;
}

static void error_fill(struct error **err, enum error_kind kind, int errnum, char *message)
{
	struct error *error = xcalloc(1, sizeof(*error));

	error->kind = kind;
	error->errnum = errnum;
	error->message = message;
	error_free(*err);
	*err = error;
}

int error_set(struct error **err, enum error_kind kind, const char *format, ...)
{
	va_list args;

	if (err) {
		va_start(args, format);
		error_fill(err, kind, 0, xvasprintf(format, args));
		va_end(args);
	}
	return error_result(0);
}

int error_errno(struct error **err, enum error_kind kind, int errnum, const char *format, ...)
{
	_cleanup_free_ char *sentence = NULL;
	va_list args;

	if (errnum < 0)
		errnum = -errnum;
	if (err) {
		/* strerror() would need a locale; this table is constant. */
		const char *text = strerrordesc_np(errnum);

		va_start(args, format);
		sentence = xvasprintf(format, args);
		va_end(args);
		error_fill(err, kind, errnum,
			   text ? xasprintf("%s: %s", sentence, text)
				: xasprintf("%s: error %d", sentence, errnum));
	}
	return error_result(errnum);
}

int error_code(struct error **err, int errnum)
{
	if (errnum < 0)
		errnum = -errnum;
	if (err && *err)
		(*err)->errnum = errnum;
	return error_result(errnum);
}

int error_hint(struct error **err, const char *format, ...)
{
	va_list args;

	if (!err || !*err)
		return error_result(0);
	free((*err)->hint);
	va_start(args, format);
	(*err)->hint = xvasprintf(format, args);
	va_end(args);
	return error_result((*err)->errnum);
}

int error_prefix(struct error **err, const char *format, ...)
{
	struct error *cause;
	va_list args;

	if (!err)
		return error_result(0);
	cause = TAKE_PTR(*err);
	va_start(args, format);
	error_fill(err, cause ? cause->kind : ERROR_INTERNAL, cause ? cause->errnum : 0,
		   xvasprintf(format, args));
	va_end(args);
	if (cause) {
		(*err)->hint = TAKE_PTR(cause->hint);
		(*err)->cause = cause;
	}
	return error_result((*err)->errnum);
}

char *error_text(const struct error *error)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (; error; error = error->cause) {
		strbuf_add(&buf, error->message);
		if (error->cause)
			strbuf_add(&buf, ": ");
	}
	return strbuf_take(&buf);
}

const char *error_get_hint(const struct error *error)
{
	const char *hint = NULL;

	for (; error; error = error->cause) {
		if (error->hint)
			hint = error->hint;
	}
	return hint;
}

char *error_words(const struct error *error)
{
	_cleanup_free_ char *english = error_text(error);
	_cleanup_free_ char *sentence = i18n_sentence(english);
	_cleanup_free_ char *hint = i18n_sentence(error_get_hint(error));

	return xasprintf("%s%s%s", sentence, hint ? "\n\n" : "", hint ?: "");
}

const char *error_kind_to_string(enum error_kind kind)
{
	return (size_t)kind < ARRAY_SIZE(kinds) ? kinds[kind].name : "unknown";
}

int error_kind_exit_code(enum error_kind kind)
{
	return (size_t)kind < ARRAY_SIZE(kinds) ? kinds[kind].exit_code : 7;
}
