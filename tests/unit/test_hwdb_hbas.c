/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Storage controllers below a made-up root: kinds, ports, what hides disks, who shares them. */
#include "tests/unit/machine.h"

#include "hwdb/host.h"

static void put(struct machine *machine, const char *text, const char *format, ...) _printf_(3, 4);

static void put(struct machine *machine, const char *text, const char *format, ...)
{
	_cleanup_free_ char *path = NULL;
	va_list args;

	va_start(args, format);
	path = xvasprintf(format, args);
	va_end(args);
	assert_int_equal(fsroot_write_text(machine->root, path, text, 0644), 0);
}

static void put_link(struct machine *machine, const char *target, const char *path)
{
	_cleanup_free_ char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));

	assert_int_equal(fsroot_mkdir(machine->root, parent, 0755), 0);
	assert_int_equal(fsroot_symlink(machine->root, target, path), 0);
}

/* `ids` are "vendor device class"; `bus` is the path of the device below /sys/devices. */
static void put_pci(struct machine *machine, const char *bus, const char *address, const char *ids,
		    const char *driver)
{
	_cleanup_free_ char *folder = xasprintf("/sys/devices/%s/%s", bus, address);
	_cleanup_free_ char *link = xasprintf("/sys/bus/pci/devices/%s", address);
	_cleanup_free_ char *target = xasprintf("../../../devices/%s/%s", bus, address);
	_cleanup_free_ char *driver_link = xasprintf("%s/driver", folder);
	_cleanup_free_ char *driver_target = xasprintf("/sys/bus/pci/drivers/%s", driver);
	_cleanup_strv_ char **id = strv_split(ids, " ");

	put(machine, id[0], "%s/vendor", folder);
	put(machine, id[1], "%s/device", folder);
	put(machine, id[2], "%s/class", folder);
	put(machine, "11", "%s/irq", folder);
	put(machine, "0x0 0x0 0x0\n", "%s/resource", folder);
	if (driver)
		put_link(machine, driver_target, driver_link);
	put_link(machine, target, link);
}

/* A SCSI host of a PCI device, with its disks' folder. */
static void put_host(struct machine *machine, const char *pci, const char *host, const char *driver)
{
	_cleanup_free_ char *link = xasprintf("/sys/class/scsi_host/%s", host);
	_cleanup_free_ char *target =
		xasprintf("../../devices/%s/%s/scsi_host/%s", pci, host, host);

	put(machine, driver, "/sys/devices/%s/%s/scsi_host/%s/proc_name", pci, host, host);
	put_link(machine, target, link);
}

static void put_disk(struct machine *machine, const char *path, const char *name, const char *wwid)
{
	_cleanup_free_ char *link = xasprintf("/sys/block/%s", name);
	_cleanup_free_ char *target = xasprintf("../devices/%s/block/%s", path, name);
	_cleanup_free_ char *device = xasprintf("/sys/devices/%s/block/%s/device", path, name);

	put(machine, "2048", "/sys/devices/%s/block/%s/size", path, name);
	put(machine, "DISK", "/sys/devices/%s/model", path);
	put(machine, wwid, "/sys/devices/%s/wwid", path);
	put_link(machine, "../..", device);
	put_link(machine, target, link);
}

static const struct host_hba *detect(struct machine *machine, const char *address)
{
	if (!machine->host)
		assert_int_equal(host_detect(machine->root, NULL, &machine->host, NULL), 0);
	for (size_t i = 0; i < machine->host->n_hbas; i++)
		if (str_eq(machine->host->hbas[i].pci_address, address))
			return &machine->host->hbas[i];
	return NULL;
}

