/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Network interfaces and disks on the page. */
#include "hwdb/host_text.h"
#include "hwdb/report.h"

static char *speed_words(unsigned mbps)
{
	return mbps >= 1000 && mbps % 500 == 0
		       ? xasprintf(mbps % 1000 ? "%u.5 Gbit/s" : "%u Gbit/s", mbps / 1000)
		       : xasprintf("%u Mbit/s", mbps);
}

static void add_link(struct strbuf *out, const struct host_nic *nic)
{
	_cleanup_free_ char *speed = nic->has_speed ? speed_words(nic->speed_mbps) : NULL;

	if (!nic->has_link)
		html_element(out, "span", "soft", "link unknown");
	else if (nic->link)
		html_element(out, "span", "good", speed ?: "link up");
	else
		html_element(out, "span", "warn", "no link");
}

static void add_nic(struct strbuf *out, const struct host_nic *nic)
{
	_cleanup_strbuf_ struct strbuf place = {0};

	strbuf_add(out, "<li class=\"item\"><div class=\"top\"><b>");
	html_text(out, nic->name);
	strbuf_add(out, "</b>\n");
	add_link(out, nic);
	html_element(out, "span", "mono", nic->mac);
	strbuf_add(out, "</div>\n");
	strbuf_add(&place, nic->driver ?: "no driver");
	text_part(&place, ", firmware ", nic->firmware_version);
	text_part(&place, ", ", nic->pci_address);
	text_part(&place, ", ", nic->slot);
	text_part(&place, ", part of ", nic->master);
	if (nic->boot)
		text_part(&place, ", ", "booted from");
	html_element(out, "p", "soft", place.text);
	for (size_t i = 0; i < nic->n_lldp; i++) {
		_cleanup_free_ char *words = text_neighbour(&nic->lldp[i]);

		html_element(out, "p", "peer", words);
	}
	if (nic->has_lldp_seconds && nic->n_lldp == 0)
		html_element(out, "p", "soft", "No neighbour was heard (LLDP).");
	strbuf_add(out, "</li>\n");
}

void report_nics(struct strbuf *out, const struct host *host)
{
	strbuf_add(out, "<section><h3>Network interfaces</h3>\n");
	if (host->n_nics == 0)
		strbuf_add(out, "<p class=\"bad\">None.</p>\n");
	else
		strbuf_add(out, "<ul>\n");
	for (size_t i = 0; i < host->n_nics; i++)
		add_nic(out, &host->nics[i]);
	strbuf_add(out, host->n_nics ? "</ul></section>\n" : "</section>\n");
}

/* Its partitions as long as they are; at least a thousandth, that a boot partition is seen. */
static void add_bar(struct strbuf *out, const struct host_disk *disk)
{
	uint64_t rest = disk->size_bytes;
	bool any = false;

	for (size_t i = 0; i < disk->n_contents; i++)
		any |= disk->contents[i].partition != 0;
	if (!any || disk->size_bytes < 1000)
		return;
	strbuf_add(out, "<div class=\"bar\" aria-hidden=\"true\">");
	for (size_t i = 0; i < disk->n_contents; i++) {
		const struct host_content *content = &disk->contents[i];
		uint64_t size = content->size_bytes < rest ? content->size_bytes : rest;
		uint64_t share = size / (disk->size_bytes / 1000);

		if (!content->partition)
			continue;
		rest -= size;
		strbuf_addf(out, "<i%s style=\"flex-grow:%ju\"></i>",
			    content->valuable ? " class=\"value\"" : "", (uintmax_t)(share ?: 1));
	}
	strbuf_addf(out, "<i class=\"free\" style=\"flex-grow:%ju\"></i></div>\n",
		    (uintmax_t)(rest / (disk->size_bytes / 1000)));
}

static void add_health(struct strbuf *out, const struct host_health *health)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	bool bad = health->has_passed && !health->passed;

	strbuf_add(&buf, !health->has_passed ? "Health" : bad ? "Failing" : "Healthy");
	if (health->has_used)
		strbuf_addf(&buf, ", %u %% worn", health->used_percent);
	if (health->has_spare)
		strbuf_addf(&buf, ", %u %% spare", health->spare_percent);
	if (health->has_reallocated)
		strbuf_addf(&buf, ", %u sectors reallocated", health->reallocated_sectors);
	if (health->has_temperature)
		strbuf_addf(&buf, ", %u °C", health->temperature_celsius);
	if (health->has_hours)
		strbuf_addf(&buf, ", %u hours", health->power_on_hours);
	html_element(out, "p", bad ? "bad" : "good", buf.text);
}

static void add_content(struct strbuf *out, const struct host_content *content)
{
	_cleanup_free_ char *size = str_from_size(content->size_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (content->partition)
		strbuf_addf(&buf, "%u · %s · ", content->partition, size);
	strbuf_add(&buf, content->description ?: content->type ?: "nothing recognised");
	if (content->date)
		strbuf_addf(&buf, ", %s", content->date);
	if (content->valuable)
		strbuf_add(&buf, " (data worth keeping)");
	html_element(out, "p", content->valuable ? "bad" : "soft", buf.text);
}

static void add_disk(struct strbuf *out, const struct host_disk *disk)
{
	_cleanup_free_ char *size = str_from_size(disk->size_bytes);
	_cleanup_strbuf_ struct strbuf kind = {0};

	strbuf_add(out, "<li class=\"item\"><div class=\"top\"><b>");
	html_text(out, disk->name ?: "(paths)");
	strbuf_add(out, "</b>\n");
	html_element(out, "span", "size", disk->size_bytes ? size : "no medium");
	html_element(out, "span", "soft", disk->model);
	strbuf_add(out, "</div>\n");
	html_element(out, "p", "mono", disk->id);
	strbuf_add(&kind, disk->kind);
	text_part(&kind, ", ", disk->transport);
	text_part(&kind, ", ", disk->driver);
	if (disk->has_rotational)
		text_part(&kind, ", ", disk->rotational ? "rotating" : "solid state");
	if (disk->logical_block_bytes != 512)
		strbuf_addf(&kind, ", %u-byte sectors", disk->logical_block_bytes);
	if (disk->removable)
		text_part(&kind, ", ", "removable");
	if (disk->install_medium)
		text_part(&kind, ", ", "install medium");
	html_element(out, "p", "soft", kind.text);
	if (disk->has_health)
		add_health(out, &disk->health);
	add_bar(out, disk);
	for (size_t i = 0; i < disk->n_contents; i++)
		add_content(out, &disk->contents[i]);
	if (disk->unreadable && disk->size_bytes)
		html_element(out, "p", "warn", disk->unreadable);
	strbuf_add(out, "</li>\n");
}

void report_disks(struct strbuf *out, const struct host *host)
{
	strbuf_add(out, "<section><h3>Disks</h3>\n");
	if (host->n_disks == 0)
		strbuf_add(out, "<p class=\"bad\">None.</p>\n");
	else
		strbuf_add(out, "<ul>\n");
	for (size_t i = 0; i < host->n_disks; i++)
		add_disk(out, &host->disks[i]);
	strbuf_add(out, host->n_disks ? "</ul></section>\n" : "</section>\n");
}
