/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/digest.h"
#include "common/str.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_encode(const void *bytes, size_t length)
{
	const uint8_t *in = bytes;
	struct strbuf buf = {0};

	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t word = (uint32_t)in[i] << 16;
		char group[4];

		if (left > 1)
			word |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			word |= in[i + 2];
		group[0] = alphabet[word >> 18];
		group[1] = alphabet[word >> 12 & 63];
		group[2] = left > 1 ? alphabet[word >> 6 & 63] : '=';
		group[3] = left > 2 ? alphabet[word & 63] : '=';
		strbuf_add_bytes(&buf, group, sizeof(group));
	}
	return strbuf_take(&buf);
}

/* One group of four; -EINVAL when it is malformed, else the number of bytes in it. */
static int decode_group(const char *text, bool last, uint8_t *ret)
{
	uint32_t word = 0;
	int padding = 0;

	for (int i = 0; i < 4; i++) {
		const char *found;

		word <<= 6;
		if (last && i >= 2 && text[i] == '=') {
			padding++;
			continue;
		}
		found = text[i] ? strchr(alphabet, text[i]) : NULL;
		if (!found || padding > 0)
			return -EINVAL;
		word |= (uint32_t)(found - alphabet);
	}
	/* Bits below the last byte must be zero, so that every value has one spelling. */
	if (word & ((1U << (8 * padding)) - 1))
		return -EINVAL;
	ret[0] = (uint8_t)(word >> 16);
	ret[1] = (uint8_t)(word >> 8);
	ret[2] = (uint8_t)word;
	return 3 - padding;
}

int base64_decode(const char *text, uint8_t **ret, size_t *ret_length)
{
	size_t n = strlen(text), length = 0;
	_cleanup_free_ uint8_t *bytes = NULL;

	if (n % 4 != 0)
		return -EINVAL;
	bytes = xmalloc(n / 4 * 3 + 1);
	for (size_t i = 0; i < n; i += 4) {
		int r = decode_group(text + i, i + 4 == n, bytes + length);

		if (r < 0)
			return r;
		length += (size_t)r;
	}
	*ret = TAKE_PTR(bytes);
	*ret_length = length;
	return 0;
}
