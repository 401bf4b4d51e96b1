/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of screens, and the way through it. */
#include "installer/screens/screens.h"

#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

#define FIELDS(...)                                                                                \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static bool has_findings(const struct flow *flow)
{
	const struct findings *findings = flow->setup->hardware;

	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].severity != SEVERITY_NOTE)
			return true;
	return false;
}

static bool pool_is_possible(const struct flow *flow)
{
	return flow_has_engine(flow, "xapi") && flow->setup->host->n_nics;
}

static bool source_has_licence(const struct flow *flow)
{
	return flow->source && flow->source->licence;
}

static bool has_nics(const struct flow *flow)
{
	return flow->setup->host->n_nics > 0;
}

static bool source_is_remote(const struct flow *flow)
{
	return flow_is_remote(flow);
}

static bool source_is_asked(const struct flow *flow)
{
	return !flow->setup->source;
}

const struct screen screens[] = {
	{.name = "keymap",
	 .title = N_("Keyboard"),
	 .words = keyboard_words,
	 .fields = FIELDS("keymap")},
	{.name = "welcome", .title = N_("Welcome"), .words = welcome_words},
	{.name = "hardware",
	 .title = N_("What should be known of this machine"),
	 .words = hardware_words,
	 .applies = has_findings},
	{.name = "storage",
	 .title = N_("Disks"),
	 .intro = N_("What is each disk for? Space marks, Left and Right change the column. A disk "
		     "without a mark is left as it is; EVERYTHING ON A MARKED DISK IS ERASED."),
	 .run = storage_screen},
	{.name = "layout",
	 .title = N_("Layout and storage"),
	 .fields = FIELDS("layout", "installation@sr-type")},
	{.name = "source",
	 .title = N_("Where the system comes from"),
	 .fields = FIELDS("source@type", "source"),
	 .applies = source_is_asked},
	{.name = "source-network",
	 .title = N_("Network for the source"),
	 .words = link_words,
	 .fields = FIELDS(OWN_LINK "admin-interface@name", OWN_LINK "bond-port@name",
			  OWN_LINK "bond@mode", OWN_LINK "admin-interface@proto",
			  OWN_LINK "admin-interface/ip", OWN_LINK "admin-interface/subnet-mask",
			  OWN_LINK "admin-interface/gateway", OWN_LINK "name-server",
			  OWN_LINK "admin-interface@vlan"),
	 .applies = source_is_remote},
	{.name = "password",
	 .title = N_("Password of root"),
	 .intro = N_("For logging in to the host, at its console and by ssh."),
	 .fields = FIELDS("root-password")},
	{.name = "network",
	 .title = N_("Management network"),
	 .words = network_words,
	 .fields = FIELDS("admin-interface@name", "bond-port@name", "bond@mode",
			  "admin-interface@vlan")},
	{.name = "address",
	 .title = N_("Address of the host"),
	 .fields = FIELDS("admin-interface@proto", "admin-interface/ip",
			  "admin-interface/subnet-mask", "admin-interface/gateway",
			  "admin-interface@protov6", "admin-interface/ipv6",
			  "admin-interface/gatewayv6"),
	 .applies = has_nics},
	{.name = "name",
	 .title = N_("Name of the host"),
	 .words = name_words,
	 .fields = FIELDS("hostname", "name-server")},
	{.name = "ssh-keys",
	 .title = N_("Keys for ssh"),
	 .intro = N_(
		 "Public keys that may log in as root, one a line. They can be pasted, and a list "
		 "of "
		 "them can be fetched from its address. Without any the password does."),
	 .fields = FIELDS("ssh-key", "ssh-key#2", "ssh-key#3", "ssh-key#4", "ssh-key#5"),
	 .settle = ssh_keys_fetch},
	{.name = "timezone", .title = N_("Time zone"), .fields = FIELDS("timezone")},
	{.name = "time", .title = N_("Time"), .fields = FIELDS("ntp@source", "ntp-server")},
	{.name = "reach", .title = N_("The source"), .run = source_reach},
	{.name = "licence",
	 .title = N_("Licence"),
	 .run = licence_screen,
	 .applies = source_has_licence},
	{.name = "pool",
	 .title = N_("Pool"),
	 .fields = FIELDS("pool", "pool@name", "pool@coordinator", "pool@user", "pool/password",
			  "pool@certificate-sha256"),
	 .applies = pool_is_possible,
	 .settle = pool_wish_settle},
	{.name = "summary",
	 .title = N_("Summary"),
	 .intro = N_("All answers. Enter on a line goes to its screen; Forward shows what will be "
		     "done."),
	 .run = summary_screen},
	{.name = "plan", .title = N_("What will be done"), .run = plan_screen},
};

