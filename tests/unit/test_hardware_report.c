/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/unit/unit.h"

#include "common/fsroot.h"
#include "installer/hardware/hardware.h"
#include "installer/hardware/send.h"
#include "installer/hardware/stick.h"

#define TIME 1795328100 /* 2026-11-22 06:15:00 UTC */

struct report {
	struct host *host;
	struct profile *profile;
	struct verdicts verdicts;
	struct documents documents;
};

static int setup(void **state)
{
	struct report *report = xcalloc(1, sizeof(*report));

	assert_int_equal(host_load("tests/machines/usb-only.json", &report->host, NULL), 0);
	assert_int_equal(profile_load("host", &report->profile, NULL), 0);
	verdicts_judge(report->profile, report->host, &report->verdicts);
	free(report->host->firmware.product_serial);
	report->host->firmware.product_serial = xstrdup("AB/../12 34\n");
	documents_make(report->host, &report->verdicts, TIME, &report->documents);
	*state = report;
	return 0;
}

static int teardown(void **state)
{
	struct report *report = *state;

	documents_done(&report->documents);
	verdicts_done(&report->verdicts);
	profile_free(report->profile);
	host_free(report->host);
	free(report);
	return 0;
}

static void set(char **text, const char *to)
{
	free(*text);
	*text = xstrdup(to);
}

static void test_documents_name_the_machine_and_the_date(void **state)
{
	struct report *report = *state;
	struct host *host = report->host;

	assert_string_equal(report->documents.name, "xenhost-AB-..-12-34--20261122T061500Z");
	assert_non_null(strstr(report->documents.list[DOCUMENT_HOST].text, "xenhost.host/1"));
	assert_non_null(
		strstr(report->documents.list[DOCUMENT_VERDICTS].text, "xenhost.findings/1"));
	assert_non_null(strstr(report->documents.list[DOCUMENT_PAGE].text, "2026-11-22 06:15 UTC"));
	assert_non_null(strstr(report->documents.list[DOCUMENT_TEXT].text, "This machine can"));

	documents_done(&report->documents);
	set(&host->firmware.product_serial, NULL);
	set(&host->firmware.product_uuid, "");
	set(&host->nics[0].mac, "52:54:00:12:34:56");
	documents_make(host, &report->verdicts, 0, &report->documents);
	assert_string_equal(report->documents.name, "xenhost-52-54-00-12-34-56-19700101T000000Z");
}

/* The first of the host's disks as a stick with one file system. */
static struct host_disk *make_stick(struct host *host, size_t index, const char *name)
{
	struct host_disk *disk = &host->disks[index];

	assert_true(index < host->n_disks);
	if (!disk->n_contents)
		(void)ARRAY_APPEND(disk->contents, disk->n_contents);
	set(&disk->name, name);
	set(&disk->kind, "disk");
	set(&disk->transport, "usb");
	disk->removable = true;
	disk->install_medium = false;
	for (size_t i = 0; i < disk->n_contents; i++) {
		set(&disk->contents[i].type, i ? "ext2" : "vfat");
		set(&disk->contents[i].label, i ? NULL : "XENHOST");
	}
	disk->contents[0].partition = 1;
	return disk;
}

static int find(const struct host *host, char **ret_node)
{
	_cleanup_stick_ struct stick stick = {0};
	int r = stick_find(host, &stick, NULL);

	*ret_node = TAKE_PTR(stick.node);
	return r;
}

