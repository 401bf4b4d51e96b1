/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Catalogues of translations: what is read of them, what is never used, and sentences in another
 * language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/fsroot.h"
#include "common/str.h"
#include "common/tui/catalogue.h"
#include "common/tui/pieces.h"
#include "firstboot/pool/xapi_failure.h"

#define HEADER "Plural-Forms: nplurals=2; plural=(n != 1);\n"

struct entry {
	const char *english, *translation; /* NULL ends it; a plural's forms have | between them */
};

struct built {
	_Alignas(uint32_t) char bytes[8192];
	size_t size;
};

static void put(struct built *built, uint32_t value)
{
	memcpy(built->bytes + built->size, &value, sizeof(value));
	built->size += sizeof(value);
}

static void put_string(struct built *built, size_t place, const char *text)
{
	uint32_t head[2] = {(uint32_t)strlen(text), (uint32_t)built->size};

	memcpy(built->bytes + place, head, sizeof(head));
	memcpy(built->bytes + built->size, text, strlen(text) + 1);
	for (char *c = built->bytes + built->size; *c; c++)
		if (*c == '|')
			*c = '\0';
	built->size += strlen(text) + 1;
}

/* Sorted entries, the head's first, as msgfmt lays them out. */
static void build(const struct entry *entries, struct built *ret)
{
	uint32_t n = 0;

	while (entries[n].english)
		n++;
	*ret = (struct built){.size = 0};
	put(ret, 0x950412de);
	put(ret, 0);
	put(ret, n);
	put(ret, 20);
	put(ret, 20 + 8 * n);
	ret->size += (size_t)16 * n;
	for (uint32_t i = 0; i < n; i++) {
		put_string(ret, 20 + (size_t)8 * i, entries[i].english);
		put_string(ret, 20 + (size_t)8 * (n + i), entries[i].translation);
	}
}

static const struct entry entries[] = {
	{"", HEADER},
	{"%s has %u ports", "%2$u Anschluesse hat %1$s"},
	{"%u disk|%u disks", "eine Platte|%u Platten"},
	{"%zu lost", "%s verloren"},
	{"Add memory", "Speicher hinzufuegen"},
	{"The machine has {measured} of memory", "Arbeitsspeicher: {measured}"},
	{"cannot open %s", "%s laesst sich nicht oeffnen"},
	{"cannot open the disk %s", "Platte %s laesst sich nicht oeffnen"},
	{"cannot read %s", "%n laesst sich nicht lesen"},
	{"cannot take {id}", "{model} geht nicht"},
	{"no cable", "%s"},
	{"no such file", "keine solche Datei"},
	{NULL, NULL},
};

static struct built built;
static struct catalogue catalogue;

static int setup(void **state _unused_)
{
	build(entries, &built);
	return catalogue_read(built.bytes, built.size, &catalogue) ? 0 : -1;
}

static void assert_sentence(const char *english, const char *expected)
{
	_cleanup_free_ char *text = catalogue_sentence(&catalogue, english);

	if (!expected) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, expected);
}

static void test_text(void **state _unused_)
{
	assert_string_equal(catalogue_text(&catalogue, "Add memory"), "Speicher hinzufuegen");
	assert_string_equal(catalogue_text(&catalogue, "%s has %u ports"),
			    "%2$u Anschluesse hat %1$s");
	assert_null(catalogue_text(&catalogue, "Add disks"));
	assert_null(catalogue_text(&catalogue, ""));
	assert_string_equal(catalogue_plural(&catalogue, "%u disk", "%u disks", 1), "eine Platte");
	assert_string_equal(catalogue_plural(&catalogue, "%u disk", "%u disks", 0), "%u Platten");
}

/* printf() would read what nobody gave. */
static void test_other_formats_are_never_used(void **state _unused_)
{
	assert_null(catalogue_text(&catalogue, "%zu lost"));
	assert_null(catalogue_text(&catalogue, "cannot read %s"));
	assert_null(catalogue_text(&catalogue, "no cable"));
	assert_null(catalogue_text(&catalogue, "cannot take {id}"));
	assert_null(catalogue_plural(&catalogue, "%u disk", "%s disks", 2));
}

static bool agree(const char *english, const char *translation)
{
	struct pieces one, other;

	return pieces_parse(english, &one) && pieces_parse(translation, &other) &&
	       pieces_agree(&one, &other);
}

static void test_formats(void **state _unused_)
{
	assert_true(agree("%s: %-34s", "%s - %s"));
	assert_true(agree("%u %% of %s", "%2$s: %1$u %%"));
	assert_true(agree("%.*s", "<%.*s>"));
	assert_false(agree("%.*s", "%s"));
	assert_false(agree("%d", "%ld"));
	assert_false(agree("%s", "%1$s %2$s"));
	assert_false(agree("%s %s", "%2$s"));
	assert_false(agree("%s %s", "%1$s %s"));
	assert_false(agree("%s", "%s %m"));
	assert_false(agree("%s", "100 %"));
	assert_false(agree("%s", "%99999$s"));
	assert_false(agree("%d", "%1$*2$d"));
	assert_false(agree("%u", "%0$u"));
	assert_false(agree("%u", "%hlu"));
	assert_false(agree("{id}", "{id} {name}"));
}

