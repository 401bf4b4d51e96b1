/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/str.h"
#include "firstboot/pool/join_steps.h"
#include "firstboot/pool/preflight.h"

static int read_sides(struct join *join, struct side **ret_here, struct side **ret_there,
		      struct error **err)
{
	_cleanup_error_ struct error *error = NULL;
	int r = side_read(join->host, true, ret_here, &error);

	if (r < 0)
		join->passes = join_passes(join->host, error);
	if (r >= 0) {
		r = side_read(join->pool, false, ret_there, &error);
		join->passes = r < 0 && join_passes(join->pool, error);
	}
	if (r < 0 && err)
		*err = TAKE_PTR(error);
	return r;
}

/* Something that ends by itself, as the same answer of the server would be. */
static bool ends_by_itself(const struct obstacle *obstacle)
{
	/* For a look at the table only: neither is written through it. */
	const struct xapi_failure failure = {(char *)(uintptr_t)obstacle->code, obstacle->params};

	return obstacle->code && xapi_failure_passes(&failure);
}

static int stop(struct join *join, const struct preflight *preflight, struct error **err)
{
	const struct obstacle *first = preflight_first(preflight);
	_cleanup_free_ char *sentence = obstacle_sentence(first);
	bool passes = true;

	for (size_t i = 0; i < preflight->count; i++) {
		const struct obstacle *obstacle = &preflight->list[i];

		if (obstacle->verdict != JOIN_WARNING)
			passes = passes && ends_by_itself(obstacle);
	}
	join->passes = passes;
	error_set(err, ERROR_POOL, "%s%s%s%s", sentence, first->code ? " [" : "", first->code ?: "",
		  first->code ? "]" : "");
	error_hint(err, "%s", first->fix ?: first->check->fix);
	return error_code(err, EPERM);
}

static void say_obstacle(struct join *join, const struct obstacle *obstacle)
{
	_cleanup_free_ char *sentence = obstacle_sentence(obstacle);

	join_say(join, "%s: %s; fix: %s", join_verdict_to_string(obstacle->verdict), sentence,
		 obstacle->fix);
}

int join_preflight(struct join *join, struct error **err)
{
	_cleanup_(preflight_done) struct preflight preflight = {0};
	_cleanup_side_ struct side *here = NULL;
	_cleanup_side_ struct side *there = NULL;
	int r;

	join_say(join, "looking at both sides");
	r = read_sides(join, &here, &there, err);
	if (r < 0)
		return r;
	preflight_run(here, there, join->request->force, &preflight);
	/* All of them at once: nobody wants to learn of the next one at the next try. */
	for (size_t i = 0; i < preflight.count; i++)
		say_obstacle(join, &preflight.list[i]);
	return preflight_passes(&preflight) ? 0 : stop(join, &preflight, err);
}
