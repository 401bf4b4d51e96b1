/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/qr.h"

#include <errno.h>
#include <qrencode.h>

#include "common/str.h"

/* The lowest bit of a module is its colour (qrencode.h). */
#define DARK 1

/* Bytes at level L by version, which is 1 for 21 modules and grows by 4 (ISO/IEC 18004, table 7).
 */
static const uint16_t capacities[] = {17,   32,   53,   78,   106,  134,  154,  192,  230,  271,
				      321,  367,  425,  458,  520,  586,  644,  718,  792,  858,
				      929,  1003, 1091, 1171, 1273, 1367, 1465, 1528, 1628, 1732,
				      1840, 1952, 2068, 2188, 2303, 2431, 2563, 2699, 2809, 2953};

void qr_done(struct qr *qr)
{
	free(qr->dark);
	*qr = (struct qr){0};
}

size_t qr_capacity(size_t modules)
{
	size_t version = modules < 21 ? 0 : (modules - 17) / 4;

	if (version > ARRAY_SIZE(capacities))
		version = ARRAY_SIZE(capacities);
	return version ? capacities[version - 1] : 0;
}

int qr_encode(const void *bytes, size_t length, struct qr *ret)
{
	struct qr qr;
	QRcode *code;

	if (length == 0)
		return -EINVAL;
	if (length > capacities[ARRAY_SIZE(capacities) - 1])
		return -E2BIG;
	code = QRcode_encodeData((int)length, bytes, 0, QR_ECLEVEL_L);
	if (!code)
		return errno == ERANGE ? -E2BIG : -ENOMEM;
	qr.modules = (size_t)code->width;
	qr.dark = xcalloc(qr.modules * qr.modules, 1);
	for (size_t i = 0; i < qr.modules * qr.modules; i++)
		qr.dark[i] = code->data[i] & DARK;
	QRcode_free(code);
	*ret = qr;
	return 0;
}
