/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as Intel's table of IOMMUs. */
#include "hwdb/probe/dmar.h"
#include "tests/fuzz/iommu_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	fuzz_iommu_table(bytes, length, "DMAR", dmar_parse);
	return 0;
}
