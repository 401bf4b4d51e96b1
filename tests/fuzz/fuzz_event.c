/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a machine sends: refused or kept, and shown on every page without harm. */
#include "fleet/page.h"
#include "fleet/receive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct store *store;
	const struct store_filter filter = {.now = 2};
	_cleanup_strbuf_ struct strbuf pages = {0};
	bool new = false;

	if (!store && store_open(":memory:", &store, NULL) < 0)
		abort();
	if (receive(store, (const char *)data, size, 1, &new, NULL) != 200)
		return 0;
	if (page_list(store, &filter, &pages, NULL) < 0 ||
	    export_machines(store, &filter, &pages, NULL) < 0 ||
	    page_log(store, NULL, NULL, &pages, NULL) < 0 || store_forget(store, 2, NULL) < 0)
		abort();
	return 0;
}
