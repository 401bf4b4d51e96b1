/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a burn-in watches below a made-up root, what it makes of the tools' words, its result. */
#include "tests/unit/machine.h"

#include "hwdb/burnin.h"

static void put(struct machine *machine, const char *path, const char *text)
{
	assert_int_equal(fsroot_write_text(machine->root, path, text, 0644), 0);
}

static const struct burnin_row *find(const struct burnin *burnin, const char *name)
{
	for (size_t i = 0; i < burnin->n_rows; i++)
		if (str_eq(burnin->rows[i].name, name))
			return &burnin->rows[i];
	fail_msg("there is no row %s", name);
	return NULL;
}

static void expect(const struct burnin *burnin, const char *name, const char *result,
		   const char *measured)
{
	const struct burnin_row *row = find(burnin, name);

	assert_string_equal(row->result, result);
	assert_string_equal(row->measured, measured);
	assert_true(row->hint || !str_eq(result, "fail"));
}

#define MC   "/sys/devices/system/edac/mc/mc0/"
#define CPU  "/sys/devices/system/cpu/"
#define HEAT "/sys/class/hwmon/hwmon0/"
#define PCI  "/sys/bus/pci/devices/0000:01:00.0/"

static void test_what_grows(void **state)
{
	static const struct {
		const char *path, *before, *after;
	} files[] = {
		{MC "ce_count", "3", "5"},
		{MC "ue_count", "0", "1"},
		{CPU "cpu0/thermal_throttle/core_throttle_count", "7", "7"},
		{CPU "cpu1/thermal_throttle/core_throttle_count", "0", "0"},
		{"/sys/class/net/eth0/statistics/rx_errors", "0", "0"},
		{"/sys/class/net/lo/statistics/rx_errors", "0", "9"},
		{"/sys/block/sda/device/ioerr_cnt", "0xa", "0x10"},
		{PCI "aer_dev_correctable", "RxErr 1\nTOTAL_ERR_COR 1\n",
		 "RxErr 4\nTOTAL_ERR_COR 4\n"},
		{HEAT "name", "coretemp", "coretemp"},
		{HEAT "temp1_label", "Package id 0", "Package id 0"},
		{HEAT "temp1_crit", "100000", "100000"},
		{HEAT "temp1_input", "91000", "40000"},
		{HEAT "temp2_input", "-3000", "-3000"},
		{"/dev/kmsg", "3,1,1,-;old\n", "3,1,1,-;old\n3,2,2,-;ata1: exception Emask\n"},
	};
	struct machine *machine = *state;
	_cleanup_burnin_watch_ struct burnin_watch *watch = NULL;
	_cleanup_burnin_ struct burnin burnin = {0};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		put(machine, files[i].path, files[i].before);
	watch = burnin_watch_start(machine->root);
	assert_int_equal(burnin_watch_tick(watch), 91);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *outer = fsroot_outer_path(machine->root, files[i].path);
		FILE *file = fopen(outer, "w"); /* the very file: the log is held open */

		assert_non_null(file);
		assert_true(fputs(files[i].after, file) >= 0);
		fclose(file);
	}
	burnin_watch_finish(watch, &burnin);
	expect(&burnin, "memory-corrected", "warn", "mc0 3 -> 5");
	expect(&burnin, "memory-uncorrected", "fail", "mc0 0 -> 1");
	expect(&burnin, "throttled", "pass", "2 counters, none grew");
	expect(&burnin, "throttled-package", "unknown", "nothing counts them here");
	expect(&burnin, "network-received", "pass", "1 counter, none grew");
	expect(&burnin, "disk-errors", "fail", "sda 10 -> 16");
	expect(&burnin, "pcie-corrected", "warn", "0000:01:00.0 1 -> 4");
	expect(&burnin, "temperature", "pass", "coretemp Package id 0 91 °C, its limit is 100 °C");
	expect(&burnin, "kernel-log", "fail", "1, the first: ata1: exception Emask");
}

static void test_too_hot(void **state)
{
	struct machine *machine = *state;
	_cleanup_burnin_watch_ struct burnin_watch *watch = NULL;
	_cleanup_burnin_ struct burnin burnin = {0};

	put(machine, HEAT "name", "k10temp");
	put(machine, HEAT "temp1_max", "70000");
	put(machine, HEAT "temp1_input", "70000");
	watch = burnin_watch_start(machine->root);
	put(machine, HEAT "temp1_input", "30000");
	burnin_watch_finish(watch, &burnin);
	expect(&burnin, "temperature", "fail", "k10temp temp1 70 °C, its limit is 70 °C");
	expect(&burnin, "kernel-log", "unknown", "it may not be read");
}

