/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line with a word, then any text that it is masked in; and the text as an SMBIOS table. */
#include "common/str.h"
#include "hwdb/mask.h"
#include "hwdb/probe/smbios.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const uint8_t *end = length ? memchr(bytes, '\n', length) : NULL;
	size_t start = end ? (size_t)(end - bytes) + 1 : 0;
	_cleanup_free_ char *word = xstrndup((const char *)bytes, start ? start - 1 : 0);
	_cleanup_free_ char *text =
		memcpy(xmalloc(length - start + 1), bytes + start, length - start);
	_cleanup_(mask_done) struct mask mask = {.salt = "fuzz"};

	mask_add(&mask, word);
	mask_collect_file("/run/udev/data/b8:0", text, length - start, &mask);
	mask_collect_file(SMBIOS_TABLE, text, length - start, &mask);
	mask_apply(&mask, text, length - start, true);
	return 0;
}
