/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host as JSON: what is written is read back the same, and what is wrong is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/fsroot.h"
#include "common/str.h"
#include "hwdb/host.h"

static char *read_machine(const char *name)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	char *text;

	assert_int_equal(fsroot_open("tests/machines", &root), 0);
	assert_int_equal(fsroot_read(root, name, 1 << 20, &text, NULL), 0);
	return text;
}

static int parse_host(const char *text, struct host **ret, struct error **err)
{
	_cleanup_json_ struct json *json = NULL;
	int r = json_parse(text, strlen(text), "test", &json, err);

	return r < 0 ? r : host_from_json(json, ret, err);
}

static void test_machines_round_trip(void **state _unused_)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_strv_ char **names = NULL;
	unsigned seen = 0;

	assert_int_equal(fsroot_open("tests/machines", &root), 0);
	assert_int_equal(fsroot_list(root, "/", &names), 0);
	for (char **name = names; *name; name++) {
		_cleanup_host_ struct host *host = NULL;
		_cleanup_json_ struct json *json = NULL;
		_cleanup_free_ char *text = NULL, *again = NULL;

		if (!str_ends(*name, ".json"))
			continue;
		seen++;
		text = read_machine(*name);
		assert_int_equal(parse_host(text, &host, NULL), 0);
		json = host_to_json(host);
		again = json_to_text(json);
		assert_string_equal(text, again);
	}
	assert_true(seen >= 13);
}

static void test_machine_values(void **state _unused_)
{
	_cleanup_free_ char *text = read_machine("sas-san.json");
	_cleanup_host_ struct host *host = NULL;
	const struct host_disk *lun;

	assert_int_equal(parse_host(text, &host, NULL), 0);
	assert_int_equal(host->firmware.kind, FIRMWARE_UEFI);
	assert_true(host->firmware.spcr_present);
	assert_int_equal(host->firmware.spcr_address, 0x2f8);
	assert_int_equal(host->memory_bytes, 384 * GIB);
	lun = host_find_disk(host, "624a9370a1b2c3d4e5f6071800011a2b");
	assert_non_null(lun);
	assert_string_equal(lun->kind, "multipath");
	assert_int_equal(strv_length(lun->parents), 2);
	assert_true(lun->contents[0].valuable);
	assert_int_equal(lun->contents[0].kind, CONTENT_SR);
	for (char **parent = lun->parents; *parent; parent++) {
		const struct host_disk *path = host_find_disk(host, *parent);

		assert_non_null(path);
		assert_string_equal(path->kind, "path");
		assert_string_equal(path->wwn, lun->wwn);
	}
	assert_string_equal(host_find_nic(host, "eth1")->mac, "e4:43:4b:aa:10:41");
	assert_null(host_find_nic(host, "eth2"));
}

/* A document that is right but for one thing, and the sentence that names this thing. */
static void assert_refused(const char *text, const char *message)
{
	_cleanup_error_ struct error *err = NULL;
	_cleanup_host_ struct host *host = NULL;

	assert_true(parse_host(text, &host, &err) < 0);
	assert_null(host);
	assert_string_equal(err->message, message);
}

#define HEAD "{\"schema\": \"xenhost.host/1\", \"firmware\": {\"kind\": \"bios\"}"
#define DISK(id, size, block)                                                                      \
	"{\"id\": \"" id "\", \"kind\": \"disk\", \"size_bytes\": " size                           \
	", \"logical_block_bytes\": " block "}"

static void test_wrong_documents(void **state _unused_)
{
	assert_refused("{}", "The document does not say \"schema\": \"xenhost.host/1\"");
	assert_refused("{\"schema\": \"xenhost.plan/1\"}",
		       "The document is a xenhost.plan/1, not a xenhost.host/1");
	assert_refused("{\"schema\": \"xenhost.host/1\"}", "firmware is missing");
	assert_refused("{\"schema\": \"xenhost.host/1\", \"firmware\": {\"kind\": \"EFI\"}}",
		       "firmware.kind is not \"bios\" or \"uefi\"");
	assert_refused("{\"schema\": \"xenhost.host/1\", \"firmware\": 3}",
		       "firmware is not an object");
	assert_refused(HEAD ", \"notes\": [1]}", "notes is not a list of strings");
	assert_refused(HEAD ", \"disks\": 3}", "disks is not a list");
	assert_refused(HEAD ", \"disks\": [3]}", "disks[0].id is missing");
	assert_refused(HEAD ", \"disks\": [" DISK("a", "-1", "512") "]}",
		       "disks[0].size_bytes is not a number that is not negative");
	assert_refused(HEAD ", \"disks\": [" DISK("a", "1", "0") "]}",
		       "disks[0].logical_block_bytes is 0");
	assert_refused(HEAD ", \"disks\": [" DISK("a", "1", "512") ", " DISK("a", "1", "512") "]}",
		       "disks[0] and disks[1] have the same id a");
	assert_refused(HEAD
		       ", \"disks\": [{\"id\": \"a\", \"kind\": \"disk\", \"size_bytes\": 1, "
		       "\"logical_block_bytes\": 512, \"contents\": [{\"kind\": \"none\"}, {}]}]}",
		       "disks[0].contents[1].kind is missing");
	assert_refused(HEAD ", \"nics\": [{\"name\": \"eth0\", \"mac\": 5}]}",
		       "nics[0].mac is not a string");
	assert_refused(HEAD ", \"memory\": {\"total_bytes\": \"much\"}}",
		       "memory.total_bytes is not a number that is not negative");
}

static void test_unknown_is_null(void **state _unused_)
{
	const char *text = HEAD ", \"nics\": [{\"name\": \"eth0\", \"mac\": \"m\"}],"
				" \"disks\": [" DISK("a", "1024", "512") "]}";
	_cleanup_json_ struct json *json = NULL;
	_cleanup_host_ struct host *host = NULL;
	const struct json *nic, *disk;

	assert_int_equal(parse_host(text, &host, NULL), 0);
	json = host_to_json(host);
	nic = json_at(json_get_array(json, "nics"), 0);
	disk = json_at(json_get_array(json, "disks"), 0);
	assert_true(json_is_null(nic, "link"));
	assert_true(json_is_null(nic, "speed_mbps"));
	assert_true(json_is_null(disk, "rotational"));
	assert_true(json_is_null(disk, "wwn"));
	assert_int_equal(json_length(json_get_array(disk, "holders")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_machines_round_trip),
		cmocka_unit_test(test_machine_values),
		cmocka_unit_test(test_wrong_documents),
		cmocka_unit_test(test_unknown_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
