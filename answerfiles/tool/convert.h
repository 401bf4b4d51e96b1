/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answer files of other installers become ours: what has the same meaning is written, everything
 * else is listed with its line and the reason. Pure: bytes in, a draft and findings out. Nothing is
 * written that erases more than the original file would, as far as it can be known.
 */
#pragma once

#include "answerfiles/tool/draft.h"

struct conversion {
	const char *file; /* how findings call it */
	struct draft draft;
	struct findings findings;
};

void conversion_done(struct conversion *conversion);
#define _cleanup_conversion_ _cleanup_(conversion_done)
/* Says what became of a line. Warnings are what got lost; notes what needs no place here. */
struct finding *conversion_say(struct conversion *conversion, enum severity severity, unsigned line,
			       const char *where, const char *format, ...) _printf_(5, 6);
/* Adds to match="..." of the primary disk; a finding when the value cannot be written there. */
void conversion_match(struct conversion *conversion, unsigned line, const char *property,
		      const char *value);
/* "192.0.2.10/24" to address and mask, or the address alone; as it is when it is neither. */
void conversion_address(struct conversion *conversion, const char *cidr);

/* answer.toml of Proxmox's installers. */
int convert_proxmox(struct conversion *conversion, const char *text, size_t length,
		    struct error **err) _must_check_;
/* Kickstart files of Anaconda, and of those who read its format. */
int convert_kickstart(struct conversion *conversion, const char *text, size_t length,
		      struct error **err) _must_check_;
