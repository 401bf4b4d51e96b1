/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first boots of an installed host: tasks that read what the installer left in
 * /etc/firstboot.d/data and finish the host. Each is a row of a table, can be run again at any
 * boot, and changes nothing that it did already. Never touches a device that no file names.
 */
#pragma once

#include "answerfiles/answers.h"
#include "common/error.h"
#include "common/fsroot.h"
#include "common/json.h"
#include "common/macro.h"

#define FIRSTBOOT_DATA  "/etc/firstboot.d/data"
#define FIRSTBOOT_STATE "/var/lib/xenhost/firstboot/state.json"

enum task_state {
	TASK_PENDING, /* not run yet */
	TASK_DONE,    /* nothing is left to do */
	TASK_NOTHING, /* was not asked for */
	TASK_FAILED,  /* is tried again at the next boot */
};

/* What the host knows of its own completion; kept in FIRSTBOOT_STATE. */
struct task_result {
	char *name;
	enum task_state state;
	char *message; /* what was done or what failed, one sentence */
	char *hint;    /* or NULL */
};

struct firstboot {
	struct fsroot *root;
	char *storage_uuid; /* of the local SR; drawn before the first write, then kept */
	struct json *pool;  /* how the last join ended (join_result_to_json()), or NULL */
	struct task_result *results;
	size_t n_results;
	char **dismissed; /* what is open, but shall not call the wizard (status.h); or NULL */
};

void firstboot_done(struct firstboot *firstboot);

/* Reads the state file; a missing one is a host that has not booted yet. */
int state_load(struct firstboot *firstboot, struct error **err) _must_check_;
/* The same again: other processes may have written it since. The root handle stays; a failure
 * changes nothing. */
int state_reload(struct firstboot *firstboot, struct error **err) _must_check_;
int state_save(const struct firstboot *firstboot, struct error **err) _must_check_;
/* What state_save() writes and "status --json" prints. */
struct json *state_to_json(const struct firstboot *firstboot);
/* The task's result, made pending when there is none. */
struct task_result *state_result(struct firstboot *firstboot, const char *name);
const char *task_state_to_string(enum task_state state);
int task_state_from_string(const char *text, enum task_state *ret);

/*
 * Value of KEY='value' in a file below FIRSTBOOT_DATA, as XenServer's first boot reads it: split at
 * the first "=", quotes stripped. Newly allocated; NULL when the file or the key is missing.
 */
char *data_get(const struct fsroot *root, const char *file, const char *key);

/*
 * A task fills *ret_message and gives TASK_DONE or TASK_NOTHING, or fails.
 */
struct task {
	const char *name;
	bool every_boot; /* run although it is done */
	int (*run)(struct firstboot *firstboot, enum task_state *ret_state, char **ret_message,
		   struct error **err);
};

int task_nic_names(struct firstboot *firstboot, enum task_state *ret_state, char **ret_message,
		   struct error **err) _must_check_;
int task_local_storage(struct firstboot *firstboot, enum task_state *ret_state, char **ret_message,
		       struct error **err) _must_check_;
/* Message is the name: iqn.YYYY-MM.DOMAIN:XXXXXXXX, as RFC 3720 wants it. */
int task_iscsi_name(struct firstboot *firstboot, enum task_state *ret_state, char **ret_message,
		    struct error **err) _must_check_;

/* Each task with its state in words, a line each; hints below. */
char *firstboot_to_text(const struct firstboot *firstboot);

/* Writes /etc/issue.d and /etc/motd.d: what host this is, its address, what was done at first boot.
 */
int greeting_write(const struct firstboot *firstboot, struct error **err) _must_check_;

/* "network-up" ...; -EINVAL for any other word. */
int firstboot_moment_from_string(const char *text, enum script_moment *ret) _must_check_;
/*
 * Runs the answers' scripts of this moment that have not run yet, in their order. Fails when one
 * fails that must not, or when an earlier such one has not ended well; those behind it wait then.
 */
int firstboot_scripts(struct firstboot *firstboot, enum script_moment moment,
		      struct error **err) _must_check_;

/* Leaves /var/lib/misc/ran-network-init, ran-storage-init and ran-generate-iscsi-iqn once that work
 * is done, where no XAPI has units of its own for it. */
int firstboot_mark(struct firstboot *firstboot, struct error **err) _must_check_;

/* Runs every task that is due; fails with the first failure after all of them had their turn. */
int firstboot_run(struct firstboot *firstboot, struct error **err) _must_check_;
