/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as LVM's metadata text, and as a physical volume. */
#include "common/str.h"
#include "hwdb/probe/lvm.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct lvm_source source = {.read = lvm_read_memory, .data = bytes, .length = length};
	_cleanup_lvm_summary_ struct lvm_summary volume = {0}, text = {0};

	if (lvm_read_summary(&source, &volume) == 0 && volume.has_first && !volume.volume_group)
		abort();
	if (lvm_parse_text((const char *)bytes, length, &text) == 0 && !text.volume_group)
		abort();
	return 0;
}
