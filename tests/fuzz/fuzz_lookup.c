/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A name server's answer, as the installer's network reads addresses out of it. */
#include "common/macro.h"
#include "installer/network/lookup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lookup lookup = {0};
	int r = lookup_parse(data, size, 80, &lookup);

	if (lookup.count > LOOKUP_ADDRESSES || r > 0)
		abort();
	return 0;
}
