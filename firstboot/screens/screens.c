/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of screens, and the way through it. */
#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/screens/flow.h"

#define FIELDS(...)                                                                                \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static bool network_is_set_here(const struct flow *flow)
{
	return !flow->setup->network_elsewhere;
}

static bool storage_is_asked(const struct flow *flow)
{
	return flow->setup->n_disks > 0;
}

static bool pool_is_asked(const struct flow *flow)
{
	return flow->setup->can_join && !flow->setup->member;
}

static bool joins(const struct flow *flow)
{
	return pool_is_asked(flow) && str_eq(wizard_get(&flow->values, "pool"), "join");
}

static bool password_is_asked(const struct flow *flow)
{
	return flow->setup->ask_password;
}

const struct screen wizard_screens[] = {
	{.name = "status", .title = N_("This host"), .run = wizard_status_page},
	{.name = "network",
	 .title = N_("Management network"),
	 .intro = N_(
		 "How the host is reached. What is set here is tried first: the old settings come "
		 "back by themselves unless the new ones are confirmed."),
	 .fields = FIELDS("admin-interface@name", "admin-interface@proto", "admin-interface/ip",
			  "admin-interface/subnet-mask", "admin-interface/gateway", "name-server",
			  "admin-interface@vlan", "admin-interface@protov6", "admin-interface/ipv6",
			  "admin-interface/gatewayv6", "bond-port@name", "bond@mode"),
	 .test = true,
	 .applies = network_is_set_here},
	{.name = "name", .title = N_("Name of the host"), .fields = FIELDS("hostname")},
	{.name = "password",
	 .title = N_("Password of root"),
	 .intro = N_("Nobody can log in to this host: root has no password."),
	 .fields = FIELDS("root-password"),
	 .applies = password_is_asked},
	{.name = "timezone", .title = N_("Time zone"), .fields = FIELDS("timezone")},
	{.name = "time", .title = N_("Time"), .fields = FIELDS("ntp@source", "ntp-server")},
	{.name = "storage",
	 .title = N_("Local storage"),
	 .intro = N_(
		 "Where virtual machines keep their disks on this host. A disk without a mark is "
		 "left as it is; EVERYTHING ON A MARKED DISK IS ERASED."),
	 .fields = FIELDS("guest-disk", "installation@sr-type"),
	 .applies = storage_is_asked},
	{.name = "pool",
	 .title = N_("Pool"),
	 .fields = FIELDS("pool", "pool@name", "pool@coordinator", "pool@user", "pool/password"),
	 .test = true,
	 .applies = pool_is_asked},
	{.name = "pool-check", .title = "", .applies = joins, .run = wizard_pool_page},
	{.name = "summary", .title = N_("Summary"), .run = wizard_summary},
};

size_t wizard_screens_count(void)
{
	return ARRAY_SIZE(wizard_screens);
}

size_t wizard_screen_number(const char *name)
{
	size_t at = 0;

	while (!str_eq(wizard_screens[at].name, name))
		at++;
	return at;
}

bool wizard_screen_applies(const struct flow *flow, const struct screen *screen)
{
	return !screen->applies || screen->applies(flow);
}

/* From a screen that a line led to, the way goes to the summary; from there it goes back one by
 * one. */
static size_t after(const struct flow *flow, size_t at, enum screen_end end)
{
	size_t summary = wizard_screen_number("summary"),
	       check = wizard_screen_number("pool-check");
	size_t pool = wizard_screen_number("pool");

	/* What was entered of the pool is looked at in any case; going back leads before it. */
	if (at == pool && end == SCREEN_FORWARD && joins(flow))
		return check;
	if (at == check)
		return end == SCREEN_FORWARD ? summary : pool;
	if (flow->complete && at < summary)
		return summary;
	do
		at += end == SCREEN_FORWARD ? 1 : SIZE_MAX;
	while (at > 0 && at < summary &&
	       (!wizard_screen_applies(flow, &wizard_screens[at]) || at == check));
	return at;
}

static enum screen_end run(struct flow *flow, size_t at)
{
	const struct screen *screen = &wizard_screens[at];

	return screen->run ? screen->run(flow, screen) : wizard_form(flow, screen);
}

int wizard_open(const char *brand, struct error **err)
{
	return tui_open(brand, err);
}

void wizard_close(void)
{
	tui_close();
}

enum wizard_end wizard_ask(const struct wizard_setup *setup, struct wizard_values *ret)
{
	struct flow flow = {
		.setup = setup,
		.unfinished = xcalloc(wizard_screens_count(), sizeof(*flow.unfinished)),
	};
	size_t at = 0;

	wizard_values_copy(setup->values, &flow.values);
	flow.known_pool = xstrdup(wizard_get(&flow.values, "pool@coordinator"));
	for (;;) {
		enum screen_end end = run(&flow, at);

		if (end == SCREEN_END)
			break;
		if (end == SCREEN_JUMP)
			at = flow.jump;
		else if (at == 0)
			at = after(&flow, at, SCREEN_FORWARD);
		else
			at = after(&flow, at, end);
		if (end == SCREEN_BACK && at != wizard_screen_number("summary"))
			flow.complete = false;
	}
	for (size_t i = 0; i < wizard_screens_count(); i++)
		tui_kept_free(flow.unfinished[i]);
	free(flow.unfinished);
	free(flow.known_pool);
	*ret = flow.values;
	return flow.end;
}
