/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TPM, service processor, watchdog, hypervisor: from tables, and from folders that play a machine.
 */
#include "tests/unit/unit.h"

#include "common/fsroot.h"
#include "hwdb/host_text.h"
#include "hwdb/probe/management.h"

/* IPMI 2.0 by KCS at 0xca2; Redfish at 169.254.1.1:443, host name "bmc"; TPM 2.0 of IFX. */
static const uint8_t table[] =
	"\x26\x12\x00\x26\x01\x20\x20\xff\xa3\x0c\x00\x00\x00\x00\x00\x00\x00\x00\0\0"
	/* 42: network, 1 byte of data, 1 record of 94 bytes: 16 UUID, host's side, service's side
	 */
	"\x2a\x68\x00\x2a\x40\x01\x04\x01\x04\x5e"
	"0123456789abcdef"
	"\x01\x01\xa9\xfe\x01\x02\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\x01\x01\xa9\xfe\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\xbb\x01\x00\x00\x00\x00\x03"
	"bmc\0\0"
	"\x2b\x1f\x00\x2b"
	"IFX\0\x02\x00\x0d\x00\x07\x00\x00\x00\x00\x00\x01\0\0\0\0\0\0\0\0\0\0\0\0"
	"INFINEON\0\0"
	"\x7f\x04\xff\xff\0\0";
#define TABLE_LENGTH (sizeof(table) - 1)

static void test_table(void **state _unused_)
{
	const struct smbios smbios = {.bytes = table, .length = TABLE_LENGTH};
	_cleanup_host_ struct host *host = host_new();

	assert_true(bmc_parse(&smbios, &host->bmc));
	assert_string_equal(host->bmc.interface, "kcs");
	assert_string_equal(host->bmc.ipmi_version, "2.0");
	assert_string_equal(host->bmc.redfish_address, "169.254.1.1");
	assert_string_equal(host->bmc.redfish_host, "bmc");
	assert_true(host->bmc.has_redfish_port);
	assert_int_equal(host->bmc.redfish_port, 443);
	assert_true(tpm_parse(&smbios, &host->tpm));
	assert_string_equal(host->tpm.version, "2.0");
	assert_string_equal(host->tpm.manufacturer, "IFX");
	assert_string_equal(host->tpm.firmware_version, "7.13");
	assert_string_equal(host->tpm.description, "INFINEON");
}

static void test_cut_short(void **state _unused_)
{
	for (size_t length = 0; length < TABLE_LENGTH; length++) {
		_cleanup_free_ uint8_t *copy = xmalloc(length ?: 1);
		const struct smbios smbios = {.bytes = copy, .length = length};
		_cleanup_host_ struct host *host = host_new();

		memcpy(copy, table, length);
		(void)tpm_parse(&smbios, &host->tpm);
		if (!bmc_parse(&smbios, &host->bmc))
			assert_null(host->bmc.interface);
	}
}

/* One byte of a good record is wrong. */
static void test_wrong_bytes(void **state _unused_)
{
	static const struct {
		size_t offset;
		uint8_t byte;
		bool redfish, address, name;
	} rows[] = {
		{20 + 4, 0x41, false, false, false},    /* no network interface */
		{20 + 5, 0xff, false, false, false},    /* its data reach beyond the structure */
		{20 + 7, 0, false, false, false},       /* no records */
		{20 + 8, 3, false, false, false},       /* another protocol */
		{20 + 9, 0xff, false, false, false},    /* a record beyond the structure */
		{20 + 9, 60, false, false, false},      /* too short for Redfish */
		{20 + 10 + 51, 7, true, false, true},   /* no such kind of address */
		{20 + 10 + 90, 200, true, true, false}, /* a name beyond the record */
		{20 + 10 + 91, '/', true, true, false}, /* no name of a host */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t copy[TABLE_LENGTH];
		const struct smbios smbios = {.bytes = copy, .length = sizeof(copy)};
		_cleanup_host_ struct host *host = host_new();

		memcpy(copy, table, sizeof(copy));
		copy[rows[i].offset] = rows[i].byte;
		assert_true(bmc_parse(&smbios, &host->bmc));
		assert_int_equal(host->bmc.has_redfish_port, rows[i].redfish);
		assert_int_equal(host->bmc.redfish_address != NULL, rows[i].address);
		assert_int_equal(host->bmc.redfish_host != NULL, rows[i].name);
	}
}

