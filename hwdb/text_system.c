/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows about the machine itself. */
#include "hwdb/host_text.h"

static void add_machine(struct strbuf *out, const struct host *host)
{
	const struct host_firmware *firmware = &host->firmware;
	_cleanup_strbuf_ struct strbuf buf = {0};

	text_part(&buf, " ", firmware->system_vendor);
	text_part(&buf, " ", firmware->product_name);
	if (!buf.length) {
		text_part(&buf, " ", firmware->board_vendor);
		text_part(&buf, " ", firmware->board_name);
	}
	if (!buf.length)
		strbuf_add(&buf, "unknown");
	if (firmware->product_serial)
		strbuf_addf(&buf, ", serial %s", firmware->product_serial);
	if (host->virtual_machine)
		strbuf_addf(&buf, " (virtual machine: %s)", host->virtual_machine);
	text_row(out, "Machine", buf.text);
}

static const char *secure_boot_words(enum secure_boot state)
{
	switch (state) {
	case SECURE_BOOT_UNKNOWN:
		return ", Secure Boot unknown (efivarfs is not mounted)";
	case SECURE_BOOT_ABSENT:
		return ", no Secure Boot";
	case SECURE_BOOT_OFF:
		return ", Secure Boot off";
	case SECURE_BOOT_ON:
		return ", Secure Boot on";
	}
	return "";
}

static void add_firmware(struct strbuf *out, const struct host_firmware *firmware)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (firmware->kind == FIRMWARE_BIOS)
		strbuf_add(&buf, "BIOS");
	else
		strbuf_addf(&buf, "UEFI, %u bit%s", firmware->efi_bits,
			    secure_boot_words(firmware->secure_boot));
	if (firmware->has_setup_mode && firmware->setup_mode)
		strbuf_add(&buf, " in setup mode");
	text_part(&buf, "; ", firmware->bios_vendor);
	text_part(&buf, " ", firmware->bios_version);
	if (firmware->bios_date)
		strbuf_addf(&buf, " of %s", firmware->bios_date);
	text_row(out, "Firmware", buf.text);
}

static void add_console(struct strbuf *out, const struct host_firmware *firmware)
{
	static const struct {
		uint64_t port;
		const char *name;
	} ports[] = {{0x3f8, "COM1"}, {0x2f8, "COM2"}, {0x3e8, "COM3"}, {0x2e8, "COM4"}};
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (!firmware->spcr_present)
		return;
	for (size_t i = 0; !firmware->spcr_mmio && i < ARRAY_SIZE(ports); i++)
		if (ports[i].port == firmware->spcr_address)
			strbuf_add(&buf, ports[i].name);
	if (!buf.length)
		strbuf_addf(&buf, "%s 0x%llx", firmware->spcr_mmio ? "memory" : "port",
			    (unsigned long long)firmware->spcr_address);
	if (firmware->spcr_baud)
		strbuf_addf(&buf, ", %u baud", firmware->spcr_baud);
	strbuf_add(&buf, " (named by the firmware)");
	text_row(out, "Console", buf.text);
}

void text_system(struct strbuf *out, const struct host *host)
{
	add_machine(out, host);
	add_firmware(out, &host->firmware);
	add_console(out, &host->firmware);
	text_cpu(out, &host->cpu);
	text_memory(out, host);
	text_management(out, host);
}
