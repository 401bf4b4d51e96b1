/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A masked capture: nothing of what a machine has of its own is in it, and all else is. */
#include "tests/unit/machine.h"

#include <ctype.h>
#include <ftw.h>

#include "hwdb/capture.h"
#include "hwdb/mask.h"

/* Everything that must not be found, as people write it. */
static const char *const secrets[] = {
	"SYS-4711-AB",                            /* the machine */
	"4c4c4544-0042-4710-8057-b7c04f4e3332",   /* its UUID */
	"BRD-0815",                               /* its board */
	"ROOM-7-RACK-3",                          /* what its owner calls it */
	"3D2A77F1",                               /* a memory module */
	"52:54:00:a1:b2:c3",                      /* on PCI */
	"00:e0:4c:d4:e5:f6",                      /* on USB: its name is its address */
	"9c:8e:99:0a:0b:0c",                      /* a switch */
	"WD-WX11A\"B\\C77",                       /* a disk; JSON escapes it */
	"5000c500a1b2c3d4",                       /* its world-wide name */
	"5f9c2a31-7e0d-4d5c-9b1f-0a9e8d7c6b5a",   /* its partition table */
	"c7d1e2f3-a4b5-4c6d-8e7f-901a2b3c4d5e",   /* a file system */
	"9B1D-77AC",                              /* another */
	"Kj3mQ9-x2Vb-77Ls-pQ0w-Zt5r-A1cd-8uHnGf", /* LVM */
	"b6a5c4d3-e2f1-4b0a-9c8d-7e6f5a4b3c2d",   /* a storage repository */
	"1471",                                   /* a short number, as emulators give */
	"S4EWNX0M812345",                         /* NVMe */
	"500507680b2163fe",                       /* a Fibre Channel port */
	"52:54:00:77:88:99",                      /* iBFT */
};

static void put(struct machine *machine, const char *path, const char *text)
{
	assert_int_equal(fsroot_write_text(machine->root, path, text, 0644), 0);
}

static void put_link(struct machine *machine, const char *target, const char *path)
{
	_cleanup_free_ char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));

	assert_int_equal(fsroot_mkdir(machine->root, parent, 0755), 0);
	assert_int_equal(fsroot_symlink(machine->root, target, path), 0);
}

static void put_pci(struct machine *machine, const char *address, const char *class_id)
{
	static const char *const files[][2] = {{"vendor", "0x8086"},
					       {"device", "0x1521"},
					       {"irq", "11"},
					       {"resource", "0x0 0x0 0x0\n"}};
	_cleanup_free_ char *link = xasprintf("/sys/bus/pci/devices/%s", address);
	_cleanup_free_ char *target = xasprintf("../../../devices/pci0000:00/%s", address);
	_cleanup_free_ char *class = xasprintf("/sys/devices/pci0000:00/%s/class", address);

	put(machine, class, class_id);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *path =
			xasprintf("/sys/devices/pci0000:00/%s/%s", address, files[i][0]);

		put(machine, path, files[i][1]);
	}
	put_link(machine, target, link);
}

#define FOLDER_MAX 128

static void put_disk(struct machine *machine, const char *name, const char *devno,
		     const char *device)
{
	const struct {
		const char *file, *text;
	} files[] = {{"dev", devno}, {"size", "209715200"}, {"queue/logical_block_size", "512"}};
	_cleanup_free_ char *folder = xasprintf("/sys/devices/%s/block/%s", device, name);
	_cleanup_free_ char *target = xasprintf("../devices/%s/block/%s", device, name);
	_cleanup_free_ char *class_target = xasprintf("../../devices/%s/block/%s", device, name);
	_cleanup_free_ char *block = xasprintf("/sys/block/%s", name);
	_cleanup_free_ char *class = xasprintf("/sys/class/block/%s", name);
	_cleanup_free_ char *up = xasprintf("%s/device", folder);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folder, files[i].file);

		put(machine, path, files[i].text);
	}
	put_link(machine, "../..", up);
	put_link(machine, target, block);
	put_link(machine, class_target, class);
}

