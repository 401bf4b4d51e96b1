/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/bootline.h"
#include "common/digest.h"
#include "common/str.h"
#include "hwdb/host.h"
#include "installer/hardware/hardware.h"

#define LLDP_SECONDS_MAX 3600

static int parse_fingerprint(const char *command_line, struct hardware_options *ret,
			     struct error **err)
{
	_cleanup_free_ char *text = bootline_get(command_line, "xenhost.report-fingerprint");
	char hex[SHA256_HEX];

	if (!text)
		return 0;
	if (digest_parse_sha256(text, hex) == 0)
		ret->certificate_sha256 = xstrdup(hex);
	if (ret->certificate_sha256 && ret->url && str_starts(ret->url, "https://"))
		return 0;
	/* Nothing is sent to a receiver that cannot be held to what was asked for. */
	free(TAKE_PTR(ret->url));
	if (ret->certificate_sha256) {
		error_set(err, ERROR_USER,
			  "boot line: xenhost.report-fingerprint= needs an https "
			  "URL in xenhost.report=");
		return error_hint(err, "Only https has certificates.");
	}
	error_set(err, ERROR_USER,
		  "boot line: xenhost.report-fingerprint= is no SHA-256 "
		  "fingerprint: \"%s\"",
		  text);
	return error_hint(err, "64 hex digits, as openssl x509 -fingerprint -sha256 prints them; "
			       "nothing is sent without.");
}

int hardware_options_parse(const char *command_line, struct hardware_options *ret,
			   struct error **err)
{
	_cleanup_free_ char *lldp = bootline_get(command_line, "xenhost.lldp");
	_cleanup_free_ char *profile = bootline_get(command_line, "xenhost.profile");

	*ret = (struct hardware_options){
		.url = bootline_get(command_line, "xenhost.report"),
		.profile = profile ? TAKE_PTR(profile) : xstrdup("host"),
		.lldp_seconds = HOST_LLDP_SECONDS,
	};
	if (parse_fingerprint(command_line, ret, err) < 0)
		return -EINVAL;
	if (!lldp || str_to_uint(lldp, 0, LLDP_SECONDS_MAX, &ret->lldp_seconds) == 0)
		return 0;
	error_set(err, ERROR_USER, "boot line: xenhost.lldp= wants 0 to 3600 seconds, not \"%s\"",
		  lldp);
	return error_hint(err, "Listening for %u seconds instead.", HOST_LLDP_SECONDS);
}

void hardware_options_done(struct hardware_options *options)
{
	free(options->url);
	free(options->certificate_sha256);
	free(options->profile);
}
