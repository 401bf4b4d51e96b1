/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of both sides of a join, {"joining": ..., "pool": ...}: any of them are judged. */
#include "firstboot/pool/preflight.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_json_ struct json *document = NULL;
	_cleanup_side_ struct side *joining = NULL;
	_cleanup_side_ struct side *pool = NULL;
	_cleanup_(preflight_done) struct preflight preflight = {0};
	_cleanup_free_ char *text = NULL;

	if (json_parse((const char *)bytes, length, "input", &document, NULL) < 0 ||
	    side_from_json(json_get(document, "joining"), "joining", &joining, NULL) < 0 ||
	    side_from_json(json_get(document, "pool"), "pool", &pool, NULL) < 0)
		return 0;
	preflight_run(joining, pool, length % 2, &preflight);
	text = preflight_to_text(&preflight);
	return !text;
}