static void put_firmware(struct machine *machine)
{
	static const char entry[] = "_SM3_\0\x18\x03\x02\0\1\0\0\1\0\0\0\0\0\0\0\0\0";
	static const char table[] =
		"\x01\x1b\x00\x01\x01\x02\x00\x03"
		"\x44\x45\x4c\x4c\x42\x00\x10\x47\x80\x57\xb7\xc0\x4f\x4e\x33\x32\x06\0\0"
		"Maker\0Box\0SYS-4711-AB\0\0"
		"\x02\x08\x02\x00\x01\x00\x00\x02"
		"Maker\0BRD-0815\0\0"
		"\x11\x1b\x03\x00\0\0\0\0\x40\0\x40\0\0\x20\x09\0\x01\0\x1a\0\0\0\0\0"
		"\x02\0\0"
		"DIMM_A1\0"
		"3D2A77F1\0\0"
		"\x7f\x04\x04\x00\0";

	put(machine, "/sys/class/dmi/id/product_serial", "SYS-4711-AB\n");
	put(machine, "/sys/class/dmi/id/chassis_asset_tag", "ROOM-7-RACK-3\n");
	put(machine, "/sys/class/dmi/id/product_uuid", "4C4C4544-0042-4710-8057-B7C04F4E3332\n");
	assert_int_equal(fsroot_write(machine->root, "/sys/firmware/dmi/tables/smbios_entry_point",
				      entry, sizeof(entry), 0644),
			 0);
	assert_int_equal(fsroot_write(machine->root, "/sys/firmware/dmi/tables/DMI", table,
				      sizeof(table), 0644),
			 0);
	put(machine, "/proc/cmdline",
	    "BOOT_IMAGE=/vmlinuz root=UUID=c7d1e2f3-a4b5-4c6d-8e7f-901a2b3c4d5e ro "
	    "BOOTIF=01-52-54-00-a1-b2-c3\n");
	put(machine, "/proc/self/mountinfo",
	    "22 1 254:3 / / rw - ext4 "
	    "/dev/mapper/VG_XenStorage--b6a5c4d3--e2f1--4b0a--9c8d--7e6f5a4b3c2d-LV rw\n");
	put(machine, "/sys/firmware/ibft/ethernet0/mac", "52:54:00:77:88:99\n");
	put(machine, "/sys/firmware/ibft/ethernet0/flags", "3\n");
	put(machine, "/sys/firmware/ibft/target0/target-name", "iqn.2026-01.example:boot\n");
	put(machine, "/sys/firmware/ibft/target0/nic-assoc", "0\n");
}

static void put_nics(struct machine *machine)
{
	put_pci(machine, "0000:00:03.0", "0x020000");
	put(machine, "/sys/devices/pci0000:00/0000:00:03.0/net/eth0/address",
	    "52:54:00:a1:b2:c3\n");
	put(machine, "/sys/devices/pci0000:00/0000:00:03.0/net/eth0/type", "1\n");
	put_link(machine, "../../devices/pci0000:00/0000:00:03.0/net/eth0", "/sys/class/net/eth0");
	put_link(machine, "../../../0000:00:03.0",
		 "/sys/devices/pci0000:00/0000:00:03.0/net/eth0/device");
	put(machine, "/sys/devices/platform/usb/net/enx00e04cd4e5f6/address",
	    "00:e0:4c:d4:e5:f6\n");
	put(machine, "/sys/devices/platform/usb/net/enx00e04cd4e5f6/type", "1\n");
	put_link(machine, "../../..", "/sys/devices/platform/usb/net/enx00e04cd4e5f6/device");
	put_link(machine, "../../devices/platform/usb/net/enx00e04cd4e5f6",
		 "/sys/class/net/enx00e04cd4e5f6");
}

#define SDA  "pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0"
#define SDB  "pci0000:00/0000:00:1f.2/ata2/host1/target1:0:0/1:0:0:0"
#define NVME "pci0000:00/0000:00:04.0/nvme/nvme0"

