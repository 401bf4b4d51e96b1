/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that an installation draws at random: the labels of XenServer's family of installers, ours
 * included ("root-qhvxpw", "BOOT-QHVXPW"), and UUIDs wherever they stand. Used where an
 * installation is recognised by its labels, and where two machines are compared. Pure.
 */
#pragma once

#include "common/macro.h"

/* The whole text is a drawn label that starts with `prefix` ("root-"). */
bool drawn_is_label(const char *text, const char *prefix);
/* The text with what was drawn, and MAC addresses, replaced by x, as long as it was: two such texts
 * are equal when their originals differ in nothing else. Newly allocated. */
char *drawn_hide(const char *text);
