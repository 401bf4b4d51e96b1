/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conversation among the files of this folder: the values so far, and the table of screens. */
#pragma once

#include "firstboot/screens/wizard.h"

/* What a screen wants next. */
enum screen_end { SCREEN_FORWARD, SCREEN_BACK, SCREEN_JUMP, SCREEN_END };

struct flow {
	const struct wizard_setup *setup;
	struct wizard_values values;  /* of the screen that is open, too */
	struct tui_kept **unfinished; /* by number of screen: left with what will not do, or NULL */
	bool known;                   /* the operator is root, or did not have to say so */
	char *known_pool;             /* the coordinator that certificate and force are meant for */
	bool recalled;                /* setup->former was shown */
	bool complete;                /* every screen leads to the summary */
	size_t jump;                  /* SCREEN_JUMP: to this screen */
	enum wizard_end end;          /* SCREEN_END */
};

struct screen {
	const char *name;
	const char *title;
	const char *intro;         /* or NULL */
	const char *const *fields; /* names, NULL-terminated; or NULL */
	bool test;                 /* F8 tests the network, and whether the pool is there */
	bool (*applies)(const struct flow *flow); /* or NULL: always */
	enum screen_end (*run)(struct flow *flow, const struct screen *screen); /* NULL: a form */
};
extern const struct screen wizard_screens[];
size_t wizard_screen_number(const char *name);
size_t wizard_screens_count(void);
bool wizard_screen_applies(const struct flow *flow, const struct screen *screen);

/* The keys that every screen has; true when it was one of them. */
extern const struct tui_key wizard_keys[], wizard_test_keys[];
bool wizard_key(const struct flow *flow, const struct tui_result *result);
/* What ends a form, where the screen has nothing of its own for it. */
enum screen_end wizard_form_end(struct flow *flow, const struct tui_result *result,
				bool *ret_again);
/* At a console anybody may sit: asks for root's password once. False when it was not given. */
bool wizard_log_in(struct flow *flow);
/* Asks whether to leave, and how; false when not. */
bool wizard_leave(struct flow *flow);

/* Shows the checks of the network until the operator has seen enough. */
void wizard_test_page(struct flow *flow);

enum screen_end wizard_form(struct flow *flow, const struct screen *screen);
enum screen_end wizard_status_page(struct flow *flow, const struct screen *screen);
enum screen_end wizard_pool_page(struct flow *flow, const struct screen *screen);
enum screen_end wizard_summary(struct flow *flow, const struct screen *screen);