/* Boards without a service processor keep the structure with nothing in it. */
static void test_no_bmc(void **state _unused_)
{
	static const uint8_t bytes[] = "\x26\x12\x00\x26\x01\x20\x20\xff\0\0\0\0\0\0\0\0\0\0\0\0";
	const struct smbios smbios = {.bytes = bytes, .length = sizeof(bytes) - 1};
	_cleanup_host_ struct host *host = host_new();

	assert_false(bmc_parse(&smbios, &host->bmc));
	assert_false(tpm_parse(&smbios, &host->tpm));
}

static void test_caps(void **state _unused_)
{
	_cleanup_host_ struct host *host = host_new();

	tpm_parse_caps("Manufacturer: 0x49465800\nTCG version: 1.2\nFirmware version: 3.17\n",
		       &host->tpm);
	assert_string_equal(host->tpm.manufacturer, "IFX");
	assert_string_equal(host->tpm.version, "1.2");
	assert_string_equal(host->tpm.firmware_version, "3.17");
	host_free(TAKE_PTR(host));
	host = host_new();
	tpm_parse_caps("Manufacturer: 0x01020304\nTCG", &host->tpm);
	assert_null(host->tpm.manufacturer);
	assert_null(host->tpm.version);
}

static const struct {
	const char *path, *text;
} files[] = {
	{"/proc/cpuinfo", ""},
	{"/sys/firmware/efi/fw_platform_size", "64\n"},
	{"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", "0000\1"},
	{"/sys/firmware/efi/efivars/SetupMode-8be4df61-93ca-11d2-aa0d-00e098032b8c", "0000\1"},
	{"/sys/class/tpm/tpm0/tpm_version_major", "2\n"},
	{"/sys/class/tpm/tpm0/pcr-sha256/0", "00\n"},
	{"/sys/class/tpm/tpm0/pcr-sha1/0", "00\n"},
	{"/sys/class/ipmi/ipmi0/device/bmc/firmware_revision", "2.81\n"},
	{"/sys/class/ipmi/ipmi0/device/bmc/ipmi_version", "2.0\n"},
	{"/sys/class/ipmi/ipmi0/device/bmc/manufacturer_id", "0x0002a2\n"},
	{"/sys/class/ipmi/ipmi0/device/bmc/product_id", "0x0100\n"},
	{"/sys/class/watchdog/watchdog0/identity", "iTCO_wdt\n"},
	{"/sys/class/watchdog/watchdog0/timeout", "30\n"},
	{"/sys/class/watchdog/watchdog0/state", "inactive\n"},
	{"/sys/class/watchdog/watchdog1/timeout", "\xff-1 soon\n"},
	{"/sys/hypervisor/type", "xen\n"},
	{"/sys/hypervisor/uuid", "00000000-0000-0000-0000-000000000000\n"},
	{"/sys/hypervisor/guest_type", "PVH\n"},
	{"/sys/hypervisor/version/major", "4\n"},
	{"/sys/hypervisor/version/minor", "20\n"},
	{"/sys/hypervisor/version/extra", ".1-pre\n"},
	{"/sys/hypervisor/properties/capabilities", "xen-3.0-x86_64 hvm-3.0-x86_64 \n"},
	{"/sys/devices/system/node/node0/distance", "10 21\n"},
	{"/sys/devices/system/node/node1/distance", "21 ten\n"},
	{"/sys/devices/system/edac/mc/mc0/mc_name", "skx_edac#0\n"},
	{"/sys/devices/system/edac/mc/mc0/ce_count", "4\n"},
	{"/sys/devices/system/edac/mc/mc0/ue_count", "0\n"},
	{"/sys/devices/system/edac/mc/mc0/dimm0/dimm_label", "DIMM_B2\n"},
	{"/sys/devices/system/edac/mc/mc0/dimm0/dimm_ce_count", "4\n"},
	{"/sys/devices/system/edac/mc/mc0/dimm0/dimm_ue_count", "0\n"},
	{"/sys/devices/system/edac/mc/mc0/dimm1/dimm_ce_count", "many\n"},
};

