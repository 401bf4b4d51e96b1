/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hardware database, compiled by systemd-hwdb and read by libudev. libudev looks below "/"
 * alone, so each question is asked by a child process whose root is a folder.
 */
#include "tests/unit/unit.h"

#include <sched.h>
#include <sys/wait.h>

#include "common/fsroot.h"
#include "common/proc.h"
#include "hwdb/database.h"

#define DATA  "hwdb/data"
#define IGB   "pci:v00008086d00001521sv00008086sd00000001bc02sc00i00"
#define AHCI  "pci:v0000DEADd0000BEEFsv00000000sd00000000bc01sc06i01"
#define SOUND "pci:v00008086d0000A170sv00000000sd00000000bc04sc03i00"

struct folder {
	char *path;
	struct fsroot *root;
};

static void setup(struct folder *folder)
{
	folder->path = unit_folder_make();
	assert_int_equal(fsroot_open(folder->path, &folder->root), 0);
}

static void teardown(const struct folder *folder)
{
	fsroot_free(folder->root);
	unit_folder_remove(folder->path);
}

static void put(const struct folder *folder, const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("/etc/udev/hwdb.d/%s", name);

	assert_int_equal(fsroot_write_text(folder->root, path, text, 0644), 0);
}

/* The files that are shipped, as they are in the tree. */
static void put_shipped(const struct folder *folder)
{
	_cleanup_fsroot_ struct fsroot *tree = NULL;
	_cleanup_strv_ char **names = NULL;
	size_t n = 0;

	assert_int_equal(fsroot_open(DATA, &tree), 0);
	assert_int_equal(fsroot_list(tree, "/", &names), 0);
	for (char **name = names; *name; name++) {
		_cleanup_free_ char *text = NULL;

		if (!str_ends(*name, ".hwdb"))
			continue;
		assert_int_equal(fsroot_read(tree, *name, 1 << 24, &text, NULL), 0);
		put(folder, *name, text);
		n++;
	}
	assert_true(n >= 2);
}

static void compile(const struct folder *folder)
{
	_cleanup_error_ struct error *error = NULL;

	if (proc_runl(&error, "hwdb", "systemd-hwdb", "--strict", "--root", folder->path, "update",
		      NULL) < 0)
		fail_msg("%s", error_text(error));
}

/* One line about a modalias: "state|driver|minimum|note|source", "nothing", or the error. */
static char *describe(const char *modalias)
{
	_cleanup_database_ struct database *database = NULL;
	_cleanup_error_ struct error *error = NULL;
	struct host_support support = {0};
	char *text;
	int r = database_open(&database, &error);

	if (r == 0)
		r = database_lookup(database, modalias, &support, &error);
	if (r < 0)
		return xasprintf("%s (%s)", error->message, error_get_hint(error));
	if (r == 0)
		return xstrdup("nothing");
	text = xasprintf("%s|%s|%s|%s|%s", support.state, support.driver ?: "",
			 support.minimum_firmware ?: "", support.note ?: "", support.source ?: "");
	host_support_done(&support);
	return text;
}

static bool enter(const char *root)
{
	if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
		return false;
	return chroot(root) == 0 && chdir("/") == 0;
}

/* What `answer` gives below the folder as root; NULL where no process may change its root. */
static char *ask(const struct folder *folder, char *(*answer)(const char *), const char *argument)
{
	struct strbuf buf = {0};
	char chunk[4096];
	int pipes[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char *text;

		if (!enter(folder->path))
			_exit(77);
		text = answer(argument);
		_exit(write(pipes[1], text, strlen(text)) < 0);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], chunk, sizeof(chunk))) > 0)
		strbuf_add_bytes(&buf, chunk, (size_t)n);
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		return NULL;
	assert_int_equal(status, 0);
	return strbuf_take(&buf);
}

_Noreturn static void skip_without_root(const struct folder *folder)
{
	teardown(folder);
	skip();
	abort(); /* skip() jumps out of the test */
}

static void expect(const struct folder *folder, const char *modalias, const char *expected)
{
	_cleanup_free_ char *text = ask(folder, describe, modalias);

	if (!text)
		skip_without_root(folder);
	if (!strstr(text, expected))
		fail_msg("\"%s\" lacks \"%s\"", text, expected);
}

static void test_shipped(void **state _unused_)
{
	struct folder folder;

	setup(&folder);
	put_shipped(&folder);
	compile(&folder);
	expect(&folder, IGB, "driven|igb|||Debian linux-image-");
	/* A driver of a whole class takes a device that no list names. */
	expect(&folder, AHCI, "driven|ahci|||Debian linux-image-");
	expect(&folder, SOUND, "nothing");
	expect(&folder, "no modalias", "nothing");
	expect(&folder, "", "nothing");
	/* A quirk adds to what the kernel's list says. */
	expect(&folder, "pci:v00008086d00001572sv00008086sd00000001bc02sc00i00",
	       "driven|i40e|5.05|With an NVM image before 5.05");
	expect(&folder, "pci:v00009004d00006915sv00009004sd00000000bc02sc00i00",
	       "needs-firmware|starfire||The driver asks for adaptec/starfire_rx.bin");
	teardown(&folder);
}

