/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which virtual machine monitor runs below, told by SMBIOS and the hypervisor's own files. */
#include "common/str.h"
#include "hwdb/probe/probe.h"

static const struct {
	const char *vendor, *product; /* the start of the SMBIOS strings, or NULL */
	const char *name;
} monitors[] = {
	{"QEMU", NULL, "qemu"},
	{NULL, "KVM", "qemu"},
	{"Red Hat", "RHEV", "qemu"},
	{"Red Hat", "OpenStack", "qemu"},
	{"OpenStack Foundation", NULL, "qemu"},
	{"Nutanix", "AHV", "qemu"},
	{"VMware", NULL, "vmware"},
	{"innotek", NULL, "virtualbox"},
	{"Oracle", "VirtualBox", "virtualbox"},
	{"Microsoft Corporation", "Virtual Machine", "hyperv"},
	{"Xen", NULL, "xen"},
	{"Parallels", NULL, "parallels"},
	{"BHYVE", NULL, "bhyve"},
	{"Amazon EC2", NULL, "ec2"},
	{"Google", "Google Compute Engine", "gce"},
};

/* Xen gives dom0 the UUID zero; there, Xen is what the machine runs and not what it runs in. */
static bool is_dom0(const struct probe *probe)
{
	_cleanup_free_ char *uuid = probe_text(probe, "/sys/hypervisor/uuid");

	return uuid && strcmp(uuid, "00000000-0000-0000-0000-000000000000") == 0;
}

/* Xen hides the processor's own flags from dom0 and says itself what guests it can run. */
static void read_xen_capabilities(const struct probe *probe, struct host_cpu *cpu)
{
	_cleanup_free_ char *text = probe_text(probe, "/sys/hypervisor/properties/capabilities");

	if (!text || !strstr(text, "hvm-3.0") || cpu->virtualization)
		return;
	cpu->virtualization = xstrdup(str_eq(cpu->vendor, "GenuineIntel") ? "vmx" : "svm");
	cpu->nested_paging = true; /* our Xen is built without shadow paging */
	cpu->has_virtualization_supported = cpu->virtualization_supported = true;
	cpu->has_virtualization_disabled = true;
	cpu->virtualization_disabled = false;
}

static void read_hypervisor(const struct probe *probe, struct host *host)
{
	struct host_hypervisor *hypervisor = &host->hypervisor;
	_cleanup_free_ char *major = probe_text(probe, "/sys/hypervisor/version/major");
	_cleanup_free_ char *minor = probe_text(probe, "/sys/hypervisor/version/minor");
	_cleanup_free_ char *extra = probe_text(probe, "/sys/hypervisor/version/extra");
	_cleanup_free_ char *capabilities =
		probe_text(probe, "/sys/hypervisor/properties/capabilities");

	hypervisor->type = probe_text(probe, "/sys/hypervisor/type");
	host->has_hypervisor = hypervisor->type != NULL;
	if (!host->has_hypervisor)
		return;
	if (major && minor)
		hypervisor->version = xasprintf("%s.%s%s", major, minor, extra ?: "");
	hypervisor->dom0 = is_dom0(probe);
	hypervisor->guest_type = probe_text(probe, "/sys/hypervisor/guest_type");
	hypervisor->capabilities = capabilities ? strv_split(capabilities, " \n") : NULL;
}

void probe_virtual_machine(struct probe *probe)
{
	struct host *host = probe->host;
	const char *vendor = host->firmware.system_vendor ?: "";
	const char *product = host->firmware.product_name ?: "";

	read_hypervisor(probe, host);
	if (is_dom0(probe))
		read_xen_capabilities(probe, &host->cpu);
	else
		host->virtual_machine = probe_text(probe, "/sys/hypervisor/type");
	for (size_t i = 0; !host->virtual_machine && i < ARRAY_SIZE(monitors); i++)
		if ((!monitors[i].vendor || str_starts(vendor, monitors[i].vendor)) &&
		    (!monitors[i].product || str_starts(product, monitors[i].product)))
			host->virtual_machine = xstrdup(monitors[i].name);
	/* Amazon's metal machines bear the same vendor; only the flag tells them apart. */
	if (str_eq(host->virtual_machine, "ec2") && !strv_contains(host->cpu.flags, "hypervisor")) {
		free(host->virtual_machine);
		host->virtual_machine = NULL;
	} else if (!host->virtual_machine && strv_contains(host->cpu.flags, "hypervisor")) {
		host->virtual_machine = xstrdup("unknown");
	}
}
