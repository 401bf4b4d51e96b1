/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/netdev.h"
#include "common/str.h"
#include "installer/network/network.h"

int network_rename(struct host *host, struct error **err)
{
	_cleanup_free_ struct netdev_name *names = xcalloc(host->n_nics + 1, sizeof(*names));

	for (size_t i = 0; i < host->n_nics; i++)
		names[i] = (struct netdev_name){&host->nics[i].kernel_name, host->nics[i].name};
	return netdev_rename(names, host->n_nics, err);
}