static void test_only_a_labelled_stick_is_taken(void **state)
{
	struct host *host = ((struct report *)*state)->host;
	_cleanup_free_ char *node = NULL, *whole = NULL, *none = NULL, *nvme = NULL;
	struct host_disk *disk;

	disk = make_stick(host, 0, "sdb");
	assert_int_equal(find(host, &node), 1);
	assert_string_equal(node, "/dev/sdb1");
	disk->contents[0].partition = 0;
	disk->removable = false;
	assert_int_equal(find(host, &whole), 1);
	assert_string_equal(whole, "/dev/sdb");
	set(&disk->name, "mmcblk0");
	set(&disk->transport, "mmc");
	disk->removable = true;
	disk->contents[0].partition = 2;
	assert_int_equal(find(host, &nvme), 1);
	assert_string_equal(nvme, "/dev/mmcblk0p2");

	disk->removable = false;
	assert_int_equal(find(host, &none), 0);
	disk->removable = true;
	set(&disk->contents[0].label, "XENHOST1");
	assert_int_equal(find(host, &none), 0);
	set(&disk->contents[0].label, "xenhost");
	assert_int_equal(find(host, &none), 0);
	set(&disk->contents[0].label, "XENHOST");
	set(&disk->contents[0].type, "ntfs");
	assert_int_equal(find(host, &none), 0);
	set(&disk->contents[0].type, "ext4");
	disk->install_medium = true;
	assert_int_equal(find(host, &none), 0);
	disk->install_medium = false;
	set(&disk->kind, "md");
	assert_int_equal(find(host, &none), 0);
	set(&disk->kind, "disk");
	set(&ARRAY_APPEND(disk->contents, disk->n_contents)->type, "iso9660");
	assert_int_equal(find(host, &none), 0);
	assert_null(none);
}

static void test_two_sticks_are_a_question(void **state)
{
	struct host *host = ((struct report *)*state)->host;
	_cleanup_stick_ struct stick stick = {0};
	struct error *err = NULL;

	assert_int_equal(host->n_disks, 2);
	make_stick(host, 0, "sda");
	make_stick(host, 1, "sdb");
	assert_true(stick_find(host, &stick, &err) < 0);
	assert_non_null(strstr(err->message, "/dev/sda1"));
	unit_expect_error(&err, "/dev/sdb1");
	assert_null(stick.node);
}

/* For what an operator takes along: any stick, and first the one that was made for it. */
static void test_every_stick_is_found_the_labelled_one_first(void **state)
{
	struct host *host = ((struct report *)*state)->host;
	_cleanup_(sticks_done) struct sticks sticks = {0};
	struct sticks none = {0};

	sticks_find(host, &none);
	assert_int_equal(none.count, 0);
	set(&make_stick(host, 0, "sda")->contents[0].label, "PHOTOS");
	make_stick(host, 1, "sdb");
	sticks_find(host, &sticks);
	assert_int_equal(sticks.count, 2);
	assert_string_equal(sticks.list[0].node, "/dev/sdb1");
	assert_string_equal(sticks.list[1].node, "/dev/sda1");
	assert_string_equal(sticks.list[1].label, "PHOTOS");
}

static void test_files_are_new_and_whole(void **state)
{
	const struct documents *documents = &((struct report *)*state)->documents;
	char *folder = unit_folder_make();
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_strv_ char **first = NULL, **second = NULL, **there = NULL;
	_cleanup_free_ char *text = NULL;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(stick_write_files(fd, documents, &first, NULL), 0);
	assert_int_equal(stick_write_files(fd, documents, &second, NULL), 0);
	assert_string_equal(first[0], "xenhost-AB-..-12-34--20261122T061500Z.json");
	assert_string_equal(second[0], "xenhost-AB-..-12-34--20261122T061500Z-2.json");
	assert_int_equal(fsroot_open(folder, &root), 0);
	assert_int_equal(fsroot_list(root, "/", &there), 0);
	assert_int_equal(strv_length(there), 2 * DOCUMENTS);
	for (size_t i = 0; i < DOCUMENTS; i++) {
		assert_true(strv_contains(there, first[i]));
		assert_true(strv_contains(there, second[i]));
	}
	assert_int_equal(fsroot_read(root, second[0], MIB, &text, NULL), 0);
	assert_string_equal(text, documents->list[DOCUMENT_HOST].text);
	close(fd);
	unit_folder_remove(folder);
}

