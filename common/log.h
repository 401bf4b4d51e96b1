/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log: one line per entry, "time level tag: text", to any number of sinks. Programs and the
 * execute engine log; everything below returns errors instead. Registered secrets never get
 * through.
 */
#pragma once

#include <stdarg.h>

#include "common/macro.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

typedef void (*log_sink_fn)(enum log_level level, const char *line, void *data);

/* Adds a sink for entries of `level` and above; lines end without a newline. */
void log_add_sink(enum log_level level, log_sink_fn sink, void *data);
void log_remove_sink(log_sink_fn sink, void *data);
/* Ready-made sinks: standard error, and an append-only file (0600). */
void log_to_stderr(enum log_level level);
int log_to_file(enum log_level level, const char *path) _must_check_;

/* Every later occurrence of `secret` (4 bytes or longer) in any entry is written as "********". */
void log_hide(const char *secret);
/* The same filter for text that goes elsewhere (events, reports). Newly allocated. */
char *log_mask(const char *text);

void log_write(enum log_level level, const char *tag, const char *format, ...) _printf_(3, 4);
#define log_debug(tag, ...)   log_write(LOG_DEBUG, tag, __VA_ARGS__)
#define log_info(tag, ...)    log_write(LOG_INFO, tag, __VA_ARGS__)
#define log_warning(tag, ...) log_write(LOG_WARNING, tag, __VA_ARGS__)
#define log_error(tag, ...)   log_write(LOG_ERROR, tag, __VA_ARGS__)
