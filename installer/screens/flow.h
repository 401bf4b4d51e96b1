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

/* What a screen wants next; SCREEN_AGAIN: itself, over a machine that was looked at anew. */
enum screen_end { SCREEN_FORWARD, SCREEN_BACK, SCREEN_LEAVE, SCREEN_JUMP, SCREEN_AGAIN };

/* Before a field's name: it is asked for the installer's own link, and stands in no answer file. */
#define OWN_LINK "source-network:"

/* A field whose value leaves the installer for the new host alone. */
#define POOL_PASSWORD "pool/password"

struct flow_value {
	const char *name;
	char *text;
};

/* A chosen disk that is not there any more, as it was called while it was. */
struct flow_lost {
	char *id, *line;
};

struct probe;     /* probe.c */
struct pool_seen; /* pool_join.c */
struct preset;    /* preset.c */

struct flow {
	const struct screens_setup *setup;
	struct flow_value *values;
	size_t n_values;
	/* By number of screen: what was left there with something in it that will not do, which is
	 * no answer, and yet stands there again. */
	struct tui_kept **unfinished;
	char *target;  /* id of the disk that the system goes to, or NULL */
	char **guests; /* ids of the disks for virtual machines, the target among them or not */
	struct flow_lost *lost; /* of target and guests */
	size_t n_lost;
	char *licence_of;      /* digest of the manifest whose licence was accepted, or NULL */
	char *keymap;          /* what the console has now; NULL: as it came */
	unsigned scans;        /* how often the machine was looked at anew */
	struct tui_form *form; /* the screen that is open: its rows count before `values` */
	const struct source *source; /* NULL until it was reached */
	struct probe *probe;
	struct pool_seen *pool_seen; /* NULL until a pool was read */
	struct screens_result result;
	struct preset *preset; /* NULL: nothing was known before */
	bool asked;            /* an operator was, or wants to be: nothing begins by itself */
	bool disks_chosen;     /* on the screen, after all */
	bool complete;         /* the summary was reached: every screen leads back there */
	size_t jump;           /* SCREEN_JUMP: to this screen */
	const char *jump_to;   /* and to this row of it, or NULL */
};

struct screen {
	const char *name;
	const char *title;
	const char *intro;         /* or NULL */
	const char *const *fields; /* names, NULL-terminated; or NULL */
	char *(*words)(
		const struct flow *flow); /* above the fields, made of the machine; or NULL */
	bool (*applies)(const struct flow *flow); /* or NULL: always */
	/* On the way forward: does what takes long, and stays when it is false. Or NULL. */
	bool (*settle)(struct flow *flow, struct tui_form *form);
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
	/* Asked only while that field has this value, or with "*" any; or NULL. */
	const char *only_with, *value;
	const char *required; /* what is said when it is empty, or NULL */
	const char *in;       /* a second column in that field's row; or NULL */
};
extern const struct question questions[];
const struct question *question_find(const char *name);
/* What is the second column of that one's row; or NULL. */
const struct question *question_in(const char *name);
const struct field *question_field(const char *name);
const char *question_help(const char *name);
/* What to do about a field that a finding names, where the finding speaks of a file; or NULL. */
const char *question_remedy(const char *name);
/* The words that a field offers, as people read them: NULL for a word that is not offered. */
const char *question_label(const char *name, const char *word);

/* The words of a question that is no field of its own, by number; false behind the last. */
bool question_offers(const char *name, size_t index, const char **ret_word);

const char *flow_get(const struct flow *flow, const char *name); /* never NULL */
bool flow_has(const struct flow *flow, const char *name);        /* somebody said it */
bool flow_was_said(const struct flow *flow, const char *name);   /* before the open screen */
void flow_set(struct flow *flow, const char *name, const char *text);
bool flow_asks(const struct flow *flow, const char *name);         /* it has a meaning now */
bool flow_has_engine(const struct flow *flow, const char *engine); /* the source carries it */
bool flow_is_remote(const struct flow *flow); /* the source is reached over a network */
bool flow_has_dhcp(const struct flow *flow);  /* for the host's own network */
bool flow_has_nic(const struct flow *flow, const char *name);
/* Everything so far as an answer file. One that is `kept` has root's password as a hash and the
 * pool's not at all; NULL when it could not be hashed. Wipe before free(). */
char *flow_xml(const struct flow *flow, bool kept);
/* The answers that text means, with everything that is wrong in them. */
int flow_answers(const struct flow *flow, struct answers **ret, struct secrets *ret_secrets,
		 struct findings *findings);
/* What the installer needs to reach the source: its own link stands for the management network.
 * Findings call its fields as those of the management network are. */
