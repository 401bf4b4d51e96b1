/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/str.h"
#include "hwdb/probe/cpuinfo.h"

/* Offsets and codes: DMTF DSP0134, "Processor Information". */
#define SOCKET_DESIGNATION  0x04
#define SOCKET_KIND         0x05
#define SOCKET_STATUS       0x18
#define KIND_CENTRAL        3
#define STATUS_POPULATED    0x40
#define STATUS_MASK         0x07
#define STATUS_BY_OPERATOR  2
#define STATUS_BY_SELF_TEST 3

void cpu_parse_sockets(const struct smbios *table, struct host_cpu *cpu, char ***ret_disabled)
{
	struct smbios_structure structure;
	char **disabled = NULL;

	for (size_t offset = 0; smbios_next(table, &offset, &structure);) {
		_cleanup_free_ char *name = NULL;
		unsigned status = smbios_u8(&structure, SOCKET_STATUS, 0);

		if (structure.type != SMBIOS_PROCESSOR || structure.size <= SOCKET_STATUS ||
		    smbios_u8(&structure, SOCKET_KIND, 0) != KIND_CENTRAL)
			continue;
		cpu->has_sockets = true;
		cpu->sockets++;
		if (!(status & STATUS_POPULATED)) {
			cpu->empty_sockets++;
			continue;
		}
		status &= STATUS_MASK;
		name = smbios_string(&structure, SOCKET_DESIGNATION);
		if (status == STATUS_BY_OPERATOR || status == STATUS_BY_SELF_TEST)
			strv_addf(&disabled, "%s%s", name ?: "without a name",
				  status == STATUS_BY_SELF_TEST ? " (its self-test failed)" : "");
	}
	*ret_disabled = disabled;
}
