/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Serial numbers, MAC addresses, world-wide names and UUIDs replaced by made-up ones of the same
 * length and shape: the same for the same one, however it is written, so that links still fit and
 * equal disks stay apart. First words are collected from the machine, then texts are changed in
 * place. Used by capture; no I/O.
 */
#pragma once

#include "hwdb/host.h"

struct mask_word {
	uint8_t *bytes, *instead;
	size_t length;
	bool weak; /* a short one ("USB1"): only where such words are expected */
};

struct mask {
	/* Makes what is made up unpredictable: nobody can try serial numbers until one fits. */
	uint8_t salt[16];
	struct {
		struct mask_word *words; /* the longest first */
		size_t n;
	} by_byte[256]; /* the word's first */
};

/* A word in every form that files have it in: with and without separators, in bytes, hexadecimal,
 * as udev writes it. Makers' fillers ("Not Specified", "00000000") and words of less than four
 * characters are left out. */
void mask_add(struct mask *mask, const char *word);
void mask_done(struct mask *mask);
/*
 * Replaces every word, and everything that looks like a MAC address or a UUID, in place. `own`: the
 * text is one that such words are expected in, so that weak ones count too.
 */
void mask_apply(const struct mask *mask, void *bytes, size_t length, bool own);
/* A newly allocated path with its names masked; those of EFI variables are constants. */
char *mask_path(const struct mask *mask, const char *path);

/* Collecting (mask_collect.c). The members that hwdb/own.h names. */
void mask_collect_host(const struct host *host, struct mask *mask);
/* A file by its name: of /sys, udev's records, the SMBIOS table with the numbers of the machine,
 * its board, case, processors, memory and power supplies. Files without such words are left alone.
 */
void mask_collect_file(const char *path, const char *bytes, size_t length, struct mask *mask);
/* Whether such words are expected in it: its text is masked with `own`. */
bool mask_is_own_file(const char *path);
/* All texts of a host. */
void mask_host(const struct mask *mask, struct host *host);
