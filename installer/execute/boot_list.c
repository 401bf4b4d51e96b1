/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/execute/boot_list.h"

#include <ctype.h>
#include <strings.h>

#include "common/proc.h"
#include "common/str.h"

#define TAG "execute"

void boot_list_done(struct boot_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->entries[i].label);
	free(list->entries);
	*list = (struct boot_list){0};
}

/* "Boot0001* LABEL\tHD(4,GPT,<guid>,...": number, label and GUID of one line of efibootmgr. */
static bool parse_entry(const char *line, struct boot_entry *ret)
{
	const char *label = line + strlen("Boot0000* "), *tab, *hd;

	if (!str_starts(line, "Boot") || strlen(line) <= strlen("Boot0000* "))
		return false;
	for (size_t i = 4; i < 8; i++)
		if (!isxdigit((unsigned char)line[i]))
			return false;
	tab = strchr(label, '\t');
	hd = tab ? strstr(tab, "HD(") : NULL;
	hd = hd ? strstr(hd, ",GPT,") : NULL;
	if (!hd || strlen(hd) < strlen(",GPT,") + 36)
		return false;
	memcpy(ret->number, line + 4, 4);
	ret->number[4] = '\0';
	memcpy(ret->uuid, hd + strlen(",GPT,"), 36);
	ret->uuid[36] = '\0';
	ret->label = xstrndup(label, (size_t)(tab - label));
	return true;
}

void boot_list_parse(const char *text, struct boot_list *ret)
{
	_cleanup_strv_ char **lines = strv_split(text, "\n");
	struct boot_list list = {0};

	for (char **line = lines; line && *line; line++) {
		struct boot_entry entry;

		if (parse_entry(*line, &entry))
			*ARRAY_APPEND(list.entries, list.count) = entry;
	}
	*ret = list;
}

int boot_list_read(struct boot_list *ret, struct error **err)
{
	const char *argv[] = {"efibootmgr", "-v", NULL};
	_cleanup_proc_result_ struct proc_result result = {0};
	int r = proc_run(&(struct proc){.argv = argv, .tag = TAG}, &result, err);

	if (r == 0)
		boot_list_parse(result.output, ret);
	return r;
}

bool boot_entry_points_at(const struct boot_entry *entry, char *const *uuids)
{
	for (; uuids && *uuids; uuids++)
		if (strcasecmp(*uuids, entry->uuid) == 0)
			return true;
	return false;
}

int boot_list_remove(const struct boot_entry *entry, struct error **err)
{
	return proc_runl(err, TAG, "efibootmgr", "-q", "-b", entry->number, "-B", NULL);
}

int boot_list_start_next(const struct boot_entry *entry, struct error **err)
{
	return proc_runl(err, TAG, "efibootmgr", "-q", "-n", entry->number, NULL);
}