/* What the tools of Debian 12 print, shortened. */
static void test_tools(void **state _unused_)
{
	static const struct {
		enum burnin_tool tool;
		int status;
		const char *output, *errors, *name, *result, *measured;
	} rows[] = {
		{BURNIN_STRESS, 0, "", "stress-ng: info: passed", "processors", "pass",
		 "every result was right"},
		{BURNIN_STRESS, 2, "", "a\nstress-ng: fail:  [12] vm: 3 bit errors\n\n",
		 "processors", "fail",
		 "stress-ng ended with 2: stress-ng: fail:  [12] vm: 3 bit errors"},
		{BURNIN_STRESS, 137, "", NULL, "processors", "fail",
		 "stress-ng ended with 137: it said nothing"},
		{BURNIN_FIO, 0,
		 "fio: a warning\n{\"jobs\": [{\"jobname\": \"sda\", \"error\": 0, \"read\": "
		 "{\"bw_bytes\": 512345678}}, {\"jobname\": \"sdb\", \"error\": 0, \"read\": "
		 "{\"bw_bytes\": 4000}}]}",
		 "", "disks", "pass", "sda: 512 MB/s, sdb: 4 kB/s"},
		{BURNIN_FIO, 1,
		 "{\"jobs\": [{\"jobname\": \"sda\", \"error\": 5, \"read\": {\"bw_bytes\": 5}}, "
		 "{\"jobname\": \"sdb\", \"error\": 0, \"read\": {\"bw_bytes\": 9}}]}",
		 "", "disks", "fail", "sda: Input/output error"},
		{BURNIN_FIO, 1, "{\"jobs\": [{\"jobname\": \"sda\", \"error\": 1}]}", "", "disks",
		 "unknown", "sda: Operation not permitted"},
		{BURNIN_FIO, 0, "{\"jobs\": [{\"jobname\": \"sda\", \"error\": 0}]}", "", "disks",
		 "fail", "sda: nothing was read"},
		{BURNIN_FIO, 1, "{", "fio: engine not loadable", "disks", "fail",
		 "fio ended with 1: fio: engine not loadable"},
		{BURNIN_IPERF, 0,
		 "{\"end\": {\"sum_sent\": {\"bits_per_second\": 9412345678.9, \"retransmits\": "
		 "12}, "
		 "\"sum_received_bidir_reverse\": {\"bits_per_second\": 9.1e9}}}",
		 "", "network", "pass", "9.41 Gbit/s out, 9.1 Gbit/s in, 12 segments sent again"},
		{BURNIN_IPERF, 0,
		 "{\"end\": {}, \"error\": \"unable to connect to server: Connection refused\"}",
		 "", "network", "fail",
		 "iperf3 ended with 0: unable to connect to server: Connection refused"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_burnin_ struct burnin burnin = {0};

		burnin_tool_judge(rows[i].tool, rows[i].status, rows[i].output, rows[i].errors,
				  &burnin);
		assert_int_equal(burnin.n_rows, 1);
		expect(&burnin, rows[i].name, rows[i].result, rows[i].measured);
	}
}

/* No word of what fio is given lets it write, and sticks and CDs are left alone. */
static void test_disks_are_read_only(void **state)
{
	static const char *const needed[] = {"--readonly", "--rw=randread",
					     "--allow_file_create=0"};
	const struct burnin_options options = {.seconds = 90};
	struct machine *machine = *state;
	_cleanup_host_ struct host *host = NULL;
	_cleanup_free_ char *why = NULL;
	_cleanup_strv_ char **argv = NULL;

	assert_int_equal(host_load("tests/machines/usb-only.json", &host, NULL), 0);
	assert_null(burnin_tool_argv(BURNIN_FIO, machine->root, host, &options, &why));
	assert_string_equal(why, "there is no fixed disk");
	host_free(TAKE_PTR(host));
	put(machine, "/sys/devices/virtual/block/vda/size", "2097152\n");
	put(machine, "/sys/devices/virtual/block/vda/dev", "254:0\n");
	put(machine, "/sys/devices/virtual/block/vda/serial", "S-1\n");
	put(machine, "/sys/devices/virtual/block/vda/queue/logical_block_size", "512\n");
	assert_int_equal(
		fsroot_symlink(machine->root, "../devices/virtual/block/vda", "/sys/block/vda"), 0);
	assert_int_equal(host_detect(machine->root, NULL, &host, NULL), 0);
	assert_int_equal(host->n_disks, 1);
	argv = burnin_tool_argv(BURNIN_FIO, machine->root, host, &options, &why);
	assert_non_null(argv);
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		assert_true(strv_contains(argv, needed[i]));
	assert_true(strv_contains(argv, "--filename=/dev/vda"));
	assert_true(strv_contains(argv, "--runtime=90"));
	for (char **word = argv; *word; word++)
		assert_null(strstr(*word, "write"));
}

static void test_result_is_read_again(void **state _unused_)
{
	_cleanup_burnin_ struct burnin burnin = {.started = xstrdup("2026-01-02T03:04:05Z"),
						 .serial = xstrdup("A\"B"),
						 .seconds = 3600,
						 .wanted_seconds = 3600},
				       again = {0}, none = {0};
	_cleanup_json_ struct json *json = NULL, *json2 = NULL;
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *text = NULL, *text2 = NULL, *words = NULL;

	burnin_add(&burnin, "disks", "Disks", VERDICT_FAIL, "hint", "sda\x1b[2J %d", 7);
	burnin_add(&burnin, "network", "Network", VERDICT_PASS, NULL, "fast");
	json = burnin_to_json(&burnin);
	assert_int_equal(burnin_from_json(json, &again, NULL), 0);
	json2 = burnin_to_json(&again);
	text = json_to_text(json);
	text2 = json_to_text(json2);
	assert_string_equal(text, text2);
	assert_int_equal(burnin_count(&again, VERDICT_FAIL), 1);
	words = burnin_to_text(&again);
	assert_null(strchr(words, '\x1b'));
	assert_non_null(strstr(words, "1 passed, 0 warnings, 1 failed, 0 unknown"));
	free(again.rows[0].result);
	again.rows[0].result = xstrdup("<b>");
	json_free(json2);
	json2 = burnin_to_json(&again);
	assert_int_equal(burnin_from_json(json2, &none, &error), -EINVAL);
	assert_string_equal(error->message, "rows[0].result is none: <b>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_grows, machine_setup, machine_teardown),
		cmocka_unit_test_setup_teardown(test_too_hot, machine_setup, machine_teardown),
		cmocka_unit_test(test_tools),
		cmocka_unit_test_setup_teardown(test_disks_are_read_only, machine_setup,
						machine_teardown),
		cmocka_unit_test(test_result_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
