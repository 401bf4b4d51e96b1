/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/types.h"

#include "common/i18n.h"
#include "common/url.h"

struct finding *reading_complain(const struct reading *reading, enum severity severity,
				 const char *format, ...)
{
	_cleanup_free_ char *message = NULL;
	struct finding *finding;
	va_list args;

	va_start(args, format);
	message = xvasprintf(format, args);
	va_end(args);
	finding = findings_add(reading->findings, severity, reading->where, "%s", message);
	finding->file = xstrdup(reading->file);
	finding->line = reading->origin.line;
	finding->column = reading->origin.column;
	finding->fatal = severity == SEVERITY_ERROR && reading->fatal;
	return finding;
}

bool value_refuse(const struct reading *reading, const char *text, const char *hint)
{
	/* Findings are kept and sent around; a URL may hold a password. */
	_cleanup_free_ char *shown = strstr(text, "://") ? url_masked(text) : xstrdup(text);

	finding_set_hint(reading_complain(reading, SEVERITY_ERROR, "%s cannot be \"%s\"",
					  reading->where, shown),
			 "%s", hint);
	return false;
}

bool value_set_text(void *member, const char *text)
{
	char **value = member;

	free(*value);
	*value = xstrdup(text);
	return true;
}

bool value_add_text(void *member, const char *text, const struct reading *reading)
{
	char ***list = member;

	if (strv_contains(*list, text))
		reading_complain(reading, SEVERITY_NOTE, "%s %s is there twice", reading->where,
				 text);
	else
		strv_add(list, text);
	return true;
}

char *value_format_text(const struct field *field _unused_, const void *member)
{
	return xstrdup(*(char *const *)member);
}

char *value_format_list(const struct field *field _unused_, const void *member)
{
	char *const *list = *(char **const *)member;

	return strv_length(list) ? strv_join(list, ", ") : NULL;
}

char *words_list(const struct word *words)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (const struct word *word = words; word->word; word++) {
		if (word > words)
			strbuf_add(&buf, word[1].word ? ", " : " or ");
		strbuf_add(&buf, word->word);
	}
	return strbuf_take(&buf);
}

static const char *nearest_word(const struct word *words, const char *text)
{
	_cleanup_free_ char *lower = str_lower(text);
	const char *candidates[16] = {0};
	size_t count = 0;

	for (; words->word && count + 1 < ARRAY_SIZE(candidates); words++)
		candidates[count++] = words->word;
	return str_nearest(lower, candidates);
}

static bool parse_word_as(const struct field *field, const char *text, const char *written,
			  void *member, const struct reading *reading)
{
	_cleanup_free_ char *right = NULL;
	const char *nearest;

	for (const struct word *word = field->words; word->word; word++) {
		if (str_eq(word->word, text)) {
			memcpy(member, &word->value, sizeof(word->value));
			return true;
		}
	}
	right = words_list(field->words);
	nearest = nearest_word(field->words, written);
	if (nearest)
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR, "%s cannot be \"%s\"",
						  reading->where, written),
				 "did you mean \"%s\"? right values: %s", nearest, right);
	else
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR, "%s cannot be \"%s\"",
						  reading->where, written),
				 "right values: %s", right);
	return false;
}

static bool parse_word(const struct field *field, const char *text, void *member,
		       const struct reading *reading)
{
	return parse_word_as(field, text, text, member, reading);
}

static bool parse_word_nocase(const struct field *field, const char *text, void *member,
			      const struct reading *reading)
{
	_cleanup_free_ char *lower = str_lower(text);

	return parse_word_as(field, lower, text, member, reading);
}

/* A mode may come from the root element's name, which is no word of the attribute. */
static char *format_mode(const struct field *field _unused_, const void *member)
{
	enum answers_mode mode;

	memcpy(&mode, member, sizeof(mode));
	return xstrdup(answers_mode_to_string(mode));
}

/* For members that keep the word itself. */
static bool parse_word_kept(const struct field *field, const char *text, void *member,
			    const struct reading *reading)
{
	unsigned value;

	return parse_word_nocase(field, text, &value, reading) &&
	       value_set_text(member, word_of(field->words, value));
}

static char *format_word(const struct field *field, const void *member)
{
	unsigned value;

	memcpy(&value, member, sizeof(value));
	return xstrdup(word_of(field->words, value));
}

