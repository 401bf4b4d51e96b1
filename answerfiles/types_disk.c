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
		finding_set_hint(finding, "a name such as sda");
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
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR, "%s: %s has no value",
						  reading->where, property),
				 "write it behind the operator, or remove %s", property);
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

static const struct match_syntax disk_syntax = {
	.properties = property_words,
	.right = "name, model, vendor, serial, wwn, size, rotational, transport, by-path",
	.example = "size>=100G, transport=nvme, model='Samsung SSD*'; operators: = != < <= > >= "
		   "(write < as &lt;)",
};

/* "|" off the front of *text; a complaint when nothing stands before or behind it. */
static bool take_alternative(const char **text, bool may, const struct reading *reading)
{
	const char *rest = *text + strspn(*text, " \t\r\n");

	if (*rest != '|')
		return true;
	rest++;
	if (!may || !rest[strspn(rest, " \t\r\n")]) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s: an alternative is empty", reading->where),
				 "terms stand on both sides of each |: "
				 "transport=nvme | transport=sata rotational=no");
		return false;
	}
	*text = rest;
	return true;
}

static bool parse_match(const struct field *field _unused_, const char *text, void *member,
			const struct reading *reading)
{
	struct disk_choice *choice = member;
	struct match_part part;
	unsigned alternative = 0;
	bool filled = false;

	for (;;) {
		const char *before = text;

		if (!take_alternative(&text, filled, reading))
			return false;
		if (text != before) {
			alternative++;
			filled = false;
			continue;
		}
		if (!match_next(&disk_syntax, &text, &part, reading))
			return text != NULL;
		struct match_term *term = ARRAY_APPEND(choice->terms, choice->n_terms);

		term->property = (enum match_property)part.property;
		term->op = part.op;
		term->value = part.value;
		term->alternative = alternative;
		if (!check_term(term, reading))
			return false;
		filled = true;
	}
}

const char *match_separator(const struct disk_choice *choice, size_t index)
{
	if (index == 0)
		return "";
	return choice->terms[index].alternative == choice->terms[index - 1].alternative ? " "
											: " | ";
}

static char *format_match(const struct field *field _unused_, const void *member)
{
	const struct disk_choice *choice = member;
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < choice->n_terms; i++) {
		const struct match_term *term = &choice->terms[i];
		const char *quote = match_quote(term->value);

		strbuf_addf(&buf, "%s%s%s%s%s%s", match_separator(choice, i),
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
	"(\\|? ?(name|model|vendor|serial|wwn|size|rotational|transport|by\\-path) ?(=|!=|<=?|>=?) "
	"?"
	"('[^']+'|\"[^\"]+\"|[^\\s'\"]\\S*) ?)+"};
