/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine in words. */
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

static void add_model(struct strbuf *buf, const struct host_firmware *firmware)
{
	strbuf_addf(buf, "  %s %s", firmware->system_vendor ?: _("Unknown maker,"),
		    firmware->product_name ?: _("unknown model"));
	if (!str_empty(firmware->product_serial))
		strbuf_addf(buf, _(", serial %s"), firmware->product_serial);
	strbuf_addf(buf, ", %s\n", firmware->kind == FIRMWARE_UEFI ? "UEFI" : "BIOS");
}

static void add_processors(struct strbuf *buf, const struct host *host)
{
	strbuf_addf(buf, "  %s", host->cpu.model ?: _("Unknown processor"));
	if (host->cpu.packages > 1)
		strbuf_addf(buf, _(", %u of them"), host->cpu.packages);
	if (host->cpu.threads)
		strbuf_addf(buf, P_(", %u thread", ", %u threads", host->cpu.threads),
			    host->cpu.threads);
	strbuf_add(buf, "\n");
}

static void add_devices(struct strbuf *buf, const struct host *host)
{
	_cleanup_free_ char *memory = str_from_size(host->memory_bytes);
	size_t disks = 0, links = 0, known = 0;

	for (size_t i = 0; i < host->n_disks; i++)
		disks += str_eq(host->disks[i].kind, "disk") ||
			 str_eq(host->disks[i].kind, "multipath");
	for (size_t i = 0; i < host->n_nics; i++) {
		known += host->nics[i].has_link;
		links += host->nics[i].has_link && host->nics[i].link;
	}
	strbuf_addf(buf, _("  %s of memory"), memory);
	strbuf_addf(buf, P_(", %zu disk", ", %zu disks", disks), disks);
	strbuf_addf(buf, P_(", %zu network interface", ", %zu network interfaces", host->n_nics),
		    host->n_nics);
	if (known)
		strbuf_addf(buf, _(", %zu with a link"), links);
	strbuf_add(buf, "\n\n");
}

static size_t count(const struct findings *findings, enum severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->count; i++)
		n += findings->list[i].severity == severity;
	return n;
}

char *welcome_words(const struct flow *flow)
{
	const struct screens_setup *setup = flow->setup;
	_cleanup_strbuf_ struct strbuf buf = {0};
	size_t errors = count(setup->hardware, SEVERITY_ERROR);
	size_t warnings = count(setup->hardware, SEVERITY_WARNING);

	strbuf_add(&buf,
		   setup->recorded
			   ? _("This is the record of a machine. Nothing will be installed: what "
			       "comes out is the plan and the answer file.\n\n")
			   : _("This turns the machine into a Xen host. Nothing is written before "
			       "you have seen and confirmed what will be done.\n\n"));
	add_model(&buf, &setup->host->firmware);
	add_processors(&buf, setup->host);
	add_devices(&buf, setup->host);
	if (errors)
		strbuf_addf(&buf,
			    P_("%zu thing will keep it from being a good Xen host: see the next "
			       "screen.",
			       "%zu things will keep it from being a good Xen host: see the next "
			       "screen.",
			       errors),
			    errors);
	else if (warnings)
		strbuf_addf(&buf,
			    P_("It can be a Xen host. %zu thing should be known: see the next "
			       "screen.",
			       "It can be a Xen host. %zu things should be known: see the next "
			       "screen.",
			       warnings),
			    warnings);
	else
		strbuf_add(&buf, _("It is fit to be a Xen host."));
	strbuf_add(&buf, _(" F5 shows everything that was found."));
	return strbuf_take(&buf);
}

char *hardware_words(const struct flow *flow)
{
	const struct findings *findings = flow->setup->hardware;
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		_cleanup_free_ char *message = i18n_sentence(finding->message);
		_cleanup_free_ char *hint = i18n_sentence(finding->hint);

		if (finding->severity == SEVERITY_NOTE)
			continue;
		strbuf_addf(&buf, "%s%s %s: %s\n", buf.length ? "\n" : "",
			    finding->severity == SEVERITY_ERROR ? "!!" : " !", finding->where,
			    message);
		if (hint)
			strbuf_addf(&buf, "   %s\n", hint);
	}
	return strbuf_take(&buf);
}

char *keyboard_words(const struct flow *flow)
{
	return xstrdup(flow->setup->keymap
			       ? _("The keyboard of this console, and of the host.")
			       : _("The keyboard of the host's own screen. Here the keymap of the "
				   "terminal counts that you sit at."));
}

char *name_words(const struct flow *flow)
{
	return xstrdup(flow_has_dhcp(flow)
			       ? _("Left empty, the network gives name and name servers by DHCP.")
			       : _("Without DHCP nobody names the host: left empty, it is called "
				   "localhost. Without name servers it finds others by address "
				   "only."));
}
