/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command "check" of xenhost-firstboot: reads both sides of a join, or takes them from files,
 * and prints what stands against it. main.c calls it. Changes neither side.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/*
 * argv[0] is the command's name. *ret_code is the program's exit code when it fails with nothing:
 * 0, or 1 when something stops the join.
 */
int check_command(int argc, char **argv, int *ret_code, struct error **err) _must_check_;
