/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as AMD's table of IOMMUs; length and checksum are made right first. */
#include <errno.h>

#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/ivrs.h"
#include "tests/fuzz/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ uint8_t *table = xmalloc(length + 1);
	_cleanup_json_ struct json *json = json_new_object();
	struct host_iommu iommu = {0}, again = {0};
	int r;

	memcpy(table, bytes, length);
	acpi_table_seal(table, length, "IVRS");
	r = ivrs_parse(table, length, &iommu);
	if (r != 0 && (r != -EBADMSG || iommu.n_units || iommu.n_reserved))
		abort();
	/* What was understood can be written and read. */
	host_fields_to_json(host_iommu_fields, &iommu, json);
	if (host_fields_from_json(host_iommu_fields, json, "iommu", &again, NULL) < 0)
		abort();
	host_fields_done(host_iommu_fields, &iommu);
	host_fields_done(host_iommu_fields, &again);
	return 0;
}
