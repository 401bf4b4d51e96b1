/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Network interfaces for people. */
#include "hwdb/host_text.h"

static const char *port_words(const char *port)
{
	static const struct {
		const char *port, *words;
	} ports[] = {{"tp", "copper"},
		     {"fibre", "fibre"},
		     {"da", "direct-attach cable"},
		     {"none", "no module in the port"}};

	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		if (str_eq(ports[i].port, port))
			return ports[i].words;
	return NULL;
}

static void add_link(struct strbuf *buf, const struct host_nic *nic)
{
	if (!nic->has_link)
		strbuf_add(buf, ", link unknown");
	else
		strbuf_add(buf, nic->link ? ", link up" : ", no link");
	if (nic->has_speed)
		strbuf_addf(buf, " at %u Mb/s", nic->speed_mbps);
	if (nic->link && nic->has_duplex && !nic->full_duplex)
		strbuf_add(buf, ", half duplex");
}

static char *nic_abilities(const struct host_nic *nic)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < nic->n_speeds; i++)
		strbuf_addf(&buf, "%s%u", i ? "/" : "", nic->speeds_mbps[i]);
	if (nic->n_speeds)
		strbuf_add(&buf, " Mb/s possible");
	text_part(&buf, ", ", port_words(nic->port));
	if (nic->firmware_version) {
		text_part(&buf, ", ", "firmware");
		text_part(&buf, " ", nic->firmware_version);
	}
	if (nic->has_sriov && nic->sriov_vfs_max) {
		_cleanup_free_ char *text = xasprintf("%u of %u virtual functions in use",
						      nic->sriov_vfs, nic->sriov_vfs_max);

		text_part(&buf, ", ", text);
	}
	if (nic->master) {
		_cleanup_free_ char *text = xasprintf("part of %s%s%s", nic->master_kind ?: "",
						      nic->master_kind ? " " : "", nic->master);

		text_part(&buf, ", ", text);
	}
	return buf.length ? strbuf_take(&buf) : NULL;
}

void text_nic(struct strbuf *out, const struct host_nic *nic)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	_cleanup_free_ char *abilities = nic_abilities(nic);

	strbuf_addf(&buf, "%s, %s", nic->mac, nic->driver ?: "no driver");
	if (nic->pci_address)
		strbuf_addf(&buf, ", %s", nic->pci_address);
	if (nic->slot)
		strbuf_addf(&buf, " (%s)", nic->slot);
	add_link(&buf, nic);
	if (nic->boot)
		strbuf_add(&buf, ", booted from");
	if (nic->kernel_name && !str_eq(nic->kernel_name, nic->name))
		strbuf_addf(&buf, ", now called %s", nic->kernel_name);
	strbuf_addf(out, "  %-*s", TEXT_HEAD - 2, nic->name);
	text_words(out, TEXT_HEAD, TEXT_HEAD, buf.text);
	if (abilities) {
		strbuf_addf(out, "%*s", TEXT_HEAD, "");
		text_words(out, TEXT_HEAD, TEXT_HEAD, abilities);
	}
}
