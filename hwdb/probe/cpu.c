/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Processors from /proc/cpuinfo; packages and cores from sysfs where cpuinfo does not tell. Whether
 * the firmware forbids guests is read from the processors' registers when the machine is this one.
 */
#include <fcntl.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "common/str.h"
#include "hwdb/probe/cpuinfo.h"
#include "hwdb/probe/probe.h"

/* Thousands of threads with a kilobyte of flags each. */
#define CPUINFO_MAX (32 * MIB)
#define SYSFS_CPU   "/sys/devices/system/cpu"

static void read_sysfs_cores(const struct probe *probe, struct cpuinfo *info)
{
	_cleanup_strv_ char **names = NULL;

	info->n_cores = 0;
	if (fsroot_list(probe->root, SYSFS_CPU, &names) < 0)
		return;
	for (char **name = names; name && *name; name++) {
		uint64_t package, core;
		unsigned number;

		if (!str_starts(*name, "cpu") || str_to_uint(*name + 3, 0, UINT32_MAX, &number) < 0)
			continue;
		package = probe_number(probe, UINT32_MAX,
				       SYSFS_CPU "/%s/topology/physical_package_id", *name);
		core = probe_number(probe, UINT32_MAX, SYSFS_CPU "/%s/topology/core_id", *name);
		if (package >= UINT32_MAX || core >= UINT32_MAX)
			continue;
		*ARRAY_APPEND(info->cores, info->n_cores) = package << 32 | core;
	}
}

static void read_vulnerabilities(const struct probe *probe, struct host_cpu *cpu)
{
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(probe->root, SYSFS_CPU "/vulnerabilities", &names) < 0)
		return;
	for (char **name = names; name && *name; name++) {
		_cleanup_free_ char *status =
			probe_text(probe, SYSFS_CPU "/vulnerabilities/%s", *name);
		struct host_cpu_vulnerability *vulnerability;

		if (!status)
			continue;
		vulnerability = ARRAY_APPEND(cpu->vulnerabilities, cpu->n_vulnerabilities);
		vulnerability->name = xstrdup(*name);
		vulnerability->status = TAKE_PTR(status);
	}
}

static bool read_msr(int fd, unsigned number, uint64_t *ret)
{
	return pread(fd, ret, sizeof(*ret), number) == (ssize_t)sizeof(*ret);
}

static void read_vmx_msrs(int fd, struct host_cpu *cpu)
{
	uint64_t value;

	if (read_msr(fd, MSR_FEATURE_CONTROL, &value))
		cpu_take_feature_control(value, cpu);
	if (!read_msr(fd, MSR_VMX_PRIMARY, &value) || !cpu_has_secondary_controls(value) ||
	    !read_msr(fd, MSR_VMX_SECONDARY, &value))
		return;
	cpu_take_vmx_secondary(value, cpu);
	if (cpu->nested_paging && read_msr(fd, MSR_VMX_EPT_VPID, &value))
		cpu_take_vmx_ept(value, cpu);
}

/* One thread of each package; needs root's rights and the module msr, which nothing loads here. */
static void read_msrs(const struct probe *probe, const struct cpuinfo *info, struct host_cpu *cpu)
{
	for (size_t i = 0; i < info->n_first_threads; i++) {
		_cleanup_free_ char *path = xasprintf("/dev/cpu/%u/msr", info->first_threads[i]);
		_cleanup_close_ int fd = fsroot_open_fd(probe->root, path, O_RDONLY);
		uint64_t value;

		if (fd < 0)
			return;
		if (str_eq(cpu->vendor, "GenuineIntel"))
			read_vmx_msrs(fd, cpu);
		else if (read_msr(fd, MSR_AMD_VM_CR, &value))
			cpu_take_amd_vm_cr(value, cpu);
	}
}

#if defined(__x86_64__) || defined(__i386__)
/* What the processor itself says, whatever firmware and kernel made of it. */
static bool ask_processor(bool *ret)
{
	unsigned eax, ebx, ecx, edx;
	bool vmx;

	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx))
		return false;
	vmx = ecx & 1U << 5;
	*ret = vmx || (__get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx) && ecx & 1U << 2);
	return true;
}
#else
static bool ask_processor(bool *ret _unused_)
{
	return false;
}
#endif

static void read_live(const struct probe *probe, const struct cpuinfo *info, struct host_cpu *cpu)
{
	bool supported;

	if (ask_processor(&supported)) {
		cpu->has_virtualization_supported = true;
		cpu->virtualization_supported = supported || cpu->virtualization;
		/* Kernels hide what the firmware forbids, from Intel 5.6 and AMD 6.7 on; Xen hides
		 * it from dom0 too. */
		if (supported && !cpu->virtualization &&
		    !fsroot_exists(probe->root, "/sys/hypervisor/type"))
			cpu->has_virtualization_disabled = cpu->virtualization_disabled = true;
	}
	if (cpu->virtualization_supported)
		read_msrs(probe, info, cpu);
}

/* What only a running processor tells, as it was when the machine was captured. */
static void take_captured(const struct host_cpu *from, struct host_cpu *cpu)
{
	cpu->has_virtualization_supported = from->has_virtualization_supported;
	cpu->virtualization_supported = from->virtualization_supported;
	cpu->has_virtualization_disabled = from->has_virtualization_disabled;
	cpu->virtualization_disabled = from->virtualization_disabled;
	cpu->has_virtualization_locked = from->has_virtualization_locked;
	cpu->virtualization_locked = from->virtualization_locked;
	cpu->has_unrestricted_guest = from->has_unrestricted_guest;
	cpu->unrestricted_guest = from->unrestricted_guest;
	cpu->has_slat_2m_pages = from->has_slat_2m_pages;
	cpu->slat_2m_pages = from->slat_2m_pages;
	cpu->has_slat_1g_pages = from->has_slat_1g_pages;
	cpu->slat_1g_pages = from->slat_1g_pages;
}

static void read_sockets(struct probe *probe)
{
	_cleanup_smbios_ struct smbios table = {0};
	_cleanup_strv_ char **disabled = NULL;

	smbios_read(probe, &table);
	cpu_parse_sockets(&table, &probe->host->cpu, &disabled);
	for (char **name = disabled; name && *name; name++)
		probe_note(probe, "The firmware does not use the processor in socket %s", *name);
}

void probe_cpu(struct probe *probe)
{
	struct host_cpu *cpu = &probe->host->cpu;
	_cleanup_cpuinfo_ struct cpuinfo info = {0};
	_cleanup_free_ char *text = NULL;

	if (fsroot_read(probe->root, "/proc/cpuinfo", CPUINFO_MAX, &text, NULL) < 0)
		return;
	cpuinfo_parse(text, cpu, &info);
	if (!info.cores_complete)
		read_sysfs_cores(probe, &info);
	cpuinfo_count_cores(info.cores, &info.n_cores, cpu);
	cpu->feature_level = xstrdup(cpu_feature_level(cpu->flags));
	cpu_guest_features(info.vmx_flags, cpu);
	cpu->smt = probe_text(probe, SYSFS_CPU "/smt/control");
	read_vulnerabilities(probe, cpu);
	read_sockets(probe);
	if (fsroot_is_live(probe->root))
		read_live(probe, &info, cpu);
	else if (probe->captured && probe->captured->cpu.has_virtualization_supported)
		take_captured(&probe->captured->cpu, cpu);
	if (info.microcode_differs)
		probe_note(probe, "The processors run different revisions of microcode");
}