static void test_sentences(void **state _unused_)
{
	assert_sentence("Add memory", "Speicher hinzufuegen");
	assert_sentence("eth0 has 2 ports", "2 Anschluesse hat eth0");
	assert_sentence("eth0 has many ports", NULL);
	assert_sentence("The machine has 512 MiB of memory", "Arbeitsspeicher: 512 MiB");
	/* The entry that says most of it. */
	assert_sentence("cannot open the disk sda", "Platte sda laesst sich nicht oeffnen");
	assert_sentence("cannot open /a: b", "/a laesst sich nicht oeffnen: b");
	assert_sentence("cannot open /a: no such file",
			"/a laesst sich nicht oeffnen: keine solche Datei");
	assert_sentence("http://x/: no such file (eth0 has 2 ports)",
			"http://x/: keine solche Datei (2 Anschluesse hat eth0)");
	assert_sentence("no such file (7)", "keine solche Datei (7)");
	assert_sentence("no such file [EIO(7)]", "keine solche Datei [EIO(7)]");
	assert_sentence("no such file (7]", NULL);
	assert_sentence("(7)", NULL);
	assert_sentence("what (no such file)", NULL);
	assert_sentence("node3: cannot open /a: wrong",
			"node3: /a laesst sich nicht oeffnen: wrong");
	/* A name that looks like a format is none. */
	assert_sentence("cannot open %n%s", "%n%s laesst sich nicht oeffnen");
	/* What is not safe to use is not filled in either. */
	assert_sentence("cannot read /a", NULL);
	assert_sentence("something else", NULL);
	assert_sentence("", NULL);
}

static bool reads(const struct built *bytes)
{
	struct catalogue read;

	return catalogue_read(bytes->bytes, bytes->size, &read);
}

static void damage(size_t place, uint32_t value, struct built *ret)
{
	build(entries, ret);
	memcpy(ret->bytes + place, &value, sizeof(value));
}

static void test_damaged_ones_are_none(void **state _unused_)
{
	static const struct {
		size_t place;
		uint32_t value;
	} damages[] = {
		{0, 0xde120495},  /* the other byte order */
		{8, 0x20000000},  /* more strings than there are bytes */
		{8, 0},           /* no head */
		{12, 21},         /* a table that is not aligned */
		{12, 0xfffffff0}, /* one behind the end */
		{24, 0xffffff00}, /* a string there */
		{20, 1},          /* a string that does not end where it says */
		{20, 0xffffffff},
	};
	struct built damaged;

	assert_true(reads(&built));
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		damage(damages[i].place, damages[i].value, &damaged);
		assert_false(reads(&damaged));
	}
	for (size_t size = 0; size < built.size; size++) {
		build(entries, &damaged);
		damaged.size = size;
		assert_false(reads(&damaged));
	}
}

/* That of the installer, and its bytes, which are to be freed. */
static void read_real(const char *language, char **ret_bytes, struct catalogue *ret)
{
	_cleanup_free_ char *path = xasprintf("%s/locale/%s/LC_MESSAGES/xenhost-install.mo",
					      getenv("XENHOST_BUILD") ?: "build", language);
	_cleanup_fsroot_ struct fsroot *root = NULL;
	size_t size;

	assert_int_equal(fsroot_open(".", &root), 0);
	assert_int_equal(fsroot_read(root, path, 1 << 24, ret_bytes, &size), 0);
	assert_true(catalogue_read(*ret_bytes, size, ret));
}

/* None of what translators wrote is thrown away. */
static void assert_all_is_used(const char *language)
{
	struct catalogue real;
	_cleanup_free_ char *bytes = NULL;

	read_real(language, &bytes, &real);
	assert_true(real.count > 1000);
	for (size_t i = 1; i < real.count; i++) {
		const char *english = catalogue_original(&real, i);

		if (!catalogue_text(&real, english) &&
		    !catalogue_plural(&real, english, english, 2))
			fail_msg("%s: not used: \"%s\"", language, english);
	}
}

static void test_real_ones(void **state _unused_)
{
	assert_all_is_used("de");
	assert_all_is_used("fr");
}

/* A server's code is for searching, and stays; the sentence that explains it is the operator's. */
static void test_refusals_of_pools(void **state _unused_)
{
	struct catalogue real;
	_cleanup_free_ char *bytes = NULL;
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *text = NULL, *hint = NULL;
	struct xapi_failure failure = {.code = xstrdup("HOST_IS_SLAVE")};

	read_real("de", &bytes, &real);
	strv_add(&failure.params, "192.0.2.20");
	assert_true(xapi_failure_explain(&failure, &error) < 0);
	text = catalogue_sentence(&real, error->message);
	hint = catalogue_sentence(&real, error_get_hint(error));
	assert_string_equal(text, "dieser Host gehört zu einem Pool, dessen Koordinator "
				  "192.0.2.20 ist [HOST_IS_SLAVE(192.0.2.20)]");
	assert_string_equal(hint, "Geben Sie die Adresse des Koordinators an, 192.0.2.20.");
	xapi_failure_done(&failure);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_other_formats_are_never_used),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_damaged_ones_are_none),
		cmocka_unit_test(test_real_ones),
		cmocka_unit_test(test_refusals_of_pools),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
