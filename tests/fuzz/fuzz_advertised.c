/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what a router advertises: whatever is taken of it can stand in resolv.conf. */
#include <errno.h>

#include "common/str.h"
#include "installer/network/advertised.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(char *const *list)
{
	for (; list && *list; list++) {
		if (!**list)
			abort();
		for (const char *c = *list; *c; c++)
			if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || *c == '#')
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_advertised_ struct advertised advertised = {0};
	int r = advertised_parse(bytes, length, &advertised);

	if (r < 0 && (r != -EBADMSG || advertised.servers || advertised.domains))
		abort();
	check(advertised.servers);
	check(advertised.domains);
	return 0;
}
