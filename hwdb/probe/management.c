/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What watches the machine and vouches for it: service processor, TPM, watchdogs. */
#include "hwdb/probe/management.h"

#include "common/str.h"

#define TPM  "/sys/class/tpm/tpm0"
#define IPMI "/sys/class/ipmi"

static void replace(char **text, char *by)
{
	if (!by)
		return;
	free(*text);
	*text = by;
}

/* The kernel's numbers are "0x00a2b3". */
static char *hex_id(char *text)
{
	char *id = text && str_starts(text, "0x") ? xstrdup(text + 2) : NULL;

	free(text);
	return id;
}

static void read_tpm_class(const struct probe *probe, struct host_tpm *tpm)
{
	_cleanup_free_ char *caps =
		probe_text(probe, TPM "/caps") ?: probe_text(probe, TPM "/device/caps");
	uint64_t major = probe_number(probe, 0, TPM "/tpm_version_major");
	_cleanup_strv_ char **names = NULL;

	if (major == 1 || major == 2)
		replace(&tpm->version, xstrdup(major == 2 ? "2.0" : "1.2"));
	if (caps)
		tpm_parse_caps(caps, tpm);
	if (fsroot_list(probe->root, TPM, &names) < 0)
		return;
	tpm->driven = true;
	for (char **name = names; name && *name; name++)
		if (str_starts(*name, "pcr-"))
			strv_add(&tpm->banks, *name + strlen("pcr-"));
}

static void probe_tpm(struct probe *probe, const struct smbios *table)
{
	struct host *host = probe->host;

	host->has_tpm = tpm_parse(table, &host->tpm);
	if (fsroot_exists(probe->root, TPM)) {
		host->has_tpm = true;
		read_tpm_class(probe, &host->tpm);
	} else if (fsroot_exists(probe->root, "/sys/firmware/acpi/tables/TPM2")) {
		host->has_tpm = true;
		replace(&host->tpm.version, xstrdup("2.0"));
	} else if (fsroot_exists(probe->root, "/sys/firmware/acpi/tables/TCPA")) {
		host->has_tpm = true;
		replace(&host->tpm.version, xstrdup("1.2"));
	}
}

static void probe_bmc(struct probe *probe, const struct smbios *table)
{
	struct host_bmc *bmc = &probe->host->bmc;
	_cleanup_strv_ char **names = NULL;
	_cleanup_free_ char *folder = NULL;

	probe->host->has_bmc = bmc_parse(table, bmc);
	if (fsroot_list(probe->root, IPMI, &names) < 0 || !names || !names[0])
		return;
	probe->host->has_bmc = true;
	bmc->device = xstrdup(names[0]);
	folder = xasprintf(IPMI "/%s/device/bmc", names[0]);
	if (!fsroot_exists(probe->root, folder)) {
		free(folder);
		folder = xstrdup("/sys/devices/platform/ipmi_bmc.0");
	}
	bmc->firmware_version = probe_text(probe, "%s/firmware_revision", folder);
	replace(&bmc->ipmi_version, probe_text(probe, "%s/ipmi_version", folder));
	bmc->manufacturer_id = hex_id(probe_text(probe, "%s/manufacturer_id", folder));
	bmc->product_id = hex_id(probe_text(probe, "%s/product_id", folder));
}

static void probe_watchdogs(struct probe *probe)
{
	struct host *host = probe->host;
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(probe->root, "/sys/class/watchdog", &names) < 0)
		return;
	for (char **name = names; name && *name; name++) {
		struct host_watchdog *watchdog = ARRAY_APPEND(host->watchdogs, host->n_watchdogs);
		_cleanup_free_ char *folder = xasprintf("/sys/class/watchdog/%s", *name);
		uint64_t timeout = probe_number(probe, UINT64_MAX, "%s/timeout", folder);

		watchdog->name = xstrdup(*name);
		watchdog->identity = probe_text(probe, "%s/identity", folder);
		watchdog->driver = probe_link_name(probe, "%s/device/driver", folder);
		watchdog->state = probe_text(probe, "%s/state", folder);
		watchdog->has_timeout = timeout <= UINT32_MAX;
		watchdog->timeout_s = watchdog->has_timeout ? (unsigned)timeout : 0;
	}
}

void probe_management(struct probe *probe)
{
	_cleanup_smbios_ struct smbios table = {0};

	smbios_read(probe, &table);
	probe_tpm(probe, &table);
	probe_bmc(probe, &table);
	probe_watchdogs(probe);
}