/* What a person at the console reads about controllers that show no disks. */
static void test_hidden_disks(void **state)
{
	static const struct {
		const char *address, *ids, *driver, *remapped, *kind, *hides;
	} rows[] = {
		{"0000:00:17.0", "0x8086 0x2822 0x010400", NULL, NULL, "raid",
		 "8086:2822 is a SATA or NVMe controller in RAID mode with no driver bound: switch "
		 "it to AHCI or NVMe in firmware setup"},
		{"0000:00:18.0", "0x8086 0x2822 0x010400", "ahci", NULL, "raid", NULL},
		{"0000:00:19.0", "0x8086 0x282a 0x010400", "ahci", "2", "raid",
		 "2 NVMe drives are hidden behind this controller (Intel RST): switch it from RAID "
		 "to AHCI in firmware setup"},
		{"0000:00:1a.0", "0x1022 0x43bd 0x010400", NULL, NULL, "raid",
		 "1022:43bd is a SATA or NVMe controller in RAID mode with no driver bound: switch "
		 "it to AHCI or NVMe in firmware setup"},
		{"0000:00:1b.0", "0x8086 0x201d 0x010400", NULL, NULL, "vmd",
		 "NVMe drives behind this volume management device (VMD) cannot be seen, no driver "
		 "is bound: load the module vmd, or switch VMD off in firmware setup"},
		{"0000:00:1c.0", "0x1000 0x10e2 0x010400", NULL, NULL, "raid",
		 "no driver is bound, so its disks cannot be seen"},
		/* Newer than our table, but its driver says what it is. */
		{"0000:00:1f.0", "0x8086 0xffff 0x088000", "vmd", NULL, "vmd", NULL},
		{"0000:00:1d.0", "0x8086 0xa382 0x010601", "ahci", "0", "ahci", NULL},
		{"0000:00:1e.0", "0x8086 0x7010 0x010180", "ata_piix", NULL, "ide", NULL},
	};
	struct machine *machine = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put_pci(machine, "pci0000:00", rows[i].address, rows[i].ids, rows[i].driver);
		if (rows[i].remapped)
			put(machine, rows[i].remapped, "/sys/devices/pci0000:00/%s/remapped_nvme",
			    rows[i].address);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct host_hba *hba = detect(machine, rows[i].address);

		assert_non_null(hba);
		assert_string_equal(hba->kind, rows[i].kind);
		assert_true(str_eq(hba->driver, rows[i].driver));
		assert_true(str_eq(hba->hides, rows[i].hides));
		assert_null(hba->disks);
	}
	assert_int_equal(machine->host->n_hbas, ARRAY_SIZE(rows));
}

/* A virtual function without driver is a guest's; with one, it is a controller like others. */
static void test_virtual_functions(void **state)
{
	struct machine *machine = *state;

	put_pci(machine, "pci0000:00", "0000:00:10.0", "0x144d 0xa824 0x010802", "nvme");
	put_pci(machine, "pci0000:00", "0000:00:10.1", "0x144d 0xa824 0x010802", NULL);
	put_pci(machine, "pci0000:00", "0000:00:10.2", "0x144d 0xa824 0x010802", "nvme");
	put_link(machine, "../0000:00:10.0", "/sys/devices/pci0000:00/0000:00:10.1/physfn");
	put_link(machine, "../0000:00:10.0", "/sys/devices/pci0000:00/0000:00:10.2/physfn");
	assert_null(detect(machine, "0000:00:10.1"));
	assert_non_null(detect(machine, "0000:00:10.2"));
	assert_int_equal(machine->host->n_hbas, 2);
}

#define FC_PCI "pci0000:5e/0000:5e:00.0"
#define FC_LUN FC_PCI "/host1/rport-1:0-0/target1:0:0/1:0:0:1"

static void test_fibre_channel(void **state)
{
	struct machine *machine = *state;
	const struct host_hba *hba;
	_cleanup_free_ char *text = NULL;

	put_pci(machine, "pci0000:5e", "0000:5e:00.0", "0x1077 0x2261 0x0c0400", "qla2xxx");
	put_host(machine, FC_PCI, "host1", "qla2xxx");
	put(machine, "9.12.01 (d0d5)\n",
	    "/sys/devices/" FC_PCI "/host1/scsi_host/host1/fw_version");
	put(machine, "QLE2692\n", "/sys/devices/" FC_PCI "/host1/scsi_host/host1/model_name");
	put(machine, "0x21000024ff7c1a2b\n", "/sys/class/fc_host/host1/port_name");
	put(machine, "0x20000024ff7c1a2b\n", "/sys/class/fc_host/host1/node_name");
	put(machine, "0x0\n", "/sys/class/fc_host/host1/fabric_name");
	put(machine, "Online\n", "/sys/class/fc_host/host1/port_state");
	put(machine, "16 Gbit\n", "/sys/class/fc_host/host1/speed");
	put(machine, "4 Gbit, 8 Gbit, 16 Gbit\n", "/sys/class/fc_host/host1/supported_speeds");
	put_disk(machine, FC_LUN, "sda", "naa.624a9370a1b2c3d4e5f6071800011a2b");
	hba = detect(machine, "0000:5e:00.0");
	assert_string_equal(hba->kind, "fc");
	assert_string_equal(hba->model, "QLE2692");
	assert_string_equal(hba->firmware_version, "9.12.01 (d0d5)");
	assert_int_equal(hba->n_ports, 1);
	assert_string_equal(hba->ports[0].wwn, "21000024ff7c1a2b");
	assert_null(hba->ports[0].fabric_wwn);
	assert_string_equal(hba->ports[0].state, "Online");
	assert_string_equal(hba->ports[0].supported_speeds, "4 Gbit, 8 Gbit, 16 Gbit");
	assert_false(hba->has_other_initiators);
	assert_int_equal(strv_length(hba->disks), 1);
	assert_string_equal(hba->disks[0], "624a9370a1b2c3d4e5f6071800011a2b");
	text = host_to_text(machine->host);
	assert_non_null(strstr(text, "port 21000024ff7c1a2b, Online, 16 Gbit/s"));
}

