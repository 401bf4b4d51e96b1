/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the steps share: the state of one execution, and the form of a step's row. engine.c walks
 * the plan's steps through the table of rows.c; each step_*.c holds a group of them. Internal to
 * installer/execute; whoever wants to install includes execute.h.
 */
#pragma once

#include "common/digest.h"
#include "common/str.h"
#include "hwdb/host.h"
#include "installer/execute/execute.h"

#define EXECUTE_TAG "execute"

struct journal;
struct script_file;

/* One chosen disk, from the moment its identity was checked. */
struct disk {
	const struct plan_disk *plan;
	char *node;       /* "/dev/sda" */
	int fd;           /* read-only until the point of no return, then for reading and writing */
	char **old_uuids; /* GUIDs of the partitions found on it, lower case */
};

struct progress {
	double started;
	uint64_t weight_done, weight_total;
	unsigned permille; /* last reported: never falls */
	double step_started, last_event;
	double window_start, rate; /* bytes a second */
	uint64_t window_bytes;
};

struct execution {
	const struct execute_job *job;
	const struct plan *plan;
	const struct plan_step *step; /* the current one */
	struct report *report;
	struct disk *disks; /* in the plan's order */
	size_t n_disks;
	struct journal *journal;     /* NULL until it is on disk */
	struct fsroot *target;       /* the new system, while it is mounted */
	char **mounts;               /* in the order they were made */
	struct script_file *scripts; /* fetched; the plan's, then those for first boot */
	size_t n_scripts;
	bool scripts_ready; /* all of them are there, and good */
	struct progress progress;
};

struct step_row {
	/* Programs of the running installer that `run` needs; NULL-terminated, may be NULL. */
	const char *const *tools;
	/* Looks ahead before anything is changed; may be NULL. */
	int (*check)(struct execution *execution, const struct plan_step *step, struct error **err);
	int (*run)(struct execution *execution, const struct plan_step *step, struct error **err);
	/* Takes back what stands in the way or must not remain after a failure; may be NULL. Called
	 * in reverse order for every step that was begun. Never fails: it does what it can. */
	void (*undo)(struct execution *execution, const struct plan_step *step);
	/* After a failure of its own `run` may be called again: it begins from the beginning, and
	 * does not mind what it left. */
	bool repeatable;
};

/* NULL for a kind no row carries out. */
const struct step_row *step_row_find(enum step_kind kind);

/* For rows: tell listeners. */
void execution_progress(struct execution *execution, uint64_t bytes, uint64_t total_bytes);
void execution_warn(struct execution *execution, const char *format, ...) _printf_(2, 3);
void execution_note(struct execution *execution, const char *format, ...) _printf_(2, 3);
/* For the engine. */
void execution_emit(struct execution *execution, enum event_kind kind, const char *text,
		    const struct error *error);
void execution_step_begins(struct execution *execution, const struct plan_step *step);
void execution_step_ended(struct execution *execution, const struct plan_step *step);

void execution_close_disks(struct execution *execution);
struct disk *execution_disk(struct execution *execution, const char *id);

/* The rows' functions, by file. step_check.c */
int run_check_tools(struct execution *, const struct plan_step *, struct error **);
int run_check_disks(struct execution *, const struct plan_step *, struct error **);
int run_check_source(struct execution *, const struct plan_step *, struct error **);
int run_point_of_no_return(struct execution *, const struct plan_step *, struct error **);
/* step_disk.c */
void undo_point_of_no_return(struct execution *, const struct plan_step *);
int run_disable_boot(struct execution *, const struct plan_step *, struct error **);
int run_wipe(struct execution *, const struct plan_step *, struct error **);
/* Replaces the boot code of an MBR by one that hands over to the next boot device. */
int disk_write_boot_code(int fd);
void disk_disable_boot(struct execution *, struct disk *);
/* The plan keeps this partition of the disk: no step may write to it. */
bool disk_keeps(const struct execution *, const struct disk *, unsigned number);
/* step_partition.c */
int check_partition(struct execution *, const struct plan_step *, struct error **);
int run_partition(struct execution *, const struct plan_step *, struct error **);
int run_journal(struct execution *, const struct plan_step *, struct error **);
/* step_image.c */
int run_write_image(struct execution *, const struct plan_step *, struct error **);
int run_grow(struct execution *, const struct plan_step *, struct error **);
int run_make_filesystem(struct execution *, const struct plan_step *, struct error **);
/* step_mount.c */
int run_mount(struct execution *, const struct plan_step *, struct error **);
int run_unmount(struct execution *, const struct plan_step *, struct error **);
void undo_mount(struct execution *, const struct plan_step *);
/* step_configure.c */
int run_write_files(struct execution *, const struct plan_step *, struct error **);
int run_identity(struct execution *, const struct plan_step *, struct error **);
int run_password(struct execution *, const struct plan_step *, struct error **);
int run_services(struct execution *, const struct plan_step *, struct error **);
int run_save_log(struct execution *, const struct plan_step *, struct error **);
/* step_boot.c */
int run_certificates(struct execution *, const struct plan_step *, struct error **);
int run_boot_menu(struct execution *, const struct plan_step *, struct error **);
int run_boot_loader(struct execution *, const struct plan_step *, struct error **);
int run_boot_entry(struct execution *, const struct plan_step *, struct error **);
void undo_boot_loader(struct execution *, const struct plan_step *);
/* step_scripts.c */
int check_scripts(struct execution *, const struct plan_step *, struct error **);
int run_scripts(struct execution *, const struct plan_step *, struct error **);
int run_keep_scripts(struct execution *, const struct plan_step *, struct error **);
/* The scripts of the last stage hear of a failure, too. */
void scripts_tell_failure(struct execution *);
void scripts_free(struct execution *);
/* notes.c: what state the disks are in, what the firmware could still boot. */
void notes_add(struct execution *, bool success);