static void put_disks(struct machine *machine)
{
	static const char page[] = "\0\x80\0\x10WD-WX11A\"B\\C77 ";

	put_pci(machine, "0000:00:1f.2", "0x010601");
	put_pci(machine, "0000:00:04.0", "0x010802");
	put_disk(machine, "sda", "8:0", SDA);
	put(machine, "/sys/devices/" SDA "/vendor", "ATA");
	put(machine, "/sys/devices/" SDA "/model", "WDC WD10EZEX");
	put(machine, "/sys/devices/" SDA "/wwid", "naa.5000c500a1b2c3d4");
	assert_int_equal(fsroot_write(machine->root, "/sys/devices/" SDA "/vpd_pg80", page,
				      sizeof(page) - 1, 0644),
			 0);
	put(machine, "/run/udev/data/b8:0",
	    "S:disk/by-id/wwn-0x5000c500a1b2c3d4\n"
	    "S:disk/by-path/pci-0000:00:1f.2-sas-0x5000c500a1b2c3d4-lun-0\n"
	    "S:disk/by-id/ata-WDC_WD10EZEX_WD-WX11A_B_C77\n"
	    "E:ID_SERIAL=WDC_WD10EZEX_WD-WX11A_B_C77\n"
	    "E:ID_WWN=0x5000c500a1b2c3d4\n"
	    "E:ID_PART_TABLE_UUID=5f9c2a31-7e0d-4d5c-9b1f-0a9e8d7c6b5a\n"
	    "E:ID_PART_ENTRY_TYPE=c12a7328-f81f-11d2-ba4b-00a0c93ec93b\n"
	    "E:ID_FS_UUID=9B1D-77AC\n"
	    "E:ID_PATH=pci-0000:00:1f.2-sas-0x5000c500a1b2c3d4-lun-0\n");
	put_disk(machine, "sdb", "8:16", SDB);
	put(machine, "/sys/devices/" SDB "/vendor", "QEMU");
	put(machine, "/sys/devices/" SDB "/model", "HARDDISK");
	assert_int_equal(fsroot_write(machine->root, "/sys/devices/" SDB "/vpd_pg80",
				      "\0\x80\0\4"
				      "1471",
				      8, 0644),
			 0);
	put(machine, "/run/udev/data/b8:16",
	    "S:disk/by-id/scsi-0QEMU_HARDDISK_1471\nE:ID_SERIAL_SHORT=1471\n");
	put_disk(machine, "nvme0n1", "259:0", NVME);
	put(machine, "/sys/devices/" NVME "/model", "Samsung SSD");
	put(machine, "/sys/devices/" NVME "/serial", "S4EWNX0M812345      ");
	put(machine, "/sys/devices/" NVME "/block/nvme0n1/nsid", "1");
	put(machine, "/sys/devices/" NVME "/block/nvme0n1/wwid",
	    "nvme.144d-533445574e58304d383132333435-53616d73756e6720535344-00000001");
	put_link(machine, "../../devices/" NVME, "/sys/class/nvme/nvme0");
	put_link(machine, "../../devices/pci0000:00/0000:00:1f.2/ata1/host0/scsi_host/host0",
		 "/sys/class/scsi_host/host0");
	put(machine, "/sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/scsi_host/host0/proc_name",
	    "ahci");
	put(machine, "/sys/class/fc_host/host0/port_name", "0x500507680b2163fe\n");
	put(machine, "/sys/class/fc_host/host0/port_state", "Online\n");
}

/* What only opened devices told when the machine was first captured. */
static void put_record(struct machine *machine)
{
	put(machine, CAPTURE_HOST,
	    "{\"schema\": \"xenhost.host/1\", \"firmware\": {\"kind\": \"bios\"}, "
	    "\"pci\": [{\"address\": \"0000:00:03.0\", \"vendor_id\": \"8086\", "
	    "\"device_id\": \"1521\", \"class_id\": \"020000\"}], "
	    "\"nics\": [{\"name\": \"eth0\", \"kernel_name\": \"eth0\", "
	    "\"mac\": \"52:54:00:a1:b2:c3\", \"lldp\": [{\"chassis_id\": "
	    "\"9c:8e:99:0a:0b:0c\", \"port_id\": \"9C-8E-99-0A-0B-0C\"}]}], "
	    "\"disks\": [{\"id\": \"5000c500a1b2c3d4\", \"kind\": \"disk\", \"name\": \"sda\", "
	    "\"size_bytes\": 107374182400, \"logical_block_bytes\": 512, "
	    "\"contents\": [{\"partition\": 0, \"start_bytes\": 0, \"size_bytes\": 1, "
	    "\"kind\": \"table\", \"type\": \"gpt\", "
	    "\"uuid\": \"5f9c2a31-7e0d-4d5c-9b1f-0a9e8d7c6b5a\"}, "
	    "{\"partition\": 1, \"start_bytes\": 0, \"size_bytes\": 1, \"kind\": \"filesystem\", "
	    "\"type\": \"vfat\", \"uuid\": \"9B1D-77AC\", "
	    "\"partition_type\": \"c12a7328-f81f-11d2-ba4b-00a0c93ec93b\"}, "
	    "{\"partition\": 3, \"start_bytes\": 0, \"size_bytes\": 1, \"kind\": \"sr\", "
	    "\"type\": \"LVM2_member\", \"uuid\": \"Kj3mQ9-x2Vb-77Ls-pQ0w-Zt5r-A1cd-8uHnGf\", "
	    "\"volume_group\": \"VG_XenStorage-b6a5c4d3-e2f1-4b0a-9c8d-7e6f5a4b3c2d\"}]}]}");
}

