/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading profiles: sections and keys into rules, one over another, every mistake with its line. */
#include "hwdb/profile.h"

#include <errno.h>
#include <sys/stat.h>

#include "common/inifile.h"
#include "common/str.h"
#include "hwdb/rule.h"

#define PROFILE_MAX (1 << 20)
/* One that extends itself by way of others would never end. */
#define DEPTH_MAX 8

static void rule_done(struct rule *rule)
{
	for (size_t i = 0; i < RULE_KEYS; i++) {
		free(rule->texts[i].value);
		free(rule->texts[i].file);
	}
	fact_path_done(&rule->path);
	strv_free(rule->values);
	free(rule->name);
}

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	for (size_t i = 0; i < profile->n; i++)
		rule_done(&profile->rules[i]);
	free(profile->rules);
	free(profile->name);
	free(profile->title);
	free(profile);
}

struct reader {
	const char *file;
	struct profile *profile;
	unsigned depth;
	struct error **err;
};

static int read_text(struct reader *reader, const char *text, size_t length);
static int load_into(const char *name, const char *beside, unsigned depth, struct profile *profile,
		     struct error **err);

static int mistake(struct reader *reader, unsigned line, const char *hint, const char *format, ...)
	_printf_(4, 5);
static int mistake(struct reader *reader, unsigned line, const char *hint, const char *format, ...)
{
	_cleanup_free_ char *sentence = NULL;
	va_list args;

	va_start(args, format);
	sentence = xvasprintf(format, args);
	va_end(args);
	error_set(reader->err, ERROR_USAGE, "%s:%u: %s", reader->file, line, sentence);
	return error_hint(reader->err, "%s", hint);
}

static struct rule *find_rule(struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->n; i++)
		if (str_eq(profile->rules[i].name, name))
			return &profile->rules[i];
	return NULL;
}

static int take_rule_key(struct reader *reader, const struct inifile_entry *entry)
{
	_cleanup_free_ char *section = xstrdup(entry->section);
	char *name = str_trim(section + strlen("rule"));
	struct rule *rule = find_rule(reader->profile, name);
	struct rule_text *text;
	enum rule_key key;

	if (str_empty(name))
		return mistake(reader, entry->line, "Write [rule NAME]", "The rule has no name");
	if (rule_key_from_string(entry->key, &key) < 0) {
		_cleanup_free_ char *hint = rule_key_hint(entry->key);

		return mistake(reader, entry->line, hint, "A rule has no key \"%s\"", entry->key);
	}
	if (!rule) {
		rule = ARRAY_APPEND(reader->profile->rules, reader->profile->n);
		rule->name = xstrdup(name);
	}
	text = &rule->texts[key];
	if (text->value && str_eq(text->file, reader->file))
		return mistake(reader, entry->line, "Keep one of them",
			       "\"%s\" of the rule \"%s\" stands in line %u already", entry->key,
			       name, text->line);
	free(text->value);
	free(text->file);
	*text = (struct rule_text){xstrdup(entry->value), xstrdup(reader->file), entry->line};
	return 0;
}

static int take_profile_key(struct reader *reader, const struct inifile_entry *entry)
{
	struct profile *profile = reader->profile;

	if (str_eq(entry->key, "title")) {
		free(profile->title);
		profile->title = xstrdup(entry->value);
		return 0;
	}
	if (!str_eq(entry->key, "extends"))
		return mistake(reader, entry->line, "The keys of [profile] are title and extends",
			       "[profile] has no key \"%s\"", entry->key);
	if (profile->n)
		return mistake(reader, entry->line, "Put [profile] before the rules",
			       "What a profile extends must stand before its rules");
	if (reader->depth >= DEPTH_MAX)
		return mistake(reader, entry->line, "Look for profiles that extend each other",
			       "The profiles extend one another without end");
	if (load_into(entry->value, reader->file, reader->depth + 1, profile, reader->err) < 0)
		return error_prefix(reader->err, "%s:%u: Cannot extend \"%s\"", reader->file,
				    entry->line, entry->value);
	return 0;
}

