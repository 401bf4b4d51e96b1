/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Storage controllers on the page: what they are, their ports, what hangs behind them. */
#include "hwdb/host_text.h"
#include "hwdb/pci_link.h"
#include "hwdb/report.h"

static const char *kind_words(const char *kind)
{
	static const struct {
		const char *kind, *words;
	} rows[] = {
		{"ahci", "SATA (AHCI)"}, {"sata", "SATA"}, {"ide", "IDE"},
		{"nvme", "NVMe"},        {"sas", "SAS"},   {"fc", "Fibre Channel"},
		{"raid", "RAID"},        {"vmd", "VMD"},   {"iscsi", "iSCSI"},
		{"virtio", "virtio"},    {"scsi", "SCSI"}, {"ata", "ATA"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (str_eq(rows[i].kind, kind))
			return rows[i].words;
	return kind;
}

static const char *name_of(const struct host *host, const struct host_hba *hba)
{
	const struct host_pci *pci = host_find_pci(host, hba->pci_address);

	return hba->model || !pci ? hba->model : pci->device_name;
}

/* Lower case and upper, as drivers write it: "Online", "live"; a SAS port tells lanes. */
static const char *port_class(const struct host_hba_port *port)
{
	if (port->has_phys)
		return port->phys_up ? "good" : "warn";
	if (!port->state)
		return "soft";
	return str_eq(port->state, "Online") ? "good" : "warn";
}

/* "sda 894.3 GiB": a RAID controller's disks are its volumes. */
static void add_disks(struct strbuf *out, const struct host *host, const struct host_hba *hba)
{
	size_t n = strv_length(hba->disks);
	_cleanup_strbuf_ struct strbuf words = {0};

	if (!n) {
		html_element(out, "p", hba->hides ? "bad" : "soft", hba->hides ?: "nothing on it");
		return;
	}
	strbuf_addf(&words, "%zu %s%s: ", n, str_eq(hba->kind, "raid") ? "volume" : "disk",
		    n == 1 ? "" : "s");
	for (size_t i = 0; i < n; i++) {
		const struct host_disk *disk = host_find_disk(host, hba->disks[i]);
		_cleanup_free_ char *size = str_from_size(disk ? disk->size_bytes : 0);

		strbuf_addf(&words, "%s%s", i ? ", " : "",
			    disk && disk->name ? disk->name : hba->disks[i]);
		if (disk && disk->size_bytes)
			strbuf_addf(&words, " %s", size);
	}
	html_element(out, "p", "behind", words.text);
	html_element(out, "p", "bad", hba->hides);
}

static void add_hba(struct strbuf *out, const struct host *host, const struct host_hba *hba)
{
	_cleanup_strbuf_ struct strbuf place = {0};

	strbuf_add(out, "<li class=\"item\"><div class=\"top\"><b>");
	html_text(out, kind_words(hba->kind));
	strbuf_add(out, "</b>\n");
	html_element(out, "span", hba->driver ? "soft" : "bad", hba->driver ?: "no driver");
	html_element(out, "span", "mono", hba->pci_address ?: "in software");
	strbuf_add(out, "</div>\n");
	text_part(&place, "", name_of(host, hba));
	text_part(&place, ", firmware ", hba->firmware_version);
	html_element(out, "p", "soft", place.text);
	for (size_t i = 0; i < hba->n_ports; i++) {
		_cleanup_free_ char *words = text_port(&hba->ports[i]);

		html_element(out, "p", port_class(&hba->ports[i]), words);
	}
	if (hba->other_initiators)
		html_element(out, "p", "warn", "Other machines are at the same disks.");
	add_disks(out, host, hba);
	strbuf_add(out, "</li>\n");
}

static void add_target(struct strbuf *out, const struct host_ibft_target *target)
{
	_cleanup_strbuf_ struct strbuf words = {0};

	strbuf_add(out, "<li class=\"item\"><div class=\"top\"><b>iSCSI boot</b>\n");
	html_element(out, "span", "soft", target->address);
	strbuf_add(out, "</div>\n");
	html_element(out, "p", "mono", target->name);
	text_part(&words, "", target->lun ? "LUN " : NULL);
	strbuf_add(&words, target->lun ?: "");
	text_part(&words, ", over ", target->nic_mac);
	html_element(out, "p", "soft", words.text);
	strbuf_add(out, "</li>\n");
}

void report_hbas(struct strbuf *out, const struct host *host)
{
	size_t n_targets = host->has_ibft ? host->ibft.n_targets : 0;

	if (host->n_hbas + n_targets == 0)
		return;
	strbuf_add(out, "<section><h3>Storage controllers</h3>\n<ul>\n");
	for (size_t i = 0; i < host->n_hbas; i++)
		add_hba(out, host, &host->hbas[i]);
	for (size_t i = 0; i < n_targets; i++)
		add_target(out, &host->ibft.targets[i]);
	strbuf_add(out, "</ul></section>\n");
}
