/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Storage controllers for people. */
#include "hwdb/host_text.h"

#define COLUMN 15 /* addresses are longer than other heads */

static void add_below(struct strbuf *out, const char *text)
{
	strbuf_addf(out, "%*s", COLUMN, "");
	text_words(out, COLUMN, COLUMN + 2, text);
}

char *text_port(const struct host_hba_port *port)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "port %s", port->wwn ?: port->host ?: "unnamed");
	text_part(&buf, ", ", port->state);
	if (port->has_phys)
		strbuf_addf(&buf, ", %u of %u lanes with a link", port->phys_up, port->phys);
	if (port->speed)
		strbuf_addf(&buf, ", %s/s", port->speed);
	return strbuf_take(&buf);
}

static void add_hba(struct strbuf *out, const struct host_hba *hba)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	size_t n = strv_length(hba->disks);

	strbuf_addf(&buf, "%s, %s", hba->kind, hba->driver ?: "no driver");
	text_part(&buf, ", ", hba->model);
	if (hba->firmware_version)
		strbuf_addf(&buf, ", firmware %s", hba->firmware_version);
	strbuf_addf(&buf, ", %zu disk%s", n, n == 1 ? "" : "s");
	strbuf_addf(out, "  %-12s ", hba->pci_address ?: "(software)");
	text_words(out, COLUMN, COLUMN, buf.text);
	for (size_t i = 0; i < hba->n_ports; i++) {
		_cleanup_free_ char *words = text_port(&hba->ports[i]);

		add_below(out, words);
	}
	if (hba->other_initiators) {
		_cleanup_free_ char *words =
			xasprintf("SHARED: %u other initiator%s at the same disks",
				  hba->other_initiators, hba->other_initiators == 1 ? "" : "s");

		add_below(out, words);
	}
	if (hba->hides)
		add_below(out, hba->hides);
}

void text_hbas(struct strbuf *out, const struct host *host)
{
	if (host->n_hbas)
		strbuf_add(out, "\nStorage controllers\n");
	for (size_t i = 0; i < host->n_hbas; i++)
		add_hba(out, &host->hbas[i]);
	for (size_t i = 0; host->has_ibft && i < host->ibft.n_targets; i++) {
		const struct host_ibft_target *target = &host->ibft.targets[i];
		_cleanup_free_ char *text =
			xasprintf("%s at %s", target->name ?: "unnamed", target->address ?: "?");

		strbuf_addf(out, "  %-12s ", "iSCSI boot");
		text_words(out, COLUMN, COLUMN, text);
	}
}
