/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files every Debian host has, and boot.conf, from which the boot menu is made. */
#include "installer/plan/build.h"

#include <inttypes.h>

#include "common/str.h"

/* Below this a crash kernel's memory would be taken from guests for nothing. */
#define CRASHKERNEL_MIN_BYTES (8 * GIB)

void build_file_mode(struct build *build, const char *path, unsigned mode, char *content)
{
	struct plan_file *file = ARRAY_APPEND(build->plan->files, build->plan->n_files);

	file->path = xstrdup(path);
	file->mode = mode;
	file->content = content;
}

void build_file(struct build *build, const char *path, char *content)
{
	build_file_mode(build, path, 0644, content);
}

void build_link(struct build *build, const char *path, const char *text)
{
	struct plan_file *file = ARRAY_APPEND(build->plan->files, build->plan->n_files);

	file->path = xstrdup(path);
	file->symlink = xstrdup(text);
}

/*
 * Lines in XenServer's order and shape, which its upgrade reads back. The ESP may be slow to appear
 * under an emulated or loaded dom0: a host does not stop in emergency mode for it.
 */
static void add_fstab(struct build *build)
{
	static const struct {
		const char *id, *options;
		unsigned dump, pass;
	} lines[] = {
		{"root", "defaults", 1, 1},
		{"boot", "defaults,umask=0077,nofail,x-systemd.device-timeout=15min", 0, 2},
		{"swap", "defaults,nofail", 0, 0},
		{"logs", "defaults,x-systemd.device-timeout=15min", 0, 2},
	};
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const struct plan_partition *partition =
			plan_find_partition(build->plan, lines[i].id);

		if (!partition || !partition->label)
			continue;
		strbuf_addf(&buf, "LABEL=%s    %s    %s    %s    %u %u\n", partition->label,
			    partition->mount, partition->filesystem, lines[i].options,
			    lines[i].dump, lines[i].pass);
	}
	build_file(build, "/etc/fstab", strbuf_take(&buf));
}

