/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/ending.h"

#include "common/i18n.h"
#include "common/str.h"

/* Before so many seconds nobody counts in minutes. */
#define MINUTE 60

/* What the steps come to, in their order: each phase ends with its last kind of step. */
static const struct {
	enum step_kind last;
	const char *name;
} phases[] = {
	{STEP_POINT_OF_NO_RETURN, N_("checks")}, {STEP_JOURNAL, N_("disks")},
	{STEP_MAKE_FILESYSTEM, N_("system")},    {STEP_SAVE_LOG, N_("configuration")},
	{_STEP_MAX, N_("boot loader")},
};

static void add_seconds(struct strbuf *buf, const char *name, double seconds)
{
	unsigned whole = (unsigned)(seconds + 0.5);

	if (whole < MINUTE)
		strbuf_addf(buf, _("%s %u s"), name, whole);
	else
		strbuf_addf(buf, _("%s %u:%02u min"), name, whole / MINUTE, whole % MINUTE);
}

static size_t phase_of(enum step_kind kind)
{
	size_t phase = 0;

	while (kind > phases[phase].last)
		phase++;
	return phase;
}

static void add_times(struct strbuf *buf, const struct ending *ending)
{
	double seconds[ARRAY_SIZE(phases)] = {0};
	bool any[ARRAY_SIZE(phases)] = {0};

	for (size_t i = 0; i < ending->plan->n_steps && i < ending->report->n_steps; i++) {
		size_t phase = phase_of(ending->plan->steps[i].kind);

		seconds[phase] += ending->report->steps[i].seconds;
		any[phase] |= ending->report->steps[i].done;
	}
	strbuf_add(buf, _("Time      "));
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		if (!any[i])
			continue;
		add_seconds(buf, _(phases[i].name), seconds[i]);
		strbuf_add(buf, ", ");
	}
	add_seconds(buf, _("all of it"), ending->report->seconds);
	strbuf_add(buf, "\n");
}

static const struct plan_nic *management_nic(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_nics; i++)
		if (plan->nics[i].management)
			return &plan->nics[i];
	return NULL;
}

/* Static ones are those of the host; of a lease nobody knows whether the host gets the same. */
static void add_address(struct strbuf *buf, const struct ending *ending)
{
	const struct plan_network *network = &ending->plan->network;
	const struct plan_nic *nic = management_nic(ending->plan);
	const char *address = network->mode == ADDRESS_STATIC ? network->ip : ending->lease;

	strbuf_add(buf, _("Address   "));
	if (network->mode == ADDRESS_STATIC)
		strbuf_addf(buf, "%s/%u", network->ip, network->prefix);
	else if (network->mode == ADDRESS_NONE)
		strbuf_add(buf, _("none by IPv4"));
	else if (ending->lease)
		strbuf_addf(buf, _("by DHCP; the installer was given %s"), ending->lease);
	else
		strbuf_add(buf, _("by DHCP"));
	if (nic)
		strbuf_addf(buf, _(", on %s (%s)"), nic->name, nic->mac);
	if (network->vlan)
		strbuf_addf(buf, ", VLAN %u", network->vlan);
	strbuf_add(buf, "\n");
	if (network->ip6)
		strbuf_addf(buf, "          %s\n", network->ip6);
	if (address)
		strbuf_addf(buf, _("Log in    ssh root@%s\n"), address);
	for (char **key = ending->report->host_keys; key && *key; key++)
		strbuf_addf(buf, _("Host key  %s\n"), *key);
}

static void add_list(struct strbuf *buf, const char *name, char **list)
{
	for (; list && *list; list++)
		strbuf_addf(buf, "%s%s\n", name, *list);
}

static const struct plan_disk *target_of(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_disks; i++)
		if (plan->disks[i].target)
			return &plan->disks[i];
	return NULL;
}

static char *done_words(const struct ending *ending)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	const struct plan_disk *disk = target_of(ending->plan);

	strbuf_addf(&buf, _("%s is installed on %s.\n\n"), ending->plan->hostname ?: _("The host"),
		    disk ? disk->name : _("its disk"));
	add_address(&buf, ending);
	add_times(&buf, ending);
	strbuf_add(&buf, "\n");
	add_list(&buf, _("Warning   "), ending->report->warnings);
	add_list(&buf, _("Note      "), ending->report->notes);
	if (ending->medium)
		strbuf_add(&buf,
			   _("\nWhen it restarts, take the medium out, or start from the disk.\n"));
	return strbuf_take(&buf);
}

static const char *title_of(const struct ending *ending)
{
	const char *id = ending->report->failed_step;

	for (size_t i = 0; id && ending->plan && i < ending->plan->n_steps; i++)
		if (str_eq(ending->plan->steps[i].id, id))
			return ending->plan->steps[i].shown ?: ending->plan->steps[i].title;
	return id;
}

static char *failed_words(const struct ending *ending)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	const struct report *report = ending->report;
	_cleanup_free_ char *message = i18n_sentence(report->message);
	_cleanup_free_ char *hint = i18n_sentence(report->hint);

	strbuf_addf(&buf, "%s\n", message ?: _("It ended, and nobody knows why."));
	if (title_of(ending))
		strbuf_addf(&buf, _("This was at: %s\n"), title_of(ending));
	if (hint)
		strbuf_addf(&buf, _("\nWhat to do: %s\n"), hint);
	strbuf_add(&buf, "\n");
	add_list(&buf, "", report->notes);
	add_list(&buf, _("Warning: "), report->warnings);
	return strbuf_take(&buf);
}

char *ending_words(const struct ending *ending)
{
	_cleanup_free_ char *words =
		ending->report->success && ending->plan ? done_words(ending) : failed_words(ending);

	if (!ending->answers)
		return xasprintf(_("%s\nUntil the machine restarts the log is in %s.\n"), words,
				 ending->log);
	return xasprintf(
		_("%s\nUntil the machine restarts the answers are in %s, the log in %s.\n"), words,
		ending->answers, ending->log);
}
