/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A made-up machine below a folder, for tests of what is found there: cmocka's setup and teardown,
 * files with a text, and what the shipped profile says of a host.
 */
#pragma once

#include "tests/unit/unit.h"

#include "hwdb/verdict.h"

struct machine {
	char *folder;
	struct fsroot *root;
	struct host *host;
};

static inline int machine_setup(void **state)
{
	static const char *const folders[] = {"/sys/block", "/sys/bus/pci/devices",
					      "/sys/class/net", "/proc"};
	struct machine *machine = xcalloc(1, sizeof(*machine));

	machine->folder = unit_folder_make();
	assert_int_equal(fsroot_open(machine->folder, &machine->root), 0);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		assert_int_equal(fsroot_mkdir(machine->root, folders[i], 0755), 0);
	*state = machine;
	return 0;
}

static inline int machine_teardown(void **state)
{
	struct machine *machine = *state;

	host_free(machine->host);
	fsroot_free(machine->root);
	unit_folder_remove(machine->folder);
	free(machine);
	return 0;
}

/* What the profile "host" finds wrong, as text. */
static inline char *unit_judge(const struct host *host)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_verdicts_ struct verdicts verdicts = {0};
	_cleanup_findings_ struct findings findings = {0};

	assert_int_equal(profile_load("host", &profile, NULL), 0);
	verdicts_judge(profile, host, &verdicts);
	verdicts_to_findings(&verdicts, &findings);
	return findings_to_text(&findings);
}
