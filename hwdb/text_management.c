/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows about TPM, service processor, watchdogs and the hypervisor below. */
#include "hwdb/host_text.h"

static void add_tpm(struct strbuf *out, const struct host_tpm *tpm)
{
	_cleanup_free_ char *banks = strv_join(tpm->banks, ", ");
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, tpm->version ?: "unknown version");
	text_part(&buf, ", ", tpm->manufacturer);
	text_part(&buf, ", firmware ", tpm->firmware_version);
	text_part(&buf, ", banks ", banks);
	if (!tpm->driven)
		strbuf_add(&buf, ", no driver");
	text_row(out, "TPM", buf.text);
}

static void add_bmc(struct strbuf *out, const struct host_bmc *bmc)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, bmc->interface || bmc->device ? "IPMI" : "");
	text_part(&buf, " ", bmc->ipmi_version);
	text_part(&buf, " by ", bmc->interface);
	text_part(&buf, ", firmware ", bmc->firmware_version);
	if (bmc->manufacturer_id)
		strbuf_addf(&buf, ", maker %s product %s", bmc->manufacturer_id,
			    bmc->product_id ?: "unknown");
	if (bmc->redfish_address || bmc->redfish_host) {
		text_part(&buf, ", ", "Redfish at");
		text_part(&buf, " ", bmc->redfish_address ?: bmc->redfish_host);
	}
	if (!bmc->device)
		strbuf_add(&buf, buf.length ? ", no driver" : "no driver");
	text_row(out, "BMC", buf.text);
}

static void add_watchdog(struct strbuf *out, const struct host_watchdog *watchdog)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	text_part(&buf, "", watchdog->identity ?: watchdog->name);
	text_part(&buf, ", ", watchdog->driver);
	if (watchdog->has_timeout)
		strbuf_addf(&buf, ", %u s", watchdog->timeout_s);
	text_part(&buf, ", ", watchdog->state);
	text_row(out, "Watchdog", buf.text);
}

static void add_hypervisor(struct strbuf *out, const struct host_hypervisor *hypervisor)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	text_part(&buf, "", hypervisor->type);
	text_part(&buf, " ", hypervisor->version);
	text_part(&buf, ", ", hypervisor->guest_type);
	strbuf_add(&buf, hypervisor->dom0 ? ", this is dom0" : ", this is a guest");
	text_row(out, "Hypervisor", buf.text);
}

void text_management(struct strbuf *out, const struct host *host)
{
	if (host->has_hypervisor)
		add_hypervisor(out, &host->hypervisor);
	if (host->has_tpm)
		add_tpm(out, &host->tpm);
	if (host->has_bmc)
		add_bmc(out, &host->bmc);
	for (size_t i = 0; i < host->n_watchdogs; i++)
		add_watchdog(out, &host->watchdogs[i]);
}
