/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks found below a made-up root: who they are, which are paths of one, who uses them. */
#include "tests/unit/machine.h"

#include <stdarg.h>

#include "hwdb/host.h"
#include "hwdb/probe/disk.h"

static void put(struct machine *machine, const char *path, const char *text)
{
	assert_int_equal(fsroot_write_text(machine->root, path, text, 0644), 0);
}

static void putf(struct machine *machine, const char *text, const char *format, ...) _printf_(3, 4);

static void putf(struct machine *machine, const char *text, const char *format, ...)
{
	_cleanup_free_ char *path = NULL;
	va_list args;

	va_start(args, format);
	path = xvasprintf(format, args);
	va_end(args);
	put(machine, path, text);
}

static void put_link(struct machine *machine, const char *target, const char *path)
{
	_cleanup_free_ char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));

	assert_int_equal(fsroot_mkdir(machine->root, parent, 0755), 0);
	assert_int_equal(fsroot_symlink(machine->root, target, path), 0);
}

/* A disk of 100 GiB at a path below /sys/devices, as /sys/block and /sys/class/block show it. */
static void put_disk(struct machine *machine, const char *name, const char *devno, const char *path)
{
	_cleanup_free_ char *folder = xasprintf("/sys/devices/%s/block/%s", path, name);
	_cleanup_free_ char *target = xasprintf("../devices/%s/block/%s", path, name);
	_cleanup_free_ char *class_target = xasprintf("../../devices/%s/block/%s", path, name);
	_cleanup_free_ char *block = xasprintf("/sys/block/%s", name);
	_cleanup_free_ char *class = xasprintf("/sys/class/block/%s", name);
	_cleanup_free_ char *device = xasprintf("%s/device", folder);

	putf(machine, devno, "%s/dev", folder);
	putf(machine, "209715200", "%s/size", folder);
	putf(machine, "512", "%s/queue/logical_block_size", folder);
	putf(machine, "1", "%s/queue/rotational", folder);
	put_link(machine, "../..", device);
	put_link(machine, target, block);
	put_link(machine, class_target, class);
}

static void put_scsi(struct machine *machine, const char *path, const char *vendor,
		     const char *model, const char *wwid)
{
	putf(machine, vendor, "/sys/devices/%s/vendor", path);
	putf(machine, model, "/sys/devices/%s/model", path);
	if (wwid)
		putf(machine, wwid, "/sys/devices/%s/wwid", path);
}

static void put_serial(struct machine *machine, const char *path, const char *serial)
{
	_cleanup_free_ char *file = xasprintf("/sys/devices/%s/vpd_pg80", path);
	char page[64] = {0, (char)0x80, 0, (char)strlen(serial)};

	assert_int_equal(str_copy(page + 4, sizeof(page) - 4, serial), 0);
	assert_int_equal(fsroot_write(machine->root, file, page, 4 + strlen(serial), 0644), 0);
}

static const struct host_disk *detect(struct machine *machine, const char *name)
{
	if (!machine->host)
		assert_int_equal(host_detect(machine->root, NULL, &machine->host, NULL), 0);
	for (size_t i = 0; i < machine->host->n_disks; i++)
		if (str_eq(machine->host->disks[i].name, name))
			return &machine->host->disks[i];
	return NULL;
}

#define FC0 "pci0000:5e/0000:5e:00.0/host1/rport-1:0-0/target1:0:0/1:0:0:1"
#define FC1 "pci0000:5e/0000:5e:00.1/host2/rport-2:0-0/target2:0:0/2:0:0:1"

static void put_fc_path(struct machine *machine, const char *name, const char *devno,
			const char *path, const char *host, const char *by_path)
{
	put_disk(machine, name, devno, path);
	put_scsi(machine, path, "PURE", "FlashArray", "naa.624a9370a1b2c3d4e5f6071800011a2b");
	putf(machine, "x", "/sys/class/fc_host/%s/port_name", host);
	putf(machine, by_path, "/run/udev/data/b%s", devno);
}

