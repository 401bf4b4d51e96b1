/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/mask.h"

#include <ctype.h>

#include "common/digest.h"
#include "common/str.h"
#include "hwdb/own.h"
#include "hwdb/probe/smbios.h"

#define LENGTH_MIN    4  /* shorter ones ("0", "1.0") would hit half of all files */
#define LENGTH_STRONG 8  /* shorter ones count as whole words alone */
#define DIGITS_BARE   12 /* hexadecimal digits that are known without separators, too: a MAC */
#define DIGITS_UUID   32
#define KEPT          2 /* of long hexadecimal ones: locally administered MAC, kind of name */
#define DISTINCT_MIN  4 /* bytes: fewer different ones stand anywhere by chance */

static bool is_alnum(uint8_t c)
{
	return isalnum(c);
}

/* Letters and digits alone, lower case: what two ways of writing one word have in common. */
static char *canonical(const uint8_t *text, size_t length)
{
	char *word = xmalloc(length + 1);
	size_t n = 0;

	for (size_t i = 0; i < length; i++)
		if (is_alnum(text[i]))
			word[n++] = (char)tolower(text[i]);
	word[n] = '\0';
	return word;
}

static bool is_hex(const char *word)
{
	return word[strspn(word, "0123456789abcdef")] == '\0';
}

/* Letters and digits become those of the word's digest, everything else stays. */
static void hide(const struct mask *mask, uint8_t *text, size_t length)
{
	_cleanup_free_ char *word = canonical(text, length);
	struct digest *digest = digest_new();
	uint8_t hash[SHA256_BYTES];
	char hex[SHA256_HEX];
	bool lower = false, upper = false;
	size_t kept = strlen(word) >= DIGITS_BARE && is_hex(word) ? KEPT : 0, n = 0;

	digest_add(digest, mask->salt, sizeof(mask->salt));
	digest_add(digest, word, strlen(word));
	digest_finish(digest, hash);
	digest_to_hex(hash, sizeof(hash), hex);
	for (size_t i = 0; i < length; i++) {
		lower |= islower(text[i]) != 0;
		upper |= isupper(text[i]) != 0;
	}
	for (size_t i = 0; i < length; i++) {
		char c = hex[n % (SHA256_HEX - 1)];

		if (!is_alnum(text[i]) || n++ < kept)
			continue;
		text[i] = (uint8_t)(upper && !lower ? toupper(c) : c);
	}
}

static bool is_known(const struct mask *mask, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < mask->by_byte[bytes[0]].n; i++) {
		const struct mask_word *word = &mask->by_byte[bytes[0]].words[i];

		if (word->length == length && memcmp(word->bytes, bytes, length) == 0)
			return true;
	}
	return false;
}

static void add(struct mask *mask, const void *bytes, const void *instead, size_t length, bool weak)
{
	uint8_t first = *(const uint8_t *)bytes;
	struct mask_word word = {.length = length, .weak = weak}, *words;
	size_t n = mask->by_byte[first].n, at = n;

	if (is_known(mask, bytes, length))
		return;
	word.bytes = memcpy(xmalloc(length), bytes, length);
	word.instead = memcpy(xmalloc(length), instead, length);
	(void)ARRAY_APPEND(mask->by_byte[first].words, mask->by_byte[first].n);
	words = mask->by_byte[first].words;
	for (; at > 0 && words[at - 1].length < length; at--)
		words[at] = words[at - 1];
	words[at] = word;
}

/* A form of text, with what stands for it made by `change` of what stands for the word. */
static void add_form(struct mask *mask, const char *word, const char *instead,
		     char *(*change)(const char *text))
{
	_cleanup_free_ char *form = change(word), *form_instead = change(instead);

	if (strlen(form) >= LENGTH_MIN && strlen(form) == strlen(form_instead))
		add(mask, form, form_instead, strlen(form), false);
}

static char *as_hex(const char *text)
{
	char *hex = xmalloc(2 * strlen(text) + 1);

	digest_to_hex((const uint8_t *)text, strlen(text), hex);
	return hex;
}

/* As udev does: white space, however much, is one underscore. */
static char *underscored(const char *text)
{
	struct strbuf buf = {0};

	for (const char *c = text; *c; c++)
		if (!isspace((unsigned char)*c))
			strbuf_add_bytes(&buf, c, 1);
		else if (!isspace((unsigned char)c[1]))
			strbuf_add(&buf, "_");
	return strbuf_take(&buf);
}

static char *each_underscored(const char *text)
{
	char *copy = xstrdup(text);

	for (char *c = copy; *c; c++)
		if (isspace((unsigned char)*c))
			*c = '_';
	return copy;
}

/* As udev does in values: what is neither letter, digit nor one of these marks. */
static char *replaced(const char *text)
{
	char *copy = underscored(text);

	for (char *c = copy; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("#+-.:=@_", *c))
			*c = '_';
	return copy;
}