static void test_precedence(void **state _unused_)
{
	struct folder folder;

	setup(&folder);
	put(&folder, "20-base.hwdb",
	    "pci:v00008086d00001521*\n XENHOST_STATE=driven\n XENHOST_DRIVER=igb\n"
	    " XENHOST_NOTE=from the base\n XENHOST_SOURCE=base\n");
	compile(&folder);
	expect(&folder, IGB, "driven|igb||from the base|base");
	/* A lab's file goes over it property by property, and takes back with an empty value. */
	put(&folder, "50-lab.hwdb",
	    "pci:v00008086d00001521*\n XENHOST_STATE=works\n XENHOST_NOTE=\n"
	    " XENHOST_SOURCE=lab report 7\n");
	compile(&folder);
	expect(&folder, IGB, "works|igb|||lab report 7");
	put(&folder, "60-vendor.hwdb", "pci:v00008086d*bc02*\n XENHOST_STATE=avoid\n");
	compile(&folder);
	expect(&folder, IGB, "avoid|igb|||lab report 7");
	/* Other people's properties, and a record without a state, are no knowledge. */
	put(&folder, "70-other.hwdb",
	    "pci:v0000DEAD*\n ID_MODEL=x\n XENHOST_NOTE=without a state\n");
	compile(&folder);
	expect(&folder, AHCI, "nothing");
	teardown(&folder);
}

static void test_wrong(void **state _unused_)
{
	struct folder folder;

	setup(&folder);
	expect(&folder, IGB, "Cannot open the hardware database");
	put(&folder, "50-lab.hwdb", "pci:v00008086d00001521*\n XENHOST_STATE=fine\n");
	compile(&folder);
	expect(&folder, IGB, "the state \"fine\", which is none (Look for XENHOST_STATE");
	/* A compiled file that is none. */
	assert_int_equal(fsroot_write_text(folder.root, "/etc/udev/hwdb.bin", "junk", 0644), 0);
	expect(&folder, IGB, "Cannot open the hardware database");
	teardown(&folder);
}

static char *annotate(const char *argument _unused_)
{
	char address[] = "0000:01:00.0", intel[] = "8086", igb[] = "1521", zero[] = "0000",
	     class_id[] = "020000", beef[] = "beef";
	struct host host = {0};
	struct strbuf buf = {0};

	for (int i = 0; i < 2; i++) {
		struct host_pci *pci = ARRAY_APPEND(host.pci, host.n_pci);

		*pci = (struct host_pci){.address = address,
					 .vendor_id = intel,
					 .device_id = i ? beef : igb,
					 .class_id = class_id,
					 .subsystem_vendor_id = zero,
					 .subsystem_device_id = zero};
	}
	database_annotate(&host);
	for (size_t i = 0; i < host.n_pci; i++)
		strbuf_addf(&buf, "%s ",
			    host.pci[i].has_support ? host.pci[i].support.state : "unknown");
	strbuf_addf(&buf, "%zu notes", strv_length(host.notes));
	return strbuf_take(&buf);
}

static void test_annotate(void **state _unused_)
{
	struct folder folder;
	_cleanup_free_ char *text = NULL, *wrong = NULL;

	setup(&folder);
	put(&folder, "20-base.hwdb", "pci:v00008086d00001521*\n XENHOST_STATE=works\n");
	compile(&folder);
	text = ask(&folder, annotate, "");
	if (!text)
		skip_without_root(&folder);
	assert_string_equal(text, "works unknown 0 notes");
	put(&folder, "30-lab.hwdb", "pci:v00008086d0000BEEF*\n XENHOST_STATE=good\n");
	compile(&folder);
	wrong = ask(&folder, annotate, "");
	assert_string_equal(wrong, "works unknown 1 notes");
	teardown(&folder);
}

static char *count(const char *pci_ids)
{
	_cleanup_database_ struct database *database = NULL;
	_cleanup_free_ char *ids = xstrdup(pci_ids);
	struct database_count counts[DATABASE_KINDS];
	struct strbuf buf = {0};

	if (database_open(&database, NULL) < 0 || database_count(database, ids, counts, NULL) < 0)
		return xstrdup("error");
	for (size_t i = 0; i < DATABASE_KINDS; i++)
		strbuf_addf(&buf, "%s: %u driven, %u avoid, %u unknown of %u; ", counts[i].kind,
			    counts[i].states[SUPPORT_DRIVEN], counts[i].states[SUPPORT_AVOID],
			    counts[i].unknown, counts[i].total);
	return strbuf_take(&buf);
}

static void test_count(void **state _unused_)
{
	struct folder folder;
	_cleanup_free_ char *text = NULL;

	setup(&folder);
	put(&folder, "20-base.hwdb",
	    "pci:v00008086d00001521*\n XENHOST_STATE=driven\n\n"
	    "pci:v00008086d00001522*\n XENHOST_STATE=avoid\n\n"
	    "pci:v*bc01sc06i01*\n XENHOST_STATE=driven\n");
	compile(&folder);
	text = ask(&folder, count,
		   "# comment\n"
		   "8086  Intel Corporation\n"
		   "\t1521  I350 Gigabit Network Connection\n"
		   "\t\t8086 0001  Ethernet Server Adapter I350-T4\n"
		   "\t1522  I350 Gigabit Fiber Network Connection\n"
		   "\t1533  I210 Gigabit Network Connection\n"
		   "\t24fd  Wireless 8265 Ethernet\n"
		   "\ta102  SATA Controller [AHCI mode]\n"
		   "\ta170  HD Audio\n"
		   "\tzzzz  Ethernet without an id\n"
		   "\t15\n"
		   "1000  LSI\n"
		   "\t0097  SAS3008 Fusion-MPT\n"
		   "C 02  Network controller\n"
		   "\t00  Ethernet controller\n");
	if (!text)
		skip_without_root(&folder);
	assert_string_equal(text, "network: 1 driven, 1 avoid, 1 unknown of 3; "
				  "storage: 1 driven, 0 avoid, 1 unknown of 2; ");
	teardown(&folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped), cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_wrong),   cmocka_unit_test(test_annotate),
		cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