static void test_paths_of_one_disk(void **state)
{
	struct machine *machine = *state;
	const struct host_disk *path, *map;

	put_fc_path(machine, "sda", "8:0", FC0, "host1", "E:ID_PATH=pci-0000:5e:00.0-fc-0x1-lun-1");
	put_fc_path(machine, "sdb", "8:16", FC1, "host2",
		    "E:ID_PATH=pci-0000:5e:00.1-fc-0x2-lun-1");
	path = detect(machine, "sdb");
	assert_string_equal(path->kind, "path");
	assert_string_equal(path->id, "pci-0000:5e:00.1-fc-0x2-lun-1");
	assert_string_equal(path->transport, "fc");
	assert_string_equal(path->pci_address, "0000:5e:00.1");
	map = host_find_disk(machine->host, "624a9370a1b2c3d4e5f6071800011a2b");
	assert_non_null(map);
	assert_string_equal(map->kind, "multipath");
	assert_null(map->name);
	assert_int_equal(map->size_bytes, 100 * GIB);
	assert_int_equal(strv_length(map->parents), 2);
	assert_string_equal(map->parents[1], path->id);
}

#define ATA1 "pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0"
#define ATA2 "pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0"

/* Two cheap drives with one and the same WWN are two drives. */
static void test_same_wwn_on_sata(void **state)
{
	struct machine *machine = *state;

	put_disk(machine, "sda", "8:0", ATA1);
	put_scsi(machine, ATA1, "ATA     ", "CHEAP SSD       ", "naa.5000000000000001");
	put_serial(machine, ATA1, "  A1");
	put_disk(machine, "sdb", "8:16", ATA2);
	put_scsi(machine, ATA2, "ATA     ", "CHEAP SSD       ", "naa.5000000000000001");
	put_serial(machine, ATA2, "B2  ");
	assert_string_equal(detect(machine, "sda")->id, "CHEAP_SSD_A1");
	assert_string_equal(detect(machine, "sdb")->id, "CHEAP_SSD_B2");
	assert_string_equal(detect(machine, "sda")->kind, "disk");
	assert_string_equal(detect(machine, "sda")->transport, "sata");
	assert_int_equal(machine->host->n_disks, 2);
}

/* Even the serial number may be the same: then it is the place that counts. */
static void test_same_everything(void **state)
{
	struct machine *machine = *state;

	put_disk(machine, "sda", "8:0", ATA1);
	put_scsi(machine, ATA1, "ATA", "CLONE", NULL);
	put_serial(machine, ATA1, "1");
	put(machine, "/run/udev/data/b8:0", "E:ID_PATH=pci-0000:00:17.0-ata-1");
	put_disk(machine, "sdb", "8:16", ATA2);
	put_scsi(machine, ATA2, "ATA", "CLONE", NULL);
	put_serial(machine, ATA2, "1");
	assert_string_equal(detect(machine, "sda")->id, "pci-0000:00:17.0-ata-1");
	assert_string_equal(detect(machine, "sdb")->id,
			    "sysfs-pci0000:00-0000:00:17.0-ata2-target1:0:0-1:0:0:0");
}

static void test_virtio(void **state)
{
	struct machine *machine = *state;

	put_disk(machine, "vda", "254:0", "pci0000:00/0000:00:04.0/virtio1");
	put_disk(machine, "vdb", "254:16", "pci0000:00/0000:00:05.0/virtio2");
	put(machine, "/sys/devices/pci0000:00/0000:00:04.0/virtio1/block/vda/serial", "DATA 1");
	put(machine, "/run/udev/data/b254:16",
	    "S:disk/by-path/virtio-pci-0000:00:05.0\nS:disk/by-diskseq/4\n"
	    "S:disk/by-path/pci-0000:00:05.0\nE:ID_PATH=pci-0000:00:05.0\n");
	assert_string_equal(detect(machine, "vda")->id, "virtio_DATA_1");
	assert_string_equal(detect(machine, "vdb")->id, "pci-0000:00:05.0");
	assert_int_equal(strv_length(detect(machine, "vdb")->links), 2);
	assert_string_equal(detect(machine, "vdb")->links[0], "/dev/disk/by-path/pci-0000:00:05.0");
}

static void put_partition(struct machine *machine, const char *disk, const char *path,
			  const char *name, const char *devno)
{
	_cleanup_free_ char *target = xasprintf("../../devices/%s/block/%s/%s", path, disk, name);
	_cleanup_free_ char *link = xasprintf("/sys/class/block/%s", name);

	putf(machine, "1", "/sys/devices/%s/block/%s/%s/partition", path, disk, name);
	putf(machine, devno, "/sys/devices/%s/block/%s/%s/dev", path, disk, name);
	put_link(machine, target, link);
}