static bool is_digits(const char *text)
{
	for (; *text; text++)
		if (isalnum((unsigned char)*text) && !isxdigit((unsigned char)*text))
			return false;
	return true;
}

/* As the secret is, in the other case, without separators, with doubled dashes, in bytes. */
static bool holds(const char *bytes, size_t length, const char *secret)
{
	_cleanup_strbuf_ struct strbuf bare = {0}, doubled = {0}, hex = {0};
	uint8_t binary[64];
	size_t n = 0;

	if (length == 0)
		return false;
	for (const char *c = secret; *c; c++) {
		strbuf_addf(&hex, "%02x", (unsigned char)*c);
		strbuf_addf(&doubled, *c == '-' ? "--" : "%c", *c);
		if (isalnum((unsigned char)*c))
			strbuf_addf(&bare, "%c", *c);
	}
	for (size_t i = 0; i + strlen(secret) <= length; i++)
		if (strncasecmp(bytes + i, secret, strlen(secret)) == 0)
			return true;
	for (size_t i = 0; i + bare.length <= length; i++)
		if (bare.length >= 12 && strncasecmp(bytes + i, bare.text, bare.length) == 0)
			return true;
	if (memmem(bytes, length, doubled.text, doubled.length) ||
	    memmem(bytes, length, hex.text, hex.length))
		return true;
	for (; is_digits(secret) && bare.length >= 12 && n < bare.length / 2; n++) {
		unsigned value = 0;

		assert_int_equal(sscanf(bare.text + 2 * n, "%2x", &value), 1);
		binary[n] = (uint8_t)value;
	}
	/* Of a UUID the last eight bytes stand in the same order everywhere. */
	if (n == 16)
		return memmem(bytes, length, binary + 8, 8);
	return n && memmem(bytes, length, binary, n);
}

static unsigned found, looked_at;

static void look(const char *what, const char *path, const char *bytes, size_t length)
{
	looked_at++;
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		if (holds(bytes, length, secrets[i])) {
			printf("%s of %s holds %s\n", what, path, secrets[i]);
			found++;
		}
}

static int look_at(const char *path, const struct stat *st, int flag _unused_, struct FTW *ftw)
{
	char bytes[65536];
	ssize_t n = 0;

	look("the name", path, path + ftw->base, strlen(path + ftw->base));
	if (S_ISLNK(st->st_mode)) {
		n = readlink(path, bytes, sizeof(bytes));
		look("the target", path, bytes, n > 0 ? (size_t)n : 0);
	} else if (S_ISREG(st->st_mode)) {
		FILE *file = fopen(path, "r");

		assert_non_null(file);
		n = (ssize_t)fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		look("the text", path, bytes, (size_t)n);
	}
	return 0;
}

static char *text_of(const char *folder)
{
	_cleanup_host_ struct host *host = NULL;
	_cleanup_json_ struct json *json = NULL;

	assert_int_equal(host_load(folder, &host, NULL), 0);
	json = host_to_json(host);
	return json_to_text(json);
}

/* Line by line: equal, or as long while the first holds a secret. */
static void compare(char *plain, char *masked)
{
	char *rest_a, *rest_b, *a = strtok_r(plain, "\n", &rest_a),
			       *b = strtok_r(masked, "\n", &rest_b);

	for (; a && b; a = strtok_r(NULL, "\n", &rest_a), b = strtok_r(NULL, "\n", &rest_b)) {
		_cleanup_strbuf_ struct strbuf bare = {0};
		bool secret = false;

		for (const char *c = a; *c; c++)
			if (isalnum((unsigned char)*c))
				strbuf_add_bytes(&bare, c, 1);
		for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
			secret |= holds(a, strlen(a), secrets[i]) ||
				  holds(bare.text, bare.length, secrets[i]);
		/* JSON's own backslashes, and what udev makes of them. */
		secret |= strstr(a, "WD-WX11A") != NULL;
		if (str_eq(a, b) == secret || (!strstr(a, "\\") && strlen(a) != strlen(b)))
			fail_msg("%s became %s", a, b);
	}
	assert_null(a);
	assert_null(b);
}

