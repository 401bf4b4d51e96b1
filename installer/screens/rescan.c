/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine is looked at anew: what was plugged in counts, what was pulled out is told. */
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

const struct flow_lost *flow_find_lost(const struct flow *flow, const char *id)
{
	for (size_t i = 0; i < flow->n_lost; i++)
		if (str_eq(flow->lost[i].id, id))
			return &flow->lost[i];
	return NULL;
}

/* What a chosen disk is called, while it is there to be asked. */
static void remember(struct flow *flow, const char *id)
{
	const struct host_disk *disk = id ? host_find_disk(flow->setup->host, id) : NULL;
	struct flow_lost *lost;

	if (!disk || flow_find_lost(flow, id))
		return;
	lost = ARRAY_APPEND(flow->lost, flow->n_lost);
	lost->id = xstrdup(id);
	lost->line = disk_line(disk);
}

void flow_drop_lost(struct flow *flow)
{
	size_t kept = 0;

	for (size_t i = 0; i < flow->n_lost; i++) {
		struct flow_lost lost = flow->lost[i];

		bool chosen = str_eq(flow->target, lost.id) || strv_contains(flow->guests, lost.id);

		if (!chosen || host_find_disk(flow->setup->host, lost.id)) {
			free(lost.id);
			free(lost.line);
		} else {
			flow->lost[kept++] = lost;
		}
	}
	flow->n_lost = kept;
}

/* Disks and NICs as lines, so that two looks at a machine can be compared. */
static char **parts_of(const struct host *host)
{
	char **parts = NULL;

	for (size_t i = 0; i < host->n_disks; i++) {
		_cleanup_free_ char *line = disk_line(&host->disks[i]);

		strv_addf(&parts, _("disk %s"), line);
	}
	for (size_t i = 0; i < host->n_nics; i++) {
		_cleanup_free_ char *line = nic_words(&host->nics[i]);

		strv_addf(&parts, _("network interface %s"), line);
	}
	return parts;
}

static void add_missing(struct strbuf *buf, const char *word, char *const *from, char **in)
{
	for (; from && *from; from++)
		if (!strv_contains(in, *from))
			strbuf_addf(buf, "%s %s\n", word, *from);
}

static void tell(const struct flow *flow, char **before, char **after)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	const char *nic = flow_get(flow, "admin-interface@name");

	add_missing(&buf, _("new:"), after, before);
	add_missing(&buf, _("gone:"), before, after);
	if (!buf.length)
		strbuf_add(&buf, _("Disks and network interfaces are the same as before.\n"));
	for (size_t i = 0; i < flow->n_lost; i++)
		strbuf_addf(&buf, _("\n! A disk that was chosen is not there any more:\n  %s\n"),
			    flow->lost[i].line);
	if (!str_empty(nic) && !flow_has_nic(flow, nic))
		strbuf_addf(&buf,
			    _("\n! %s was chosen for management and is not there any more.\n"),
			    nic);
	strbuf_add(&buf, _("\nAll answers were kept."));
	tui_view(_("Looked at the machine again"), buf.text);
}

static int rescan(void *data, struct error **err)
{
	const struct screens_setup *setup = data;

	return setup->rescan(setup->data, err);
}

/* Meanwhile the screen that waits shows nothing of the machine. */
static bool look(struct flow *flow)
{
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *text = NULL, *words = NULL;

	if (flow_wait(_("Looking at the machine again"),
		      _("All disks and network interfaces are looked for. This can take up to a "
			"minute on a large machine."),
		      rescan, (struct screens_setup *)(uintptr_t)flow->setup, &error) == 0)
		return true;
	text = error_words(error);
	words = xasprintf(_("%s\n\nWhat was known before still counts."), text);
	tui_view(_("The machine could not be looked at"), words);
	return false;
}

void flow_rescan(struct flow *flow)
{
	_cleanup_strv_ char **before = NULL, **after = NULL;

	if (!flow->setup->rescan || probe_runs(flow)) {
		tui_view(_("Looking again"), _("Not now: the source is being looked for. Try again "
					       "when that has come to an end."));
		return;
	}
	before = parts_of(flow->setup->host);
	remember(flow, flow->target);
	for (char **guest = flow->guests; guest && *guest; guest++)
		remember(flow, *guest);
	if (!look(flow))
		return flow_drop_lost(flow);
	flow_drop_lost(flow);
	after = parts_of(flow->setup->host);
	flow->scans++;
	tell(flow, before, after);
}
