/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/types.h"

/* Value types of disks: the name or link of one, and the terms of our `match` attribute. */

/* True when it can name one disk, or complains. */
static bool is_disk_name(const char *text, const struct reading *reading)
{
	struct finding *finding = NULL;

	if (str_starts(text, "iscsi:")) {
		finding = reading_complain(reading, SEVERITY_ERROR,
					   "not yet supported: %s \"iscsi:\"", reading->where);
		finding_set_hint(finding, "name a disk that the machine itself shows");
	} else if (strpbrk(text, " \t\r\n\"'")) {
		finding = reading_complain(reading, SEVERITY_ERROR,
					   "%s \"%s\" is not the name of a disk", reading->where,
					   text);
		finding_set_hint(finding, "a name such as sda, a path such as "
					  "/dev/disk/by-id/..., or the match attribute");
	} else if (str_eq(text, "/dev") || str_eq(text, "/dev/")) {
		finding = reading_complain(reading, SEVERITY_ERROR, "%s names no disk",
					   reading->where);
	}
	return !finding;
}

struct finding *disk_complain_list(const struct reading *reading, const char *text)
{
	struct finding *finding =
		reading_complain(reading, SEVERITY_ERROR, "%s \"%s\" is a list, but means one disk",
				 reading->where, text);

	finding_set_hint(finding, "name one disk; each further disk of the local SR "
				  "is a guest-disk of its own");
	return finding;
}

static bool parse_disk(const struct field *field, const char *text, void *member,
		       const struct reading *reading)
{
	struct disk_choice *choice = member;

	/* With swraid the primary disk is two; whether it stands there shows later. */
	if (strchr(text, ',') && !str_eq(field->element, "primary-disk")) {
		disk_complain_list(reading, text);
		return false;
	}
	if (!is_disk_name(text, reading))
		return false;
	free(choice->text);
	choice->text = xstrdup(text);
	return true;
}

static bool parse_disk_list(const struct field *field _unused_, const char *text, void *member,
			    const struct reading *reading)
{
	if (strchr(text, ',')) {
		disk_complain_list(reading, text);
		return false;
	}
	return is_disk_name(text, reading) && value_add_text(member, text, reading);
}

static char *format_disk(const struct field *field _unused_, const void *member)
{
	return xstrdup(((const struct disk_choice *)member)->text);
}

/* Cuts the next term's property off the front; NULL when there is no known one. */
static const struct word *take_word(const struct word *words, const char **text, bool whole)
{
	size_t length = strspn(*text, "abcdefghijklmnopqrstuvwxyz-");

	for (; words->word; words++) {
		size_t word_length = strlen(words->word);

		if (strncmp(*text, words->word, word_length) == 0 &&
		    (!whole || word_length == length)) {
			*text += word_length;
			return words;
		}
	}
	return NULL;
}

static void skip_blanks(const char **text)
{
	*text += strspn(*text, " \t\r\n");
}

/* A value ends at a blank; one in single or double quotes may hold blanks. */
static char *take_value(const char **text)
{
	const char *start = *text;
	size_t length;

	if (*start == '\'' || *start == '"') {
		const char *end = strchr(start + 1, *start);

		if (!end)
			return NULL;
		*text = end + 1;
		return xstrndup(start + 1, (size_t)(end - start - 1));
	}
	length = strcspn(start, " \t\r\n");
	*text = start + length;
	return xstrndup(start, length);
}

static bool is_ordering(enum match_operator op)
{
	return op == MATCH_LT || op == MATCH_LE || op == MATCH_GT || op == MATCH_GE;
}

static bool check_rotational(struct match_term *term, const struct reading *reading)
{
	static const char *const yes[] = {"yes", "true", "1"}, *const no[] = {"no", "false", "0"};

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		if (str_eq(term->value, yes[i]) || str_eq(term->value, no[i])) {
			term->number = str_eq(term->value, yes[i]);
			return true;
		}
	}
	finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
					  "%s: rotational cannot be \"%s\"", reading->where,
					  term->value),
			 "yes or no");
	return false;
}

