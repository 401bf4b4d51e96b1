/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what a neighbour announces. */
#include <errno.h>

#include "common/str.h"
#include "hwdb/probe/lldp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_lldp_neighbour_ struct host_lldp lldp = {0};
	int r = lldp_parse(bytes, length, &lldp);

	if (r < 0 && (r != -EBADMSG && r != -ENODATA))
		abort();
	if (r < 0 && (lldp.chassis_id || lldp.n_vlans))
		abort();
	if (r == 0 && lldp.has_port_vlan && (lldp.port_vlan == 0 || lldp.port_vlan > 4095))
		abort();
	for (const char *c = lldp.system_name; c && *c; c++)
		if ((unsigned char)*c < ' ')
			abort();
	return 0;
}
