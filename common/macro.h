/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole macro vocabulary of the project: attributes, cleanup helpers, array sizes.
 * Included by every file; holds no function of its own beyond the cleanup shims.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIB           ((uint64_t)1 << 20)
#define GIB           ((uint64_t)1 << 30)

#define _must_check_        __attribute__((warn_unused_result))
#define _printf_(fmt, args) __attribute__((format(printf, fmt, args)))
#define _noreturn_          __attribute__((noreturn))
#define _unused_            __attribute__((unused))

#define _cleanup_(fn) __attribute__((cleanup(fn)))

/* Hands a pointer over and leaves NULL behind, so that the cleanup attribute does nothing. */
#define TAKE_PTR(p)                                                                                \
	({                                                                                         \
		__typeof__(p) _p = (p);                                                            \
		(p) = NULL;                                                                        \
		_p;                                                                                \
	})

/* The same for a file descriptor. */
#define TAKE_FD(fd)                                                                                \
	({                                                                                         \
		int _fd = (fd);                                                                    \
		(fd) = -1;                                                                         \
		_fd;                                                                               \
	})

/* Makes `fn##p` out of a destructor, for use with _cleanup_(). */
#define DEFINE_CLEANUP(type, fn)                                                                   \
	static inline void fn##p(type *object)                                                     \
	{                                                                                          \
		if (*object)                                                                       \
			fn(*object);                                                               \
	}

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose(FILE **file)
{
	if (*file)
		fclose(*file);
}

#define _cleanup_free_   _cleanup_(cleanup_free)
#define _cleanup_close_  _cleanup_(cleanup_close)
#define _cleanup_fclose_ _cleanup_(cleanup_fclose)
