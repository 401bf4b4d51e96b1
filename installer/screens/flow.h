/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The conversation among the files of this folder: what was answered so far, by the names of the
 * field table, and the table of screens. Answers become real ones only through an answer file's
 * text and its reader, so that the screens accept what a file may say, and nothing else.
 */
#pragma once

#include "answerfiles/fields.h"
#include "common/tui/tui.h"
#include "installer/screens/screens.h"

/* What a screen wants next. */
enum screen_end { SCREEN_FORWARD, SCREEN_BACK, SCREEN_LEAVE, SCREEN_JUMP };

struct flow_value {
	const char *name;
	char *text;
};

struct flow {
	const struct screens_setup *setup;
	struct flow_value *values;
	size_t n_values;
	char *target;  /* id of the disk that the system goes to, or NULL */
	char **guests; /* ids of the disks for virtual machines, the target among them or not */
	struct tui_form *form; /* the screen that is open: its rows count before `values` */
	const struct source *source;
	char *source_for; /* what `source` was opened for */
	struct screens_result result;
	bool complete; /* the summary was reached: every screen leads back there */
	size_t jump;   /* SCREEN_JUMP: to this screen */
};

struct screen {
	const char *name;
	const char *title;
	const char *intro;         /* or NULL */
	const char *const *fields; /* names, NULL-terminated; or NULL */
	char *(*words)(
		const struct flow *flow); /* above the fields, made of the machine; or NULL */
	bool (*applies)(const struct flow *flow); /* or NULL: always */
	enum screen_end (*run)(struct flow *flow, const struct screen *screen); /* NULL: a form */
};
extern const struct screen screens[];
size_t screens_count(void);
size_t screen_number(const char *name);
bool screen_applies(const struct flow *flow, const struct screen *screen);

/* How a field is asked for; one row a field that stands on a screen. */
struct question {
	const char *name;
	enum tui_kind kind;
	const char *only_with, *value; /* asked only while that field has this value; or NULL */
	const char *required;          /* what is said when it is empty, or NULL */
};
extern const struct question questions[];
const struct question *question_find(const char *name);
const char *question_help(const char *name);
/* The words that a field offers, as people read them: NULL for a word that is not offered. */
const char *question_label(const char *name, const char *word);

const char *flow_get(const struct flow *flow, const char *name); /* never NULL */
void flow_set(struct flow *flow, const char *name, const char *text);
bool flow_asks(const struct flow *flow, const char *name); /* it has a meaning now */
/* Everything so far as an answer file; with `hashed` the password as its hash. NULL when the
 * password could not be hashed. Wipe before free(). */
char *flow_xml(const struct flow *flow, bool hashed);
/* The answers that text means, with everything that is wrong in them. */
int flow_answers(const struct flow *flow, struct answers **ret, struct secrets *ret_secrets,
		 struct findings *findings);

/* The keys every screen has: report, log, shell. True when it was one of them. */
extern const struct tui_key flow_keys[];
bool flow_key(const struct flow *flow, const struct tui_result *result);
/* What ends a form, where the screen has nothing of its own for it. */
enum screen_end flow_end(const struct flow *flow, const struct tui_result *result, bool *ret_again);

/* The screens that are code, and the words of the others. */
enum screen_end form_screen(struct flow *flow, const struct screen *screen);
enum screen_end storage_screen(struct flow *flow, const struct screen *screen);
enum screen_end source_reach(struct flow *flow, const struct screen *screen);
enum screen_end summary_screen(struct flow *flow, const struct screen *screen);
enum screen_end plan_screen(struct flow *flow, const struct screen *screen);
/* Erasing it needs a word of its own. */
bool disk_is_valuable(const struct host_disk *disk);
char *welcome_words(const struct flow *flow);
char *hardware_words(const struct flow *flow);
char *storage_words(const struct flow *flow); /* for the summary */
char *network_words(const struct host_nic *nic);
