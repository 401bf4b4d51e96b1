/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the firmware's table of IOMMUs, for the fuzz targets of both makers' parsers. */
#pragma once

#include <errno.h>

#include "common/str.h"
#include "hwdb/host_fields.h"
#include "tests/fuzz/seal.h"

/* Length and checksum are made right first; what was understood can be written and read. */
static inline void fuzz_iommu_table(const uint8_t *bytes, size_t length, const char *signature,
				    int (*parse)(const uint8_t *table, size_t length,
						 struct host_iommu *ret))
{
	_cleanup_free_ uint8_t *table = memcpy(xmalloc(length + 1), bytes, length);
	_cleanup_json_ struct json *json = json_new_object();
	struct host_iommu iommu = {0}, again = {0};
	int r;

	acpi_table_seal(table, length, signature);
	r = parse(table, length, &iommu);
	if (r != 0 && (r != -EBADMSG || iommu.n_units || iommu.n_reserved))
		abort();
	host_fields_to_json(host_iommu_fields, &iommu, json);
	if (host_fields_from_json(host_iommu_fields, json, "iommu", &again, NULL) < 0)
		abort();
	host_fields_done(host_iommu_fields, &iommu);
	host_fields_done(host_iommu_fields, &again);
}
