/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows about processors: what they are, what they can, what is wrong with them. */
#include "hwdb/host_text.h"

static void add_virtualization(struct strbuf *buf, const struct host_cpu *cpu)
{
	if (cpu->virtualization)
		strbuf_addf(buf, ", %s%s",
			    str_eq(cpu->virtualization, "vmx") ? "Intel VT-x" : "AMD-V",
			    cpu->nested_paging ? " with nested paging" : " without nested paging");
	if (cpu->has_virtualization_disabled && cpu->virtualization_disabled)
		strbuf_addf(buf, ", hardware virtualization TURNED OFF by the firmware%s",
			    cpu->has_virtualization_locked && cpu->virtualization_locked
				    ? " and locked"
				    : "");
	else if (!cpu->virtualization)
		strbuf_add(buf, ", no hardware virtualization");
}

static void add_head(struct strbuf *out, const struct host_cpu *cpu)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, cpu->model ?: "unknown");
	if (cpu->packages)
		strbuf_addf(&buf, ", %u package%s", cpu->packages, cpu->packages == 1 ? "" : "s");
	if (cpu->has_sockets && cpu->empty_sockets)
		strbuf_addf(&buf, " in %u sockets", cpu->sockets);
	if (cpu->cores)
		strbuf_addf(&buf, ", %u core%s", cpu->cores, cpu->cores == 1 ? "" : "s");
	if (cpu->threads)
		strbuf_addf(&buf, ", %u thread%s", cpu->threads, cpu->threads == 1 ? "" : "s");
	add_virtualization(&buf, cpu);
	text_row(out, "Processor", buf.text);
}

static const char *slat_words(const struct host_cpu *cpu)
{
	if (cpu->has_slat_1g_pages && cpu->slat_1g_pages)
		return "nested pages to 1 GiB";
	if (cpu->has_slat_2m_pages && cpu->slat_2m_pages)
		return "nested pages to 2 MiB";
	return NULL;
}

static const char *smt_words(const char *smt)
{
	if (str_eq(smt, "on"))
		return "SMT on";
	return str_eq(smt, "off") || str_eq(smt, "forceoff") ? "SMT off" : NULL;
}

static char *package_words(const struct host_cpu_package *package)
{
	struct strbuf buf = {0};

	if (package->has_signature)
		strbuf_addf(&buf, "family %u, model %u, stepping %u", package->family,
			    package->model_number, package->stepping);
	if (package->microcode) {
		text_part(&buf, ", ", "microcode");
		text_part(&buf, " ", package->microcode);
	}
	return strbuf_take(&buf);
}

/* One line of signature and microcode where all packages are alike, as they should be. */
static bool packages_alike(const struct host_cpu *cpu)
{
	for (size_t i = 1; i < cpu->n_package_list; i++) {
		_cleanup_free_ char *first = package_words(&cpu->package_list[0]);
		_cleanup_free_ char *words = package_words(&cpu->package_list[i]);

		if (!str_eq(words, first))
			return false;
	}
	return true;
}

static void add_abilities(struct strbuf *out, const struct host_cpu *cpu)
{
	bool alike = packages_alike(cpu);
	_cleanup_strbuf_ struct strbuf buf = {0};

	text_part(&buf, ", ", cpu->feature_level);
	text_part(&buf, ", ", smt_words(cpu->smt));
	if (cpu->nested_paging)
		text_part(&buf, ", ", slat_words(cpu));
	if (cpu->has_unrestricted_guest && !cpu->unrestricted_guest)
		text_part(&buf, ", ", "no unrestricted guests");
	if (alike && cpu->n_package_list) {
		_cleanup_free_ char *words = package_words(&cpu->package_list[0]);

		text_part(&buf, ", ", words);
	}
	if (buf.length)
		text_below(out, buf.text);
	for (size_t i = 0; !alike && i < cpu->n_package_list; i++) {
		_cleanup_free_ char *words = package_words(&cpu->package_list[i]);
		_cleanup_free_ char *line =
			xasprintf("package %u: %s", cpu->package_list[i].id, words);

		text_below(out, line);
	}
}

static void add_vulnerabilities(struct strbuf *out, const struct host_cpu *cpu)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < cpu->n_vulnerabilities; i++)
		if (strstr(cpu->vulnerabilities[i].status, "Vulnerable"))
			strbuf_addf(&buf, "%s%s", buf.length ? ", " : "vulnerable to ",
				    cpu->vulnerabilities[i].name);
	if (buf.length)
		text_below(out, buf.text);
}

void text_cpu(struct strbuf *out, const struct host_cpu *cpu)
{
	add_head(out, cpu);
	add_abilities(out, cpu);
	add_vulnerabilities(out, cpu);
}
