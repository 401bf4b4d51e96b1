/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host for people: at most 80 columns, what matters for an installation first. */
#include "common/str.h"
#include "hwdb/host.h"

#define COLUMNS 80
#define HEAD    12 /* the column at which values start */

/* Appends words, breaking lines before column 80; the first line is already at `column`. */
static void add_words(struct strbuf *buf, size_t column, size_t indent, const char *text)
{
	_cleanup_strv_ char **words = strv_split(text, " ");
	bool first = true;

	for (char **word = words; word && *word; word++) {
		size_t length = strlen(*word);

		if (!first && column + 1 + length > COLUMNS) {
			strbuf_addf(buf, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			strbuf_add(buf, " ");
			column++;
		}
		strbuf_add(buf, *word);
		column += length;
		first = false;
	}
	strbuf_add(buf, "\n");
}

static void add_row(struct strbuf *buf, const char *head, const char *text)
{
	strbuf_addf(buf, "%-*s", HEAD, head);
	add_words(buf, HEAD, HEAD, text);
}

static void add_part(struct strbuf *buf, const char *separator, const char *text)
{
	if (str_empty(text))
		return;
	if (buf->length)
		strbuf_add(buf, separator);
	strbuf_add(buf, text);
}

static void add_machine(struct strbuf *out, const struct host *host)
{
	const struct host_firmware *firmware = &host->firmware;
	_cleanup_strbuf_ struct strbuf buf = {0};

	add_part(&buf, " ", firmware->system_vendor);
	add_part(&buf, " ", firmware->product_name);
	if (!buf.length) {
		add_part(&buf, " ", firmware->board_vendor);
		add_part(&buf, " ", firmware->board_name);
	}
	if (!buf.length)
		strbuf_add(&buf, "unknown");
	if (firmware->product_serial)
		strbuf_addf(&buf, ", serial %s", firmware->product_serial);
	if (host->virtual_machine)
		strbuf_addf(&buf, " (virtual machine: %s)", host->virtual_machine);
	add_row(out, "Machine", buf.text);
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

	if (firmware->kind == FIRMWARE_UEFI)
		strbuf_addf(&buf, "UEFI, %u bit%s", firmware->efi_bits,
			    secure_boot_words(firmware->secure_boot));
	else
		strbuf_add(&buf, "BIOS");
	add_part(&buf, "; ", firmware->bios_vendor);
	add_part(&buf, " ", firmware->bios_version);
	if (firmware->bios_date)
		strbuf_addf(&buf, " of %s", firmware->bios_date);
	add_row(out, "Firmware", buf.text);
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
	add_row(out, "Console", buf.text);
}

static void add_cpu(struct strbuf *out, const struct host_cpu *cpu)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, cpu->model ?: "unknown");
	if (cpu->packages)
		strbuf_addf(&buf, ", %u package%s", cpu->packages, cpu->packages == 1 ? "" : "s");
	if (cpu->cores)
		strbuf_addf(&buf, ", %u core%s", cpu->cores, cpu->cores == 1 ? "" : "s");
	strbuf_addf(&buf, ", %u thread%s", cpu->threads, cpu->threads == 1 ? "" : "s");
	if (!cpu->virtualization)
		strbuf_add(&buf, ", no hardware virtualization");
	else
		strbuf_addf(&buf, ", %s%s",
			    str_eq(cpu->virtualization, "vmx") ? "Intel VT-x" : "AMD-V",
			    cpu->nested_paging ? " with nested paging" : " without nested paging");
	add_row(out, "Processor", buf.text);
}

static void add_memory(struct strbuf *out, const struct host *host)
{
	_cleanup_free_ char *total = str_from_size(host->memory_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, total);
	if (host->n_numa > 1)
		strbuf_addf(&buf, " in %zu NUMA nodes", host->n_numa);
	add_row(out, "Memory", buf.text);
}

static void add_iommu(struct strbuf *out, const struct host_iommu *iommu)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (!iommu->kind && !iommu->enabled)
		strbuf_add(&buf, "none named by the firmware");
	else
		strbuf_addf(&buf, "%s, %s", iommu->kind ?: "unknown kind",
			    iommu->enabled ? "in use" : "not in use");
	if (iommu->groups)
		strbuf_addf(&buf, ", %u groups", iommu->groups);
	add_row(out, "IOMMU", buf.text);
}

static void add_nic(struct strbuf *out, const struct host_nic *nic)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%s, %s", nic->mac, nic->driver ?: "no driver");
	if (nic->pci_address)
		strbuf_addf(&buf, ", %s", nic->pci_address);
	if (nic->slot)
		strbuf_addf(&buf, " (%s)", nic->slot);
	if (!nic->has_link)
		strbuf_add(&buf, ", link unknown");
	else
		strbuf_add(&buf, nic->link ? ", link up" : ", no link");
	if (nic->has_speed)
		strbuf_addf(&buf, " at %u Mb/s", nic->speed_mbps);
	if (nic->boot)
		strbuf_add(&buf, ", booted from");
	if (nic->kernel_name && !str_eq(nic->kernel_name, nic->name))
		strbuf_addf(&buf, ", now called %s", nic->kernel_name);
	strbuf_addf(out, "  %-*s", HEAD - 2, nic->name);
	add_words(out, HEAD, HEAD, buf.text);
}