#define SAS_PCI "pci0000:3a/0000:3a:00.0"

static void put_end(struct machine *machine, const char *name, const char *initiator,
		    const char *target)
{
	put(machine, initiator, "/sys/class/sas_device/%s/initiator_port_protocols", name);
	put(machine, target, "/sys/class/sas_device/%s/target_port_protocols", name);
}

/* A shelf of disks that two machines are cabled to. */
static void test_shared_sas(void **state)
{
	struct machine *machine = *state;
	const struct host_hba *hba;

	put_pci(machine, "pci0000:3a", "0000:3a:00.0", "0x1000 0x00af 0x010700", "mpt3sas");
	put_host(machine, SAS_PCI, "host4", "mpt3sas");
	put(machine, "16.00.12.00\n", "/sys/devices/" SAS_PCI "/host4/scsi_host/host4/version_fw");
	put(machine, "SAS9300-8e\n", "/sys/devices/" SAS_PCI "/host4/scsi_host/host4/board_name");
	assert_int_equal(fsroot_mkdir(machine->root, "/sys/class/sas_host/host4", 0755), 0);
	for (unsigned i = 0; i < 8; i++) {
		put(machine, "0x500605b00a1b2c30\n", "/sys/class/sas_phy/phy-4:%u/sas_address", i);
		put(machine, i < 4 ? (i ? "12.0 Gbit" : "6.0 Gbit") : "Unknown",
		    "/sys/class/sas_phy/phy-4:%u/negotiated_linkrate", i);
	}
	put(machine, "12.0 Gbit", "/sys/class/sas_phy/phy-4:0:7/negotiated_linkrate");
	put(machine, "12.0 Gbit", "/sys/class/sas_phy/phy-40:1/negotiated_linkrate");
	put_end(machine, "end_device-4:0:0", "none", "ssp");
	put_end(machine, "end_device-4:0:1", "smp, stp, ssp", "none");
	put_end(machine, "end_device-4:0:2", "ssp", "ssp");
	put_end(machine, "end_device-5:0:2", "ssp", "none");
	hba = detect(machine, "0000:3a:00.0");
	assert_string_equal(hba->kind, "sas");
	assert_string_equal(hba->model, "SAS9300-8e");
	assert_string_equal(hba->firmware_version, "16.00.12.00");
	assert_int_equal(hba->n_ports, 1);
	assert_int_equal(hba->ports[0].phys, 8);
	assert_int_equal(hba->ports[0].phys_up, 4);
	assert_string_equal(hba->ports[0].speed, "12.0 Gbit");
	assert_string_equal(hba->ports[0].wwn, "500605b00a1b2c30");
	assert_true(hba->has_other_initiators);
	assert_int_equal(hba->other_initiators, 1);
}

/* The drives of a VMD have a PCI domain of their own; both their controller and VMD count them. */
static void test_vmd(void **state)
{
	struct machine *machine = *state;

	put_pci(machine, "pci0000:64", "0000:64:00.5", "0x8086 0x28c0 0x010400", "vmd");
	put_pci(machine, "pci0000:64/0000:64:00.5/pci10000:00", "10000:01:00.0",
		"0x144d 0xa80a 0x010802", "nvme");
	put(machine, "SAMSUNG MZQL2960\n",
	    "/sys/devices/pci0000:64/0000:64:00.5/pci10000:00/10000:01:00.0/nvme/nvme0/model");
	put(machine, "GDC5502Q\n",
	    "/sys/devices/pci0000:64/0000:64:00.5/pci10000:00/10000:01:00.0/nvme/nvme0/"
	    "firmware_rev");
	put_link(machine,
		 "../../devices/pci0000:64/0000:64:00.5/pci10000:00/10000:01:00.0/nvme/nvme0",
		 "/sys/class/nvme/nvme0");
	put(machine, "2048",
	    "/sys/devices/pci0000:64/0000:64:00.5/pci10000:00/10000:01:00.0/nvme/nvme0/nvme0n1/"
	    "size");
	put(machine, "eui.36344830526023200025384100000001",
	    "/sys/devices/pci0000:64/0000:64:00.5/pci10000:00/10000:01:00.0/nvme/nvme0/nvme0n1/"
	    "wwid");
	put_link(machine, "../../nvme0",
		 "/sys/devices/pci0000:64/0000:64:00.5/pci10000:00/10000:01:00.0/nvme/nvme0/"
		 "nvme0n1/device");
	put_link(machine,
		 "../devices/pci0000:64/0000:64:00.5/pci10000:00/10000:01:00.0/nvme/nvme0/nvme0n1",
		 "/sys/block/nvme0n1");
	assert_string_equal(detect(machine, "0000:64:00.5")->kind, "vmd");
	assert_null(detect(machine, "0000:64:00.5")->hides);
	assert_int_equal(strv_length(detect(machine, "0000:64:00.5")->disks), 1);
	assert_string_equal(detect(machine, "10000:01:00.0")->kind, "nvme");
	assert_string_equal(detect(machine, "10000:01:00.0")->firmware_version, "GDC5502Q");
	assert_int_equal(strv_length(detect(machine, "10000:01:00.0")->disks), 1);
}

