/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In a file of its own, so that who wants NICs alone is not linked with what reads disks. */
#include <errno.h>

#include "common/str.h"
#include "hwdb/probe/probe.h"

void host_nic_rules_done(struct host_nic_rules *rules)
{
	strv_free(rules->missing);
}

int host_detect_nics(const struct fsroot *root, struct host **ret, struct host_nic_rules *ret_rules,
		     struct error **err)
{
	static const struct host_options no_options;
	_cleanup_host_ struct host *host = host_new();
	struct probe probe = {
		.root = root, .options = &no_options, .host = host, .nic_rules = ret_rules};

	if (!fsroot_exists(root, "/sys/class/net")) {
		error_set(err, ERROR_HARDWARE, "/sys/class/net is missing");
		error_hint(err, "Mount /sys");
		return -ENOENT;
	}
	probe_kernel(&probe);
	probe_nics(&probe);
	*ret = TAKE_PTR(host);
	return 0;
}