/* In a process of its own, whose files may not grow. */
static void test_what_is_not_whole_is_taken_away(void **state)
{
	const struct documents *documents = &((struct report *)*state)->documents;
	char *folder = unit_folder_make();
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_strv_ char **there = NULL;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), status;
	pid_t pid = fork();

	if (pid == 0) {
		const struct rlimit limit = {.rlim_cur = 100, .rlim_max = 100};
		_cleanup_error_ struct error *err = NULL;
		char **files = NULL;

		signal(SIGXFSZ, SIG_IGN);
		_exit(setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
				      stick_write_files(fd, documents, &files, &err) < 0 &&
				      !files && strstr(err->message, "full") && err->hint
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(fsroot_open(folder, &root), 0);
	assert_int_equal(fsroot_list(root, "/", &there), 0);
	assert_int_equal(strv_length(there), 0);
	close(fd);
	unit_folder_remove(folder);
}

static void test_the_form_holds_all_documents(void **state)
{
	const struct documents *documents = &((struct report *)*state)->documents;
	_cleanup_free_ char *boundary = NULL;
	_cleanup_free_ char *body = send_body(documents, &boundary);
	_cleanup_free_ char *last = xasprintf("\r\n--%s--\r\n", boundary);
	const char *at = body;

	for (size_t i = 0; i < DOCUMENTS; i++) {
		_cleanup_free_ char *head = xasprintf(
			"--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s%s\"\r\n"
			"Content-Type: %s\r\n\r\n%s",
			boundary, documents->list[i].field, documents->name,
			documents->list[i].suffix, documents->list[i].content_type,
			documents->list[i].text);

		assert_true(str_starts(at, head));
		at += strlen(head) + (i + 1 < DOCUMENTS ? 2 : 0);
	}
	assert_string_equal(at, last);
}

static void count_lines(const char *line, void *data)
{
	assert_non_null(strstr(line, "again in"));
	++*(unsigned *)data;
}

static void test_what_may_pass_is_tried_again(void **state)
{
	const struct documents *documents = &((struct report *)*state)->documents;
	char refusing[] = "http://127.0.0.1:1/reports", wrong[] = "server";
	unsigned said = 0;
	struct receiver receiver = {.url = refusing, .say = count_lines, .data = &said};
	struct error *err = NULL;

	assert_int_equal(send_documents(&receiver, documents, &err), -ECONNREFUSED);
	unit_expect_error(&err, "refuses the connection");
	assert_int_equal(said, 3);
	receiver.url = wrong;
	assert_int_equal(send_documents(&receiver, documents, &err), -EINVAL);
	unit_expect_error(&err, "not a URL");
	assert_int_equal(said, 3);
}

#define HEX32 "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"
#define PIN   HEX32 ":" HEX32

static void test_the_boot_line(void **state _unused_)
{
	static const struct {
		const char *line, *url, *pin;
		unsigned lldp;
		const char *problem;
	} rows[] = {
		{"quiet", NULL, NULL, HOST_LLDP_SECONDS, NULL},
		{"xenhost.report=http://a/b xenhost.lldp=0", "http://a/b", NULL, 0, NULL},
		{"xenhost.report=https://a xenhost.report-fingerprint=" PIN, "https://a",
		 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
		 HOST_LLDP_SECONDS, NULL},
		{"xenhost.report=https://a xenhost.report-fingerprint=" HEX32, NULL, NULL,
		 HOST_LLDP_SECONDS, "no SHA-256"},
		{"xenhost.report=https://a xenhost.report-fingerprint=x", NULL, NULL,
		 HOST_LLDP_SECONDS, "no SHA-256"},
		{"xenhost.report=http://a xenhost.report-fingerprint=" PIN, NULL,
		 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
		 HOST_LLDP_SECONDS, "needs an https URL"},
		{"xenhost.report=http://a xenhost.lldp=soon", "http://a", NULL, HOST_LLDP_SECONDS,
		 "0 to 3600 seconds"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct hardware_options options;
		struct error *err = NULL;
		int r = hardware_options_parse(rows[i].line, &options, &err);

		assert_int_equal(r < 0, rows[i].problem != NULL);
		if (rows[i].problem)
			unit_expect_error(&err, rows[i].problem);
		assert_true(str_eq(options.url, rows[i].url));
		assert_true(str_eq(options.certificate_sha256, rows[i].pin));
		assert_int_equal(options.lldp_seconds, rows[i].lldp);
		assert_string_equal(options.profile, "host");
		hardware_options_done(&options);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_documents_name_the_machine_and_the_date, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_only_a_labelled_stick_is_taken, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_two_sticks_are_a_question, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_stick_is_found_the_labelled_one_first,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_files_are_new_and_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_not_whole_is_taken_away, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_the_form_holds_all_documents, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_may_pass_is_tried_again, setup, teardown),
		cmocka_unit_test(test_the_boot_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