size_t screens_count(void)
{
	return ARRAY_SIZE(screens);
}

bool screen_applies(const struct flow *flow, const struct screen *screen)
{
	return !screen->applies || screen->applies(flow);
}

size_t screen_number(const char *name)
{
	size_t at = 0;

	while (!str_eq(screens[at].name, name))
		at++;
	return at;
}

/*
 * From a screen that the summary sent to, the way leads back there, by way of the source, which
 * shows nothing while it is the same and all is well.
 */
static size_t after(const struct flow *flow, size_t at, enum screen_end end)
{
	size_t reach = screen_number("reach"), from = at;

	if (flow->complete && at < reach)
		return reach;
	if (flow->complete && at == reach && end == SCREEN_FORWARD)
		return screen_number(licence_is_open(flow) ? "licence" : "summary");
	do
		at += end == SCREEN_FORWARD ? 1 : SIZE_MAX;
	while (at < screens_count() &&
	       (!screen_applies(flow, &screens[at]) || !preset_opens(flow, at) ||
		(end == SCREEN_BACK && at == reach)));
	return at == SIZE_MAX ? from : at;
}

static void flow_done(struct flow *flow)
{
	for (size_t i = 0; i < flow->n_values; i++) {
		if (flow->values[i].text)
			explicit_bzero(flow->values[i].text, strlen(flow->values[i].text));
		free(flow->values[i].text);
	}
	free(flow->values);
	for (size_t i = 0; i < screens_count(); i++)
		tui_kept_free(flow->unfinished[i]);
	free(flow->unfinished);
	free(flow->target);
	strv_free(flow->guests);
	for (size_t i = 0; i < flow->n_lost; i++) {
		free(flow->lost[i].id);
		free(flow->lost[i].line);
	}
	free(flow->lost);
	free(flow->keymap);
	free(flow->licence_of);
	pool_forget(flow);
	probe_end(flow);
	preset_done(flow);
	screens_result_done(&flow->result);
}

/* The screens before it were answered already. */
static size_t first_screen(const struct flow *flow)
{
	size_t at = 0;

	while (!screen_applies(flow, &screens[at]) || !preset_opens(flow, at))
		at++;
	return at;
}

static enum screen_end run(struct flow *flow, size_t at)
{
	/* The source and the plan show something by themselves only when all is not well. */
	flow->asked |= screens[at].run != source_reach && screens[at].run != plan_screen;
	return screens[at].run ? screens[at].run(flow, &screens[at])
			       : form_screen(flow, &screens[at]);
}

int screens_open(const char *brand, struct error **err)
{
	return tui_open(brand, err);
}

void screens_close(void)
{
	tui_close();
}

int screens_ask(const struct screens_setup *setup, struct screens_result *ret, struct error **err)
{
	_cleanup_(flow_done) struct flow flow = {
		.setup = setup,
		.unfinished = xcalloc(screens_count(), sizeof(*flow.unfinished)),
	};

	if (setup->answers)
		preset_take(&flow);
	for (size_t at = first_screen(&flow); at < screens_count();) {
		enum screen_end end = run(&flow, at);

		if (end == SCREEN_LEAVE)
			return error_set(err, ERROR_CANCELLED, "left; nothing was changed");
		if (end == SCREEN_AGAIN)
			continue;
		if (end == SCREEN_JUMP)
			at = flow.jump;
		else
			at = after(&flow, at, end);
		/* From the summary itself Back leads through the screens again, one by one. */
		if (end == SCREEN_BACK && at < screen_number("reach"))
			flow.complete = false;
	}
	*ret = flow.result;
	flow.result = (struct screens_result){0};
	return 0;
}