static void test_holders(void **state)
{
	struct machine *machine = *state;
	const struct host_disk *disk;

	put_disk(machine, "sda", "8:0", ATA1);
	put_scsi(machine, ATA1, "ATA", "DISK", "naa.5000c500a1b2c3d4");
	put_partition(machine, "sda", ATA1, "sda1", "8:1");
	put_partition(machine, "sda", ATA1, "sda2", "8:2");
	put_partition(machine, "sda", ATA1, "sda10", "8:10");
	put_disk(machine, "sdb", "8:16", ATA2);
	put(machine, "/sys/devices/virtual/block/dm-0/dev", "253:0");
	put(machine, "/sys/devices/virtual/block/dm-0/dm/name", "vg-root");
	put(machine, "/sys/devices/virtual/block/dm-0/dm/uuid", "LVM-abc");
	put_link(machine, "../../devices/virtual/block/dm-0", "/sys/class/block/dm-0");
	put_link(machine, "../devices/virtual/block/dm-0", "/sys/block/dm-0");
	put_link(machine, "../../../../../../../../../../virtual/block/dm-0",
		 "/sys/devices/" ATA1 "/block/sda/sda2/holders/dm-0");
	put(machine, "/proc/self/mountinfo",
	    "22 1 253:0 / / rw - ext4 /dev/mapper/vg-root rw\n"
	    "23 22 8:1 / /run/xenhost/medium ro shared:1 - iso9660 /dev/sda1 ro\n"
	    "24 22 0:40 / /mnt/a\\040b rw - btrfs /dev/sdb rw\n");
	put(machine, "/proc/swaps", "Filename Type Size\n/dev/sda10  partition 1 0 -2\n");
	disk = detect(machine, "sda");
	assert_int_equal(strv_length(disk->holders), 4);
	assert_string_equal(disk->holders[0], "mounted on /run/xenhost/medium");
	assert_string_equal(disk->holders[1], "dm-0 (vg-root)");
	assert_string_equal(disk->holders[2], "mounted on /");
	assert_string_equal(disk->holders[3], "swap");
	assert_true(disk->install_medium);
	disk = detect(machine, "sdb");
	assert_int_equal(strv_length(disk->holders), 1);
	assert_string_equal(disk->holders[0], "mounted on /mnt/a b");
	assert_false(disk->install_medium);
	assert_null(detect(machine, "dm-0"));
}

/* A drive of 7200 rpm that is a shingled one, and what files that lie say: nothing. */
static void test_attributes(void **state)
{
	static const char b1[] = {0, (char)0xb1, 0, 0x3c, 0x1c, 0x20};
	char page89[572] = {0};
	struct machine *machine = *state;
	const struct host_disk *disk;

	put_disk(machine, "sda", "8:0", ATA1);
	put_scsi(machine, ATA1, "ATA", "DISK", "naa.5000c500a1b2c3d4");
	putf(machine, "host-aware\n", "/sys/devices/%s/block/sda/queue/zoned", ATA1);
	putf(machine, "0", "/sys/devices/%s/block/sda/queue/discard_max_bytes", ATA1);
	putf(machine, "512", "/sys/devices/%s/block/sda/queue/discard_granularity", ATA1);
	assert_int_equal(
		fsroot_write(machine->root, "/sys/devices/" ATA1 "/vpd_pgb1", b1, sizeof(b1), 0644),
		0);
	put_disk(machine, "sdb", "8:16", ATA2);
	put_scsi(machine, ATA2, "ATA", "DISK", "naa.5000c500a1b2c3d5");
	putf(machine, "2147450880", "/sys/devices/%s/block/sdb/queue/discard_max_bytes", ATA2);
	putf(machine, "99999999999", "/sys/devices/%s/block/sdb/queue/discard_granularity", ATA2);
	page89[60 + 2 * 217] = 0x18;
	page89[60 + 2 * 217 + 1] = 0x15;
	assert_int_equal(fsroot_write(machine->root, "/sys/devices/" ATA2 "/vpd_pg89", page89,
				      sizeof(page89), 0644),
			 0);
	disk = detect(machine, "sda");
	assert_int_equal(disk->rpm, 7200);
	assert_string_equal(disk->zoned, "host-aware");
	assert_true(disk->has_discard && !disk->discard);
	assert_false(disk->has_discard_granularity || disk->has_discard_max);
	disk = detect(machine, "sdb");
	assert_int_equal(disk->rpm, 5400);
	assert_null(disk->zoned);
	assert_true(disk->discard);
	assert_false(disk->has_discard_granularity);
	assert_int_equal(disk->discard_max_bytes, 2147450880);
	assert_false(disk->has_health || disk->has_namespace);
}

