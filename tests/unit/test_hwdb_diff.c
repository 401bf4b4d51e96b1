/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two machines held against each other: what is matched with what, and what counts. */
#include "tests/unit/unit.h"

#include "hwdb/diff.h"

static struct host *load(const char *name)
{
	_cleanup_error_ struct error *error = NULL;
	struct host *host = NULL;

	assert_int_equal(host_load(name, &host, &error), 0);
	return host;
}

#define MACHINE "tests/machines/uefi-3disks.json"

static const struct diff_entry *find(const struct diff *diff, const char *pattern)
{
	for (size_t i = 0; i < diff->n_entries; i++)
		if (str_glob(pattern, diff->entries[i].path))
			return &diff->entries[i];
	return NULL;
}

static void replace(char **text, const char *with)
{
	free(*text);
	*text = xstrdup(with);
}

/* A list that nobody gave an identity would be compared by index. */
static void check_lists(const struct host_field *fields, const char *path)
{
	for (const struct host_field *field = fields; field->key; field++) {
		_cleanup_free_ char *inner =
			xasprintf("%s%s%s", path, *path ? "." : "", field->key);

		if (field->type == FIELD_BOXES && !diff_knows_list(inner))
			fail_msg("hwdb/diff.c has no row for the list %s", inner);
		if (field->fields)
			check_lists(field->fields, inner);
	}
}

static void test_every_list_is_matched(void **state _unused_)
{
	check_lists(host_fields, "");
	assert_false(diff_knows_list("nosuchlist"));
}

static void test_order_is_nothing(void **state _unused_)
{
	_cleanup_host_ struct host *a = load(MACHINE), *b = load(MACHINE);
	_cleanup_diff_ struct diff diff = {0};
	struct host_disk first = b->disks[0];

	assert_true(b->n_disks > 2);
	memmove(&b->disks[0], &b->disks[1], (b->n_disks - 1) * sizeof(first));
	b->disks[b->n_disks - 1] = first;
	diff_hosts(a, b, &diff);
	assert_int_equal(diff.n_entries, 0);
	assert_false(diff_counts(&diff, false));
}

static void test_changed_card_is_one(void **state _unused_)
{
	_cleanup_host_ struct host *a = load(MACHINE), *b = load(MACHINE);
	_cleanup_diff_ struct diff diff = {0};
	const struct diff_entry *entry;

	replace(&b->nics[0].mac, "02:00:00:00:00:99");
	diff_hosts(a, b, &diff);
	assert_int_equal(diff.n_entries, 1);
	entry = find(&diff, "nics*mac");
	assert_non_null(entry);
	assert_int_equal(entry->class, DIFF_OWN);
	assert_true(diff_counts(&diff, false));
	assert_false(diff_counts(&diff, true));
}

static void test_missing_disk(void **state _unused_)
{
	_cleanup_host_ struct host *a = load(MACHINE), *b = load(MACHINE);
	_cleanup_diff_ struct diff diff = {0};
	_cleanup_free_ char *text = NULL;

	replace(&b->disks[1].id, "another");
	free(b->disks[1].by_path);
	b->disks[1].by_path = NULL;
	diff_hosts(a, b, &diff);
	assert_int_equal(diff.n_entries, 2);
	assert_null(diff.entries[0].member);
	assert_non_null(diff.entries[0].a);
	assert_null(diff.entries[0].b);
	assert_non_null(find(&diff, "disks?another?"));
	assert_true(diff_counts(&diff, true));
	text = diff_to_text(&diff, "one", "two", true);
	assert_non_null(strstr(text, "in A alone"));
	assert_non_null(strstr(text, "in B alone"));
}

static void test_moment_does_not_count(void **state _unused_)
{
	_cleanup_host_ struct host *a = load(MACHINE), *b = load(MACHINE);
	_cleanup_diff_ struct diff diff = {0};
	_cleanup_json_ struct json *json = NULL;
	bool different = true;

	b->nics[0].has_link = true;
	b->nics[0].link = !a->nics[0].link;
	b->disks[0].has_health = a->disks[0].has_health = true;
	b->disks[0].health =
		(struct host_health){.has_temperature = true, .temperature_celsius = 41};
	diff_hosts(a, b, &diff);
	assert_int_equal(diff.n_entries, 2);
	assert_false(diff_counts(&diff, false));
	json = diff_to_json(&diff, "one", "two", false);
	assert_true(json_get_bool(json, "different", &different));
	assert_false(different);
	assert_int_equal(json_length(json_get_array(json, "differences")), 2);
}

/* Two installations of one product on equal machines: what was drawn is no difference of build. */
static void test_drawn_labels(void **state _unused_)
{
	static const struct {
		const char *a, *b;
		bool counts;
	} rows[] = {
		{"root-abcdef", "root-uvwxyz", false},
		{"BOOT-ABCDEF", "BOOT-UVWXYZ", false},
		{"ext4 file system \"logs-abcdef\"", "ext4 file system \"logs-uvwxyz\"", false},
		{"VG_XenStorage-0b5fd8a2-3f0c-4c5e-9d5e-0a1b2c3d4e5f",
		 "VG_XenStorage-11111111-2222-3333-4444-555555555555", false},
		{"root=LABEL=root-abcdef ro quiet", "root=LABEL=root-uvwxyz ro quiet", false},
		{"BOOTIF=01-52-54-00-12-34-56", "BOOTIF=01-52-54-00-12-34-57", false},
		{"root-abcdef", "logs-abcdef", true},
		{"root-abcdef", "root-ABCDEF", true},
		{"root-abcdef", "root-abcdefg", true},
		{"root-abcdef", "root-uvwxyz2", true},
		{"root=LABEL=root-abcdef ro", "root=LABEL=root-uvwxyz rw", true},
		{"xroot-abcdef", "xroot-uvwxyz", true},
		{"0b5fd8a2-3f0c-4c5e-9d5e-0a1b2c3d4e5f", "0b5fd8a2-3f0c-4c5e-9d5e-0a1b2c3d4e5",
		 true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_host_ struct host *a = load(MACHINE), *b = load(MACHINE);
		_cleanup_diff_ struct diff diff = {0};

		replace(&a->disks[0].contents[0].label, rows[i].a);
		replace(&b->disks[0].contents[0].label, rows[i].b);
		diff_hosts(a, b, &diff);
		assert_int_equal(diff.n_entries, 1);
		if (diff_counts(&diff, true) != rows[i].counts)
			fail_msg("%s against %s", rows[i].a, rows[i].b);
		assert_true(diff_counts(&diff, false));
	}
}

static void test_words(void **state _unused_)
{
	_cleanup_host_ struct host *a = load(MACHINE), *b = load(MACHINE);
	_cleanup_diff_ struct diff diff = {0};
	_cleanup_free_ char *text = NULL;

	b->memory_bytes = 3 * GIB;
	strv_add(&b->cpu.flags, "zebra");
	replace(&b->cpu.model, "evil\x1b[2J");
	diff_hosts(a, b, &diff);
	text = diff_to_text(&diff, "one", "two", false);
	assert_non_null(strstr(text, "    total bytes: 128.0 GiB -> 3.0 GiB\n"));
	assert_non_null(strstr(text, "-> also zebra\n"));
	assert_non_null(strstr(text, "evil?[2J"));
	assert_null(strchr(text, '\x1b'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_list_is_matched),
		cmocka_unit_test(test_order_is_nothing),
		cmocka_unit_test(test_changed_card_is_one),
		cmocka_unit_test(test_missing_disk),
		cmocka_unit_test(test_moment_does_not_count),
		cmocka_unit_test(test_drawn_labels),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
