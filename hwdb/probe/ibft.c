/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The iSCSI boot firmware table as the kernel shows it: which target the machine boots from. Its
 * CHAP names and secrets are not read, so no capture can hold them.
 */
#include "common/str.h"
#include "hwdb/probe/hba.h"

#define IBFT "/sys/firmware/ibft"

static void read_target(const struct probe *probe, const char *name, struct host_ibft *ibft)
{
	struct host_ibft_target *target = ARRAY_APPEND(ibft->targets, ibft->n_targets);
	uint64_t port = probe_number(probe, 0, IBFT "/%s/port", name);
	_cleanup_free_ char *nic = probe_text(probe, IBFT "/%s/nic-assoc", name);

	target->name = probe_text(probe, IBFT "/%s/target-name", name);
	target->address = probe_text(probe, IBFT "/%s/ip-addr", name);
	target->lun = probe_text(probe, IBFT "/%s/lun", name);
	target->has_port = port > 0 && port <= UINT16_MAX;
	target->port = target->has_port ? (unsigned)port : 0;
	if (nic && strspn(nic, "0123456789") == strlen(nic))
		target->nic_mac = probe_text(probe, IBFT "/ethernet%s/mac", nic);
}

void probe_ibft(struct probe *probe)
{
	struct host_ibft *ibft = &probe->host->ibft;
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(probe->root, IBFT, &names) < 0)
		return;
	probe->host->has_ibft = true;
	ibft->initiator = probe_text(probe, IBFT "/initiator/initiator-name");
	for (char **name = names; name && *name; name++)
		if (str_starts(*name, "target"))
			read_target(probe, *name, ibft);
}
