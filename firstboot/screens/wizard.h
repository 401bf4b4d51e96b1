/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The wizard of first boot on screens: how the host stands, the questions, a summary, one
 * confirmation; then what is done, step by step, and its end. Called by `xenhost-firstboot`
 * without a command. Reads no host and changes none: the caller does both (firstboot/wizard.h).
 */
#pragma once

#include <pthread.h>

#include "firstboot/screens/values.h"
#include "hwdb/host.h"

enum status_mark {
	STATUS_GOOD,
	STATUS_OPEN, /* somebody has to decide it */
	STATUS_BAD,
};

/* A line of the first page. */
struct status_line {
	const char *screen; /* where it can be changed, or NULL; names are those of screens.c */
	const char *label;
	enum status_mark mark;
	char *text;
	char *reason; /* why it is not good, and what to do; or NULL */
};

struct wizard_status {
	struct status_line *list;
	size_t count;
};
void wizard_status_done(struct wizard_status *status);
#define _cleanup_wizard_status_ _cleanup_(wizard_status_done)
struct status_line *wizard_status_add(struct wizard_status *status, const char *screen,
				      const char *label, enum status_mark mark);

/* What local storage can be made on. */
struct wizard_disk {
	char *path;    /* how first boot's file names it */
	char *label;   /* for people */
	char *words;   /* what is on it */
	char *refused; /* why it cannot be taken, or NULL */
	char *lost;    /* lines: the disk, and what is erased when it is taken; NULL: it is empty */
};

struct wizard_job;

struct wizard_setup {
	const struct host *host;
	const struct wizard_values *values; /* how it is set up now */
	const struct wizard_values *former; /* of the pool, where it went wrong: shown again */
	const char *title;                  /* of the first page: who this host is */
	const char *network_elsewhere;      /* why the network is not set here, in words; or NULL */
	const struct wizard_disk *disks;
	size_t n_disks;     /* 0: the local storage is there, or nothing can hold one */
	bool can_join;      /* it carries what a pool needs */
	bool member;        /* it is in one already */
	const char *socket; /* of its own toolstack, or NULL for the usual one */
	bool console;       /* a login prompt waits behind the wizard */
	bool ask_password;  /* root has none */
	const char *log;    /* the log's path, or NULL */
	/* Asked every few seconds while the first page is seen; adds its lines. */
	void (*status)(struct wizard_status *ret, void *data);
	/* Starts the checks of these settings; their job, until the screens have seen enough. */
	struct wizard_job *(*test)(const struct wizard_values *values, void *data);
	void (*end_test)(void *data);
	/* Something that ends the wizard from outside: it was finished on another console. */
	bool (*is_over)(void *data);
	/* Whether it is root's; NULL: nobody has to say it. */
	bool (*check_password)(const char *password, void *data);
	void *data;
};

enum wizard_end {
	WIZARD_APPLY,   /* it was confirmed */
	WIZARD_LEAVE,   /* for now */
	WIZARD_DISMISS, /* and it shall not come back by itself */
};

int wizard_open(const char *brand, struct error **err) _must_check_;
void wizard_close(void);
/* Asks until that is decided; *ret are the values then. A terminal that is gone is WIZARD_LEAVE. */
enum wizard_end wizard_ask(const struct wizard_setup *setup, struct wizard_values *ret);

enum job_state { JOB_WAITING, JOB_WORKING, JOB_DONE, JOB_FAILED };
struct job_step {
	char *title;
	enum job_state state;
	char *words; /* what it is at, what it did, or what failed; or NULL */
	char *hint;  /* what to do; or NULL */
};

/* What was confirmed, while it is carried out by another thread. */
struct wizard_job {
	pthread_mutex_t lock; /* over everything below */
	struct job_step *steps;
	size_t n_steps;
	const char *good; /* the mark of a step that is done; NULL: "done" */
	char *details;    /* words below the steps, or NULL */
	/* A question of yes or no that a step waits with, so long; NULL: none. */
	char *question;
	unsigned seconds_left;
	enum { JOB_UNANSWERED, JOB_YES, JOB_NO } answer;
	bool stop; /* the operator wants it to end */
	bool finished;
};
void wizard_job_init(struct wizard_job *job);
void wizard_job_done(struct wizard_job *job);
/* The step's number. Not under the lock: before the job begins. */
size_t wizard_job_add(struct wizard_job *job, const char *title);
/* Every step in words, with its mark before it. Newly allocated; under the lock, or when it has
 * finished. */
char *wizard_job_words(const struct wizard_job *job);
/* Takes words and hint over. */
void wizard_job_set(struct wizard_job *job, size_t step, enum job_state state, char *words,
		    char *hint);
/* Shows it until it is finished, then how it ended; true when the operator wants to go on asking.
 */
bool wizard_watch(struct wizard_job *job, const char *log);
