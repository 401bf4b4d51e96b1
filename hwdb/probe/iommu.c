/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The IOMMU: the firmware's table says that there is one, the kernel's units that it is in use. */
#include "common/str.h"
#include "hwdb/probe/probe.h"

static size_t count(const struct probe *probe, const char *path)
{
	_cleanup_strv_ char **names = NULL;

	return fsroot_list(probe->root, path, &names) < 0 ? 0 : strv_length(names);
}

void probe_iommu(struct probe *probe)
{
	struct host_iommu *iommu = &probe->host->iommu;

	if (fsroot_exists(probe->root, "/sys/firmware/acpi/tables/DMAR"))
		iommu->kind = xstrdup("dmar");
	else if (fsroot_exists(probe->root, "/sys/firmware/acpi/tables/IVRS"))
		iommu->kind = xstrdup("ivrs");
	iommu->enabled = count(probe, "/sys/class/iommu") > 0;
	iommu->groups = (unsigned)count(probe, "/sys/kernel/iommu_groups");
}
