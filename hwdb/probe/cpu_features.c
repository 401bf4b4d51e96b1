/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What flags and model-specific registers say about programs and guests that could run. */
#include "common/str.h"
#include "hwdb/probe/cpuinfo.h"

/* Intel SDM volume 4, IA32_FEATURE_CONTROL; AMD64 APM volume 2, VM_CR. */
#define FEATURE_CONTROL_LOCKED ((uint64_t)1 << 0)
#define FEATURE_CONTROL_VMX    ((uint64_t)1 << 2) /* outside SMX */
#define VM_CR_LOCK             ((uint64_t)1 << 3)
#define VM_CR_SVMDIS           ((uint64_t)1 << 4)
/* Intel SDM volume 3, appendix A: allowed 1-settings are the upper half. */
#define PRIMARY_SECONDARY      ((uint64_t)1 << 63)
#define SECONDARY_UNRESTRICTED ((uint64_t)1 << (32 + 7))
#define EPT_2M                 ((uint64_t)1 << 16)
#define EPT_1G                 ((uint64_t)1 << 17)

static bool has_all(char *const *flags, const char *const *wanted)
{
	for (; *wanted; wanted++)
		if (!strv_contains(flags, *wanted))
			return false;
	return true;
}

/* The levels of the x86-64 psABI, in the kernel's words: pni is SSE3, abm is LZCNT. */
const char *cpu_feature_level(char *const *flags)
{
	static const struct {
		const char *name;
		const char *const flags[12];
	} levels[] = {
		{"x86-64-v1", {"lm", "sse2"}},
		{"x86-64-v2", {"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"}},
		{"x86-64-v3",
		 {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"}},
		{"x86-64-v4", {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}},
	};
	const char *level = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(levels) && has_all(flags, levels[i].flags); i++)
		level = levels[i].name;
	return level;
}

static void set(bool *has, bool *fact, bool value)
{
	*has = true;
	*fact = value;
}

static void vmx_features(char *const *vmx_flags, struct host_cpu *cpu)
{
	if (!vmx_flags)
		return;
	/* The kernel lists them only where it could turn VT-x on. */
	set(&cpu->has_virtualization_disabled, &cpu->virtualization_disabled, false);
	set(&cpu->has_unrestricted_guest, &cpu->unrestricted_guest,
	    strv_contains(vmx_flags, "unrestricted_guest"));
	set(&cpu->has_slat_1g_pages, &cpu->slat_1g_pages, strv_contains(vmx_flags, "ept_1gb"));
	cpu->nested_paging |= strv_contains(vmx_flags, "ept");
}

void cpu_guest_features(char *const *vmx_flags, struct host_cpu *cpu)
{
	/* Kernels before 5.6 list ept among the flags, all list npt there. */
	if (strv_contains(cpu->flags, "ept") || strv_contains(cpu->flags, "npt"))
		cpu->nested_paging = true;
	if (strv_contains(cpu->flags, "vmx")) {
		cpu->virtualization = xstrdup("vmx");
		vmx_features(vmx_flags, cpu);
	} else if (strv_contains(cpu->flags, "svm")) {
		cpu->virtualization = xstrdup("svm");
		/* AMD's guests always start in real mode, on the host's own kinds of pages. */
		set(&cpu->has_unrestricted_guest, &cpu->unrestricted_guest, true);
		set(&cpu->has_slat_2m_pages, &cpu->slat_2m_pages, cpu->nested_paging);
		set(&cpu->has_slat_1g_pages, &cpu->slat_1g_pages,
		    cpu->nested_paging && strv_contains(cpu->flags, "pdpe1gb"));
	}
	if (cpu->virtualization)
		set(&cpu->has_virtualization_supported, &cpu->virtualization_supported, true);
}

/* One package that is locked, or where it is off, speaks for the machine. */
static void take_setting(bool disabled, bool locked, struct host_cpu *cpu)
{
	set(&cpu->has_virtualization_disabled, &cpu->virtualization_disabled,
	    disabled || (cpu->has_virtualization_disabled && cpu->virtualization_disabled));
	set(&cpu->has_virtualization_locked, &cpu->virtualization_locked,
	    locked || (cpu->has_virtualization_locked && cpu->virtualization_locked));
}

void cpu_take_feature_control(uint64_t value, struct host_cpu *cpu)
{
	bool locked = value & FEATURE_CONTROL_LOCKED;

	/* Not locked, the hypervisor turns it on by itself. */
	take_setting(locked && !(value & FEATURE_CONTROL_VMX), locked, cpu);
}

void cpu_take_amd_vm_cr(uint64_t value, struct host_cpu *cpu)
{
	take_setting(value & VM_CR_SVMDIS, value & VM_CR_LOCK, cpu);
}

bool cpu_has_secondary_controls(uint64_t primary)
{
	return primary & PRIMARY_SECONDARY;
}

void cpu_take_vmx_secondary(uint64_t value, struct host_cpu *cpu)
{
	set(&cpu->has_unrestricted_guest, &cpu->unrestricted_guest, value & SECONDARY_UNRESTRICTED);
}

void cpu_take_vmx_ept(uint64_t value, struct host_cpu *cpu)
{
	set(&cpu->has_slat_2m_pages, &cpu->slat_2m_pages, value & EPT_2M);
	set(&cpu->has_slat_1g_pages, &cpu->slat_1g_pages, value & EPT_1G);
}
