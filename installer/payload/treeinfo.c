/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/payload/treeinfo.h"

#include "common/str.h"

/* In the order in which their own installers look. */
static const struct {
	const char *section, *name, *version;
} places[] = {
	{"system-v1", "product_name", "product_version"},
	{"branding", "name", "version"},
	{"platform", "name", "version"},
};

struct product {
	char *name, *version;
};

static void take_line(const char *section, char *line, struct product *products)
{
	char *equals = strchr(line, '='), *key, *value;

	if (!equals || *line == '#' || *line == ';')
		return;
	*equals = '\0';
	key = str_trim(line);
	value = str_trim(equals + 1);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char **place;

		if (!str_eq(section, places[i].section))
			continue;
		if (str_eq(key, places[i].name))
			place = &products[i].name;
		else if (str_eq(key, places[i].version))
			place = &products[i].version;
		else
			continue;
		free(*place);
		*place = xstrdup(value);
	}
}

char *treeinfo_product(const char *text)
{
	_cleanup_strv_ char **lines = strv_split(text, "\r\n");
	struct product products[ARRAY_SIZE(places)] = {0};
	const char *section = "";
	char *result = NULL;

	for (char **each = lines; each && *each; each++) {
		char *line = str_trim(*each);

		if (*line == '[' && str_ends(line, "]")) {
			line[strlen(line) - 1] = '\0';
			section = line + 1;
		} else {
			take_line(section, line, products);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (!result && !str_empty(products[i].name))
			result =
				str_empty(products[i].version)
					? xstrdup(products[i].name)
					: xasprintf("%s %s", products[i].name, products[i].version);
		free(products[i].name);
		free(products[i].version);
	}
	return result;
}
