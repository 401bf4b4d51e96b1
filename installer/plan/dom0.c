/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dom0's share of the machine (as XenServer's host-installer) and the consoles. */
#include "installer/plan/build.h"

#include "common/str.h"

#define DEFAULT_BAUD 115200

/* The I/O ports of COM1 to COM4, as every PC has them. */
static const uint64_t com_ports[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8};

/*
 * XenServer's rule for memory: 1 GiB and a twentieth of the machine, at most 8 GiB. It was made for
 * servers; where that would be more than half of a machine, Xen itself (about 150 MiB) and a guest
 * still need room: a machine of 2 GiB gives dom0 1 GiB or so, one of 1 GiB gives it three quarters.
 */
static unsigned dom0_memory(uint64_t bytes)
{
	uint64_t total = bytes / MIB;
	uint64_t memory = (1024 + (total + 256) / 20) & ~15ULL;
	uint64_t most = total < 1536 ? total * 3 / 4 : total * 5 / 8;

	if (memory > 8192)
		memory = 8192;
	if (memory > most)
		memory = most & ~15ULL;
	return (unsigned)memory;
}

static unsigned dom0_vcpus(unsigned threads, unsigned memory)
{
	unsigned most = memory < 2048 ? 4 : memory < 4096 ? 8 : 16;

	if (threads == 0)
		return 1;
	return threads < most ? threads : most;
}

/* "ttyS1,115200" or "ttyS1,115200n8", as console= has it. */
static bool parse_serial(const char *text, unsigned *ret_port, unsigned *ret_baud)
{
	_cleanup_strv_ char **parts = strv_split(text, ",");
	unsigned port, baud = DEFAULT_BAUD;

	if (strv_length(parts) == 0 || !str_starts(parts[0], "ttyS") ||
	    str_to_uint(parts[0] + 4, 0, 31, &port) < 0)
		return false;
	if (parts[1]) {
		size_t digits = strspn(parts[1], "0123456789");
		_cleanup_free_ char *number = xstrndup(parts[1], digits);

		if (digits > 0 && str_to_uint(number, 50, 4000000, &baud) < 0)
			return false;
	}
	*ret_port = port;
	*ret_baud = baud;
	return true;
}

static void serial_from_firmware(const struct host_firmware *firmware, struct plan_serial *serial)
{
	serial->present = true;
	serial->from_firmware = true;
	serial->mmio = firmware->spcr_mmio;
	serial->address = firmware->spcr_address;
	serial->baud = firmware->spcr_baud ?: DEFAULT_BAUD;
	for (unsigned i = 0; !serial->mmio && i < ARRAY_SIZE(com_ports); i++)
		if (com_ports[i] == serial->address) {
			serial->port = i;
			serial->address = 0;
			return;
		}
	/* Linux counts ports it finds elsewhere from ttyS4 on. */
	serial->port = ARRAY_SIZE(com_ports);
}

static void build_serial(struct build *build)
{
	const struct host_firmware *firmware = &build->host->firmware;
	struct plan_serial *serial = &build->plan->serial;
	const char *asked = build->answers->serial_console;

	if (asked && parse_serial(asked, &serial->port, &serial->baud)) {
		serial->present = true;
		if (serial->port < ARRAY_SIZE(com_ports))
			serial->address = 0;
		else if (firmware->spcr_present)
			serial_from_firmware(firmware, serial);
	} else if (firmware->spcr_present) {
		serial_from_firmware(firmware, serial);
	}
	if (asked && !serial->present)
		build_warn(build, "console", "write console=ttyS0,115200 for COM1",
			   "console %s is not a serial port that Xen can use", asked);
	if (serial->present && serial->port >= ARRAY_SIZE(com_ports) && serial->address == 0) {
		build_warn(build, "console", NULL,
			   "the address of serial port ttyS%u is not known: Xen looks for a serial "
			   "card on PCI",
			   serial->port);
	}
	serial->is_default = serial->present && build->answers->serial_default;
}

void build_dom0(struct build *build)
{
	struct plan *plan = build->plan;

	plan->dom0_memory_mib = dom0_memory(build->host->memory_bytes);
	plan->dom0_vcpus = dom0_vcpus(build->host->cpu.threads, plan->dom0_memory_mib);
	build_serial(build);
}
