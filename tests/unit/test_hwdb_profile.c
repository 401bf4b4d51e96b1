/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles: what is shipped is read, and every kind of mistake is told with file and line. */
#include "tests/unit/unit.h"

#include "common/fsroot.h"
#include "hwdb/profile.h"

static int parse(const char *text, struct profile **ret, struct error **err)
{
	return profile_parse(text, strlen(text), "lab/gpu.ini", ret, err);
}

static void test_shipped(void **state _unused_)
{
	for (const char *const *name = profile_builtin_names; *name; name++) {
		_cleanup_profile_ struct profile *profile = NULL;
		_cleanup_error_ struct error *error = NULL;

		if (profile_load(*name, &profile, &error) < 0)
			fail_msg("%s", error_text(error));
		assert_string_equal(profile->name, *name);
		assert_non_null(profile->title);
		/* Each says what is wrong, by a sentence of its own. */
		for (size_t i = 0; i < profile->n; i++)
			if (!profile->rules[i].texts[RULE_PROBLEM].value)
				fail_msg("%s of %s", profile->rules[i].name, *name);
	}
}

static void test_meaning(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_error_ struct error *error = NULL;
	const struct rule *rule;
	int r = parse("\xef\xbb\xbf# a comment\n"
		      "[profile]\ntitle = GPU hosts\n"
		      "[rule speed] ; another\n"
		      "fact = nics[link=true,driver!=igb|e1000e].speed_mbps\n"
		      "operator: at-least\nvalue = 10000\nneed = any\nunknown = skip\n"
		      "severity = warn\n"
		      "why = it goes on\n  in a second\n\tand a third line\n"
		      "[rule size]\nfact = disks[].size_bytes\noperator = at-most\nvalue = 2TB\n"
		      "[rule tpm]\nfact = firmware.spcr\noperator = known\nseverity = off\n"
		      "[rule words]\nfact = cpu.vendor\noperator = one-of\n"
		      "value = GenuineIntel, AuthenticAMD\n",
		      &profile, &error);

	if (r < 0)
		fail_msg("%s", error_text(error));
	assert_string_equal(profile->name, "gpu");
	assert_string_equal(profile->title, "GPU hosts");
	assert_int_equal(profile->n, 4);
	rule = &profile->rules[0];
	assert_string_equal(rule->name, "speed");
	assert_true(rule->any);
	assert_int_equal(rule->op, OPERATOR_AT_LEAST);
	assert_int_equal(rule->number, 10000);
	assert_int_equal(rule->unknown, UNKNOWN_SKIP);
	assert_int_equal(rule->severity, SEVERITY_WARNING);
	assert_string_equal(rule->texts[RULE_WHY].value, "it goes on in a second and a third line");
	assert_int_equal(rule->path.steps[0].n_filters, 2);
	assert_true(rule->path.steps[0].filters[1].negated);
	assert_int_equal(profile->rules[1].number, 2000000000000);
	assert_int_equal(profile->rules[1].severity, SEVERITY_ERROR);
	assert_true(profile->rules[2].off);
	assert_int_equal(strv_length(profile->rules[3].values), 2);
}

static void test_extends(void **state _unused_)
{
	char *path = unit_folder_make();
	_cleanup_free_ char *file = xasprintf("%s/site.ini", path);
	_cleanup_profile_ struct profile *host = NULL, *site = NULL, *again = NULL;
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_error_ struct error *error = NULL;

	assert_int_equal(fsroot_open(path, &root), 0);
	assert_int_equal(fsroot_write_text(root, "/base.ini",
					   "[profile]\nextends = host\n"
					   "[rule memory]\nvalue = 64GiB\n[rule nic]\n"
					   "severity = off\n",
					   0644),
			 0);
	assert_int_equal(fsroot_write_text(root, "/site.ini",
					   "[profile]\nextends = base.ini\n[rule extra]\n"
					   "fact = firmware.kind\noperator = is\nvalue = uefi\n",
					   0644),
			 0);
	assert_int_equal(profile_load("host", &host, &error), 0);
	assert_int_equal(profile_load(file, &site, &error), 0);
	assert_int_equal(site->n, host->n + 1);
	for (size_t i = 0; i < host->n; i++) {
		assert_string_equal(site->rules[i].name, host->rules[i].name);
		if (str_eq(site->rules[i].name, "memory")) {
			assert_int_equal(site->rules[i].number, 64 * GIB);
			/* What was not given again stays. */
			assert_string_equal(site->rules[i].texts[RULE_WHY].value,
					    host->rules[i].texts[RULE_WHY].value);
		}
		assert_int_equal(site->rules[i].off, str_eq(site->rules[i].name, "nic"));
	}
	/* A circle ends with an error. */
	assert_int_equal(
		fsroot_write_text(root, "/base.ini", "[profile]\nextends = site.ini\n", 0644), 0);
	assert_true(profile_load(file, &again, &error) < 0);
	unit_expect_error(&error, "extend one another without end");
	unit_folder_remove(path);
}

