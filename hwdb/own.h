/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which members of a host every single piece of a model has of its own. One table for "diff", which
 * sets them apart, and for "capture --mask", which hides them. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/macro.h"

enum own_kind {
	OWN_NOTHING,  /* a fact that two machines of one model share */
	OWN_WORD,     /* a serial number, a MAC address, a world-wide name, a UUID */
	OWN_COMPOSED, /* made of such words and others, or a digest over them */
};

/* `path` as in JSON without its lists' identities: "nics.mac", "disks.contents.uuid". */
enum own_kind own_kind_of(const char *path);

/* The length of a UUID, a MAC address or a world-wide name that starts there, by its looks: digits
 * in groups. 0 for anything else. What stands before is the caller's to look at. */
size_t own_pattern_length(const uint8_t *bytes, size_t length);
