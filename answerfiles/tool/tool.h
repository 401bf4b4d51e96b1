/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the commands of xenhost-answers share: the command line as data, files loaded with what was
 * noticed in them, printing. Included by main.c and the files of this folder, by no library.
 */
#pragma once

#include "answerfiles/answers.h"
#include "hwdb/host.h"

struct tool_options {
	bool json, details, password;
	const char *boot_line; /* NULL: not known */
	char **machines;       /* --machine, each; NULL for none */
	char **settings;       /* --set, each; NULL for none */
	const char *format;    /* --from, or NULL: by the name of the file */
	char **arguments;
	int count;
};

/* The answers of a file, with the boot line over them where one was given. */
struct tool_file {
	struct answers *answers;
	struct secrets secrets;
	struct findings findings;
};

void tool_file_done(struct tool_file *file);
#define _cleanup_tool_file_ _cleanup_(tool_file_done)
int tool_load(const struct tool_options *options, const char *where, struct tool_file *file,
	      struct error **err) _must_check_;
/* True where each machine asks for a file of its own: ${mac} and its like stand in the name. */
bool tool_is_asked_for(const char *where);
/* The file that the installer would get on this machine; `host` takes over the boot line. */
int tool_load_for(const struct tool_options *options, struct host *host, const char *where,
		  struct tool_file *file, struct error **err) _must_check_;

/* To stderr, with the hint; gives the exit code. */
int tool_report(const struct error *error);
void tool_print_json(const struct json *json);
void tool_print_findings(const struct findings *findings, FILE *file);
/* "1 error", "3 errors"; newly allocated. */
char *tool_count(size_t count, const char *noun);

/* One line from stdin without its end; on a terminal not shown, and typed twice. */
int tool_read_password(char **ret, struct error **err) _must_check_;
/* Reads an answer file's text as an installation would; true when it could be used. */
bool tool_read_back(const char *text, struct findings *findings);

/* The commands that are more than a few lines; each gives the exit code. */
int tool_new(const struct tool_options *options);
int tool_diff(const struct tool_options *options);
int tool_convert(const struct tool_options *options);
/* `file` is without answers where each machine has its own. */
int tool_judge(const struct tool_options *options, const struct tool_file *file);
