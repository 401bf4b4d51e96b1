/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plan for the eye, as wide as a window of the screens: what is erased stands first, then what
 * is made, then the steps with the point of no return.
 */
#include "installer/plan/build.h"

#include "common/i18n.h"
#include "common/str.h"

#define WIDTH 76 /* on a terminal of 80 */
/* Of the names of what the host gets, before what it gets. */
#define NAME_COLUMNS 12

/* Days of the Gregorian calendar counted from 1970-01-01; years begin in March here, so that the
 * leap day is the last of its year. Written out because libc's own looks for time zone files. */
char *time_to_text(int64_t time)
{
	int64_t day = time / 86400, second = time % 86400;

	if (second < 0) {
		second += 86400;
		day--;
	}
	day += 719468;
	int64_t era = (day >= 0 ? day : day - 146096) / 146097;
	int64_t of_era = day - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;
	int day_of_month = (int)(of_year - (153 * month + 2) / 5 + 1);

	year += era * 400 + (month >= 10 ? 1 : 0);
	month = month < 10 ? month + 3 : month - 9;
	return xasprintf("%04d-%02d-%02d %02d:%02d:%02d", (int)year, (int)month, day_of_month,
			 (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

/* Columns a text takes: its UTF-8 characters. */
static size_t columns(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

/* Adds `text` broken at blanks, the first line after `first`, others after `indent` blanks. */
static void add_wrapped(struct strbuf *buf, const char *first, size_t indent, const char *text)
{
	_cleanup_strv_ char **words = strv_split(text, " ");
	size_t column = columns(first);

	strbuf_add(buf, first);
	if (!words)
		while (buf->length > 0 && buf->text[buf->length - 1] == ' ')
			buf->text[--buf->length] = '\0';
	for (size_t i = 0; i < strv_length(words); i++) {
		size_t width = columns(words[i]);

		if (i > 0 && column + 1 + width > WIDTH) {
			strbuf_addf(buf, "\n%*s", (int)indent, "");
			column = indent;
		} else if (i > 0) {
			strbuf_add(buf, " ");
			column++;
		}
		strbuf_add(buf, words[i]);
		column += width;
	}
	strbuf_add(buf, "\n");
}

/* "  name        text", the text broken below itself; an empty name continues the one above. */
static void add_item(struct strbuf *buf, const char *name, const char *text)
{
	size_t width = columns(name);
	_cleanup_free_ char *first = xasprintf(
		"  %s%*s", name, width < NAME_COLUMNS ? (int)(NAME_COLUMNS - width) : 1, "");

	add_wrapped(buf, first, 2 + NAME_COLUMNS, text);
}

static void add_heading(struct strbuf *buf, const char *text)
{
	strbuf_addf(buf, "\n%s\n", text);
}

static void add_header(struct strbuf *buf, const struct plan *plan)
{
	_cleanup_free_ char *memory = str_from_size(plan->memory_bytes);
	_cleanup_free_ char *time = time_to_text(plan->time);

	strbuf_addf(buf, _("Install %s %s"), plan->product, plan->product_version);
	if (plan->development)
		strbuf_addf(buf, "   %s", _("*** DEVELOPMENT: not for production ***"));
	strbuf_add(buf, "\n");
	add_wrapped(buf, _("on      "), 8, plan->machine);
	strbuf_addf(buf,
		    P_("        %s, %u CPU thread, %s of memory\n",
		       "        %s, %u CPU threads, %s of memory\n", plan->cpu_threads),
		    plan->firmware == FIRMWARE_UEFI ? "UEFI" : "BIOS", plan->cpu_threads, memory);
	strbuf_addf(buf, _("plan    seed %s, %s UTC\n"), plan->seed, time);
	if (plan->install_id)
		strbuf_addf(buf, "        install-id %s\n", plan->install_id);
}

static void add_warnings(struct strbuf *buf, const struct plan *plan)
{
	if (plan->warnings.count == 0)
		return;
	add_heading(buf, _("WARNINGS"));
	for (size_t i = 0; i < plan->warnings.count; i++) {
		const struct finding *finding = &plan->warnings.list[i];
		_cleanup_free_ char *message = i18n_sentence(finding->message);
		_cleanup_free_ char *hint = i18n_sentence(finding->hint);

		add_wrapped(buf, "  ! ", 4, message);
		if (hint)
			add_wrapped(buf, "    -> ", 7, hint);
	}
}

static const char *disk_use(const struct plan_disk *disk)
{
	if (!disk->target)
		return _("for virtual disks");
	return disk->guest_storage ? _("for the system and virtual disks") : _("for the system");
}

static void add_disks(struct strbuf *buf, const struct plan *plan)
{
	add_heading(buf, plan->n_disks == 1 ? _("THIS DISK WILL BE ERASED")
					    : _("THESE DISKS WILL BE ERASED"));
	for (size_t i = 0; i < plan->n_disks; i++) {
		const struct plan_disk *disk = &plan->disks[i];
		_cleanup_free_ char *size = str_from_size(disk->size_bytes);
		_cleanup_free_ char *first = xasprintf("  %-8s ", disk->name);
		_cleanup_free_ char *serial =
			disk->serial ? xasprintf(_(", serial %s"), disk->serial) : xstrdup("");
		_cleanup_free_ char *text =
			xasprintf("%s, %s%s, %s", size, disk->model ?: _("unknown model"), serial,
				  disk_use(disk));

		add_wrapped(buf, first, 11, text);
		for (size_t d = 0; d < strv_length(disk->destroys); d++)
			add_wrapped(buf, "           - ", 13, disk->destroys[d]);
		if (disk->keeps) {
			_cleanup_free_ char *keeps = xasprintf(_("KEPT as it is: %s"), disk->keeps);
			add_wrapped(buf, "           = ", 13, keeps);
		}
	}
	if (!plan->untouched)
		return;
	add_heading(buf, plan->untouched[1] ? _("These disks are not touched")
					    : _("This disk is not touched"));
	for (size_t i = 0; plan->untouched[i]; i++)
		add_wrapped(buf, "  ", 4, plan->untouched[i]);
}

static const char *partition_use(const struct plan_partition *partition)
{
	switch (partition->purpose) {
	case PARTITION_LOGS:
		return _("logs");
	case PARTITION_BACKUP:
		return _("kept free for upgrades");
	case PARTITION_ROOT:
		return _("the system");
	case PARTITION_BOOT:
		return _("boot loader");
	case PARTITION_SWAP:
		return _("swap");
	case PARTITION_SR:
		return _("local storage");
	case PARTITION_JOURNAL:
		return _("installation journal");
	case PARTITION_KEPT:
		return _("kept as it is");
	}
	return "";
}

static void add_partitions(struct strbuf *buf, const struct plan *plan)
{
	_cleanup_free_ char *heading =
		xasprintf(plan->disks[0].keeps ? _("Partitions of %s (GPT, %s layout)")
					       : _("New partitions of %s (GPT, %s layout)"),
			  plan->disks[0].name, layout_profile_to_string(plan->layout));

	add_heading(buf, heading);
	strbuf_add(buf, _("  no start MiB       size  label        mounted on  for\n"));
	for (size_t i = 0; i < plan->n_partitions; i++) {
		const struct plan_partition *partition = &plan->partitions[i];
		_cleanup_free_ char *size = str_from_size(partition->size_bytes);
		const char *mount = partition->mount;

		if (!mount || *mount != '/')
			mount = "-";
		strbuf_addf(buf, " %3u %9llu %10s  %-11s  %-10s  %s\n", partition->number,
			    (unsigned long long)(partition->start_bytes / MIB), size,
			    partition->label ?: "-", mount, partition_use(partition));
	}
}

static char *address_text(const struct plan_network *network)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	switch (network->mode) {
	case ADDRESS_DHCP:
	case ADDRESS_AUTOCONF:
		strbuf_add(&buf, _("by DHCP"));
		break;
	case ADDRESS_STATIC:
		strbuf_addf(&buf, "%s/%u", network->ip, network->prefix);
		if (network->gateway)
			strbuf_addf(&buf, _(", gateway %s"), network->gateway);
		break;
	case ADDRESS_NONE:
		break;
	}
	if (network->mode6 != ADDRESS_NONE && buf.length)
		strbuf_add(&buf, "; ");
	if (network->mode6 == ADDRESS_STATIC)
		strbuf_add(&buf, network->ip6);
	if (network->mode6 == ADDRESS_STATIC && network->gateway6)
		strbuf_addf(&buf, _(", gateway %s"), network->gateway6);
	else if (network->mode6 == ADDRESS_DHCP)
		strbuf_add(&buf, _("IPv6 by DHCP"));
	else if (network->mode6 == ADDRESS_AUTOCONF)
		strbuf_add(&buf, _("IPv6 by router"));
	return strbuf_take(&buf);
}

/* "eth0", or "bond0 of eth0 and eth1 (lacp)". */
static char *carrier_text(const struct plan *plan, const char *management)
{
	const struct plan_network *network = &plan->network;
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (!network->bond)
		return xstrdup(management);
	strbuf_addf(&buf, _("%s (%s) of %s"), network->bond,
		    bond_mode_to_string(network->bond_mode), management);
	for (size_t i = 0; i < plan->n_nics; i++)
		if (plan->nics[i].bonded && !plan->nics[i].management)
			strbuf_addf(&buf, " + %s", plan->nics[i].name);
	return strbuf_take(&buf);
}

static void add_management(struct strbuf *buf, const struct plan *plan, const char *nic)
{
	const struct plan_network *network = &plan->network;
	bool bridge = plan->network_backend == BACKEND_BRIDGE;
	_cleanup_free_ char *address = address_text(network);
	_cleanup_free_ char *carrier = carrier_text(plan, nic);
	_cleanup_free_ char *where =
		xasprintf(_("%s over %s, %s"), network->device, carrier, address);
	_cleanup_free_ char *backend =
		xasprintf(_("%s, because %s"), bridge ? _("Linux bridge") : "Open vSwitch",
			  plan->network_backend_reason);

	add_item(buf, _("management"), where);
	add_item(buf, _("bridge"), backend);
}

static void add_network(struct strbuf *buf, const struct plan *plan)
{
	const struct plan_network *network = &plan->network;
	const char *management = "";

	add_heading(buf, _("Network"));
	for (size_t i = 0; i < plan->n_nics; i++) {
		const struct plan_nic *nic = &plan->nics[i];

		_cleanup_free_ char *first = xasprintf("  %-6s %s  %-12s  ", nic->name, nic->mac,
						       nic->pci_address ?: "");

		add_wrapped(buf, first, columns(first), nic->slot ?: "");
		if (nic->management)
			management = nic->name;
	}
	if (network->bridge)
		add_management(buf, plan, management);
	else
		add_item(buf, _("management"), _("none: the host is reached at its console only"));
	if (plan->proxy)
		add_item(buf, _("proxy"), plan->proxy);
	if (plan->syslog_server) {
		_cleanup_free_ char *server =
			xasprintf(_("%s over %s"), plan->syslog_server,
				  syslog_protocol_to_string(plan->syslog_protocol));
		add_item(buf, _("log"), server);
	}
	if (network->name_servers) {
		_cleanup_free_ char *servers = strv_join(network->name_servers, ", ");
		add_item(buf, "DNS", servers);
	}
}

static char *time_source_text(const struct plan *plan)
{
	switch (plan->ntp_source) {
	case NTP_DEFAULT:
		return xstrdup(_("from the distribution's servers"));
	case NTP_DHCP:
		return xstrdup(_("from servers that DHCP names, else the distribution's"));
	case NTP_MANUAL: {
		_cleanup_free_ char *servers = strv_join(plan->ntp_servers, ", ");
		return xasprintf(_("from %s"), servers);
	}
	case NTP_NONE:
		return xstrdup(_("not set from the network"));
	}
	return NULL;
}

static void add_root_login(struct strbuf *buf, const struct plan *plan)
{
	add_item(buf, _("root login"),
		 plan->root_password_key ? _("with the password of the answers")
					 : _("locked until first boot sets a password"));
	for (size_t i = 0; i < strv_length(plan->ssh_keys); i++) {
		const char *key = plan->ssh_keys[i], *comment = strrchr(key, ' ');
		size_t length = strcspn(key, " ");
		_cleanup_free_ char *text =
			xasprintf(_("by ssh with the %.*s key %s"), (int)length, key,
				  comment && comment > key + length ? comment + 1 : key + length);

		add_item(buf, "", text);
	}
}

static void add_arguments(struct strbuf *buf, const char *name, char *const *arguments)
{
	_cleanup_free_ char *text = arguments ? strv_join(arguments, " ") : NULL;

	if (text)
		add_item(buf, name, text);
}

static void add_consoles(struct strbuf *buf, const struct plan_serial *serial)
{
	_cleanup_free_ char *both =
		xasprintf(serial->is_default ? _("screen and ttyS%u at %u baud (default)")
					     : _("screen (default) and ttyS%u at %u baud"),
			  serial->port, serial->baud);
	_cleanup_free_ char *text =
		serial->from_firmware ? xasprintf(_("%s, as the firmware says"), both) : NULL;

	add_item(buf, _("console"), !serial->present ? _("screen") : text ?: both);
}

static void add_pool(struct strbuf *buf, const struct plan *plan)
{
	_cleanup_strbuf_ struct strbuf text = {0};

	if (!plan->has_pool)
		return;
	if (plan->pool_coordinator)
		strbuf_addf(&text, _("joined at first boot: that of %s"), plan->pool_coordinator);
	else if (plan->pool_name)
		strbuf_addf(&text, _("begun at first boot: %s"), plan->pool_name);
	else
		strbuf_add(&text, _("begun at first boot"));
	if (plan->pool_default_sr)
		strbuf_addf(&text,
			    plan->pool_coordinator
				    ? _("; storage %s for new virtual disks if it has none")
				    : _("; storage %s for new virtual disks"),
			    plan->pool_default_sr);
	add_item(buf, _("pool"), text.text);
}

static void add_system(struct strbuf *buf, const struct plan *plan)
{
	_cleanup_free_ char *time = time_source_text(plan);

	add_heading(buf, _("System"));
	add_item(buf, _("host name"), plan->hostname ?: _("from DHCP"));
	_cleanup_free_ char *dom0 =
		xasprintf(P_("%u MiB of memory, up to %u vCPU", "%u MiB of memory, up to %u vCPUs",
			     plan->dom0_vcpus),
			  plan->dom0_memory_mib, plan->dom0_vcpus);
	add_item(buf, "dom0", dom0);
	add_arguments(buf, "Xen", plan->xen_arguments);
	add_arguments(buf, "Linux", plan->kernel_arguments);
	if (plan->has_sr) {
		_cleanup_free_ char *storage =
			xasprintf(_("local repository of type %s, made at first boot"),
				  sr_type_to_string(plan->sr_type));
		add_item(buf, _("storage"), storage);
	}
	add_pool(buf, plan);
	add_root_login(buf, plan);
	_cleanup_free_ char *clock = xasprintf("%s, %s", plan->timezone, time);
	add_item(buf, _("time"), clock);
	add_item(buf, _("keyboard"), plan->keymap);
	add_consoles(buf, &plan->serial);
}

static void add_steps(struct strbuf *buf, const struct plan *plan)
{
	unsigned number = 0;

	add_heading(buf, _("Steps"));
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct plan_step *step = &plan->steps[i];

		if (step->kind == STEP_POINT_OF_NO_RETURN) {
			strbuf_addf(buf, "\n  ======= %s =======\n\n",
				    _("nothing above changes a disk; everything below does"));
			continue;
		}
		_cleanup_free_ char *first = xasprintf("  %2u  ", ++number);
		add_wrapped(buf, first, 6, step->title);
	}
}

char *plan_to_text(const struct plan *plan)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	add_header(&buf, plan);
	add_warnings(&buf, plan);
	add_disks(&buf, plan);
	add_partitions(&buf, plan);
	add_network(&buf, plan);
	add_system(&buf, plan);
	add_steps(&buf, plan);
	return strbuf_take(&buf);
}
