/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which system stands on a file system, as its own files say. */
#include <errno.h>
#include <time.h>

#include "common/str.h"
#include "hwdb/probe/content.h"

/* Where XenServer's family keeps its word. */
#define INVENTORY     "/etc/xensource-inventory"
#define BACKUP_MARKER "/.xen-backup-partition"
#define OS_RELEASE    "/etc/os-release"

#define TEXT_MAX       65536
#define NAME_MAX_SHOWN 80

char *content_date(uint64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm tm;
	char text[32];

	if (seconds == 0 || seconds > UINT32_MAX || !gmtime_r(&when, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%d", &tm))
		return NULL;
	return xstrdup(text);
}

/* The value of KEY='value', KEY="value" or KEY=value; control characters become blanks. */
static char *value_of(const char *text, const char *key)
{
	_cleanup_strv_ char **lines = strv_split(text, "\n");
	size_t length = strlen(key);

	for (char **line = lines; line && *line; line++) {
		_cleanup_free_ char *value = NULL;
		char *start, *trimmed;

		if (!str_starts(*line, key) || (*line)[length] != '=')
			continue;
		start = *line + length + 1;
		if (*start == '\'' || *start == '"') {
			start++;
			start[strcspn(start, "'\"")] = '\0';
		}
		value = xstrndup(start, NAME_MAX_SHOWN);
		for (char *c = value; *c; c++)
			if ((unsigned char)*c < ' ' || *c == 0x7f)
				*c = ' ';
		trimmed = str_trim(value);
		return *trimmed ? xstrdup(trimmed) : NULL;
	}
	return NULL;
}

/* "2025-11-02 10:22:33.123456" */
static char *day_of(const char *text)
{
	static const char shape[] = "dddd-dd-dd";

	if (!text || strlen(text) < strlen(shape))
		return NULL;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return NULL;
	return xstrndup(text, strlen(shape));
}

int content_parse_inventory(const char *text, char **ret_system, char **ret_date)
{
	_cleanup_free_ char *brand = value_of(text, "PRODUCT_BRAND");
	_cleanup_free_ char *name = value_of(text, "PRODUCT_NAME");
	_cleanup_free_ char *version = value_of(text, "PRODUCT_VERSION");
	_cleanup_free_ char *date = value_of(text, "INSTALLATION_DATE");

	if (!brand && !name)
		return -ENODATA;
	*ret_system = xasprintf("%s%s%s", brand ?: name, version ? " " : "", version ?: "");
	*ret_date = day_of(date);
	return 0;
}

char *content_parse_os_release(const char *text)
{
	return value_of(text, "PRETTY_NAME");
}

static void take_date(struct host_content *content, char *date)
{
	if (!date)
		return;
	free(content->date);
	content->date = date;
}

static void read_backup(struct ext *ext, struct host_content *content)
{
	uint64_t written;

	content->backup = ext_read(ext, BACKUP_MARKER, 0, NULL, &written) == 0;
	if (content->backup)
		take_date(content, content_date(written));
}

void content_read_system(int fd, struct host_content *content)
{
	_cleanup_(ext_closep) struct ext *ext = NULL;
	_cleanup_free_ char *inventory = NULL, *release = NULL, *date = NULL;

	if (ext_open(fd, content->start_bytes, &ext) < 0)
		return;
	if (ext_read(ext, INVENTORY, TEXT_MAX, &inventory, NULL) == 0 &&
	    content_parse_inventory(inventory, &content->system, &date) == 0) {
		content->xenserver = true;
		take_date(content, TAKE_PTR(date));
		read_backup(ext, content);
	} else if (ext_read(ext, OS_RELEASE, TEXT_MAX, &release, NULL) == 0) {
		content->system = content_parse_os_release(release);
	}
}
