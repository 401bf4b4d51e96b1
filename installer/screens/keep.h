/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an operator takes along: the answers as a file, and the log, on a stick, at a web server or
 * as a code on the screen. keep.c asks; where things are and how they are written is the caller's.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

enum screens_thing { SCREENS_ANSWERS, SCREENS_LOG };

struct screens_keep {
	/* Looks for file systems that can be written to, the one made for this first; a list of
	 * words for people, to be freed. NULL: there is none. */
	char **(*places)(void *data);
	/* Onto the number-th of them, as they were looked for last. *ret: the file's name. */
	int (*write)(enum screens_thing thing, size_t number, char **ret, void *data,
		     struct error **err);
	/* *ret: the URL, without a password. */
	int (*send)(enum screens_thing thing, const char *url, bool put, char **ret, void *data,
		    struct error **err);
	char *(*read)(enum screens_thing thing, void *data); /* to be freed; NULL: not there */
	const char *url;     /* known already, to PUT to: proposed where no stick is in; or NULL */
	bool lacks_password; /* of the pool, which somebody has to fill in */
	void *data;
};

/* Asks where to, and does it: with a stick in, or a URL known, Enter is enough. */
void screens_keep_ask(const struct screens_keep *keep, enum screens_thing thing);
