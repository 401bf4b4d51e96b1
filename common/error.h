/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors as data: a kind, a sentence that says what failed, a hint that says what to do, and a
 * chain of causes. Library code fills them and never prints; programs print them once, at the top.
 * The kind chooses the exit code (and, on screens, the dialog).
 */
#pragma once

#include "common/macro.h"

enum error_kind {
	ERROR_USAGE,     /* wrong command line, unreadable path: exit 2 */
	ERROR_USER,      /* the answers are wrong: exit 3 */
	ERROR_HARDWARE,  /* the machine is not fit: exit 4 */
	ERROR_MEDIA,     /* the source is wrong or damaged: exit 5 */
	ERROR_NETWORK,   /* exit 6 */
	ERROR_INTERNAL,  /* failed while changing the machine, or a fault of ours: exit 7 */
	ERROR_POOL,      /* the pool refused: exit 8 */
	ERROR_CANCELLED, /* exit 130 */
};

struct error {
	enum error_kind kind;
	int errnum;          /* positive errno value, 0 when none applies */
	char *message;       /* one sentence, no trailing newline or full stop needed */
	char *hint;          /* what to do about it, or NULL */
	struct error *cause; /* what lies below, or NULL */
};

void error_free(struct error *error);
DEFINE_CLEANUP(struct error *, error_free)
#define _cleanup_error_ _cleanup_(error_freep)

/*
 * All setters accept err == NULL (the caller does not want the text) and return a negative errno:
 * -errnum where one is known, else -EINVAL, so that `return error_set(...)` reads well.
 * error_set() and error_errno() expect *err to be NULL.
 */
int error_set(struct error **err, enum error_kind kind, const char *format, ...) _printf_(3, 4);
/* Appends ": " and the text of errnum (positive or negative) to the sentence. */
int error_errno(struct error **err, enum error_kind kind, int errnum, const char *format, ...)
	_printf_(4, 5);
/* Notes errnum in *err without adding its text to the sentence; returns -errnum. */
int error_code(struct error **err, int errnum);
/* Sets or replaces the hint of *err. */
int error_hint(struct error **err, const char *format, ...) _printf_(2, 3);
/* Puts a sentence above *err, which becomes its cause; kind, errnum and hint are taken over. */
int error_prefix(struct error **err, const char *format, ...) _printf_(2, 3);

/* "sentence: cause: cause", newly allocated. */
char *error_text(const struct error *error);
/* The innermost hint that exists, or NULL; owned by the error. */
const char *error_get_hint(const struct error *error);

/* Both for a screen, in the operator's language: the sentence, and the hint two lines below it. */
char *error_words(const struct error *error);

const char *error_kind_to_string(enum error_kind kind);
/* Exit codes of all programs; 0 is success and 1 a check with findings. */
int error_kind_exit_code(enum error_kind kind);
