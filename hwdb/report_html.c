/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/json_text.h"
#include "common/xml.h"
#include "hwdb/host_text.h"
#include "hwdb/report.h"

/* Sequences of UTF-8 that XML forbids (U+FFFE, U+FFFF) or that reorder the text around them
 * (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069). */
static size_t length_of_unwanted(const unsigned char *c)
{
	if ((*c < ' ' && *c != '\t' && *c != '\n') || *c == 0x7f)
		return 1;
	if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
		return 2;
	if (c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe)
		return 3;
	if (c[0] != 0xe2 || (c[1] != 0x80 && c[1] != 0x81))
		return 0;
	if (c[1] == 0x80)
		return c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xaa && c[2] <= 0xae) ? 3 : 0;
	return c[2] >= 0xa6 && c[2] <= 0xa9 ? 3 : 0;
}

void html_text(struct strbuf *out, const char *text)
{
	_cleanup_free_ char *valid = text ? json_valid_utf8(text) : NULL;
	_cleanup_free_ char *escaped = NULL;
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (const char *c = valid; c && *c;) {
		size_t length = length_of_unwanted((const unsigned char *)c);

		if (length)
			strbuf_add(&buf, "\xef\xbf\xbd");
		else
			strbuf_add_bytes(&buf, c, 1);
		c += length ?: 1;
	}
	if (!buf.length)
		return;
	escaped = xml_escape(buf.text);
	strbuf_add(out, escaped);
}

void html_element(struct strbuf *out, const char *tag, const char *class, const char *text)
{
	if (str_empty(text))
		return;
	strbuf_addf(out, "<%s class=\"%s\">", tag, class);
	html_text(out, text);
	strbuf_addf(out, "</%s>\n", tag);
}

static void add_fact(struct strbuf *out, const char *name, const char *text)
{
	if (str_empty(text))
		return;
	strbuf_addf(out, "<div><dt>%s</dt><dd>", name);
	html_text(out, text);
	strbuf_add(out, "</dd></div>\n");
}

static void add_cpu_fact(struct strbuf *out, const struct host_cpu *cpu)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (cpu->packages > 1)
		strbuf_addf(&buf, "%u × ", cpu->packages);
	strbuf_add(&buf, cpu->model ?: "unknown");
	if (cpu->cores)
		strbuf_addf(&buf, ", %u core%s", cpu->cores, cpu->cores == 1 ? "" : "s");
	if (cpu->threads)
		strbuf_addf(&buf, ", %u thread%s", cpu->threads, cpu->threads == 1 ? "" : "s");
	text_part(&buf, ", ", cpu->feature_level);
	text_part(&buf, ", ", cpu->virtualization ?: "no hardware virtualization");
	add_fact(out, "Processors", buf.text);
}

static void add_memory_fact(struct strbuf *out, const struct host *host)
{
	_cleanup_free_ char *total = str_from_size(host->memory_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, host->memory_bytes ? total : "unknown");
	if (host->memory.has_slots)
		strbuf_addf(&buf, ", %u of %u sockets filled",
			    host->memory.slots - host->memory.empty_slots, host->memory.slots);
	if (host->memory.ecc) {
		text_part(&buf, ", ECC: ", host->memory.ecc);
	}
	add_fact(out, "Memory", buf.text);
}

static void add_firmware_fact(struct strbuf *out, const struct host_firmware *firmware)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, firmware->kind == FIRMWARE_UEFI ? "UEFI" : "BIOS");
	text_part(&buf, ", ", firmware->bios_version);
	text_part(&buf, " of ", firmware->bios_date);
	if (firmware->secure_boot != SECURE_BOOT_UNKNOWN)
		text_part(&buf, ", Secure Boot ", secure_boot_to_string(firmware->secure_boot));
	add_fact(out, "Firmware", buf.text);
}

static void add_facts(struct strbuf *out, const struct host *host)
{
	_cleanup_strbuf_ struct strbuf iommu = {0};

	strbuf_add(out, "<dl class=\"facts\">\n");
	add_cpu_fact(out, &host->cpu);
	add_memory_fact(out, host);
	add_firmware_fact(out, &host->firmware);
	strbuf_add(&iommu, host->iommu.kind ?: "none named by the firmware");
	if (host->iommu.kind)
		strbuf_add(&iommu, host->iommu.enabled ? ", in use" : ", not in use");
	if (host->iommu.groups)
		strbuf_addf(&iommu, ", %u groups", host->iommu.groups);
	add_fact(out, "IOMMU", iommu.text);
	if (host->has_tpm)
		add_fact(out, "TPM", host->tpm.version ?: "there, version unknown");
	if (host->has_bmc)
		add_fact(out, "BMC", host->bmc.firmware_version ?: "there");
	add_fact(out, "Serial", host->firmware.product_serial);
	add_fact(out, "Runs in", host->virtual_machine);
	add_fact(out, "Kernel", host->kernel_release);
	strbuf_add(out, "</dl>\n");
}

static void add_offence(struct strbuf *out, const char *class, const char *word,
			const struct offence *offence)
{
	strbuf_addf(out, "<li class=\"%s\"><b>%s</b> ", class, word);
	html_element(out, "span", "where", offence->where);
	html_element(out, "p", "message", offence->message);
	html_element(out, "p", "hint", offence->hint);
	strbuf_add(out, "</li>\n");
}

