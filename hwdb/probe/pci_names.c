/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/pci_names.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/str.h"

#define HEAD_MAX 16

static void add_section(struct pci_names *names, const char *start)
{
	struct pci_names_section *section;

	if (names->n_sections)
		names->sections[names->n_sections - 1].end = start;
	section = ARRAY_APPEND(names->sections, names->n_sections);
	*section = (struct pci_names_section){start, names->text + names->length};
}

/* Once over the text: what is looked up later is then found in a few thousand lines of it. */
static void find_sections(struct pci_names *names)
{
	const char *end = names->text + names->length;

	for (const char *line = names->text; line && line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (*line != '\t' && *line != '#' && *line != '\n')
			add_section(names, line);
		line = stop ? stop + 1 : NULL;
	}
}

void pci_names_open(const char *path, struct pci_names *ret)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *text;

	*ret = (struct pci_names){0};
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0)
		return;
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return;
	*ret = (struct pci_names){.text = text, .length = (size_t)st.st_size};
	find_sections(ret);
}

void pci_names_close(struct pci_names *names)
{
	if (names->text)
		(void)munmap((char *)(uintptr_t)names->text, names->length);
	free(names->sections);
	*names = (struct pci_names){0};
}

/* The rest of a line, trimmed. */
static char *rest_of_line(const char *name, const char *end)
{
	const char *stop = memchr(name, '\n', (size_t)(end - name));
	_cleanup_free_ char *copy = xstrndup(name, (size_t)((stop ?: end) - name));
	const char *trimmed = str_trim(copy);

	return str_empty(trimmed) ? NULL : xstrdup(trimmed);
}

/* A name of the first level ("8086  "), or one of the second below it ("\n\t1521  "). */
static char *look_up(const struct pci_names *names, const char *head, const char *inner)
{
	size_t length = strlen(head);

	for (size_t i = 0; i < names->n_sections; i++) {
		const char *start = names->sections[i].start, *end = names->sections[i].end;
		const char *line;

		if ((size_t)(end - start) < length || memcmp(start, head, length) != 0)
			continue;
		if (!inner)
			return rest_of_line(start + length, end);
		line = memmem(start, (size_t)(end - start), inner, strlen(inner));
		return line ? rest_of_line(line + strlen(inner), end) : NULL;
	}
	return NULL;
}

char *pci_names_vendor(const struct pci_names *names, unsigned vendor)
{
	char head[HEAD_MAX];

	(void)snprintf(head, sizeof(head), "%04x  ", vendor & 0xffff);
	return look_up(names, head, NULL);
}

char *pci_names_device(const struct pci_names *names, unsigned vendor, unsigned device)
{
	char head[HEAD_MAX], inner[HEAD_MAX];

	(void)snprintf(head, sizeof(head), "%04x  ", vendor & 0xffff);
	(void)snprintf(inner, sizeof(inner), "\n\t%04x  ", device & 0xffff);
	return look_up(names, head, inner);
}

char *pci_names_class(const struct pci_names *names, unsigned class_id)
{
	char head[HEAD_MAX], inner[HEAD_MAX];
	_cleanup_free_ char *class = NULL, *subclass = NULL;

	(void)snprintf(head, sizeof(head), "C %02x  ", class_id >> 8 & 0xff);
	(void)snprintf(inner, sizeof(inner), "\n\t%02x  ", class_id & 0xff);
	subclass = look_up(names, head, inner);
	if (subclass)
		return TAKE_PTR(subclass);
	class = look_up(names, head, NULL);
	return class ? xasprintf("%s [%04x]", class, class_id & 0xffff) : NULL;
}