static struct host *detect(char *folder)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	struct host *host;

	assert_int_equal(fsroot_open(folder, &root), 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		assert_int_equal(fsroot_write_text(root, files[i].path, files[i].text, 0644), 0);
	assert_int_equal(host_detect(root, NULL, &host, NULL), 0);
	return host;
}

static void test_folder(void **state _unused_)
{
	char *folder = unit_folder_make();
	_cleanup_host_ struct host *host = detect(folder);

	assert_int_equal(host->firmware.secure_boot, SECURE_BOOT_ON);
	assert_true(host->firmware.has_setup_mode && host->firmware.setup_mode);
	assert_true(host->has_tpm && host->tpm.driven);
	assert_string_equal(host->tpm.version, "2.0");
	assert_int_equal(strv_length(host->tpm.banks), 2);
	assert_string_equal(host->tpm.banks[1], "sha256");
	assert_true(host->has_bmc);
	assert_string_equal(host->bmc.firmware_version, "2.81");
	assert_string_equal(host->bmc.manufacturer_id, "0002a2");
	assert_string_equal(host->bmc.device, "ipmi0");
	assert_null(host->bmc.interface);
	assert_int_equal(host->n_watchdogs, 2);
	assert_int_equal(host->watchdogs[0].timeout_s, 30);
	assert_false(host->watchdogs[1].has_timeout);
	assert_true(host->has_hypervisor && host->hypervisor.dom0);
	assert_string_equal(host->hypervisor.version, "4.20.1-pre");
	assert_int_equal(strv_length(host->hypervisor.capabilities), 2);
	assert_null(host->virtual_machine);
	assert_int_equal(host->numa[0].n_distances, 2);
	assert_int_equal(host->numa[0].distances[1], 21);
	assert_int_equal(host->numa[1].n_distances, 0);
	assert_int_equal(host->memory.n_controllers, 1);
	assert_int_equal(host->memory.controllers[0].corrected_errors, 4);
	assert_true(host->memory.controllers[0].modules[0].has_errors);
	assert_false(host->memory.controllers[0].modules[1].has_errors);
	unit_folder_remove(folder);
}

static void test_text(void **state _unused_)
{
	char *folder = unit_folder_make();
	_cleanup_host_ struct host *host = detect(folder);
	_cleanup_strbuf_ struct strbuf buf = {0};

	text_management(&buf, host);
	assert_string_equal(buf.text,
			    "Hypervisor  xen 4.20.1-pre, PVH, this is dom0\n"
			    "TPM         2.0, banks sha1, sha256\n"
			    "BMC         IPMI 2.0, firmware 2.81, maker 0002a2 product 0100\n"
			    "Watchdog    iTCO_wdt, 30 s, inactive\n"
			    "Watchdog    watchdog1\n");
	strbuf_done(&buf);
	text_system(&buf, host);
	assert_non_null(
		strstr(buf.text, "Firmware    UEFI, 64 bit, Secure Boot on in setup mode\n"));
	strbuf_done(&buf);
	host->firmware.has_setup_mode = host->firmware.setup_mode = false;
	text_system(&buf, host);
	assert_non_null(strstr(buf.text, "Firmware    UEFI, 64 bit, Secure Boot on\n"));
	strbuf_done(&buf);
	text_memory(&buf, host);
	assert_non_null(strstr(buf.text, "ERRORS in DIMM_B2: 4 corrected, 0 not corrected\n"));
	unit_folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),       cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_wrong_bytes), cmocka_unit_test(test_no_bmc),
		cmocka_unit_test(test_caps),        cmocka_unit_test(test_folder),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
