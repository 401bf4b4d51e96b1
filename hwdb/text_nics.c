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

/* "sw1, port Eth1/7 (uplink of host 3), VLAN 20, frames up to 9216 bytes, bonding (LACP) on" */
char *text_neighbour(const struct host_lldp *lldp)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%s, port %s", lldp->system_name ?: lldp->chassis_id ?: "unnamed",
		    lldp->port_id ?: "unnamed");
	if (lldp->port_description && !str_eq(lldp->port_description, lldp->port_id))
		strbuf_addf(&buf, " (%s)", lldp->port_description);
	if (lldp->has_port_vlan)
		strbuf_addf(&buf, ", untagged VLAN %u", lldp->port_vlan);
	for (size_t i = 0; i < lldp->n_vlans; i++)
		strbuf_addf(&buf, "%s %u%s%s%s", i ? "," : ", VLANs", lldp->vlans[i].id,
			    lldp->vlans[i].name ? " \"" : "", lldp->vlans[i].name ?: "",
			    lldp->vlans[i].name ? "\"" : "");
	if (lldp->has_speed)
		strbuf_addf(&buf, ", %u Mb/s", lldp->speed_mbps);
	if (lldp->has_frame_max)
		strbuf_addf(&buf, ", frames up to %u bytes", lldp->frame_max_bytes);
	if (lldp->aggregated)
		strbuf_add(&buf, ", bonded (LACP) there");
	text_part(&buf, ", at ", lldp->management_address);
	return strbuf_take(&buf);
}

static void add_neighbours(struct strbuf *out, const struct host_nic *nic)
{
	for (size_t i = 0; i < nic->n_lldp; i++) {
		_cleanup_free_ char *words = text_neighbour(&nic->lldp[i]);
		_cleanup_free_ char *text = xasprintf("connected to %s", words);

		strbuf_addf(out, "%*s", TEXT_HEAD, "");
		text_words(out, TEXT_HEAD, TEXT_HEAD + 2, text);
	}
	if (nic->has_lldp_seconds && nic->n_lldp == 0)
		strbuf_addf(out, "%*sno neighbour heard within %u s (LLDP)\n", TEXT_HEAD, "",
			    nic->lldp_seconds);
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
	add_neighbours(out, nic);
}