/*
 * Other installers read everything but "yes" and "true" as no. Where the author plainly meant the
 * opposite that is an error; where it comes to the same it is accepted.
 */
static bool parse_bool(const struct field *field _unused_, const char *text, void *member,
		       const struct reading *reading)
{
	_cleanup_free_ char *lower = str_lower(text);
	bool *value = member;

	if (str_eq(lower, "yes") || str_eq(lower, "true")) {
		*value = true;
		return true;
	}
	if (str_eq(lower, "no") || str_eq(lower, "false")) {
		*value = false;
		return true;
	}
	if (str_eq(lower, "0") || str_eq(lower, "off")) {
		*value = false;
		finding_set_hint(reading_complain(reading, SEVERITY_WARNING,
						  "%s=\"%s\" is read as false", reading->where,
						  text),
				 "write true or false");
		return true;
	}
	finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
					  "%s cannot be \"%s\": other installers read it as false",
					  reading->where, text),
			 "right values: true, yes, false or no");
	return false;
}

static char *format_bool(const struct field *field _unused_, const void *member)
{
	return xstrdup(*(const bool *)member ? "true" : "false");
}

static bool parse_text(const struct field *field _unused_, const char *text, void *member,
		       const struct reading *reading _unused_)
{
	return value_set_text(member, text);
}

static char *format_secret(const struct field *field _unused_, const void *member)
{
	return *(char *const *)member ? xstrdup("********") : NULL;
}

static bool parse_number(const char *text, unsigned min, unsigned max, void *member,
			 const struct reading *reading)
{
	_cleanup_free_ char *hint = NULL;

	if (str_to_uint(text, min, max, member) == 0)
		return true;
	hint = xasprintf(N_("a whole number from %u to %u"), min, max);
	return value_refuse(reading, text, hint);
}

static bool parse_vlan(const struct field *field _unused_, const char *text, void *member,
		       const struct reading *reading)
{
	/* IEEE 802.1Q: 0 is priority tagging only, 4095 is reserved. */
	return parse_number(text, 1, 4094, member, reading);
}

static bool parse_timeout(const struct field *field _unused_, const char *text, void *member,
			  const struct reading *reading)
{
	return parse_number(text, 1, 86400, member, reading);
}

static char *format_number(const struct field *field _unused_, const void *member)
{
	unsigned value = *(const unsigned *)member;

	return value ? xasprintf("%u", value) : NULL;
}

/* Kept on disks, in events and file names, so only what is harmless everywhere. */
static bool parse_identifier(const struct field *field _unused_, const char *text, void *member,
			     const struct reading *reading)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789._-");

	if (text[length] || length > 64)
		return value_refuse(reading, text, "up to 64 letters, digits and . _ -");
	return value_set_text(member, text);
}

static bool parse_text_list(const struct field *field _unused_, const char *text, void *member,
			    const struct reading *reading)
{
	return value_add_text(member, text, reading);
}

const struct value_type type_mode = {"word", parse_word, format_mode, NULL};
const struct value_type type_word = {"word", parse_word, format_word, NULL};
const struct value_type type_word_nocase = {"word", parse_word_nocase, format_word, NULL};
const struct value_type type_word_kept = {"word", parse_word_kept, value_format_text, NULL};
const struct value_type type_bool = {
	"true or false", parse_bool, format_bool,
	"[Tt][Rr][Uu][Ee]|[Yy][Ee][Ss]|[Ff][Aa][Ll][Ss][Ee]|[Nn][Oo]|0|[Oo][Ff][Ff]"};
const struct value_type type_text = {"text", parse_text, value_format_text, NULL};
const struct value_type type_secret = {"text", parse_text, format_secret, NULL};
const struct value_type type_vlan = {"1 to 4094", parse_vlan, format_number,
				     "0*([1-9][0-9]{0,2}|[1-3][0-9]{3}|40[0-8][0-9]|409[0-4])"};
const struct value_type type_timeout = {
	"seconds", parse_timeout, format_number,
	"0*([1-9][0-9]{0,3}|[1-7][0-9]{4}|8[0-5][0-9]{3}|86[0-3][0-9]{2}|86400)"};
const struct value_type type_identifier = {"name", parse_identifier, value_format_text,
					   "[A-Za-z0-9._\\-]{1,64}"};
const struct value_type type_text_list = {"text", parse_text_list, value_format_list, NULL};
