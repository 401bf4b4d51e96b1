/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/inifile.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>

#include "common/json_text.h"
#include "common/str.h"

/* inih cuts section and key names off at 49 bytes without a word. */
#define NAME_LIMIT 48

struct reading {
	const char *name;
	const char *at; /* the next line */
	unsigned line;
	bool continued; /* the line starts with a blank: it belongs to the entry before */
	struct inifile file;
	struct error **err;
	bool failed;
};

void inifile_done(struct inifile *file)
{
	for (size_t i = 0; i < file->n; i++) {
		free(file->entries[i].section);
		free(file->entries[i].key);
		free(file->entries[i].value);
	}
	free(file->entries);
	*file = (struct inifile){0};
}

static void fail(struct reading *reading, const char *sentence, const char *hint)
{
	if (!reading->failed) {
		error_set(reading->err, ERROR_USAGE, "%s:%u: %s", reading->name, reading->line,
			  sentence);
		error_hint(reading->err, "%s", hint);
	}
	reading->failed = true;
}

/* inih's fgets(): at most `size` bytes with the NUL. */
static char *next_line(char *buffer, int size, void *data)
{
	struct reading *reading = data;
	size_t length = strcspn(reading->at, "\n");

	if (!*reading->at || reading->failed)
		return NULL;
	reading->line++;
	reading->continued = isblank((unsigned char)*reading->at);
	if (length + 2 > (size_t)size) {
		fail(reading, "The line is too long",
		     "Go on in the next line, which then starts with a blank");
		return NULL;
	}
	memcpy(buffer, reading->at, length);
	memcpy(buffer + length, "\n", 2);
	reading->at += length + (reading->at[length] == '\n');
	if (*buffer == '[' && strcspn(buffer, "]\n") > NAME_LIMIT + 1) {
		fail(reading, "The name of the section is too long", "48 characters are enough");
		return NULL;
	}
	return buffer;
}

static int on_entry(void *data, const char *section, const char *key, const char *value)
{
	struct reading *reading = data;
	struct inifile *file = &reading->file;
	struct inifile_entry *entry = file->n ? &file->entries[file->n - 1] : NULL;

	if (reading->continued && entry && str_eq(entry->key, key) &&
	    str_eq(entry->section, section)) {
		char *joined = xasprintf("%s %s", entry->value, value ? value : "");

		free(entry->value);
		entry->value = joined;
		return 1;
	}
	if (strlen(key) > NAME_LIMIT) {
		fail(reading, "The name is too long", "48 characters are enough");
		return 0;
	}
	entry = ARRAY_APPEND(file->entries, file->n);
	*entry = (struct inifile_entry){
		.section = xstrdup(section),
		.key = xstrdup(key),
		.value = xstrdup(value ? value : ""),
		.line = reading->line,
	};
	return 1;
}

int inifile_parse(const char *text, size_t length, const char *name, struct inifile *ret,
		  struct error **err)
{
	_cleanup_free_ char *copy = xstrndup(text, length);
	_cleanup_free_ char *valid = json_valid_utf8(copy);
	struct reading reading = {.name = name, .at = copy, .err = err};
	int r;

	if (strlen(copy) != length || !str_eq(copy, valid)) {
		error_set(err, ERROR_USAGE, "%s is not text in UTF-8", name);
		return error_hint(err, "Save the file as UTF-8");
	}
	r = ini_parse_stream(next_line, &reading, on_entry, &reading);
	if (r != 0 && !reading.failed) {
		reading.line = r > 0 ? (unsigned)r : 0;
		fail(&reading, "The line is neither \"[section]\" nor \"key = value\"",
		     "A line that goes on the one before starts with a blank; # starts a comment");
	}
	if (reading.failed) {
		inifile_done(&reading.file);
		return -EINVAL;
	}
	*ret = reading.file;
	return 0;
}