static void add_content(struct strbuf *out, const struct host_content *content)
{
	_cleanup_free_ char *size = str_from_size(content->size_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (content->partition)
		strbuf_addf(&buf, "partition %u, %s: ", content->partition, size);
	strbuf_add(&buf, content->description ?: "nothing recognised");
	if (content->date)
		strbuf_addf(&buf, ", %s", content->date);
	if (content->valuable)
		strbuf_add(&buf, " (DATA WORTH KEEPING)");
	strbuf_addf(out, "%*s", HEAD, "");
	add_words(out, HEAD, HEAD + 2, buf.text);
}

static void add_disk_head(struct strbuf *out, const struct host_disk *disk)
{
	_cleanup_free_ char *size = str_from_size(disk->size_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, disk->size_bytes ? size : "no medium");
	if (!str_eq(disk->kind, "disk"))
		strbuf_addf(&buf, ", %s", disk->kind);
	add_part(&buf, ", ", disk->transport);
	if (disk->logical_block_bytes != 512)
		strbuf_addf(&buf, ", %u-byte sectors", disk->logical_block_bytes);
	if (disk->has_rotational && disk->rotational && !str_eq(disk->transport, "virtio"))
		strbuf_add(&buf, ", rotating");
	if (disk->removable)
		strbuf_add(&buf, ", removable");
	if (disk->read_only)
		strbuf_add(&buf, ", read-only");
	if (disk->install_medium)
		strbuf_add(&buf, ", install medium");
	add_part(&buf, ", ", disk->model);
	strbuf_addf(out, "  %-*s", HEAD - 2, disk->name ?: "(paths)");
	if (disk->name && strlen(disk->name) > HEAD - 3)
		strbuf_addf(out, "\n%*s", HEAD, "");
	add_words(out, HEAD, HEAD, buf.text);
}

static void add_list(struct strbuf *out, const char *head, char *const *strv)
{
	_cleanup_free_ char *joined = strv_join(strv, ", ");
	_cleanup_free_ char *text = xasprintf("%s %s", head, joined);

	strbuf_addf(out, "%*s", HEAD, "");
	add_words(out, HEAD, HEAD + 2, text);
}

static void add_disk(struct strbuf *out, const struct host_disk *disk)
{
	add_disk_head(out, disk);
	strbuf_addf(out, "%*sid %s\n", HEAD, "", disk->id);
	if (disk->serial && !strstr(disk->id, disk->serial))
		strbuf_addf(out, "%*sserial %s\n", HEAD, "", disk->serial);
	if (disk->parents)
		add_list(out, "made of", disk->parents);
	if (disk->holders)
		add_list(out, "in use:", disk->holders);
	if (disk->unreadable && disk->size_bytes)
		strbuf_addf(out, "%*scannot be read: %s\n", HEAD, "", disk->unreadable);
	for (size_t i = 0; i < disk->n_contents; i++)
		add_content(out, &disk->contents[i]);
	if (!disk->unreadable && disk->n_contents == 0)
		strbuf_addf(out, "%*snothing recognised on it\n", HEAD, "");
}

/* Bridges and the board's own parts say little; JSON has them all. */
static bool is_interesting(const struct host_pci *pci)
{
	static const char *const classes[] = {"01", "02", "03", "04", "0c03", "0c04", "0b40", "12"};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (pci->class_id && str_starts(pci->class_id, classes[i]))
			return true;
	return false;
}

static void add_pci(struct strbuf *out, const struct host_pci *pci)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%s:%s", pci->vendor_id ?: "?", pci->device_id ?: "?");
	add_part(&buf, " ", pci->vendor_name);
	add_part(&buf, " ", pci->device_name ?: pci->class_name);
	strbuf_addf(&buf, " [%s]", pci->driver ?: "no driver");
	strbuf_addf(out, "  %-12s ", pci->address);
	add_words(out, 15, 15, buf.text);
}

char *host_to_text(const struct host *host)
{
	struct strbuf out = {0};

	add_machine(&out, host);
	add_firmware(&out, &host->firmware);
	add_console(&out, &host->firmware);
	add_cpu(&out, &host->cpu);
	add_memory(&out, host);
	add_iommu(&out, &host->iommu);
	strbuf_add(&out, "\nNetwork interfaces, by the names an installed host gives them\n");
	for (size_t i = 0; i < host->n_nics; i++)
		add_nic(&out, &host->nics[i]);
	if (host->n_nics == 0)
		strbuf_add(&out, "  none\n");
	strbuf_add(&out, "\nDisks\n");
	for (size_t i = 0; i < host->n_disks; i++)
		add_disk(&out, &host->disks[i]);
	if (host->n_disks == 0)
		strbuf_add(&out, "  none\n");
	strbuf_add(&out, "\nControllers and adapters\n");
	for (size_t i = 0; i < host->n_pci; i++)
		if (is_interesting(&host->pci[i]))
			add_pci(&out, &host->pci[i]);
	for (char **note = host->notes; note && *note; note++) {
		strbuf_add(&out, note == host->notes ? "\nNote: " : "Note: ");
		add_words(&out, 6, 6, *note);
	}
	return strbuf_take(&out);
}