#define RULE "[rule x]\nfact = cpu.cores\noperator = at-least\nvalue = 2\n"

static const struct {
	const char *text;
	const char *message, *hint;
} mistakes[] = {
	{"", "lab/gpu.ini holds no rule", "[rule NAME]"},
	{"# nothing\n", "lab/gpu.ini holds no rule", "[rule NAME]"},
	{"fact = cpu.cores\n", "lab/gpu.ini:1: \"fact\" stands outside", "above it"},
	{"[rule x\n", "lab/gpu.ini:1: The line is neither", "starts a comment"},
	{"[rule x]\nfact cpu.cores\n", "lab/gpu.ini:2: The line is neither", "starts a comment"},
	{"[rules x]\nfact = cpu.cores\n", "lab/gpu.ini:2: There is no section [rules x]",
	 "[profile] and [rule NAME]"},
	{"[rule]\nfact = cpu.cores\n", "lab/gpu.ini:2: The rule has no name", "[rule NAME]"},
	{"[profile]\nname = x\n", "lab/gpu.ini:2: [profile] has no key \"name\"", "title"},
	{RULE "[profile]\nextends = host\n", "lab/gpu.ini:6: What a profile extends", "before"},
	{"[profile]\nextends = hots\n", "There is no profile \"hots\"", "\"host\""},
	{"[profile]\nextends = nowhere.ini\n", "lab/gpu.ini:2: Cannot extend \"nowhere.ini\"",
	 "Name a file"},
	{"[rule x]\nfakt = cpu.cores\n", "lab/gpu.ini:2: A rule has no key \"fakt\"", "\"fact\""},
	{"[rule x]\nzzzzzz = 1\n", "lab/gpu.ini:2: A rule has no key \"zzzzzz\"", "one of: title"},
	{RULE "value = 3\n", "lab/gpu.ini:5: \"value\" of the rule \"x\" stands in line 4", "one"},
	{"[rule x]\nfact = cpu.cores\n", "lab/gpu.ini:2: The rule \"x\" has no operator", "known"},
	{"[rule x]\nfact = cpu.cores\noperator = atleast\n",
	 "lab/gpu.ini:3: \"atleast\" is no oper", "\"at-least\""},
	{"[rule x]\noperator = known\n", "lab/gpu.ini:2: The rule \"x\" has no fact",
	 "show --json"},
	{RULE "need = some\n", "lab/gpu.ini:5: \"some\" is no need", "all, any"},
	{RULE "severity = error\n", "lab/gpu.ini:5: \"error\" is no severity",
	 "fail, warn, note, off"},
	{RULE "unknown = pass\n", "lab/gpu.ini:5: \"pass\" is no unknown", "warn, skip, fail"},
	{"[rule x]\nfact = cpu.coers\noperator = known\n",
	 "lab/gpu.ini:2: There is no fact \"coers\"", "\"cores\""},
	{"[rule x]\nfact = zzzzzzz\noperator = known\n", "There is no fact \"zzzzzzz\"",
	 "show --json"},
	{"[rule x]\nfact =\noperator = known\n", "lab/gpu.ini:2: There is no fact \"\"", "show"},
	{"[rule x]\nfact = nics.link\noperator = known\n", "\"nics\" is a list", "nics[]"},
	{"[rule x]\nfact = cpu[].cores\noperator = known\n", "\"cpu\" is no list", "Write cpu"},
	{"[rule x]\nfact = nics[.link\noperator = known\n", "A \"]\" is missing",
	 "nics[link=true]"},
	{"[rule x]\nfact = nics[link].name\noperator = known\n",
	 "\"link\" is not \"member=pattern\"", "link=true"},
	{"[rule x]\nfact = nics[lnik=true].name\noperator = known\n", "no fact \"lnik\"",
	 "\"link\""},
	{"[rule x]\nfact = disks[contents=x].name\noperator = known\n", "no single value",
	 "Filter"},
	{"[rule x]\nfact = notes[a=b]\noperator = known\n", "\"notes\" lists has no members",
	 "notes[]"},
	{"[rule x]\nfact = cpu.cores.speed\noperator = known\n", "\"cores\" has no member",
	 "cores"},
	{"[rule x]\nfact = cpu\noperator = is\nvalue = x\n", "cpu has no value of its own",
	 "member"},
	{"[rule x]\nfact = cpu.cores\noperator = count-at-least\nvalue = 1\n", "nothing to count",
	 "lists"},
	{"[rule x]\nfact = cpu.vendor\noperator = at-least\nvalue = 1\n",
	 "lab/gpu.ini:3: cpu.vendor is no number", "matches"},
	{"[rule x]\nfact = cpu.cores\noperator = at-least\nvalue = many\n",
	 "lab/gpu.ini:4: \"many\" is no number", "16GiB"},
	{"[rule x]\nfact = cpu.cores\noperator = at-least\nvalue =\n", "\"at-least\" needs a value",
	 "value ="},
	{"[rule x]\nfact = cpu.cores\noperator = is\n", "\"is\" needs a value", "value ="},
	{"[rule x]\nfact = cpu.cores\noperator = known\nvalue = 1\n",
	 "lab/gpu.ini:4: \"known\" takes no value", "out"},
	{"[rule x]\nfact = iommu.enabled\noperator = is\nvalue = yes\n",
	 "lab/gpu.ini:4: iommu.enabled is true or false, never \"yes\"", "true or false"},
	{RULE "problem = only {mesured}\n", "lab/gpu.ini:5: {mesured} stands for nothing",
	 "{measured}"},
	{RULE "hint = see {nics[].name}\n", "{nics[].name} stands for nothing", "single fact"},
	{"[rule x]\nwhy = "
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
	 "lab/gpu.ini:2: The line is too long", "starts with a blank"},
	{"[rule aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\n",
	 "lab/gpu.ini:1: The name of the section is too long", "48"},
	{"[rule x]\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1\n",
	 "lab/gpu.ini:2: The name is too long", "48"},
	{"[rule x]\nwhy = \xff\n", "lab/gpu.ini is not text in UTF-8", "UTF-8"},
};

