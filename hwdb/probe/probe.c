/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/probe.h"

#include <ctype.h>

#include "common/str.h"

#define FORMAT_PATH(path, format)                                                                  \
	do {                                                                                       \
		va_list _args;                                                                     \
		va_start(_args, format);                                                           \
		(path) = xvasprintf(format, _args);                                                \
		va_end(_args);                                                                     \
	} while (0)

char *probe_text(const struct probe *probe, const char *format, ...)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	char *start;

	FORMAT_PATH(path, format);
	if (fsroot_read_text(probe->root, path, &text) < 0)
		return NULL;
	start = str_trim(text);
	return *start ? xstrdup(start) : NULL;
}

uint64_t probe_number(const struct probe *probe, uint64_t fallback, const char *format, ...)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	uint64_t number;

	FORMAT_PATH(path, format);
	if (fsroot_read_text(probe->root, path, &text) < 0)
		return fallback;
	if (str_starts(text, "0x") ? str_to_u64(text + 2, 16, &number) < 0
				   : str_to_u64(text, 10, &number) < 0)
		return fallback;
	return number;
}

char *probe_link_name(const struct probe *probe, const char *format, ...)
{
	_cleanup_free_ char *path = NULL, *target = NULL;
	const char *slash;

	FORMAT_PATH(path, format);
	if (fsroot_readlink(probe->root, path, &target) < 0)
		return NULL;
	slash = strrchr(target, '/');
	return xstrdup(slash ? slash + 1 : target);
}

char *probe_real_path(const struct probe *probe, const char *format, ...)
{
	_cleanup_free_ char *path = NULL;
	char *real;

	FORMAT_PATH(path, format);
	return fsroot_realpath(probe->root, path, &real) < 0 ? NULL : real;
}

void probe_note(struct probe *probe, const char *format, ...)
{
	_cleanup_free_ char *note = NULL;

	FORMAT_PATH(note, format);
	strv_add(&probe->host->notes, note);
}

static size_t hex_run(const char *text)
{
	size_t n = 0;

	while (isxdigit((unsigned char)text[n]) && !isupper((unsigned char)text[n]))
		n++;
	return n;
}

/* "0000:00:1f.2"; Intel's volume management device makes domains of five digits. */
bool is_pci_address(const char *text)
{
	size_t domain = hex_run(text);

	if (domain < 4 || text[domain] != ':')
		return false;
	text += domain + 1;
	return hex_run(text) == 2 && text[2] == ':' && hex_run(text + 3) == 2 && text[5] == '.' &&
	       text[6] >= '0' && text[6] <= '7' && !text[7];
}

char *sysfs_pci_address(const char *path)
{
	_cleanup_strv_ char **parts = path ? strv_split(path, "/") : NULL;

	for (size_t i = strv_length(parts); i > 0; i--)
		if (is_pci_address(parts[i - 1]))
			return xstrdup(parts[i - 1]);
	return NULL;
}

int pci_address_compare(const char *a, const char *b)
{
	if (!a || !b)
		return (a == NULL) - (b == NULL);
	if (strlen(a) != strlen(b))
		return strlen(a) < strlen(b) ? -1 : 1;
	return strcmp(a, b);
}

int natural_compare(const char *a, const char *b)
{
	while (*a && *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			char *end_a, *end_b;
			unsigned long long x = strtoull(a, &end_a, 10), y = strtoull(b, &end_b, 10);

			if (x != y)
				return x < y ? -1 : 1;
			a = end_a;
			b = end_b;
			continue;
		}
		if (*a != *b)
			break;
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}
