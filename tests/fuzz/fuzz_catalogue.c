/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a catalogue of translations: whatever it gives out in place of a format fetches the
 * same arguments, as libc itself reads both.
 */
#include <printf.h>

#include "common/str.h"
#include "common/tui/catalogue.h"

#define TYPES_MAX   64
#define ENTRIES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void must_agree(const char *english, const char *translation)
{
	int types[TYPES_MAX] = {0}, others[TYPES_MAX] = {0};
	size_t n = parse_printf_format(english, TYPES_MAX, types);
	size_t n_others = parse_printf_format(translation, TYPES_MAX, others);

	if (n != n_others || memcmp(types, others, sizeof(types)) != 0)
		abort();
}

static void try_entry(const struct catalogue *catalogue, const char *english)
{
	const char *text = catalogue_text(catalogue, english);
	const char *one = catalogue_plural(catalogue, english, "%zu disks", 1);
	const char *many = catalogue_plural(catalogue, english, english, 7);

	free(catalogue_sentence(catalogue, english));
	if (text)
		must_agree(english, text);
	if (many)
		must_agree(english, many);
	/* "One disk" fetches nothing. */
	if (one && parse_printf_format(one, 0, NULL) > 0)
		must_agree("%zu disks", one);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const char *const sentences[] = {
		"cannot open /dev/sda: No such file or directory",
		"eth0 has 2 ports: it has no link, and 3 % of nothing",
	};
	/* Of that size exactly, so that one byte behind it is found to be read. */
	_cleanup_free_ char *copy = xmalloc(length);
	struct catalogue catalogue;

	memcpy(copy, bytes, length);
	if (!catalogue_read(copy, length, &catalogue))
		return 0;
	for (size_t i = 0; i < catalogue.count && i < ENTRIES_MAX; i++)
		try_entry(&catalogue, catalogue_original(&catalogue, i));
	for (size_t i = 0; i < ARRAY_SIZE(sentences); i++) {
		_cleanup_free_ char *text = catalogue_sentence(&catalogue, sentences[i]);

		if (text && !*text)
			abort();
	}
	return 0;
}
