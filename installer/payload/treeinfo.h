/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recognises the package repositories of XenServer and XCP-ng by their .treeinfo, so that messages
 * can call them by name. Used by payload.c and the fuzzer; parses bytes and does no I/O.
 */
#pragma once

#include "common/macro.h"

/* "XCP-ng 8.3.0", from [system-v1], else [branding], else [platform]; NULL when it names nothing.
 * Newly allocated. */
char *treeinfo_product(const char *text);
