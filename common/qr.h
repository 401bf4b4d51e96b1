/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * QR codes (ISO/IEC 18004) of any bytes, at the lowest level of correction: a screen has no
 * scratches. The only file that includes libqrencode. Knows nothing of terminals.
 */
#pragma once

#include "common/macro.h"

struct qr {
	size_t modules; /* of a side */
	uint8_t *dark;  /* a byte a module, line by line: 1 is dark */
};

void qr_done(struct qr *qr);
#define _cleanup_qr_ _cleanup_(qr_done)

/* How many bytes fit in a code of at most so many modules a side; 0: not one. */
size_t qr_capacity(size_t modules);
/* -E2BIG for more than fits in the largest one, -EINVAL for nothing at all. */
int qr_encode(const void *bytes, size_t length, struct qr *ret) _must_check_;
