/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a boot line that says where answers are: either a place comes of it or an error. */
#include "common/str.h"
#include "installer/unattended/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *line = xstrndup((const char *)bytes, length);
	_cleanup_request_ struct request *request = NULL;
	_cleanup_error_ struct error *err = NULL;

	if (request_parse(line, NULL, &request, &err) < 0) {
		if (request || !err || !error_get_hint(err))
			abort();
		return 0;
	}
	if ((request->kind == REQUEST_DISCOVER) != !request->url ||
	    (request->fingerprint && strlen(request->fingerprint) != SHA256_HEX - 1) ||
	    !request->timeout_s)
		abort();
	return 0;
}