static void test_nothing_is_left(void **state)
{
	struct machine *machine = *state;
	const struct capture_options options = {.mask = true};
	_cleanup_free_ char *out = xasprintf("%s/masked", machine->folder);
	_cleanup_free_ char *plain = NULL, *masked = NULL;

	put_firmware(machine);
	put_nics(machine);
	put_disks(machine);
	put_record(machine);
	plain = text_of(machine->folder);
	/* A control: a capture that hides nothing is found out. */
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		if (!holds(plain, strlen(plain), secrets[i]) && !strchr(secrets[i], '"') &&
		    !str_eq(secrets[i], "BRD-0815"))
			fail_msg("%s is not on the machine", secrets[i]);
	assert_int_equal(capture_write(machine->root, out, &options, NULL), 0);
	assert_int_equal(nftw(out, look_at, 16, FTW_PHYS), 0);
	assert_int_equal(found, 0);
	assert_true(looked_at > 100);
	masked = text_of(out);
	compare(plain, masked);
}

static char *masked(const struct mask *mask, const char *text, bool own)
{
	char *copy = xstrdup(text);

	mask_apply(mask, copy, strlen(copy), own);
	return copy;
}

/* However it is written, the same word gets the same mask. */
static void test_forms_agree(void **state _unused_)
{
	_cleanup_(mask_done) struct mask mask = {.salt = "salt"}, other = {.salt = "pepper"};
	_cleanup_free_ char *colons = masked(&mask, "52:54:00:a1:b2:c3", false);
	_cleanup_free_ char *again = masked(&other, "52:54:00:a1:b2:c3", false);
	_cleanup_free_ char *dashes = NULL, *bare = NULL, *pxe = NULL;
	char expected[18] = "";

	mask_add(&mask, "52:54:00:a1:b2:c3");
	dashes = masked(&mask, "52-54-00-A1-B2-C3", false);
	bare = masked(&mask, "enx525400a1b2c3", false);
	pxe = masked(&mask, "BOOTIF=01-52-54-00-a1-b2-c3 x", false);
	for (size_t i = 0, n = 0; colons[i]; i++)
		if (colons[i] != ':')
			expected[n++] = colons[i];
	assert_string_equal(bare + 3, expected);
	assert_true(str_starts(bare, "enx52"));
	assert_true(str_starts(pxe, "BOOTIF=01-52-"));
	for (size_t i = 0; colons[i]; i++) {
		assert_int_equal(dashes[i], colons[i] == ':' ? '-' : toupper(colons[i]));
		assert_int_equal(pxe[10 + i], colons[i] == ':' ? '-' : colons[i]);
	}
	assert_string_not_equal(colons, again);
}

static void test_what_stays(void **state _unused_)
{
	static const struct {
		const char *text;
		bool own;
	} rows[] = {
		{"0000:00:1f.2", true},
		{"0x0000000000001471", false},
		{"0x1471 1471", false}, /* a short number is one where such are expected alone */
		{"x1471", true},
		{"12:34:56", true},
		{"E:ID_PART_ENTRY_TYPE=c12a7328-f81f-11d2-ba4b-00a0c93ec93b", true},
		{"fe80::5054:ff:fe12:3456", true},
		{"Not Specified", true},
		{"00000000", true},
	};
	_cleanup_(mask_done) struct mask mask = {0};
	_cleanup_free_ char *short_one = NULL, *path = NULL;

	mask_add(&mask, "1471");
	mask_add(&mask, "Not Specified");
	mask_add(&mask, "00000000");
	mask_add(&mask, NULL);
	mask_add(&mask, "7c0ffee7c0ffee7"); /* an odd number of digits is no bytes */
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = masked(&mask, rows[i].text, rows[i].own);

		assert_string_equal(text, rows[i].text);
	}
	short_one = masked(&mask, "QEMU_1471", true);
	assert_string_not_equal(short_one, "QEMU_1471");
	assert_true(str_starts(short_one, "QEMU_"));
	path = mask_path(&mask, "/sys/firmware/efi/efivars/"
				"SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
	assert_true(str_ends(path, "8be4df61-93ca-11d2-aa0d-00e098032b8c"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_is_left, machine_setup,
						machine_teardown),
		cmocka_unit_test(test_forms_agree),
		cmocka_unit_test(test_what_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
