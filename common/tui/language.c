/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tui/language.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/i18n.h"
#include "common/str.h"
#include "common/tui/catalogue.h"
#include "common/tui/form.h"

#ifndef XENHOST_LOCALES
#define XENHOST_LOCALES "/usr/share/xenhost/locale"
#endif
/* Code of the language that the sources are written in. */
#define SOURCE_LANGUAGE "en"

const struct tui_language tui_languages[] = {
	{SOURCE_LANGUAGE, "English"}, {"de", "Deutsch"}, {"fr", "Français"}, {NULL, NULL}};

/*
 * Catalogues are read here and not by libc's gettext(), which translates in no locale that the
 * installer has: glibc 2.39 and later take C.UTF-8 for English whatever LANGUAGE says.
 */
static struct catalogue catalogue;
static const char *spoken = SOURCE_LANGUAGE;

static void catalogue_done(const struct catalogue *old)
{
	if (old->bytes)
		munmap((void *)(uintptr_t)old->bytes, old->size);
}

/* Where catalogues are; the tests' and gettext's own programs' variable is another place. */
static const char *folder(void)
{
	const char *named = getenv("TEXTDOMAINDIR");

	return str_empty(named) ? XENHOST_LOCALES : named;
}

static bool catalogue_open(const char *code, struct catalogue *ret)
{
	_cleanup_free_ char *path =
		xasprintf("%s/%s/LC_MESSAGES/%s.mo", folder(), code, program_invocation_short_name);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	void *bytes;

	if (fd < 0 || fstat(fd, &status) < 0 || status.st_size <= 0)
		return false;
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	if (catalogue_read(bytes, (size_t)status.st_size, ret))
		return true;
	munmap(bytes, (size_t)status.st_size);
	return false;
}

static const char *look_up(const char *text)
{
	return catalogue_text(&catalogue, text) ?: text;
}

static const char *look_up_plural(const char *one, const char *many, unsigned long count)
{
	return catalogue_plural(&catalogue, one, many, count) ?: (count == 1 ? one : many);
}

static char *look_up_sentence(const char *english)
{
	return catalogue_sentence(&catalogue, english);
}

static const struct i18n translated = {look_up, look_up_plural, look_up_sentence};

static const struct tui_language *find(const char *locale)
{
	size_t length = strcspn(locale, "_.@:");

	for (const struct tui_language *language = tui_languages; language->code; language++)
		if (strlen(language->code) == length &&
		    strncmp(language->code, locale, length) == 0)
			return language;
	return NULL;
}

bool tui_language_available(const char *code)
{
	struct catalogue found = {0};
	bool available = str_eq(code, SOURCE_LANGUAGE) || catalogue_open(code, &found);

	catalogue_done(&found);
	return available;
}

const char *tui_language(void)
{
	return spoken;
}

bool tui_speak(const char *locale)
{
	const struct tui_language *language = find(locale);
	struct catalogue next = {0};
	bool english = language && str_eq(language->code, SOURCE_LANGUAGE);

	if (!language || (!english && !catalogue_open(language->code, &next)))
		return false;
	i18n_set(NULL);
	/* What was looked up in the old one may still be shown: it stays. */
	catalogue = next;
	spoken = language->code;
	i18n_set(english ? NULL : &translated);
	return true;
}

/* LANGUAGE is a list in the operator's order; the others name one locale, the strongest first. */
static bool speak_as_asked(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	_cleanup_strv_ char **list = strv_split(getenv("LANGUAGE") ?: "", ":");

	for (char **wanted = list; wanted && *wanted; wanted++)
		if (tui_speak(*wanted))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const char *locale = getenv(variables[i]);

		if (!str_empty(locale))
			return tui_speak(locale);
	}
	return false;
}

void language_open(void)
{
	if (!speak_as_asked())
		tui_speak(SOURCE_LANGUAGE);
}

void language_close(void)
{
	i18n_set(NULL);
}