static char *upper(const char *text)
{
	char *copy = xstrdup(text);

	for (char *c = copy; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return copy;
}

/* Of an odd number of digits the last one is no byte. */
static void to_bytes(const char *digits, uint8_t *ret)
{
	for (size_t i = 0; digits[2 * i] && digits[2 * i + 1]; i++) {
		uint64_t number = 0;

		(void)str_to_u64((char[]){digits[2 * i], digits[2 * i + 1], '\0'}, 16, &number);
		ret[i] = (uint8_t)number;
	}
}

static bool is_telling(const uint8_t *bytes, size_t length)
{
	size_t distinct = 0;

	for (size_t i = 0; i < length; i++)
		distinct += i == 0 || !memchr(bytes, bytes[i], i);
	return distinct >= DISTINCT_MIN;
}

/* DMTF DSP0134: of a UUID in bytes the first three numbers have their lowest byte first. */
static void swap_uuid(uint8_t *bytes)
{
	static const uint8_t order[] = {3, 2, 1, 0, 5, 4, 7, 6};
	uint8_t copy[sizeof(order)];

	memcpy(copy, bytes, sizeof(copy));
	for (size_t i = 0; i < sizeof(order); i++)
		bytes[i] = copy[order[i]];
}

/* Digits alone, and what they stand for. */
static void add_bare(struct mask *mask, const char *digits)
{
	size_t n = strlen(digits);
	_cleanup_free_ char *instead = xstrdup(digits);
	_cleanup_free_ uint8_t *bytes = xmalloc(n), *instead_bytes = xmalloc(n);

	hide(mask, (uint8_t *)instead, n);
	add(mask, digits, instead, n, false);
	add_form(mask, digits, instead, upper);
	to_bytes(digits, bytes);
	to_bytes(instead, instead_bytes);
	if (n % 2 || !is_telling(bytes, n / 2))
		return;
	add(mask, bytes, instead_bytes, n / 2, false);
	if (n != DIGITS_UUID)
		return;
	swap_uuid(bytes);
	swap_uuid(instead_bytes);
	add(mask, bytes, instead_bytes, n / 2, false);
}

void mask_add(struct mask *mask, const char *word)
{
	size_t length = strlen(word ?: "");
	_cleanup_free_ char *instead = NULL, *plain = NULL;

	if (length < LENGTH_MIN || smbios_is_placeholder(word))
		return;
	plain = canonical((const uint8_t *)word, length);
	/* "00000000": told of parts that have no number, and in half of all files too. */
	if (strlen(plain) < LENGTH_MIN || strspn(plain, (char[]){plain[0], '\0'}) == strlen(plain))
		return;
	instead = xstrdup(word);
	hide(mask, (uint8_t *)instead, length);
	add(mask, word, instead, length, length < LENGTH_STRONG);
	if (is_hex(plain) && strlen(plain) >= DIGITS_BARE) {
		add_bare(mask, plain);
		return;
	}
	add_form(mask, word, instead, underscored);
	add_form(mask, word, instead, each_underscored);
	add_form(mask, word, instead, replaced);
	add_form(mask, word, instead, as_hex);
}

void mask_done(struct mask *mask)
{
	for (size_t i = 0; i < ARRAY_SIZE(mask->by_byte); i++) {
		for (size_t j = 0; j < mask->by_byte[i].n; j++) {
			free(mask->by_byte[i].words[j].bytes);
			free(mask->by_byte[i].words[j].instead);
		}
		free(mask->by_byte[i].words);
	}
	*mask = (struct mask){0};
}

/* The longest word that stands there, or NULL. */
static const struct mask_word *word_at(const struct mask *mask, const uint8_t *bytes, size_t at,
				       size_t length, bool own)
{
	const struct mask_word *words = mask->by_byte[bytes[at]].words;

	for (size_t i = 0; i < mask->by_byte[bytes[at]].n; i++) {
		size_t n = words[i].length;

		if (n > length - at || memcmp(words[i].bytes, bytes + at, n) != 0 ||
		    (words[i].weak && !own))
			continue;
		if (n >= LENGTH_STRONG || !is_alnum(words[i].bytes[0]) ||
		    ((at == 0 || !is_alnum(bytes[at - 1])) &&
		     (at + n == length || !is_alnum(bytes[at + n]))))
			return &words[i];
	}
	return NULL;
}

/* What LVM calls its volumes in the kernel: 32 letters and digits of the group, 32 of its own. */
static size_t lvm_length(const uint8_t *bytes, size_t at, size_t length)
{
	size_t n = 0;

	if (at < 4 || memcmp(bytes + at - 4, "LVM-", 4) != 0)
		return 0;
	while (at + n < length && n < 2 * DIGITS_UUID && is_alnum(bytes[at + n]))
		n++;
	return n == 2 * DIGITS_UUID ? DIGITS_UUID : 0;
}

/* Type GUIDs of partitions are the same everywhere. */
static bool is_constant(const uint8_t *bytes, size_t at)
{
	static const char before[] = "ENTRY_TYPE=";

	return at >= strlen(before) &&
	       memcmp(bytes + at - strlen(before), before, strlen(before)) == 0;
}

/* The length of what looks like a word of its own, whether or not anybody knew it. */
static size_t pattern_length(const uint8_t *bytes, size_t at, size_t length)
{
	size_t n;

	if (at > 0 && is_alnum(bytes[at - 1]))
		return 0;
	n = own_pattern_length(bytes + at, length - at);
	return n ?: lvm_length(bytes, at, length);
}

void mask_apply(const struct mask *mask, void *bytes, size_t length, bool own)
{
	uint8_t *text = bytes;

	for (size_t at = 0; at < length;) {
		const struct mask_word *word = word_at(mask, text, at, length, own);
		size_t n = pattern_length(text, at, length);

		if (n && is_constant(text, at)) {
			at += n;
		} else if (word && word->length > n) {
			memcpy(text + at, word->instead, word->length);
			at += word->length;
		} else {
			if (n)
				hide(mask, text + at, n);
			at += n ?: 1;
		}
	}
}

char *mask_path(const struct mask *mask, const char *path)
{
	char *masked = xstrdup(path);

	if (!strstr(path, "/efivars/"))
		mask_apply(mask, masked, strlen(masked), false);
	return masked;
}
