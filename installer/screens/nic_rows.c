/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NICs as an operator chooses among them: by link, speed, driver, slot and the switch they see. */
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

#define FIRST 0
#define BOND  1

static const char *link_text(const struct host_nic *nic, char **ret_owned)
{
	if (!nic->has_link)
		return _("link unknown");
	if (!nic->link)
		return _("no link");
	if (!nic->has_speed || !nic->speed_mbps)
		return _("link");
	*ret_owned = nic->speed_mbps % 1000 ? xasprintf(_("%u Mb/s"), nic->speed_mbps)
					    : xasprintf(_("%u Gb/s"), nic->speed_mbps / 1000);
	return *ret_owned;
}

char *nic_words(const struct host_nic *nic)
{
	_cleanup_free_ char *speed = NULL;
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%-6s %s  %s", nic->name, nic->mac ?: "", link_text(nic, &speed));
	if (nic->driver)
		strbuf_addf(&buf, ", %s", nic->driver);
	if (nic->slot)
		strbuf_addf(&buf, ", %s", nic->slot);
	return strbuf_take(&buf);
}

/* What the switch at the other end says of itself (LLDP); NULL when none did. */
static char *neighbour_words(const struct host_nic *nic)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < nic->n_lldp; i++) {
		const struct host_lldp *lldp = &nic->lldp[i];

		const char *name = lldp->system_name ?: lldp->chassis_id ?: _("without a name");
		const char *port = lldp->port_id ?: lldp->port_description;

		strbuf_add(&buf, i ? ", " : "");
		if (port)
			strbuf_addf(&buf, _("at switch %s, port %s"), name, port);
		else
			strbuf_addf(&buf, _("at switch %s"), name);
	}
	return buf.length ? strbuf_take(&buf) : NULL;
}

void nic_options(const struct flow *flow, struct tui_row *row, const char *now, const char *bonded)
{
	const struct host *host = flow->setup->host;
	_cleanup_strv_ char **ports = strv_split(bonded ?: "", " ");

	if (row->kind == TUI_TABLE) {
		row->columns[FIRST] =
			(struct tui_column){str_starts(row->name, OWN_LINK)
						    ? _("Link: the cable of the source's network")
						    : _("Management: the cable of its network"),
					    true};
		if (host->n_nics > 1)
			row->columns[BOND] = (struct tui_column){
				_("Bond: further cables of the same network, if any"), false};
	}
	for (size_t i = 0; i < host->n_nics; i++) {
		const struct host_nic *nic = &host->nics[i];
		_cleanup_free_ char *label = nic_words(nic);
		struct tui_option *option = tui_add_option(row, label);

		option->value = xstrdup(nic->name);
		option->details = neighbour_words(nic);
		if (str_eq(nic->name, now))
			option->marks |= 1U << FIRST;
		if (strv_contains(ports, nic->name))
			option->marks |= 1U << BOND;
	}
}

void nic_check(const struct flow *flow, struct tui_row *row)
{
	_cleanup_strbuf_ struct strbuf ports = {0};

	for (size_t i = 0; i < row->n_options && row->kind == TUI_TABLE; i++) {
		struct tui_option *option = &row->options[i];

		/* The first one is in the bond anyway. */
		option->barred = option->marks & 1U << FIRST ? 1U << BOND : 0;
		option->marks &= ~option->barred;
		if (option->marks & 1U << BOND)
			strbuf_addf(&ports, "%s%s", ports.length ? " " : "", option->value);
	}
	if (row->kind == TUI_TABLE) {
		free(row->text);
		row->text = strbuf_take(&ports);
	}
	if (row->n_options && !tui_chosen(row))
		tui_complain(row, "%s: choose one",
			     flow->scans ? N_("The network interface is not there any more")
					 : N_("No network interface is chosen"));
}

char *network_words(const struct flow *flow)
{
	if (flow->setup->host->n_nics)
		return xstrdup(_("How the host is reached, by administrators and by its pool."));
	return xstrdup(_("This machine has no network interface. The host will be reached at its "
			 "console only.\n\nIf there is a card: is it seated, does its driver need "
			 "firmware? F8 looks again, F5 shows all devices that were found."));
}

char *link_words(const struct flow *flow _unused_)
{
	return xstrdup(_("How the installer reaches the source. It is looked for while you go on; "
			 "the host's own network is asked for later."));
}