static void add_hostname(struct build *build)
{
	const struct plan *plan = build->plan;
	_cleanup_strbuf_ struct strbuf buf = {0};

	/* An empty file leaves the name to DHCP. */
	build_file(build, "/etc/hostname",
		   xasprintf("%s%s", plan->hostname ?: "", plan->hostname ? "\n" : ""));
	strbuf_add(&buf, "127.0.0.1\tlocalhost\n");
	if (plan->hostname) {
		size_t length = strcspn(plan->hostname, ".");
		_cleanup_free_ char *name = xstrndup(plan->hostname, length);

		strbuf_addf(&buf, "%s\t%s", plan->network.ip ?: "127.0.1.1", plan->hostname);
		if (plan->hostname[length])
			strbuf_addf(&buf, " %s", name);
		strbuf_add(&buf, "\n");
	}
	strbuf_add(&buf, "::1\tlocalhost ip6-localhost ip6-loopback\n"
			 "ff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
	build_file(build, "/etc/hosts", strbuf_take(&buf));
	build_link(build, "/etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf");
}

#define DHCP_TIME "xenhost-dhcp-time"

/*
 * networkd keeps the time servers that DHCP named where nobody reads them; chrony looks for them in
 * /run/chrony-dhcp. Its own servers stay beside them: a host whose DHCP names none has a clock too.
 */
static void add_dhcp_time(struct build *build)
{
	build_file(build, "/etc/systemd/system/" DHCP_TIME ".path",
		   xstrdup("[Unit]\nDescription=Time servers from DHCP have changed\n\n"
			   "[Path]\nPathChanged=/run/systemd/netif/leases\n\n"
			   "[Install]\nWantedBy=multi-user.target\n"));
	build_file(
		build, "/etc/systemd/system/" DHCP_TIME ".service",
		xstrdup("[Unit]\nDescription=Hand the time servers from DHCP to chrony\n"
			"After=chrony.service\n\n[Service]\nType=oneshot\n"
			"RuntimeDirectory=chrony-dhcp\nRuntimeDirectoryPreserve=yes\n"
			"ExecStart=/bin/sh -c \"sed -n 's/^NTP=//p' /run/systemd/netif/leases/* | "
			"tr ' ' '\\n' | sed 's/.*/server & iburst/' "
			">/run/chrony-dhcp/networkd.sources\"\n"
			"ExecStart=-/usr/bin/chronyc reload sources\n"));
	/* The first lease may be there before the path is watched. */
	build_link(build, "/etc/systemd/system/multi-user.target.wants/" DHCP_TIME ".path",
		   "../" DHCP_TIME ".path");
	build_link(build, "/etc/systemd/system/multi-user.target.wants/" DHCP_TIME ".service",
		   "../" DHCP_TIME ".service");
}

/* chrony's configuration without the distribution's servers. */
static void add_own_time(struct build *build)
{
	const struct plan *plan = build->plan;
	_cleanup_strbuf_ struct strbuf buf = {0};

	build_file(build, "/etc/chrony/chrony.conf",
		   xstrdup("# Written by the installer from its answers.\n"
			   "confdir /etc/chrony/conf.d\nsourcedir /etc/chrony/sources.d\n"
			   "keyfile /etc/chrony/chrony.keys\n"
			   "driftfile /var/lib/chrony/chrony.drift\n"
			   "ntsdumpdir /var/lib/chrony\nlogdir /var/log/chrony\n"
			   "maxupdateskew 100.0\nrtcsync\nmakestep 1 3\n"));
	if (plan->ntp_source == NTP_NONE)
		return;
	for (size_t i = 0; i < strv_length(plan->ntp_servers); i++)
		strbuf_addf(&buf, "server %s iburst\n", plan->ntp_servers[i]);
	build_file(build, "/etc/chrony/sources.d/xenhost.sources", strbuf_take(&buf));
}

static void add_time(struct build *build)
{
	const struct plan *plan = build->plan;
	_cleanup_free_ char *zone = xasprintf("../usr/share/zoneinfo/%s", plan->timezone);

	build_link(build, "/etc/localtime", zone);
	build_file(build, "/etc/timezone", xasprintf("%s\n", plan->timezone));
	switch (plan->ntp_source) {
	case NTP_DEFAULT:
		break;
	case NTP_DHCP:
		add_dhcp_time(build);
		break;
	case NTP_MANUAL:
	case NTP_NONE:
		add_own_time(build);
		break;
	}
}

/* Console keymaps and what XKB calls the same; others are their first part, such as "de". */
static const struct {
	const char *keymap, *layout, *variant;
} keyboards[] = {
	{"uk", "gb", ""},
	{"cf", "ca", ""},
	{"dvorak", "us", "dvorak"},
	{"colemak", "us", "colemak"},
	{"jp106", "jp", ""},
	{"br-abnt2", "br", "abnt2"},
	{"sv-latin1", "se", ""},
	{"la-latin1", "latam", ""},
	{"croat", "hr", ""},
	{"slovene", "si", ""},
	{"trq", "tr", ""},
	{"sg", "ch", ""},
	{"sg-latin1", "ch", ""},
	{"fr_CH", "ch", "fr"},
	{"fr_CH-latin1", "ch", "fr"},
	{"de-latin1-nodeadkeys", "de", "nodeadkeys"},
};

static void add_keyboard(struct build *build)
{
	const char *keymap = build->plan->keymap, *variant = "";
	_cleanup_free_ char *layout = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(keyboards) && !layout; i++)
		if (str_eq(keyboards[i].keymap, keymap)) {
			layout = xstrdup(keyboards[i].layout);
			variant = keyboards[i].variant;
		}
	if (!layout) {
		size_t length = strspn(keymap, "abcdefghijklmnopqrstuvwxyz");

		layout = length == 2 ? xstrndup(keymap, length) : xstrdup("us");
	}
	/* Debian's /etc/vconsole.conf is a link to this file, made again at every boot. */
	build_file(build, "/etc/default/keyboard",
		   xasprintf("KEYMAP=%s\nXKBMODEL=\"pc105\"\nXKBLAYOUT=\"%s\"\n"
			     "XKBVARIANT=\"%s\"\nXKBOPTIONS=\"\"\nBACKSPACE=\"guess\"\n",
			     keymap, layout, variant));
}

