/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the firmware's table of serial consoles; its checksum is made right first. */
#include "common/str.h"
#include "hwdb/probe/bytes.h"
#include "hwdb/probe/spcr.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ uint8_t *table = xmalloc(length + 1);
	struct host_firmware firmware = {0};
	uint8_t sum = 0;

	memcpy(table, bytes, length);
	for (size_t i = 0; length > 9 && i < length && i < le32(table + 4); i++)
		sum = (uint8_t)(sum + (i == 9 ? 0 : table[i]));
	if (length > 9)
		table[9] = (uint8_t)-sum;
	if (spcr_parse(table, length, &firmware) != firmware.spcr_present)
		abort();
	if (firmware.spcr_present && firmware.spcr_address == 0)
		abort();
	return 0;
}
