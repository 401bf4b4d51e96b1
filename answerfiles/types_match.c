/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>

#include "answerfiles/types.h"

/* The terms of a `match` attribute: how they are written for disks and NICs, and those of NICs. */

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

static void complain_property(const struct match_syntax *syntax, const char *text,
			      const struct reading *reading)
{
	size_t length = strcspn(text, "<>=! \t\r\n");

	finding_set_hint(reading_complain(reading, SEVERITY_ERROR, "%s: unknown property \"%.*s\"",
					  reading->where, (int)(length < 40 ? length : 40), text),
			 "right ones: %s", syntax->right);
}

bool match_next(const struct match_syntax *syntax, const char **text, struct match_part *ret,
		const struct reading *reading)
{
	const struct word *property, *op;
	const char *at = *text;
	char *value = NULL;

	skip_blanks(&at);
	*text = at;
	if (!*at)
		return false;
	*text = NULL;
	property = take_word(syntax->properties, &at, true);
	if (!property) {
		complain_property(syntax, at, reading);
		return false;
	}
	skip_blanks(&at);
	op = take_word(operator_words, &at, false);
	if (op) {
		skip_blanks(&at);
		value = take_value(&at);
	}
	if (!value) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s: %s is not followed by an operator and a "
						  "value",
						  reading->where, property->word),
				 "such as %s", syntax->example);
		return false;
	}
	*ret = (struct match_part){
		.property = property->value, .op = (enum match_operator)op->value, .value = value};
	*text = at;
	return true;
}

const char *match_quote(const char *value)
{
	if (!strpbrk(value, " \t\r\n") && *value != '\'' && *value != '"')
		return "";
	return strchr(value, '\'') ? "\"" : "'";
}

static const struct match_syntax nic_syntax = {
	.properties = nic_property_words,
	.right = "name, mac, pci, slot, driver, link, switch, port",
	.example = "driver=i40e, slot='Onboard LAN*', switch=sw1 port=Ethernet7; operators: = !=",
};

static bool check_nic_term(struct nic_term *term, const struct reading *reading)
{
	const char *property = nic_property_to_string(term->property);

	if (!*term->value) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR, "%s: %s has no value",
						  reading->where, property),
				 "write it behind the operator, or remove %s", property);
		return false;
	}
	if (term->op != MATCH_EQ && term->op != MATCH_NE) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s: %s cannot be compared with %s",
						  reading->where, property,
						  match_operator_to_string(term->op)),
				 "%s takes = and !=", property);
		return false;
	}
	if (term->property == NIC_LINK && !str_eq(term->value, "up") &&
	    !str_eq(term->value, "down")) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s: link cannot be \"%s\"", reading->where,
						  term->value),
				 "up or down");
		return false;
	}
	if (!strpbrk(term->value, "*?["))
		return true;
	if (term->op == MATCH_NE) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s: != takes no pattern (\"%s\")",
						  reading->where, term->value),
				 "say what the NIC is, with =");
		return false;
	}
	term->op = MATCH_GLOB;
	return true;
}

static bool parse_nic_match(const struct field *field _unused_, const char *text, void *member,
			    const struct reading *reading)
{
	struct nic_choice *choice = member;
	struct match_part part;

	while (match_next(&nic_syntax, &text, &part, reading)) {
		struct nic_term *term = ARRAY_APPEND(choice->terms, choice->n_terms);

		term->property = (enum nic_property)part.property;
		term->op = part.op;
		term->value = part.value;
		if (!check_nic_term(term, reading))
			return false;
	}
	return text != NULL;
}

static char *format_nic_match(const struct field *field _unused_, const void *member)
{
	const struct nic_choice *choice = member;
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < choice->n_terms; i++) {
		const struct nic_term *term = &choice->terms[i];
		const char *quote = match_quote(term->value);

		strbuf_addf(&buf, "%s%s%s%s%s%s", i ? " " : "",
			    nic_property_to_string(term->property),
			    match_operator_to_string(term->op), quote, term->value, quote);
	}
	return choice->n_terms ? strbuf_take(&buf) : NULL;
}

const struct value_type type_nic_match = {"NIC match terms", parse_nic_match, format_nic_match,
					  "((name|mac|pci|slot|driver|link|switch|port) ?(=|!=) ?"
					  "('[^']+'|\"[^\"]+\"|[^\\s'\"]\\S*) ?)+"};
