/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/ending.h"

#include "common/str.h"

/* Before so many seconds nobody counts in minutes. */
#define MINUTE 60

/* What the steps come to, in their order: each phase ends with its last kind of step. */
static const struct {
	enum step_kind last;
	const char *name;
} phases[] = {
	{STEP_POINT_OF_NO_RETURN, "checks"}, {STEP_JOURNAL, "disks"},
	{STEP_MAKE_FILESYSTEM, "system"},    {STEP_SAVE_LOG, "configuration"},
	{_STEP_MAX, "boot loader"},
};

static void add_seconds(struct strbuf *buf, const char *name, double seconds)
{
	unsigned whole = (unsigned)(seconds + 0.5);

	if (whole < MINUTE)
		strbuf_addf(buf, "%s %u s", name, whole);
	else
		strbuf_addf(buf, "%s %u:%02u min", name, whole / MINUTE, whole % MINUTE);
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
	strbuf_add(buf, "Time      ");
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		if (!any[i])
			continue;
		add_seconds(buf, phases[i].name, seconds[i]);
		strbuf_add(buf, ", ");
	}
	add_seconds(buf, "all of it", ending->report->seconds);
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

	strbuf_add(buf, "Address   ");
	if (network->mode == ADDRESS_STATIC)
		strbuf_addf(buf, "%s/%u", network->ip, network->prefix);
	else if (network->mode == ADDRESS_NONE)
		strbuf_add(buf, "none by IPv4");
	else if (ending->lease)
		strbuf_addf(buf, "by DHCP; the installer was given %s", ending->lease);
	else
		strbuf_add(buf, "by DHCP");
	if (nic)
		strbuf_addf(buf, ", on %s (%s)", nic->name, nic->mac);
	if (network->vlan)
		strbuf_addf(buf, ", VLAN %u", network->vlan);
	strbuf_add(buf, "\n");
	if (network->ip6)
		strbuf_addf(buf, "          %s\n", network->ip6);
	if (address)
		strbuf_addf(buf, "Log in    ssh root@%s\n", address);
	for (char **key = ending->report->host_keys; key && *key; key++)
		strbuf_addf(buf, "Host key  %s\n", *key);
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

	strbuf_addf(&buf, "%s is installed on %s.\n\n", ending->plan->hostname ?: "The host",
		    disk ? disk->name : "its disk");
	add_address(&buf, ending);
	add_times(&buf, ending);
	strbuf_add(&buf, "\n");
	add_list(&buf, "Warning   ", ending->report->warnings);
	add_list(&buf, "Note      ", ending->report->notes);
	if (ending->medium)
		strbuf_add(&buf, "\nWhen it restarts, take the medium out, or start from the "
				 "disk.\n");
	return strbuf_take(&buf);
}

static const char *title_of(const struct ending *ending)
{
	const char *id = ending->report->failed_step;

	for (size_t i = 0; id && i < ending->plan->n_steps; i++)
		if (str_eq(ending->plan->steps[i].id, id))
			return ending->plan->steps[i].title;
	return id;
}

static char *failed_words(const struct ending *ending)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	const struct report *report = ending->report;

	strbuf_addf(&buf, "%s\n", report->message ?: "It ended, and nobody knows why.");
	if (title_of(ending))
		strbuf_addf(&buf, "This was at: %s\n", title_of(ending));
	if (report->hint)
		strbuf_addf(&buf, "\nWhat to do: %s\n", report->hint);
	strbuf_add(&buf, "\n");
	add_list(&buf, "", report->notes);
	add_list(&buf, "Warning: ", report->warnings);
	return strbuf_take(&buf);
}

char *ending_words(const struct ending *ending)
{
	_cleanup_free_ char *words =
		ending->report->success ? done_words(ending) : failed_words(ending);

	return xasprintf("%s\nUntil the machine restarts the answers are in %s, the log in %s.\n",
			 words, ending->answers, ending->log);
}
