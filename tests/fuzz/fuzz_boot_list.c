/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What efibootmgr prints holds whatever firmware and other systems wrote as names of entries. */
#include "common/str.h"
#include "installer/execute/boot_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = xstrndup((const char *)data, size);
	_cleanup_(boot_list_done) struct boot_list list = {0};

	boot_list_parse(text, &list);
	for (size_t i = 0; i < list.count; i++) {
		const struct boot_entry *entry = &list.entries[i];
		char own[sizeof(entry->uuid)], *uuids[] = {own, NULL};

		if (strlen(entry->number) != 4 || strlen(entry->uuid) != 36 ||
		    strpbrk(entry->label, "\t\n"))
			abort();
		memcpy(own, entry->uuid, sizeof(own));
		if (!boot_entry_points_at(entry, uuids))
			abort();
	}
	return 0;
}
