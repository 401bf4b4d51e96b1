/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/mask.h"

#include <ctype.h>

#include "common/digest.h"
#include "common/str.h"
#include "hwdb/probe/smbios.h"

/* Shorter ones ("0", "1.0") would hit half of all files. */
#define LENGTH_MIN 4

/* Letters and digits become those of the word's digest, everything else stays. */
static char *made_up(const char *word)
{
	char hex[SHA256_HEX];
	char *mask = xstrdup(word);

	digest_sha256_hex(word, strlen(word), hex);
	for (size_t i = 0; mask[i]; i++) {
		char c = hex[i % (SHA256_HEX - 1)];

		if (isupper((unsigned char)mask[i]))
			mask[i] = (char)toupper((unsigned char)c);
		else if (isalnum((unsigned char)mask[i]))
			mask[i] = c;
	}
	return mask;
}

/* "00000000": told of parts that have no number, and in half of all files too. */
static bool is_filler(const char *word)
{
	return strspn(word, (char[]){word[0], '\0'}) == strlen(word);
}

static void add(struct mask *mask, const char *word, const char *instead)
{
	size_t n = mask->n, at = 0;

	if (str_empty(word) || strlen(word) < LENGTH_MIN || is_filler(word) ||
	    strv_contains(mask->words, word))
		return;
	/* Longest first: one serial number may be the beginning of another. */
	while (at < n && strlen(mask->words[at]) >= strlen(word))
		at++;
	mask->words = xrealloc(mask->words, n + 2, sizeof(*mask->words));
	mask->masks = xrealloc(mask->masks, n + 2, sizeof(*mask->masks));
	memmove(mask->words + at + 1, mask->words + at, (n - at) * sizeof(*mask->words));
	memmove(mask->masks + at + 1, mask->masks + at, (n - at) * sizeof(*mask->masks));
	mask->words[at] = xstrdup(word);
	mask->masks[at] = xstrdup(instead);
	mask->words[n + 1] = mask->masks[n + 1] = NULL;
	mask->n++;
}

static char *as_hex(const char *text)
{
	char *hex = xmalloc(2 * strlen(text) + 1);

	digest_to_hex((const uint8_t *)text, strlen(text), hex);
	return hex;
}

static char *underscored(const char *text)
{
	char *copy = xstrdup(text);

	for (char *c = copy; *c; c++)
		if (*c == ' ')
			*c = '_';
	return copy;
}

/* The word as it is, as udev writes it, and as NVMe's made-up wide names spell it. */
static void add_forms(struct mask *mask, const char *word)
{
	_cleanup_free_ char *instead = NULL, *hex = NULL, *hex_instead = NULL;
	_cleanup_free_ char *plain = NULL, *plain_instead = NULL;

	if (str_empty(word))
		return;
	instead = made_up(word);
	hex = as_hex(word);
	hex_instead = as_hex(instead);
	plain = underscored(word);
	plain_instead = underscored(instead);
	add(mask, word, instead);
	add(mask, plain, plain_instead);
	add(mask, hex, hex_instead);
}

void mask_collect(const struct host *host, struct mask *ret)
{
	*ret = (struct mask){0};
	add_forms(ret, host->firmware.product_serial);
	add_forms(ret, host->firmware.product_uuid);
	add_forms(ret, host->firmware.asset_tag);
	for (size_t i = 0; i < host->memory.n_dimms; i++)
		add_forms(ret, host->memory.dimms[i].serial);
	for (size_t i = 0; i < host->n_disks; i++)
		add_forms(ret, host->disks[i].serial);
	for (size_t i = 0; i < host->n_pci; i++)
		add_forms(ret, host->pci[i].serial);
}

void mask_collect_smbios(const uint8_t *bytes, size_t length, struct mask *mask)
{
	/* Offsets of serial numbers: DMTF DSP0134. */
	static const struct {
		uint8_t type, offset;
	} rows[] = {{1, 0x07}, {2, 0x07}, {3, 0x07}, {4, 0x20}, {17, 0x18}, {22, 0x07}, {39, 0x08}};
	const struct smbios table = {.bytes = bytes, .length = length};
	struct smbios_structure structure;

	for (size_t at = 0; smbios_next(&table, &at, &structure);)
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			if (structure.type == rows[i].type) {
				_cleanup_free_ char *serial =
					smbios_string(&structure, rows[i].offset);

				add_forms(mask, serial);
			}
}

#define SYSTEM      1 /* structure "System Information" */
#define UUID_OFFSET 0x08
#define UUID_SIZE   16

void mask_smbios_uuid(uint8_t *bytes, size_t length)
{
	const struct smbios table = {.bytes = bytes, .length = length};
	struct smbios_structure structure;

	for (size_t at = 0, start = 0; smbios_next(&table, &at, &structure); start = at) {
		uint8_t *uuid = bytes + start + UUID_OFFSET;
		uint8_t digest[SHA256_BYTES];

		if (structure.type != SYSTEM || structure.size < UUID_OFFSET + UUID_SIZE)
			continue;
		digest_sha256(uuid, UUID_SIZE, digest);
		memcpy(uuid, digest, UUID_SIZE);
	}
}

void mask_done(struct mask *mask)
{
	strv_free(mask->words);
	strv_free(mask->masks);
	*mask = (struct mask){0};
}

void mask_apply(const struct mask *mask, void *bytes, size_t length)
{
	for (size_t i = 0; i < mask->n; i++) {
		size_t n = strlen(mask->words[i]);
		char *at = bytes, *end = at + length;

		while ((at = memmem(at, (size_t)(end - at), mask->words[i], n))) {
			memcpy(at, mask->masks[i], n);
			at += n;
		}
	}
}
