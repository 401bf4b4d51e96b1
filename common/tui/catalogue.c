/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tui/catalogue.h"

#include "common/str.h"
#include "common/tui/pieces.h"

#define MO_MAGIC 0x950412deU

struct mo_head {
	uint32_t magic, revision, count, originals, translations;
};

/* Of a string, which has a zero byte behind it; a plural's forms have one between them. */
struct mo_string {
	uint32_t length, offset;
};

static bool is_table(const char *bytes, size_t size, uint32_t offset, uint32_t count)
{
	const struct mo_string *strings;

	if (offset % sizeof(uint32_t) || offset > size ||
	    count > (size - offset) / sizeof(*strings))
		return false;
	strings = (const void *)(bytes + offset);
	for (uint32_t i = 0; i < count; i++)
		if (strings[i].offset >= size || strings[i].length >= size - strings[i].offset ||
		    bytes[strings[i].offset + strings[i].length])
			return false;
	return true;
}

const char *catalogue_original(const struct catalogue *from, size_t index)
{
	return from->bytes + from->originals[index].offset;
}

/* The translation, or NULL; *ret_length holds all forms of a plural. */
static const char *find(const struct catalogue *from, const char *text, size_t *ret_length)
{
	size_t low = 0, high = from->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(text, catalogue_original(from, middle));

		if (order == 0) {
			*ret_length = from->translations[middle].length;
			return from->bytes + from->translations[middle].offset;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

bool catalogue_read(const char *bytes, size_t size, struct catalogue *ret)
{
	const struct mo_head *head = (const void *)bytes;
	struct catalogue read = {.bytes = bytes, .size = size};
	const char *about;
	size_t length;

	if (size < sizeof(*head) || head->magic != MO_MAGIC ||
	    !is_table(bytes, size, head->originals, head->count) ||
	    !is_table(bytes, size, head->translations, head->count))
		return false;
	read.count = head->count;
	read.originals = (const void *)(bytes + head->originals);
	read.translations = (const void *)(bytes + head->translations);
	/* The head of the text is the translation of nothing. */
	about = find(&read, "", &length);
	read.many_above_one = about && strstr(about, "plural=(n > 1)");
	if (!about || (!read.many_above_one && !strstr(about, "plural=(n != 1)")))
		return false;
	*ret = read;
	return true;
}

/* The translation is as safe as the English that the program has itself. */
static bool is_safe(const char *translation, const char *english)
{
	struct pieces of_translation, of_english;

	/* Most have nothing to fill in. */
	if (!strpbrk(translation, "%{") && !strpbrk(english, "%{"))
		return true;
	return pieces_parse(english, &of_english) && pieces_parse(translation, &of_translation) &&
	       pieces_agree(&of_english, &of_translation);
}

const char *catalogue_text(const struct catalogue *from, const char *text)
{
	size_t length;
	const char *found = *text ? find(from, text, &length) : NULL;

	return found && *found && is_safe(found, text) ? found : NULL;
}

const char *catalogue_plural(const struct catalogue *from, const char *one, const char *many,
			     unsigned long count)
{
	size_t length, first;
	const char *found = *one ? find(from, one, &length) : NULL;
	bool single = from->many_above_one ? count <= 1 : count == 1;

	if (!found)
		return NULL;
	first = strlen(found);
	if (!single && first < length)
		found += first + 1;
	if (!*found || is_safe(found, many))
		return *found ? found : NULL;
	/* "One disk" needs no number, and fetches none. */
	return single && !strpbrk(found, "%{") ? found : NULL;
}
