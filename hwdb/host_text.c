/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host for people: what matters for an installation first. */
#include "hwdb/host_text.h"
#include "hwdb/pci_link.h"

/* What a window of the screens has room for on a terminal of 80. */
#define COLUMNS 76

void text_words(struct strbuf *buf, size_t column, size_t indent, const char *text)
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

void text_row(struct strbuf *buf, const char *head, const char *text)
{
	strbuf_addf(buf, "%-*s", TEXT_HEAD, head);
	text_words(buf, TEXT_HEAD, TEXT_HEAD, text);
}

void text_below(struct strbuf *buf, const char *text)
{
	strbuf_addf(buf, "%*s", TEXT_HEAD, "");
	text_words(buf, TEXT_HEAD, TEXT_HEAD + 2, text);
}

void text_part(struct strbuf *buf, const char *separator, const char *text)
{
	if (str_empty(text))
		return;
	if (buf->length)
		strbuf_add(buf, separator);
	strbuf_add(buf, text);
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
	if (iommu->n_units)
		strbuf_addf(&buf, "; %zu unit%s", iommu->n_units, iommu->n_units == 1 ? "" : "s");
	if (iommu->has_interrupt_remapping)
		strbuf_add(&buf, iommu->interrupt_remapping ? ", interrupt remapping"
							    : ", no interrupt remapping");
	if (iommu->has_x2apic_opt_out && iommu->x2apic_opt_out)
		strbuf_add(&buf, ", the firmware refuses x2APIC");
	if (iommu->n_reserved)
		strbuf_addf(&buf, ", memory reserved for devices in %zu places", iommu->n_reserved);
	text_row(out, "IOMMU", buf.text);
}

static void add_content(struct strbuf *out, const struct host_content *content)
{
	_cleanup_free_ char *size = str_from_size(content->size_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (content->partition)
		strbuf_addf(&buf, "partition %u, %s: ", content->partition, size);
	strbuf_add(&buf, content->description ?: content->type ?: "nothing recognised");
	if (content->date)
		strbuf_addf(&buf, ", %s", content->date);
	if (content->valuable)
		strbuf_add(&buf, " (DATA WORTH KEEPING)");
	text_below(out, buf.text);
}

static void add_disk_head(struct strbuf *out, const struct host_disk *disk)
{
	_cleanup_free_ char *size = str_from_size(disk->size_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, disk->size_bytes ? size : "no medium");
	if (!str_eq(disk->kind, "disk"))
		strbuf_addf(&buf, ", %s", disk->kind);
	text_part(&buf, ", ", disk->transport);
	if (disk->logical_block_bytes != 512)
		strbuf_addf(&buf, ", %u-byte sectors", disk->logical_block_bytes);
	if (disk->has_rotational && disk->rotational && !str_eq(disk->transport, "virtio"))
		strbuf_add(&buf, ", rotating");
	if (disk->has_rpm)
		strbuf_addf(&buf, " at %u rpm", disk->rpm);
	if (disk->zoned && !str_eq(disk->zoned, "none"))
		strbuf_addf(&buf, ", zoned (%s)", disk->zoned);
	if (disk->removable)
		strbuf_add(&buf, ", removable");
	if (disk->read_only)
		strbuf_add(&buf, ", read-only");
	if (disk->install_medium)
		strbuf_add(&buf, ", install medium");
	text_part(&buf, ", ", disk->model);
	strbuf_addf(out, "  %-*s", TEXT_HEAD - 2, disk->name ?: "(paths)");
	if (disk->name && strlen(disk->name) > TEXT_HEAD - 3)
		strbuf_addf(out, "\n%*s", TEXT_HEAD, "");
	text_words(out, TEXT_HEAD, TEXT_HEAD, buf.text);
}

static void add_list(struct strbuf *out, const char *head, char *const *strv)
{
	_cleanup_free_ char *joined = strv_join(strv, ", ");
	_cleanup_free_ char *text = xasprintf("%s %s", head, joined);

	text_below(out, text);
}

static void add_health(struct strbuf *out, const struct host_health *health)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, !health->has_passed ? "health:"
			 : health->passed    ? "health: good by its own account"
					     : "health: FAILING by its own account");
	if (health->has_used)
		strbuf_addf(&buf, ", %u%% of its writes used", health->used_percent);
	if (health->has_spare)
		strbuf_addf(&buf, ", %u%% spare", health->spare_percent);
	if (health->has_reallocated && health->reallocated_sectors)
		strbuf_addf(&buf, ", %u sectors reallocated", health->reallocated_sectors);
	if (health->has_pending && health->pending_sectors)
		strbuf_addf(&buf, ", %u sectors unreadable", health->pending_sectors);
	if (health->has_media_errors && health->media_errors)
		strbuf_addf(&buf, ", %u media errors", health->media_errors);
	if (health->has_temperature)
		strbuf_addf(&buf, ", %u C", health->temperature_celsius);
	if (health->has_hours)
		strbuf_addf(&buf, ", %u hours", health->power_on_hours);
	text_below(out, buf.text);
}