static int take_entry(struct reader *reader, const struct inifile_entry *entry)
{
	if (str_eq(entry->section, "profile"))
		return take_profile_key(reader, entry);
	if (str_eq(entry->section, "rule") || str_starts(entry->section, "rule "))
		return take_rule_key(reader, entry);
	if (str_empty(entry->section))
		return mistake(reader, entry->line, "Write [profile] or [rule NAME] above it",
			       "\"%s\" stands outside of any section", entry->key);
	return mistake(reader, entry->line, "Sections are [profile] and [rule NAME]",
		       "There is no section [%s]", entry->section);
}

static int read_text(struct reader *reader, const char *text, size_t length)
{
	_cleanup_inifile_ struct inifile ini = {0};
	int r = inifile_parse(text, length, reader->file, &ini, reader->err);

	for (size_t i = 0; r == 0 && i < ini.n; i++)
		r = take_entry(reader, &ini.entries[i]);
	return r;
}

static int read_file(const char *path, char **ret, size_t *ret_length, struct error **err)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_free_ char *text = xmalloc(PROFILE_MAX);
	struct stat st;
	size_t length;

	if (!file || fstat(fileno(file), &st) < 0) {
		int r = error_errno(err, ERROR_USAGE, errno, "Cannot read the profile %s", path);

		error_hint(err, "Name a file with a slash or a dot in it, or one of: host, "
				"pool-member, passthrough");
		return r;
	}
	length = S_ISREG(st.st_mode) ? fread(text, 1, PROFILE_MAX, file) : PROFILE_MAX;
	if (length == PROFILE_MAX) {
		error_set(err, ERROR_USAGE, "%s is not a profile", path);
		return error_hint(err, "A profile is a text file of less than a MiB");
	}
	*ret = TAKE_PTR(text);
	*ret_length = length;
	return 0;
}

/* A file that another one extends is looked for beside that. */
static char *file_path(const char *name, const char *beside)
{
	const char *slash = beside ? strrchr(beside, '/') : NULL;

	if (*name == '/' || !slash)
		return xstrdup(name);
	return xasprintf("%.*s/%s", (int)(slash - beside), beside, name);
}

static int load_into(const char *name, const char *beside, unsigned depth, struct profile *profile,
		     struct error **err)
{
	_cleanup_free_ char *path = file_path(name, beside);
	_cleanup_free_ char *text = NULL;
	struct reader reader = {path, profile, depth, err};
	size_t length;
	const char *builtin = profile_builtin(name, &length);
	int r;

	if (builtin) {
		reader.file = name;
		return read_text(&reader, builtin, length);
	}
	if (!strpbrk(name, "/.")) {
		const char *near = str_nearest(name, profile_builtin_names);

		error_set(err, ERROR_USAGE, "There is no profile \"%s\"", name);
		if (near)
			return error_hint(err, "Did you mean \"%s\"?", near);
		return error_hint(err, "Give host, pool-member, passthrough, or a file with a "
				       "slash or a dot in its name");
	}
	r = read_file(path, &text, &length, err);
	return r < 0 ? r : read_text(&reader, text, length);
}

static int finish(struct profile *profile, const char *file, struct error **err)
{
	for (size_t i = 0; i < profile->n; i++) {
		int r = rule_compile(&profile->rules[i], err);

		if (r < 0)
			return r;
	}
	if (!profile->n) {
		error_set(err, ERROR_USAGE, "%s holds no rule", file);
		return error_hint(err, "Write [rule NAME] sections, or extend another profile");
	}
	return 0;
}

static char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');
	char *name = xstrdup(slash ? slash + 1 : file);
	char *dot = strrchr(name, '.');

	if (dot && dot != name)
		*dot = '\0';
	return name;
}

int profile_parse(const char *text, size_t length, const char *file, struct profile **ret,
		  struct error **err)
{
	_cleanup_profile_ struct profile *profile = xcalloc(1, sizeof(*profile));
	struct reader reader = {file, profile, 0, err};
	int r = read_text(&reader, text, length);

	if (r == 0)
		r = finish(profile, file, err);
	if (r < 0)
		return r;
	profile->name = base_name(file);
	*ret = TAKE_PTR(profile);
	return 0;
}

int profile_load(const char *name, struct profile **ret, struct error **err)
{
	_cleanup_profile_ struct profile *profile = xcalloc(1, sizeof(*profile));
	int r = load_into(name, NULL, 0, profile, err);

	if (r == 0)
		r = finish(profile, name, err);
	if (r < 0)
		return r;
	profile->name = base_name(name);
	*ret = TAKE_PTR(profile);
	return 0;
}