static void add_offences(struct strbuf *out, const struct verdicts *verdicts,
			 enum verdict_result result, const char *class, const char *word)
{
	for (size_t i = 0; i < verdicts->n; i++) {
		const struct verdict *verdict = &verdicts->list[i];

		for (size_t j = 0; verdict->result == result && j < verdict->n_offences; j++)
			add_offence(out, class, word, &verdict->offences[j]);
	}
}

/* Every rule with what was measured, for who wants to see that it was looked at. */
static void add_rules(struct strbuf *out, const struct verdicts *verdicts)
{
	strbuf_add(out, "<details><summary>");
	strbuf_addf(out, "%zu of %zu rules passed", verdicts_count(verdicts, VERDICT_PASS),
		    verdicts->n);
	strbuf_add(out, "</summary><dl class=\"rules\">\n");
	for (size_t i = 0; i < verdicts->n; i++) {
		const struct verdict *verdict = &verdicts->list[i];

		strbuf_add(out, "<div><dt>");
		html_text(out, verdict->rule->texts[RULE_TITLE].value ?: verdict->rule->name);
		strbuf_addf(out, " <span class=\"%s\">%s</span></dt><dd>",
			    verdict_result_to_string(verdict->result),
			    verdict_result_to_string(verdict->result));
		html_text(out, verdict->measured);
		strbuf_add(out, "</dd></div>\n");
	}
	strbuf_add(out, "</dl></details>\n");
}

static void add_verdicts(struct strbuf *out, const struct verdicts *verdicts)
{
	_cleanup_strbuf_ struct strbuf items = {0};

	add_offences(&items, verdicts, VERDICT_FAIL, "error", "Error");
	add_offences(&items, verdicts, VERDICT_WARN, "warning", "Warning");
	add_offences(&items, verdicts, VERDICT_UNKNOWN, "note", "Unknown");
	add_offences(&items, verdicts, VERDICT_PASS, "note", "Note");
	strbuf_add(out, "<section><h3>Verdicts</h3>\n");
	if (items.length)
		strbuf_addf(out, "<ul class=\"findings\">\n%s</ul>\n", items.text);
	else
		strbuf_add(out, "<p class=\"calm\">Nothing stands in the way.</p>\n");
	add_rules(out, verdicts);
	strbuf_add(out, "</section>\n");
}

static void add_badge(struct strbuf *out, const struct verdicts *verdicts)
{
	size_t warnings = verdicts_count(verdicts, VERDICT_WARN);
	bool good = verdicts_count(verdicts, VERDICT_FAIL) == 0;
	_cleanup_strbuf_ struct strbuf words = {0};

	if (str_eq(verdicts->profile->name, "host"))
		strbuf_add(&words, good ? "Can be a Xen host" : "Cannot be a Xen host as it is");
	else
		strbuf_addf(&words, "%s the profile %s", good ? "Fits" : "Does not fit",
			    verdicts->profile->name);
	if (good && warnings)
		strbuf_addf(&words, ", %zu warning%s", warnings, warnings == 1 ? "" : "s");
	html_element(out, "span",
		     !good      ? "badge error"
		     : warnings ? "badge warning"
				: "badge good",
		     words.text);
}

static void add_machine(struct strbuf *out, const struct report_machine *machine)
{
	const struct host_firmware *firmware = &machine->host->firmware;
	_cleanup_strbuf_ struct strbuf title = {0};

	text_part(&title, "", firmware->system_vendor);
	text_part(&title, " ", firmware->product_name);
	strbuf_add(out, "<article>\n<header>");
	html_element(out, "h2", "title", title.length ? title.text : "A machine without a name");
	html_element(out, "p", "name", machine->name);
	add_badge(out, machine->verdicts);
	strbuf_add(out, "</header>\n");
	add_facts(out, machine->host);
	add_verdicts(out, machine->verdicts);
	if (machine->burnin)
		report_burnin(out, machine->burnin);
	report_topology(out, machine->host);
	report_memory(out, machine->host);
	strbuf_add(out, "<div class=\"pair\">\n<div class=\"stack\">\n");
	report_nics(out, machine->host);
	report_hbas(out, machine->host);
	strbuf_add(out, "</div>\n");
	report_disks(out, machine->host);
	strbuf_add(out, "</div>\n</article>\n");
}

char *report_html(const struct report_machine *machines, size_t n, const char *made)
{
	struct strbuf out = {0};

	strbuf_add(&out, "<!DOCTYPE html>\n"
			 "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
			 "<meta charset=\"utf-8\"/>\n"
			 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
			 "'none'; style-src 'unsafe-inline'\"/>\n"
			 "<meta name=\"viewport\" content=\"width=device-width, "
			 "initial-scale=1\"/>\n<title>Hardware report</title>\n<style>\n");
	strbuf_add(&out, report_style);
	strbuf_addf(&out,
		    "</style>\n</head>\n<body%s>\n<header class=\"page\"><h1>Hardware "
		    "report</h1><p>",
		    n > 1 ? " class=\"several\"" : "");
	strbuf_addf(&out, "%zu machine%s, ", n, n == 1 ? "" : "s");
	html_text(&out, made);
	strbuf_add(&out, "</p></header>\n<main>\n");
	for (size_t i = 0; i < n; i++)
		add_machine(&out, &machines[i]);
	strbuf_add(&out, "</main>\n<footer>xenhost-hwinfo " XENHOST_VERSION
			 "</footer>\n</body>\n</html>\n");
	return strbuf_take(&out);
}