static void add_disk(struct strbuf *out, const struct host_disk *disk)
{
	add_disk_head(out, disk);
	strbuf_addf(out, "%*sid %s\n", TEXT_HEAD, "", disk->id);
	if (disk->serial && !strstr(disk->id, disk->serial))
		strbuf_addf(out, "%*sserial %s\n", TEXT_HEAD, "", disk->serial);
	if (disk->has_health)
		add_health(out, &disk->health);
	if (disk->parents)
		add_list(out, "made of", disk->parents);
	if (disk->holders)
		add_list(out, "in use:", disk->holders);
	if (disk->unreadable && disk->size_bytes)
		strbuf_addf(out, "%*scannot be read: %s\n", TEXT_HEAD, "", disk->unreadable);
	for (size_t i = 0; i < disk->n_contents; i++)
		add_content(out, &disk->contents[i]);
	if (!disk->unreadable && disk->n_contents == 0)
		strbuf_addf(out, "%*snothing recognised on it\n", TEXT_HEAD, "");
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

/* Whether it can go to a guest without others; said where there is an IOMMU at all. */
static void add_company(struct strbuf *buf, const struct host *host, const struct host_pci *pci)
{
	if (!pci->has_alone || !host->iommu.kind)
		return;
	strbuf_add(buf, pci->alone ? ", alone in its IOMMU group" : ", shares its IOMMU group");
	if (host->iommu.groups_predicted)
		strbuf_add(buf, " (predicted)");
}

static void add_pci(struct strbuf *out, const struct host *host, const struct host_pci *pci)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%s:%s", pci->vendor_id ?: "?", pci->device_id ?: "?");
	text_part(&buf, " ", pci->vendor_name);
	text_part(&buf, " ", pci->device_name ?: pci->class_name);
	strbuf_addf(&buf, " [%s]", pci->driver ?: "no driver");
	host_pci_words(pci, &buf);
	add_company(&buf, host, pci);
	strbuf_addf(out, "  %-12s ", pci->address);
	text_words(out, 15, 15, buf.text);
}

char *host_to_text(const struct host *host)
{
	struct strbuf out = {0};

	text_system(&out, host);
	add_iommu(&out, &host->iommu);
	strbuf_add(&out, "\nNetwork interfaces, by the names an installed host gives them\n");
	for (size_t i = 0; i < host->n_nics; i++)
		text_nic(&out, &host->nics[i]);
	if (host->n_nics == 0)
		strbuf_add(&out, "  none\n");
	strbuf_add(&out, "\nDisks\n");
	for (size_t i = 0; i < host->n_disks; i++)
		add_disk(&out, &host->disks[i]);
	if (host->n_disks == 0)
		strbuf_add(&out, "  none\n");
	text_hbas(&out, host);
	strbuf_add(&out, "\nControllers and adapters\n");
	for (size_t i = 0; i < host->n_pci; i++)
		if (is_interesting(&host->pci[i]))
			add_pci(&out, host, &host->pci[i]);
	for (char **note = host->notes; note && *note; note++) {
		strbuf_add(&out, note == host->notes ? "\nNote: " : "Note: ");
		text_words(&out, 6, 6, *note);
	}
	return strbuf_take(&out);
}