int flow_link_answers(const struct flow *flow, struct answers **ret, struct findings *findings);

/* The keys every screen has: report, log, shell. True when it was one of them. */
extern const struct tui_key flow_keys[];
bool flow_key(struct flow *flow, const struct tui_result *result);
/* tui_run() that shows beside it how far the source is. */
struct tui_result flow_run(struct flow *flow, struct tui_form *form);
/* What ends a form, where the screen has nothing of its own for it. */
enum screen_end flow_end(struct flow *flow, const struct tui_result *result, bool *ret_again);

/* Looks at the machine anew (rescan.c), and says what changed. Answers stay; what no longer fits
 * is `lost`, and rows complain of it. */
void flow_rescan(struct flow *flow);
void flow_drop_lost(struct flow *flow); /* those that are back, or wanted no longer */
const struct flow_lost *flow_find_lost(const struct flow *flow, const char *id);

/*
 * Opens the source in a thread (probe.c) as soon as it is known how; nothing happens while another
 * try runs, or when what it was reached by is the same as before.
 */
void probe_start(struct flow *flow);
bool probe_runs(struct flow *flow);
char *probe_words(struct flow *flow); /* for the screen's upper corner, or NULL */
void probe_end(struct flow *flow);    /* waits for it */

/* Runs it in a thread, with a screen that says so and counts seconds; for what cannot freeze. */
int flow_wait(const char *title, const char *words, int (*run)(void *data, struct error **err),
	      void *data, struct error **err);
/* The installer's network, by its own link or else that of the management network. */
int flow_link_up(const struct flow *flow, struct error **err);
void ssh_keys_check(struct tui_form *form);
/* Addresses become the keys that stand there; false when somebody should look at them. */
bool ssh_keys_fetch(struct flow *flow, struct tui_form *form);
char *ssh_key_words(const char *key);
/* Certificate and pre-flight of a pool that is to be joined. */
bool pool_wish_settle(struct flow *flow, struct tui_form *form);
/* The pre-flight once more, of the pool as it was read: says what is found now and was not before.
 */
void pool_judge_again(struct flow *flow);
/* One is to be joined that was not read, or would not take the machine and nobody accepted it. */
bool pool_is_open(const struct flow *flow);
void pool_forget(struct flow *flow);

/* Takes what setup->answers know, and finds what is missing. */
void preset_take(struct flow *flow);
void preset_done(struct flow *flow);
/* The way forward and back leads over this screen: always, when nothing was known before. */
bool preset_opens(const struct flow *flow, size_t at);
/* A row of the root whose values are the screens' now; `data` is the flow. */
bool preset_is_asked_anew(const struct field *outer, const void *data);
/* The field may stay empty: the answers hold a hash for it. */
bool preset_keeps_hash(const struct flow *flow, const char *name);
/* The answers say where the pool's secret is, so that nothing can be tried with it here. */
bool preset_knows_pool_secret(const struct flow *flow);
/* How long somebody can halt what nobody was asked about; SCREEN_FORWARD when nobody did. */
enum screen_end last_call_screen(struct flow *flow, const char *title);

/* The screens that are code, and the words of the others. */
enum screen_end form_screen(struct flow *flow, const struct screen *screen);
enum screen_end storage_screen(struct flow *flow, const struct screen *screen);
enum screen_end source_reach(struct flow *flow, const struct screen *screen);
enum screen_end summary_screen(struct flow *flow, const struct screen *screen);
enum screen_end licence_screen(struct flow *flow, const struct screen *screen);
bool licence_is_open(const struct flow *flow); /* there is one that was not accepted */
enum screen_end plan_screen(struct flow *flow, const struct screen *screen);
char *welcome_words(const struct flow *flow);
/* The plan once more, in the operator's language: for the eye, while what is carried out, kept and
 * logged stays English. */
char *plan_words(const struct flow *flow);
/* A row to choose the language of the screens by; the second takes up what was chosen, true when
 * that is another. */
void language_add(struct tui_form *form);
bool language_check(struct tui_form *form);
char *hardware_words(const struct flow *flow);
char *storage_words(const struct flow *flow); /* for the summary */
char *disk_line(const struct host_disk *disk);
char *nic_words(const struct host_nic *nic);
/* The NICs as options of a row, `now` the name of the chosen one (nic_rows.c). */
void nic_options(const struct flow *flow, struct tui_row *row, const char *now, const char *bonded);
/* The bond's column as text of the row, and what stands against the chosen NIC. */
void nic_check(const struct flow *flow, struct tui_row *row);
char *network_words(const struct flow *flow);
char *link_words(const struct flow *flow);
char *keyboard_words(const struct flow *flow);
char *name_words(const struct flow *flow);