/* What Xen, GRUB and Linux call the serial console, each in its own words. */
static void add_serial(const struct plan_serial *serial, struct strbuf *buf)
{
	unsigned baud = serial->baud;

	if (!serial->present)
		return;
	if (serial->port < 4) {
		strbuf_addf(buf, "SERIAL_XEN=com%u\nSERIAL_SPEED=%u\n", serial->port + 1, baud);
	} else {
		strbuf_addf(buf, "SERIAL_XEN=com1\nSERIAL_SPEED=%u\nSERIAL_LINUX=ttyS%u\n", baud,
			    serial->port);
		if (serial->address == 0)
			strbuf_addf(buf, "SERIAL_XEN_OPTIONS='%u,8n1,pci'\n", baud);
		else
			strbuf_addf(buf, "SERIAL_XEN_OPTIONS='%u,8n1,0x%" PRIx64 "'\n", baud,
				    serial->address);
		if (serial->address && serial->mmio)
			strbuf_addf(buf, "SERIAL_GRUB='mmio,%" PRIx64 ".b'\n", serial->address);
		else if (serial->address)
			strbuf_addf(buf, "SERIAL_GRUB='--port=0x%" PRIx64 "'\n", serial->address);
	}
	strbuf_addf(buf, "DEFAULT_CONSOLE=%s\n", serial->is_default ? "serial" : "vga");
}

/* The field table lets only characters through that a shell leaves as they are. */
static void add_arguments(struct strbuf *buf, const char *key, char *const *arguments)
{
	_cleanup_free_ char *text = arguments ? strv_join(arguments, " ") : NULL;

	if (text)
		strbuf_addf(buf, "%s='%s'\n", key, text);
}

static void add_ssh_keys(struct build *build)
{
	_cleanup_free_ char *lines =
		build->plan->ssh_keys ? strv_join(build->plan->ssh_keys, "\n") : NULL;

	if (lines)
		build_file_mode(build, "/root/.ssh/authorized_keys", 0600,
				xasprintf("%s\n", lines));
}

static void add_boot(struct build *build)
{
	const struct plan *plan = build->plan;
	const struct host_disk *disk = host_find_disk(build->host, plan->disks[0].id);
	_cleanup_free_ char *path = disk_stable_path(disk);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf,
		   "# What the boot menu is made from; see xenhost-boot.conf(5). Run update-grub "
		   "after a change.\n");
	strbuf_addf(&buf, "BRAND='%s'\n", plan->boot_entry_label);
	strbuf_addf(&buf, "ROOT_LABEL=root-%s\n", plan->suffix);
	if (plan->firmware == FIRMWARE_BIOS)
		strbuf_addf(&buf, "FIRMWARE=bios\nBOOT_DISKS=%s\n", path);
	else
		strbuf_add(&buf, "FIRMWARE=efi\n");
	strbuf_addf(&buf, "DOM0_MEM_MIB=%u\nDOM0_VCPUS_MAX=%u\n", plan->dom0_memory_mib,
		    plan->dom0_vcpus);
	if (plan->memory_bytes >= CRASHKERNEL_MIN_BYTES)
		strbuf_add(&buf, "CRASHKERNEL=512M,below=4G\n");
	add_arguments(&buf, "XEN_EXTRA_ARGS", plan->xen_arguments);
	add_arguments(&buf, "LINUX_EXTRA_ARGS", plan->kernel_arguments);
	add_serial(&plan->serial, &buf);
	build_file(build, "/etc/xenhost/boot.conf", strbuf_take(&buf));
}

void build_files_settings(struct build *build)
{
	add_hostname(build);
	add_time(build);
}

void build_files_system(struct build *build)
{
	add_fstab(build);
	build_files_settings(build);
	add_keyboard(build);
	add_boot(build);
	add_ssh_keys(build);
}
