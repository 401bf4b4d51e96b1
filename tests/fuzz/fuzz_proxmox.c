/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/converted.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	fuzz_convert(bytes, length, convert_proxmox);
	return 0;
}