static void test_usb_and_removable(void **state)
{
	struct machine *machine = *state;
	const char *path = "pci0000:00/0000:00:14.0/usb2/2-3/2-3:1.0/host6/target6:0:0/6:0:0:0";
	const struct host_disk *disk;

	put_disk(machine, "sdc", "8:32", path);
	put_scsi(machine, path, "SanDisk", "Ultra", "naa.5000000000000001");
	putf(machine, "1", "/sys/devices/%s/block/sdc/removable", path);
	put(machine, "/sys/devices/pci0000:00/0000:00:14.0/usb2/2-3/idVendor", "0781");
	put(machine, "/sys/devices/pci0000:00/0000:00:14.0/usb2/2-3/serial", "4C5300012307");
	disk = detect(machine, "sdc");
	assert_string_equal(disk->transport, "usb");
	assert_string_equal(disk->id, "Ultra_4C5300012307");
	assert_true(disk->removable);
}

/* A folder that was not made by capture holds no disk's content: that is said, not guessed. */
static void test_content_unknown(void **state)
{
	struct machine *machine = *state;

	put_disk(machine, "vda", "254:0", "pci0000:00/0000:00:04.0/virtio1");
	assert_string_equal(detect(machine, "vda")->unreadable,
			    "the folder has no copy of its content");
	assert_null(detect(machine, "vda")->table_digest);
}

static void test_secure_boot(void **state)
{
	static const char name[] =
		"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	struct machine *machine = *state;
	const enum secure_boot expected[] = {SECURE_BOOT_OFF, SECURE_BOOT_ON};

	detect(machine, "none");
	assert_int_equal(machine->host->firmware.kind, FIRMWARE_BIOS);
	assert_int_equal(machine->host->firmware.secure_boot, SECURE_BOOT_ABSENT);
	put(machine, "/sys/firmware/efi/fw_platform_size", "64");
	host_free(TAKE_PTR(machine->host));
	detect(machine, "none");
	assert_int_equal(machine->host->firmware.kind, FIRMWARE_UEFI);
	assert_int_equal(machine->host->firmware.secure_boot, SECURE_BOOT_UNKNOWN);
	for (char on = 0; on < 2; on++) {
		const char value[5] = {6, 0, 0, 0, on};

		assert_int_equal(fsroot_write(machine->root, name, value, 5, 0644), 0);
		host_free(TAKE_PTR(machine->host));
		detect(machine, "none");
		assert_int_equal(machine->host->firmware.secure_boot, expected[(int)on]);
	}
}

static void test_wwn(void **state _unused_)
{
	static const struct {
		const char *wwid, *wwn;
	} rows[] = {
		{"naa.5000C500A1B2C3D4", "5000c500a1b2c3d4"},
		{"eui.0025388b71b1a2c3", "0025388b71b1a2c3"},
		{"uuid.0a1b2c3d-4e5f-4a6b-8c7d-8e9fa0b1c2d3", "0a1b2c3d4e5f4a6b8c7d8e9fa0b1c2d3"},
		{"0x5000c500a1b2c3d4", "5000c500a1b2c3d4"},
		{"naa.0000000000000000", NULL},
		{"t10.ATA     QEMU HARDDISK  QM00001", NULL},
		{"nvme.1b36-4e56-51454d-00000001", NULL},
		{"naa.", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *wwn = wwn_from_wwid(rows[i].wwid);

		assert_true(str_eq(wwn, rows[i].wwn));
	}
}

static void test_nothing_there(void **state _unused_)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	struct host *host = NULL;
	struct error *err = NULL;

	assert_int_equal(fsroot_open("tests/machines", &root), 0);
	assert_true(host_detect(root, NULL, &host, &err) < 0);
	unit_expect_error(&err, "There is no machine here");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_setup, machine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_paths_of_one_disk),
		TEST(test_same_wwn_on_sata),
		TEST(test_same_everything),
		TEST(test_virtio),
		TEST(test_holders),
		TEST(test_usb_and_removable),
		TEST(test_attributes),
		TEST(test_content_unknown),
		TEST(test_secure_boot),
		cmocka_unit_test(test_wwn),
		cmocka_unit_test(test_nothing_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
