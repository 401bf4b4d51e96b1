/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the machine was started, Secure Boot, and the names its maker wrote into SMBIOS. */
#include "common/str.h"
#include "hwdb/probe/smbios.h"

/* The EFI global variable GUID (UEFI specification, Globally Defined Variables). */
#define EFIVARS     "/sys/firmware/efi/efivars"
#define GLOBAL_GUID "8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* efivarfs puts four bytes of attributes before the value. */
static int read_flag(const struct probe *probe, const char *name, bool *ret)
{
	_cleanup_free_ char *path = xasprintf(EFIVARS "/%s-" GLOBAL_GUID, name);
	_cleanup_free_ char *bytes = NULL;
	size_t length;
	int r = fsroot_read(probe->root, path, 4096, &bytes, &length);

	if (r < 0)
		return r;
	*ret = length == 5 && bytes[4] == 1;
	return 0;
}

static enum secure_boot read_secure_boot(const struct probe *probe)
{
	_cleanup_strv_ char **names = NULL;
	bool on;

	if (read_flag(probe, "SecureBoot", &on) == 0)
		return on ? SECURE_BOOT_ON : SECURE_BOOT_OFF;
	/* No variables at all: efivarfs is not mounted, or the kernel hides them. */
	if (fsroot_list(probe->root, EFIVARS, &names) < 0 || !names || !names[0])
		return SECURE_BOOT_UNKNOWN;
	return SECURE_BOOT_ABSENT;
}

static char *read_dmi(const struct probe *probe, const char *name)
{
	_cleanup_free_ char *text = probe_text(probe, "/sys/class/dmi/id/%s", name);

	return text && !smbios_is_placeholder(text) ? TAKE_PTR(text) : NULL;
}

static void read_smbios_version(const struct probe *probe, struct host_firmware *firmware)
{
	_cleanup_free_ char *bytes = NULL;
	size_t length;

	if (fsroot_read(probe->root, "/sys/firmware/dmi/tables/smbios_entry_point", 4096, &bytes,
			&length) == 0)
		firmware->smbios_version = smbios_version((const uint8_t *)bytes, length);
}

void probe_firmware(struct probe *probe)
{
	struct host_firmware *firmware = &probe->host->firmware;

	if (fsroot_exists(probe->root, "/sys/firmware/efi")) {
		firmware->kind = FIRMWARE_UEFI;
		firmware->efi_bits =
			(unsigned)probe_number(probe, 64, "/sys/firmware/efi/fw_platform_size");
		firmware->secure_boot = read_secure_boot(probe);
		firmware->has_setup_mode =
			read_flag(probe, "SetupMode", &firmware->setup_mode) == 0;
	} else {
		firmware->kind = FIRMWARE_BIOS;
		firmware->secure_boot = SECURE_BOOT_ABSENT;
	}
	read_smbios_version(probe, firmware);
	firmware->system_vendor = read_dmi(probe, "sys_vendor");
	firmware->product_name = read_dmi(probe, "product_name");
	firmware->product_serial = read_dmi(probe, "product_serial");
	firmware->product_uuid = read_dmi(probe, "product_uuid");
	firmware->asset_tag = read_dmi(probe, "chassis_asset_tag");
	firmware->board_vendor = read_dmi(probe, "board_vendor");
	firmware->board_name = read_dmi(probe, "board_name");
	firmware->bios_vendor = read_dmi(probe, "bios_vendor");
	firmware->bios_version = read_dmi(probe, "bios_version");
	firmware->bios_date = read_dmi(probe, "bios_date");
}
