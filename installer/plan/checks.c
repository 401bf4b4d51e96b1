/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether this machine can become a Xen host with these answers and this source at all. */
#include "installer/plan/build.h"

#include "common/str.h"

#define MEMORY_NEEDED (900 * MIB) /* what Linux reports of 1 GiB is less than 1 GiB */
#define MEMORY_USEFUL (1900 * MIB)

static int check_mode(const struct build *build, struct error **err)
{
	if (build->answers->mode == MODE_FRESH)
		return 0;
	error_set(err, ERROR_USER, "not yet supported: %s",
		  answers_mode_to_string(build->answers->mode));
	return error_hint(err, "only fresh installations can be done; nothing was changed");
}

static int check_secure_boot(struct build *build, struct error **err)
{
	const struct source *source = build->source;

	switch (build->host->firmware.secure_boot) {
	case SECURE_BOOT_ABSENT:
	case SECURE_BOOT_OFF:
		return 0;
	case SECURE_BOOT_UNKNOWN:
		if (build->host->firmware.kind == FIRMWARE_UEFI && !(source && source->secure_boot))
			build_warn(build, "firmware",
				   "if the host does not start, turn Secure Boot off in the "
				   "firmware setup",
				   "whether Secure Boot is on could not be read");
		return 0;
	case SECURE_BOOT_ON:
		if (!source)
			build_warn(build, "firmware",
				   "turn it off in the firmware setup, unless the source's Xen is "
				   "signed for this machine",
				   "Secure Boot is on: a Xen that is not signed by a key this "
				   "machine trusts will not start");
		if (!source || source->secure_boot)
			return 0;
		error_set(err, ERROR_HARDWARE,
			  "Secure Boot is on, and Xen of %s %s is not signed by a key this "
			  "machine trusts: the installed host would not start",
			  source->product_name, source->product_version);
		return error_hint(err, "turn it off in the firmware setup (\"Secure Boot\", under "
				       "Security or Boot: Disabled) and start again");
	}
	return 0;
}

static int check_firmware(struct build *build, struct error **err)
{
	if (build->host->firmware.kind == FIRMWARE_UEFI && build->host->firmware.efi_bits == 32) {
		error_set(err, ERROR_HARDWARE,
			  "the firmware is 32-bit UEFI, from which Xen cannot be started");
		return error_hint(err,
				  "switch the firmware to BIOS (\"legacy\") boot, if it has it");
	}
	return check_secure_boot(build, err);
}

static void check_processor(struct build *build)
{
	const struct host_cpu *cpu = &build->host->cpu;

	if (!cpu->virtualization)
		build_warn(
			build, "processor",
			"turn on VT-x or SVM (\"Virtualization Technology\") in the firmware setup",
			"the processor offers no hardware virtualization: only PV guests will "
			"start");
	else if (!cpu->nested_paging)
		build_warn(build, "processor", NULL,
			   "the processor has no nested paging (EPT or NPT): HVM and PVH guests "
			   "will not start");
}

static int check_memory(struct build *build, struct error **err)
{
	uint64_t bytes = build->host->memory_bytes;
	_cleanup_free_ char *size = str_from_size(bytes);

	if (bytes < MEMORY_NEEDED) {
		error_set(err, ERROR_HARDWARE,
			  "the machine has %s of memory, a Xen host needs 1 GiB", size);
		return error_hint(err, "add memory");
	}
	if (bytes < MEMORY_USEFUL)
		build_warn(build, "memory", NULL,
			   "the machine has %s of memory: little is left for guests", size);
	return 0;
}

/* What cannot become true on the installed host is said before anything is erased. */
static int check_pool(const struct build *build, struct error **err)
{
	const struct answers_pool *pool = &build->answers->pool;
	const char *engine = pool_engine_to_string(pool->engine);

	if (!build->answers->has_pool || !build->source ||
	    strv_contains(build->source->pool_engines, engine))
		return 0;
	error_set(err, ERROR_USER,
		  "the answers want a pool of %s, which this source does not carry", engine);
	return error_hint(err,
			  "install from a source that carries %s, or remove <pool>: then the "
			  "host is on its own",
			  engine);
}

int build_checks(struct build *build, struct error **err)
{
	int r;

	if ((r = check_mode(build, err)) < 0 || (r = check_firmware(build, err)) < 0 ||
	    (r = check_memory(build, err)) < 0 || (r = check_pool(build, err)) < 0)
		return r;
	check_processor(build);
	if (build->answers->bootloader_location == BOOTLOADER_PARTITION)
		build_warn(build, "bootloader", NULL,
			   "the boot loader goes to the disk: a partition cannot hold it");
	if (build->answers->multipath)
		build_warn(build, "device_mapper_multipath", NULL,
			   "device_mapper_multipath has no effect here: disks that are reached by "
			   "several paths are refused so far");
	if (build->source && build->source->development)
		build_warn(build, "source", "do not put this host into production",
			   "the source is signed with a development key");
	return 0;
}
