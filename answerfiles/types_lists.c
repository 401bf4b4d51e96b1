/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>

#include "answerfiles/keymap_names.h"
#include "answerfiles/types.h"
#include "answerfiles/zone_names.h"

/* Value types whose right values are long lists: time zones and console keymaps; and places. */

/* The same letters and digits, whatever their case and what stands between them. */
static bool same_letters(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a && !isalnum((unsigned char)*a) && *a != '+' && *a != '-')
			a++;
		while (*b && !isalnum((unsigned char)*b) && *b != '+' && *b != '-')
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

/*
 * The current name of the zone that `text` names in this or another spelling, or NULL. An old name
 * rightly spelt is no mistake of the author's.
 */
static const char *find_zone(const char *text, bool *ret_rightly_spelt)
{
	*ret_rightly_spelt = true;
	for (size_t i = 0; i < ARRAY_SIZE(zone_links); i++) {
		if (str_eq(zone_links[i].old, text))
			return zone_links[i].current;
	}
	*ret_rightly_spelt = false;
	for (size_t i = 0; zone_names[i]; i++) {
		if (same_letters(zone_names[i], text))
			return zone_names[i];
	}
	for (size_t i = 0; i < ARRAY_SIZE(zone_links); i++) {
		if (same_letters(zone_links[i].old, text))
			return zone_links[i].current;
	}
	return NULL;
}

/* For a city without its region, or a misspelt one. */
static const char *suggest_zone(const char *text)
{
	for (size_t i = 0; zone_names[i]; i++) {
		const char *city = strrchr(zone_names[i], '/');

		if (city && same_letters(city + 1, text))
			return zone_names[i];
	}
	return str_nearest(text, zone_names);
}

/*
 * Other installers take any text and leave a dangling link behind. We take what means a zone in
 * any spelling and write the name that the installed system's tzdata has.
 */
static bool parse_timezone(const struct field *field _unused_, const char *text, void *member,
			   const struct reading *reading)
{
	bool rightly_spelt;
	const char *zone = find_zone(text, &rightly_spelt), *suggestion;
	struct finding *finding;

	if (zone) {
		if (!str_eq(zone, text))
			finding_set_hint(
				reading_complain(
					reading, rightly_spelt ? SEVERITY_NOTE : SEVERITY_WARNING,
					"%s \"%s\" is read as %s", reading->where, text, zone),
				"write %s", zone);
		return value_set_text(member, zone);
	}
	suggestion = suggest_zone(text);
	finding = reading_complain(reading, SEVERITY_ERROR, "%s \"%s\" is not a time zone",
				   reading->where, text);
	if (suggestion)
		finding_set_hint(finding, "did you mean \"%s\"?", suggestion);
	else
		finding_set_hint(finding, "Region/City as in Europe/Paris, or Etc/UTC");
	return false;
}

static const char *find_keymap(const char *text)
{
	for (size_t i = 0; keymap_names[i]; i++) {
		if (str_eq_nocase(keymap_names[i], text))
			return keymap_names[i];
	}
	for (size_t i = 0; i < ARRAY_SIZE(keymap_aliases); i++) {
		if (str_eq_nocase(keymap_aliases[i].other, text))
			return keymap_aliases[i].name;
	}
	return NULL;
}

static bool parse_keymap(const struct field *field _unused_, const char *text, void *member,
			 const struct reading *reading)
{
	const char *keymap = find_keymap(text), *nearest;
	struct finding *finding;

	if (keymap) {
		if (!str_eq(keymap, text))
			reading_complain(reading, SEVERITY_NOTE, "%s \"%s\" is %s on the host",
					 reading->where, text, keymap);
		return value_set_text(member, keymap);
	}
	nearest = str_nearest(text, keymap_names);
	finding = reading_complain(reading, SEVERITY_ERROR, "%s \"%s\" is not a console keymap",
				   reading->where, text);
	if (nearest)
		finding_set_hint(finding, "did you mean \"%s\"?", nearest);
	else
		finding_set_hint(finding, "such as us, uk, de, fr, es, it, pl, jp106, be-latin1, "
					  "br-abnt2");
	return false;
}

const char *const source_schemes[] = {"http", "https", "ftp", "nfs", "file", NULL};

/* Where an xenhost source is: a folder, or a URL of a scheme that can be streamed. */
static bool parse_place(const struct field *field _unused_, const char *text, void *member,
			const struct reading *reading)
{
	_cleanup_free_ char *fault = *text == '/' ? NULL : url_fault(text, source_schemes);

	if (!fault && !strpbrk(text, " \t\r\n"))
		return value_set_text(member, text);
	return value_refuse(reading, text,
			    "a folder (/media/...) or an http:, https:, ftp:, nfs: or file: URL");
}

/* The same, or mirrors: several URLs with blanks between, in the order in which they are tried. */
static bool parse_mirrors(const struct field *field, const char *text, void *member,
			  const struct reading *reading)
{
	_cleanup_strv_ char **places = strv_split(text, " \t\r\n");
	_cleanup_free_ char *joined = places ? strv_join(places, " ") : NULL;
	bool good = strv_length(places) > 1;

	for (char **place = places; good && *place; place++)
		good = str_starts(*place, "http://") || str_starts(*place, "https://") ||
		       str_starts(*place, "ftp://") || str_starts(*place, "nfs://");
	return good ? value_set_text(member, joined) : parse_place(field, text, member, reading);
}

const struct value_type type_timezone = {"time zone", parse_timezone, value_format_text, NULL};
const struct value_type type_keymap = {"console keymap", parse_keymap, value_format_text, NULL};
const struct value_type type_place = {"folder or URL", parse_place, value_format_text,
				      "/\\S*|(https?|ftp|nfs)://\\S+|file:///\\S+"};

const char *const *field_choices(const struct field *field)
{
	if (field->type == &type_timezone)
		return zone_names;
	return field->type == &type_keymap ? keymap_names : NULL;
}
const struct value_type type_mirrors = {
	"folder, URL, or URLs of mirrors with blanks between", parse_mirrors, value_format_text,
	"/\\S*|file:///\\S+|(https?|ftp|nfs)://\\S+(\\s+(https?|ftp|nfs)://\\S+)*"};
