/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several answers mean together; pure, since the planner asks. */
#include "answerfiles/answers.h"

bool answers_want_no_network(const struct answers *answers)
{
	const struct answers_interface *admin = &answers->admin;

	return answers->has_admin && !admin->name && !admin->hwaddr && !admin->match.n_terms &&
	       admin->mode == ADDRESS_NONE && admin->mode6 == ADDRESS_NONE;
}