static void test_mistakes(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		_cleanup_profile_ struct profile *profile = NULL;
		_cleanup_error_ struct error *error = NULL;
		_cleanup_free_ char *text = NULL;

		if (parse(mistakes[i].text, &profile, &error) == 0)
			fail_msg("accepted: %s", mistakes[i].text);
		assert_null(profile);
		text = error_text(error);
		if (!strstr(text, mistakes[i].message))
			fail_msg("\"%s\" lacks \"%s\"", text, mistakes[i].message);
		if (!error_get_hint(error) || !strstr(error_get_hint(error), mistakes[i].hint))
			fail_msg("%s: the hint is \"%s\"", text, error_get_hint(error));
		assert_int_equal(error->kind, ERROR_USAGE);
	}
}

static void test_no_text(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_error_ struct error *error = NULL;

	assert_true(profile_parse("[rule\0 x]\n", 10, "x.ini", &profile, &error) < 0);
	unit_expect_error(&error, "x.ini is not text");
	assert_true(profile_load("/nowhere/x.ini", &profile, &error) < 0);
	unit_expect_error(&error, "Cannot read the profile /nowhere/x.ini");
	assert_true(profile_load("/dev/zero", &profile, &error) < 0);
	unit_expect_error(&error, "/dev/zero is not a profile");
	assert_true(profile_load("/tmp", &profile, &error) < 0);
	unit_expect_error(&error, "/tmp");
	assert_true(profile_load("pool", &profile, &error) < 0);
	unit_expect_error(&error, "There is no profile \"pool\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped), cmocka_unit_test(test_meaning),
		cmocka_unit_test(test_extends), cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
