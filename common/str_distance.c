/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/str.h"

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned str_distance(const char *a, const char *b, unsigned cap)
{
	size_t la = strlen(a), lb = strlen(b);
	_cleanup_free_ unsigned *cells = NULL;
	unsigned *before, *above, *row;

	/* The difference in length is a lower bound, and keeps hostile input from being costly. */
	if ((la > lb ? la - lb : lb - la) >= cap)
		return cap;
	cells = xcalloc(3 * (lb + 1), sizeof(*cells));
	before = cells;
	above = before + lb + 1;
	row = above + lb + 1;
	for (size_t j = 0; j <= lb; j++)
		above[j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *oldest = before;
		unsigned best;

		row[0] = best = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned cost = a[i - 1] == b[j - 1] ? 0 : 1;

			row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
			if (row[j] < best)
				best = row[j];
		}
		/* A swap reaches two rows up at a cost of one, hence > and not >=. */
		if (best > cap)
			return cap;
		before = above;
		above = row;
		row = oldest;
	}
	return above[lb] < cap ? above[lb] : cap;
}

const char *str_nearest(const char *word, const char *const *candidates)
{
	unsigned best = (unsigned)(strlen(word) / 3) + 1;
	const char *nearest = NULL;

	for (; candidates && *candidates; candidates++) {
		unsigned distance = str_distance(word, *candidates, best);

		if (distance < best) {
			best = distance;
			nearest = *candidates;
		}
	}
	return nearest;
}