static bool check_term(struct match_term *term, const struct reading *reading)
{
	const char *property = match_property_to_string(term->property);

	if (!*term->value) {
		reading_complain(reading, SEVERITY_ERROR, "%s: %s has no value", reading->where,
				 property);
		return false;
	}
	if (is_ordering(term->op) && term->property != MATCH_SIZE) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s: %s cannot be compared with %s",
						  reading->where, property,
						  match_operator_to_string(term->op)),
				 "%s takes = and !=", property);
		return false;
	}
	if (term->property == MATCH_SIZE) {
		if (str_to_size(term->value, &term->number) == 0)
			return true;
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s: \"%s\" is not a size", reading->where,
						  term->value),
				 "a number with K, M, G or T (powers of 1024) or KB, MB, GB, TB "
				 "(powers of 1000): size>=100G");
		return false;
	}
	if (term->property == MATCH_ROTATIONAL)
		return check_rotational(term, reading);
	if (!strpbrk(term->value, "*?["))
		return true;
	if (term->op == MATCH_NE) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s: != takes no pattern (\"%s\")",
						  reading->where, term->value),
				 "say what the disk is, with =");
		return false;
	}
	term->op = MATCH_GLOB;
	return true;
}

/* One "property operator value" off the front of *text into a new term of the choice. */
static bool take_term(struct disk_choice *choice, const char **text, const struct reading *reading)
{
	const char *start = *text;
	const struct word *property = take_word(property_words, text, true);
	const struct word *op = NULL;
	_cleanup_free_ char *value = NULL;
	struct match_term *term;

	if (!property) {
		size_t length = strcspn(start, "<>=! \t\r\n");

		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s: unknown property \"%.*s\"", reading->where,
						  (int)(length < 40 ? length : 40), start),
				 "right ones: name, model, vendor, serial, wwn, size, "
				 "rotational, transport, by-path");
		return false;
	}
	skip_blanks(text);
	op = take_word(operator_words, text, false);
	if (op) {
		skip_blanks(text);
		value = take_value(text);
	}
	if (!value) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s: %s is not followed by an operator and a "
						  "value",
						  reading->where, property->word),
				 "such as size>=100G, transport=nvme, model='Samsung SSD*'; "
				 "operators: = != < <= > >= (write < as &lt;)");
		return false;
	}
	term = ARRAY_APPEND(choice->terms, choice->n_terms);
	term->property = (enum match_property)property->value;
	term->op = (enum match_operator)op->value;
	term->value = TAKE_PTR(value);
	return check_term(term, reading);
}

static bool parse_match(const struct field *field _unused_, const char *text, void *member,
			const struct reading *reading)
{
	skip_blanks(&text);
	while (*text) {
		if (!take_term(member, &text, reading))
			return false;
		skip_blanks(&text);
	}
	return true;
}

/* What the value must stand in to be read as one; it never holds both kinds of quotes then. */
static const char *quote_for(const char *value)
{
	if (!strpbrk(value, " \t\r\n") && *value != '\'' && *value != '"')
		return "";
	return strchr(value, '\'') ? "\"" : "'";
}

static char *format_match(const struct field *field _unused_, const void *member)
{
	const struct disk_choice *choice = member;
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < choice->n_terms; i++) {
		const struct match_term *term = &choice->terms[i];
		const char *quote = quote_for(term->value);

		strbuf_addf(&buf, "%s%s%s%s%s%s", i ? " " : "",
			    match_property_to_string(term->property),
			    match_operator_to_string(term->op), quote, term->value, quote);
	}
	return choice->n_terms ? strbuf_take(&buf) : NULL;
}

const struct value_type type_disk = {"disk name or link", parse_disk, format_disk, "[^\\s\"']+"};
const struct value_type type_disk_list = {"disk name or link", parse_disk_list, value_format_list,
					  "[^\\s\"',]+"};
const struct value_type type_match = {
	"match terms", parse_match, format_match,
	"((name|model|vendor|serial|wwn|size|rotational|transport|by\\-path) ?(=|!=|<=?|>=?) ?"
	"('[^']+'|\"[^\"]+\"|[^\\s'\"]\\S*) ?)+"};
