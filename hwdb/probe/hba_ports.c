/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What transports tell of a SCSI host's ports, and drivers of its firmware. */
#include "common/str.h"
#include "hwdb/probe/hba.h"

/* "0x10000090fa8e1234" and "50:00:..." give plain digits. */
static char *plain_hex(const char *text)
{
	struct strbuf buf = {0};

	if (str_empty(text))
		return NULL;
	for (const char *c = str_starts(text, "0x") ? text + 2 : text; *c; c++)
		if (*c != ':')
			strbuf_add_bytes(&buf, c, 1);
	return strbuf_take(&buf);
}

/* "Unknown", "0 bit" and the like are what drivers write when they do not know. */
static char *known_text(char *text)
{
	static const char *const unknown[] = {
		"Unknown", "unknown", "<NULL>", "(null)", "N/A", "0x0", "0x0000000000000000"};

	for (size_t i = 0; text && i < ARRAY_SIZE(unknown); i++)
		if (str_eq(text, unknown[i])) {
			free(text);
			return NULL;
		}
	return text;
}

static char *first_file(const struct probe *probe, const char *host, const char *const *names)
{
	char *text = NULL;

	for (; !text && *names; names++)
		text = known_text(probe_text(probe, "/sys/class/scsi_host/%s/%s", host, *names));
	return text;
}

void hba_read_versions(const struct probe *probe, const char *scsi_host, struct host_hba *hba)
{
	/* mpt3sas and mpi3mr; lpfc; qla2xxx and pm80xx; hpsa; smartpqi and bfa; arcmsr. */
	static const char *const firmware[] = {
		"version_fw",       "fwrev",           "fw_version", "firmware_revision",
		"firmware_version", "host_fw_version", NULL};
	static const char *const models[] = {"board_name", "modelname",     "model_name",
					     "model",      "host_fw_model", NULL};

	if (!hba->firmware_version)
		hba->firmware_version = first_file(probe, scsi_host, firmware);
	if (!hba->model)
		hba->model = first_file(probe, scsi_host, models);
}

static char *fc_text(const struct probe *probe, const char *host, const char *name)
{
	return known_text(probe_text(probe, "/sys/class/fc_host/%s/%s", host, name));
}

void hba_read_fc(const struct probe *probe, const char *scsi_host, struct host_hba *hba)
{
	struct host_hba_port *port = ARRAY_APPEND(hba->ports, hba->n_ports);
	_cleanup_free_ char *name = fc_text(probe, scsi_host, "port_name");
	_cleanup_free_ char *node = fc_text(probe, scsi_host, "node_name");
	_cleanup_free_ char *fabric = fc_text(probe, scsi_host, "fabric_name");

	port->host = xstrdup(scsi_host);
	port->wwn = plain_hex(name);
	port->node_wwn = plain_hex(node);
	port->fabric_wwn = plain_hex(fabric);
	port->state = fc_text(probe, scsi_host, "port_state");
	port->speed = fc_text(probe, scsi_host, "speed");
	port->supported_speeds = fc_text(probe, scsi_host, "supported_speeds");
}

/* "phy-3:0" is the host's own, "phy-3:1:0" an expander's. */
static bool is_own_phy(const char *name, const char *scsi_host)
{
	_cleanup_free_ char *prefix = xasprintf("phy-%s:", scsi_host + strlen("host"));

	return str_starts(name, prefix) && !strchr(name + strlen(prefix), ':');
}

static void read_phy(const struct probe *probe, const char *name, struct host_hba_port *port)
{
	_cleanup_free_ char *rate =
		known_text(probe_text(probe, "/sys/class/sas_phy/%s/negotiated_linkrate", name));
	_cleanup_free_ char *address = NULL;

	port->phys++;
	if (rate && strstr(rate, "Gbit")) {
		port->phys_up++;
		if (!port->speed || natural_compare(rate, port->speed) > 0) {
			free(port->speed);
			port->speed = TAKE_PTR(rate);
		}
	}
	if (port->wwn)
		return;
	address = known_text(probe_text(probe, "/sys/class/sas_phy/%s/sas_address", name));
	port->wwn = plain_hex(address);
}

/*
 * Ends of the fabric that speak as initiators and serve as no target: other machines' adapters,
 * as far as the driver lists them.
 */
static void count_initiators(const struct probe *probe, const char *scsi_host, struct host_hba *hba)
{
	_cleanup_free_ char *prefix = xasprintf("end_device-%s:", scsi_host + strlen("host"));
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(probe->root, "/sys/class/sas_device", &names) < 0)
		return;
	for (char **name = names; name && *name; name++) {
		_cleanup_free_ char *initiator = NULL, *target = NULL;

		if (!str_starts(*name, prefix))
			continue;
		hba->has_other_initiators = true;
		initiator = probe_text(probe, "/sys/class/sas_device/%s/initiator_port_protocols",
				       *name);
		target = probe_text(probe, "/sys/class/sas_device/%s/target_port_protocols", *name);
		hba->other_initiators +=
			initiator && !str_eq(initiator, "none") && str_eq(target, "none");
	}
}

void hba_read_sas(const struct probe *probe, const char *scsi_host, struct host_hba *hba)
{
	struct host_hba_port *port = ARRAY_APPEND(hba->ports, hba->n_ports);
	_cleanup_strv_ char **names = NULL;

	port->host = xstrdup(scsi_host);
	if (fsroot_list(probe->root, "/sys/class/sas_phy", &names) == 0)
		for (char **name = names; name && *name; name++)
			if (is_own_phy(*name, scsi_host))
				read_phy(probe, *name, port);
	port->has_phys = port->phys > 0;
	count_initiators(probe, scsi_host, hba);
}