/* iSCSI: the firmware's table without its secrets, and initiators in software. */
static void test_iscsi(void **state)
{
	static const char session[] = "platform/host7/session1/target7:0:0/7:0:0:1";
	struct machine *machine = *state;
	_cleanup_json_ struct json *json = NULL;
	_cleanup_free_ char *text = NULL;
	const struct host_hba *hba;

	put_host(machine, "platform", "host7", "iscsi_tcp");
	assert_int_equal(fsroot_mkdir(machine->root, "/sys/class/iscsi_host/host7", 0755), 0);
	put_disk(machine, session, "sda", "naa.60014051111111111111111111111111");
	put(machine, "iqn.2026-01.example:me\n", "/sys/firmware/ibft/initiator/initiator-name");
	put(machine, "52:54:00:00:00:01\n", "/sys/firmware/ibft/ethernet0/mac");
	put(machine, "iqn.2026-01.example:boot\n", "/sys/firmware/ibft/target0/target-name");
	put(machine, "192.0.2.1\n", "/sys/firmware/ibft/target0/ip-addr");
	put(machine, "3260\n", "/sys/firmware/ibft/target0/port");
	put(machine, "0\n", "/sys/firmware/ibft/target0/nic-assoc");
	put(machine, "open sesame\n", "/sys/firmware/ibft/target0/chap-secret");
	put(machine, "70000\n", "/sys/firmware/ibft/target1/port");
	put(machine, "../../..\n", "/sys/firmware/ibft/target1/nic-assoc");
	hba = detect(machine, NULL);
	assert_non_null(hba);
	assert_string_equal(hba->kind, "iscsi");
	assert_string_equal(hba->driver, "iscsi_tcp");
	assert_int_equal(strv_length(hba->disks), 1);
	assert_true(machine->host->has_ibft);
	assert_string_equal(machine->host->ibft.initiator, "iqn.2026-01.example:me");
	assert_int_equal(machine->host->ibft.n_targets, 2);
	assert_string_equal(machine->host->ibft.targets[0].name, "iqn.2026-01.example:boot");
	assert_int_equal(machine->host->ibft.targets[0].port, 3260);
	assert_string_equal(machine->host->ibft.targets[0].nic_mac, "52:54:00:00:00:01");
	assert_false(machine->host->ibft.targets[1].has_port);
	assert_null(machine->host->ibft.targets[1].nic_mac);
	json = host_to_json(machine->host);
	text = json_to_text(json);
	assert_null(strstr(text, "sesame"));
}

/* Sticks are no controllers; files that say nonsense or nothing leave things unknown. */
static void test_nonsense(void **state)
{
	struct machine *machine = *state;
	const struct host_hba *hba;

	put_pci(machine, "pci0000:00", "0000:00:14.0", "0x8086 0xa36d 0x0c0330", "xhci_hcd");
	put_host(machine, "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0", "host6", "usb-storage");
	put_pci(machine, "pci0000:00", "0000:00:05.0", "0x15b3 0x1017 0x010700", "strange");
	put_host(machine, "pci0000:00/0000:00:05.0", "host8", "strange");
	put(machine, "\n", "/sys/devices/pci0000:00/0000:00:05.0/host8/scsi_host/host8/version_fw");
	put(machine, "<NULL>\n",
	    "/sys/devices/pci0000:00/0000:00:05.0/host8/scsi_host/host8/board_name");
	put(machine,
	    "\xff\xfe"
	    "12\n",
	    "/sys/devices/pci0000:00/0000:00:05.0/host8/scsi_host/host8/model");
	put(machine, "", "/sys/class/fc_host/host8/port_name");
	put_link(machine, "../../nowhere", "/sys/class/scsi_host/host99");
	hba = detect(machine, "0000:00:05.0");
	assert_int_equal(machine->host->n_hbas, 1);
	assert_string_equal(hba->kind, "fc");
	assert_null(hba->firmware_version);
	assert_int_equal(hba->n_ports, 1);
	assert_null(hba->ports[0].wwn);
	assert_null(hba->ports[0].speed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_setup, machine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hidden_disks),  TEST(test_virtual_functions),
		TEST(test_fibre_channel), TEST(test_shared_sas),
		TEST(test_vmd),           TEST(test_iscsi),
		TEST(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
