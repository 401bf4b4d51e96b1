/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/proc.h"
#include "common/str.h"
#include "installer/network/network.h"

static int rename_link(const char *from, const char *to, struct error **err)
{
	/* The kernel renames only links that are down. */
	int r = proc_runl(err, "network", "ip", "link", "set", "dev", from, "down", NULL);

	if (r == 0)
		r = proc_runl(err, "network", "ip", "link", "set", "dev", from, "name", to, NULL);
	return r;
}

/* In two rounds, since the name that one NIC wants may be another's until its turn comes. */
int network_rename(struct host *host, struct error **err)
{
	int r;

	for (size_t i = 0; i < host->n_nics; i++) {
		struct host_nic *nic = &host->nics[i];
		char *interim;

		if (str_eq(nic->name, nic->kernel_name))
			continue;
		interim = xasprintf("xh-%s", nic->name);
		r = rename_link(nic->kernel_name, interim, err);
		if (r < 0) {
			free(interim);
			return r;
		}
		free(nic->kernel_name);
		nic->kernel_name = interim;
	}
	for (size_t i = 0; i < host->n_nics; i++) {
		struct host_nic *nic = &host->nics[i];

		if (str_eq(nic->name, nic->kernel_name))
			continue;
		r = rename_link(nic->kernel_name, nic->name, err);
		if (r < 0)
			return r;
		free(nic->kernel_name);
		nic->kernel_name = xstrdup(nic->name);
	}
	return 0;
}
