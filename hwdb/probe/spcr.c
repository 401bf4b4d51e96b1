/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/spcr.h"

#include "hwdb/probe/acpi.h"
#include "hwdb/probe/probe.h"

/*
 * Offsets as in Microsoft's "Serial Port Console Redirection Table", revision 4. The base address
 * is an ACPI Generic Address Structure: space (0 memory, 1 I/O), width, offset, access size,
 * address.
 */
#define SPCR_SPACE        40
#define SPCR_ADDRESS      44
#define SPCR_BAUD         58
#define SPCR_LENGTH       80 /* of revision 1 and 2 */
#define SPCR_PRECISE_BAUD 80 /* revision 4 */

static unsigned baud_of_code(uint8_t code)
{
	switch (code) {
	case 3:
		return 9600;
	case 4:
		return 19200;
	case 6:
		return 57600;
	case 7:
		return 115200;
	default:
		return 0; /* as the firmware left it */
	}
}

bool spcr_parse(const uint8_t *bytes, size_t length, struct host_firmware *firmware)
{
	uint64_t address;

	length = acpi_table_length(bytes, length, "SPCR", SPCR_LENGTH);
	if (length == 0)
		return false;
	address = le64(bytes + SPCR_ADDRESS);
	if (bytes[SPCR_SPACE] > 1 || address == 0)
		return false;
	firmware->spcr_present = true;
	firmware->spcr_mmio = bytes[SPCR_SPACE] == 0;
	firmware->spcr_address = address;
	firmware->spcr_baud = baud_of_code(bytes[SPCR_BAUD]);
	if (bytes[ACPI_REVISION] >= 4 && length >= SPCR_PRECISE_BAUD + 4 &&
	    le32(bytes + SPCR_PRECISE_BAUD))
		firmware->spcr_baud = le32(bytes + SPCR_PRECISE_BAUD);
	return true;
}

void probe_spcr(struct probe *probe)
{
	_cleanup_free_ char *bytes = NULL;
	size_t length;

	if (fsroot_read(probe->root, "/sys/firmware/acpi/tables/SPCR", 4096, &bytes, &length) < 0)
		return;
	if (!spcr_parse((const uint8_t *)bytes, length, &probe->host->firmware) &&
	    length >= SPCR_LENGTH && le64((const uint8_t *)bytes + SPCR_ADDRESS))
		probe_note(probe, "The firmware's table of serial consoles (SPCR) is damaged; "
				  "its console is not known");
}
