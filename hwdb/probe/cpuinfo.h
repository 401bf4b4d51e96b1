/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the text of /proc/cpuinfo, SMBIOS and numbers read from processors mean. Used by the
 * processor probe, its tests and its fuzz target; no I/O.
 */
#pragma once

#include "hwdb/probe/smbios.h"

struct cpuinfo {
	char **vmx_flags; /* of the first processor; NULL without such a line */
	/* package << 32 | core of each thread, sorted, each once; incomplete ones are not used */
	uint64_t *cores;
	size_t n_cores;
	bool cores_complete;     /* every thread said its package and core */
	bool microcode_differs;  /* between threads */
	unsigned *first_threads; /* the number of a thread of each package, as listed in the host */
	size_t n_first_threads;
};

/*
 * Fills vendor, model, threads, flags (sorted) and package_list of the zeroed `cpu`, and *ret. The
 * text is taken apart in place.
 */
void cpuinfo_parse(char *text, struct host_cpu *cpu, struct cpuinfo *ret);
void cpuinfo_done(struct cpuinfo *info);
#define _cleanup_cpuinfo_ _cleanup_(cpuinfo_done)
/* Sorts and drops what is there twice; then counts packages and cores, also of package_list. */
void cpuinfo_count_cores(uint64_t *cores, size_t *n_cores, struct host_cpu *cpu);

/*
 * Counts sockets as an SMBIOS table (type 4) names them. *ret_disabled is a list of the sockets
 * whose processor the firmware does not use.
 */
void cpu_parse_sockets(const struct smbios *table, struct host_cpu *cpu, char ***ret_disabled);

/* "x86-64-v2" from the kernel's names of flags; NULL when they are no 64-bit x86 processor's. */
const char *cpu_feature_level(char *const *flags);
/* What the flags alone tell about guests: supported, unrestricted_guest, SLAT pages, ... */
void cpu_guest_features(char *const *vmx_flags, struct host_cpu *cpu);

/* Intel's IA32_FEATURE_CONTROL and AMD's VM_CR: may guests run, and can that be changed. One
 * package where they may not is enough. */
#define MSR_FEATURE_CONTROL 0x3a
#define MSR_AMD_VM_CR       0xc0010114
void cpu_take_feature_control(uint64_t value, struct host_cpu *cpu);
void cpu_take_amd_vm_cr(uint64_t value, struct host_cpu *cpu);
/* Intel's secondary processor-based controls (their upper half is what may be 1) and the abilities
 * of its nested paging. */
#define MSR_VMX_PRIMARY   0x482
#define MSR_VMX_SECONDARY 0x48b
#define MSR_VMX_EPT_VPID  0x48c
bool cpu_has_secondary_controls(uint64_t primary);
void cpu_take_vmx_secondary(uint64_t value, struct host_cpu *cpu);
void cpu_take_vmx_ept(uint64_t value, struct host_cpu *cpu);
