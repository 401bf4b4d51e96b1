/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which services the new host starts otherwise than its image has it. */
#include "installer/plan/build.h"

#include "common/str.h"

/* What other installers' hosts call otherwise; a unit's second name can be neither enabled nor
 * disabled (systemctl(1)). */
static const struct {
	const char *theirs, *ours;
} names[] = {
	{"sshd", "ssh"},
	{"chronyd", "chrony"},
	{"crond", "cron"},
	{"openvswitch", "openvswitch-switch"},
};

static void add(struct build *build, const char *name, bool enabled)
{
	struct plan *plan = build->plan;
	struct plan_service *service;

	for (size_t i = 0; i < plan->n_services; i++)
		if (str_eq(plan->services[i].name, name))
			return;
	service = ARRAY_APPEND(plan->services, plan->n_services);
	service->name = xstrdup(name);
	service->enabled = enabled;
}

void build_services(struct build *build)
{
	const struct answers *answers = build->answers;

	for (size_t i = 0; i < answers->n_services; i++) {
		const struct answers_service *service = &answers->services[i];
		const char *name = service->name;

		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			if (str_eq(name, names[j].theirs))
				name = names[j].ours;
		if (!str_eq(name, service->name))
			build_warn(build, "service", NULL, "%s is called %s on the new host",
				   service->name, name);
		add(build, name, service->state == SERVICE_ENABLED);
	}
	if (answers->ssh_mode == SSH_OFF)
		add(build, "ssh", false);
}
