/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The RELAX NG grammar and the check agree, both being made from the field table: over the answer
 * files of tests/answers, and over files generated from the table, whole and with one thing wrong.
 * A bad file that only the check can refuse says so, "schema: passes", and a good one with
 * elements in unusual places "schema: refuses".
 */
#include <dirent.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>

#include "answerfiles/fields.h"
#include "answerfiles/show.h"
#include "tests/unit/unit.h"

#define ROUNDS   400
#define FILE_MAX (size_t)(64 << 10)

static xmlRelaxNGPtr grammar;

static _printf_(2, 3) void say_nothing(void *data, const char *format, ...)
{
	(void)data;
	(void)format;
}

static bool passes_schema(const char *text, size_t length)
{
	xmlDocPtr document =
		xmlReadMemory(text, (int)length, "file.xml", NULL,
			      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlRelaxNGValidCtxtPtr context = xmlRelaxNGNewValidCtxt(grammar);
	bool passes;

	xmlRelaxNGSetValidErrors(context, say_nothing, say_nothing, NULL);
	passes = document && xmlRelaxNGValidateDoc(context, document) == 0;
	xmlRelaxNGFreeValidCtxt(context);
	xmlFreeDoc(document);
	return passes;
}

static int make_grammar(void **state)
{
	_cleanup_free_ char *text = fields_to_relaxng();
	xmlRelaxNGParserCtxtPtr context = xmlRelaxNGNewMemParserCtxt(text, (int)strlen(text));

	(void)state;
	grammar = xmlRelaxNGParse(context);
	xmlRelaxNGFreeParserCtxt(context);
	return grammar ? 0 : -1;
}

static int free_grammar(void **state)
{
	(void)state;
	xmlRelaxNGFree(grammar);
	return 0;
}

static char *read_file(const char *path, size_t *ret_length)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	char *text = xmalloc(FILE_MAX);

	assert_non_null(file);
	*ret_length = fread(text, 1, FILE_MAX - 1, file);
	text[*ret_length] = '\0';
	return text;
}

static void check_folder(const char *folder, bool bad)
{
	DIR *dir = opendir(folder);
	unsigned wrong = 0;

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folder, entry->d_name);
		_cleanup_free_ char *text = NULL;
		size_t length;
		bool want;

		if (!str_ends(path, ".xml"))
			continue;
		text = read_file(path, &length);
		want = bad ? strstr(text, "<!-- schema: passes -->") != NULL
			   : !strstr(text, "<!-- schema: refuses -->");
		if (passes_schema(text, length) == want)
			continue;
		fprintf(stderr, "%s: the schema %s it\n", path, want ? "refuses" : "passes");
		wrong++;
	}
	closedir(dir);
	assert_int_equal(wrong, 0);
}

static void test_schema_and_check_agree_on_files(void **state)
{
	(void)state;
	check_folder("tests/answers/good", false);
	check_folder("tests/answers/bad", true);
	check_folder("answerfiles/examples", false);
}

/* What is made wrong in a generated file. */
enum fault {
	FAULT_NONE,
	FAULT_ELEMENT_NAME,
	FAULT_ATTRIBUTE_NAME,
	FAULT_TWICE,
	FAULT_VALUE,
	FAULT_NO_ATTRIBUTE,
	FAULT_NO_ELEMENT,
	_FAULT_MAX,
};

struct generator {
	uint64_t seed;
	enum answers_mode mode;
	enum fault fault;
	unsigned countdown; /* until the fault is made */
	bool made;
	struct strbuf buf;
};

/* A linear congruential generator (Knuth, MMIX): the same files each time. */
static unsigned draw(struct generator *g, unsigned limit)
{
	g->seed = g->seed * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(g->seed >> 33) % limit;
}

/* True once, at one of the places where this fault can be made. */
static bool makes(struct generator *g, enum fault fault)
{
	if (g->fault != fault || g->made || g->countdown--)
		return false;
	g->made = true;
	return true;
}

#define SSH_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAzyc8aLzs8ZEwMEUedy6yoJjCZIqdXlkv211rvPMXOL"
#define CERTIFICATE                                                                                \
	"-----BEGIN CERTIFICATE-----\n"                                                            \
	"MIIBfjCCASWgAwIBAgIUcygRlx2vN7hLoQKRooDlwOnqVqEwCgYIKoZIzj0EAwIw\n"                       \
	"FTETMBEGA1UEAwwKRXhhbXBsZSBDQTAeFw0yNjExMjIwMjUwNTZaFw0zNjExMTkw\n"                       \
	"MjUwNTZaMBUxEzARBgNVBAMMCkV4YW1wbGUgQ0EwWTATBgcqhkjOPQIBBggqhkjO\n"                       \
	"PQMBBwNCAASDL3UGUF/1NoB+wBrEpz/hxEyVtKe64sHpZBEWldRmQeoc8/M31tM3\n"                       \
	"MeQKlnMChRTz/u/+qqHr8T8MnkinjeHSo1MwUTAdBgNVHQ4EFgQURr1U+0huaGhd\n"                       \
	"ecT80pS2xIZXcqwwHwYDVR0jBBgwFoAURr1U+0huaGhdecT80pS2xIZXcqwwDwYD\n"                       \
	"VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBbYfXiPdIJ7H6oQGq4M64b\n"                       \
	"gJSjNK5HE9uS0xX3KHb/qAIgXwiPXuVeSxFJwfM7RP9I6DBg4t85rLTffLMlm+aX\n"                       \
	"Nl0=\n"                                                                                   \
	"-----END CERTIFICATE-----\n"
#define DIGEST "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* Values that each type takes, and that contradict nothing else. */
static const char *sample(struct generator *g, const struct field *field)
{
	static const struct {
		const struct value_type *type;
		const char *values[4];
	} rows[] = {
		{&type_bool, {"true", "YES", "no", "False"}},
		{&type_timeout, {"1", "60", "3600", "86400"}},
		{&type_vlan, {"1", "12", "999", "4094"}},
		{&type_identifier, {"a", "rack-4", "x_1.y", "sshd"}},
		{&type_ipv4, {"192.0.2.10", "198.51.100.1", "1.2.3.4", "223.255.255.1"}},
		{&type_netmask, {"255.255.255.0", "255.255.252.0", "255.0.0.0", "255.128.0.0"}},
		{&type_ipv6, {"fe80::1", "2001:db8::1", "2001:DB8::a:1", "::ffff:192.0.2.1"}},
		{&type_ipv6_prefix, {"2001:db8::1/64", "fd00::1/8", "fd00::2/128", "fd00::3/100"}},
		{&type_mac,
		 {"52:54:00:12:34:56", "52-54-00-12-34-56", "AA:bb:CC:dd:EE:ff",
		  "00:00:00:00:00:01"}},
		{&type_nic_name, {"eth0", "eth1", "eth12", "enp3s0"}},
		{&type_hostname, {"xen1", "xen-1.example.org", "A", "x1.y2.z3"}},
		{&type_address_list, {"192.0.2.53", "2001:db8::53", "10.0.0.1", "::1"}},
		{&type_host_list, {"ntp", "0.pool.ntp.org", "192.0.2.1", "2001:db8::7"}},
		{&type_disk, {"sda", "/dev/sdb", "disk/by-id/wwn-0x5000", "nvme0n1"}},
		{&type_disk_list, {"sda", "/dev/sdb", "sdc", "nvme0n1"}},
		{&type_match,
		 {"transport=nvme size>=400GB", "model='Samsung SSD*'", "serial!=S4X",
		  "transport=nvme | rotational = no | size>=2T"}},
		{&type_timezone, {"Europe/Paris", "Etc/UTC", "asia/kolkata", "Asia/Tokyo"}},
		{&type_keymap, {"us", "de", "fr-latin1", "uk"}},
		{&type_ssh_key,
		 {SSH_KEY, SSH_KEY " a@b", "restrict " SSH_KEY, "no-pty " SSH_KEY " c"}},
		{&type_argument, {"a", "iommu=no-igfx", "x.hide=(0000:03:00.0)", "b=1,2/3@4%5+6"}},
		{&type_nic_match,
		 {"slot='Onboard LAN*' link=up", "switch=sw1 port=Ethernet7", "driver!=igb",
		  "pci = 18:00.0"}},
		{&type_fingerprint, {DIGEST, DIGEST, DIGEST, DIGEST}},
		{&type_report_url,
		 {"http://h/x", "https://h", "https://h:8/x?y", "http://192.0.2.1/"}},
		{&type_server, {"log", "192.0.2.5:1514", "[2001:db8::5]", "log.example.org:6514"}},
		{&type_proxy, {"http://p", "http://p:3128", "https://p.x:8/", "http://192.0.2.1"}},
		{&type_certificate, {CERTIFICATE, CERTIFICATE, CERTIFICATE, CERTIFICATE}},
		{&type_sha256, {DIGEST, DIGEST, DIGEST, DIGEST}},
		{&type_quoteless, {"nfs 1", "Rack 4", "joiner", "häuser"}},
		{&type_secret_place,
		 {"/root/secret", "https://h/x", "https://h:8/x?y", "https://192.0.2.1/"}},
		{&type_own_place,
		 {"/x/m.pem", "medium:///m.pem", "label://S/m.pem", "https://h/m.pem"}},
		{&type_place, {"/media/x", "http://h/x", "https://h/x/", "file:///x"}},
	};
	unsigned which = draw(g, 4), n = 0;

	if (field->only)
		return field->only;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (field->type == rows[i].type)
			return rows[i].values[which];
	}
	while (field->words && field->words[n].word)
		n++;
	return n ? field->words[draw(g, n)].word : "http://h/x";
}

/* A value that no type but those without any form takes. */
static const char *value_of(struct generator *g, const struct field *field)
{
	const char *value = sample(g, field);

	if ((field->type->pattern || field->words) && makes(g, FAULT_VALUE))
		return "?' !";
	return value;
}

static void add_attributes(struct generator *g, const struct field *element)
{
	for (const struct field *field = fields; field->element; field++) {
		bool required = field->flags & FIELD_REQUIRED;

		if (!field->attribute || !str_eq(field->element, element->element) ||
		    field->type == &type_mode ||
		    field->flags & (FIELD_HIDDEN | FIELD_RETIRED | FIELD_IGNORED) ||
		    (!required && draw(g, 2)) || (required && makes(g, FAULT_NO_ATTRIBUTE)))
			continue;
		strbuf_addf(&g->buf, " %s%s=\"%s\"",
			    field->alias && draw(g, 2) ? field->alias : field->attribute,
			    makes(g, FAULT_ATTRIBUTE_NAME) ? "x" : "", value_of(g, field));
	}
}

static void add_elements(struct generator *g, const char *parent);

static void add_element(struct generator *g, const struct field *element)
{
	_cleanup_free_ char *name =
		xasprintf("%s%s", element->alias && draw(g, 2) ? element->alias : element->element,
			  makes(g, FAULT_ELEMENT_NAME) ? "-x" : "");

	strbuf_addf(&g->buf, "<%s", name);
	add_attributes(g, element);
	strbuf_add(&g->buf, ">");
	if (element->type && !(element->flags & (FIELD_RETIRED | FIELD_IGNORED)))
		strbuf_addf(&g->buf, "\n  %s ", value_of(g, element));
	add_elements(g, element->element);
	strbuf_addf(&g->buf, "</%s>\n", name);
}

static void add_elements(struct generator *g, const char *parent)
{
	for (const struct field *field = fields; field->element; field++) {
		bool required = field->flags & FIELD_REQUIRED && !(field->flags & FIELD_REPEATS);
		bool repeats = field->flags & (FIELD_REPEATS | FIELD_RETIRED | FIELD_IGNORED);
		unsigned count = repeats ? draw(g, 3) : required ? 1 : draw(g, 2);

		if (field->attribute || !str_eq(field->parent, parent) ||
		    str_eq(field->element, "installation") ||
		    (field->modes && !(field->modes & 1U << g->mode)))
			continue;
		if (required && makes(g, FAULT_NO_ELEMENT))
			continue;
		if (!repeats && count && makes(g, FAULT_TWICE))
			count = 2;
		while (count--)
			add_element(g, field);
	}
}

static char *generate(struct generator *g)
{
	static const struct {
		enum answers_mode mode;
		const char *start, *end;
	} roots[] = {
		{MODE_FRESH, "<installation", "</installation>"},
		{MODE_REINSTALL, "<installation mode='reinstall'", "</installation>"},
		{MODE_UPGRADE, "<installation mode='upgrade'", "</installation>"},
		{MODE_UPGRADE, "<upgrade", "</upgrade>"},
		{MODE_RESTORE, "<restore", "</restore>"},
	};
	unsigned which = draw(g, ARRAY_SIZE(roots));

	g->mode = roots[which].mode;
	strbuf_add(&g->buf, roots[which].start);
	add_attributes(g, field_of_element("installation", NULL));
	strbuf_add(&g->buf, ">\n");
	add_elements(g, NULL);
	strbuf_add(&g->buf, roots[which].end);
	return strbuf_take(&g->buf);
}

/* An address is judged together with its type, which no grammar does. */
static bool is_value_without_form(const struct finding *finding)
{
	const struct field *field = field_find(finding->where);

	return strstr(finding->message, " cannot be \"") && field && field->type &&
	       !field->type->pattern && !field->words && !field->only;
}

/* Errors of the kind that a grammar can see; what values say together may well contradict. */
static bool has_grammar_errors(const char *text)
{
	static const char *const kinds[] = {"unknown ",
					    " cannot be \"",
					    " is there again",
					    " needs the attribute ",
					    "> is missing",
					    " belongs ",
					    " is not the name of a disk",
					    "@match: "};
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *error = NULL;
	bool has = false;

	assert_int_equal(answers_from_xml(text, strlen(text), "file.xml", &answers, &secrets,
					  &findings, &error),
			 0);
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *finding = &findings.list[i];

		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
			has = has || (finding->severity == SEVERITY_ERROR &&
				      strstr(finding->message, kinds[k]) &&
				      !is_value_without_form(finding) &&
				      !str_starts(finding->message, "the service "));
	}
	return has;
}

/* Writes what was read, when it may be used: written again, it is the same. */
static bool check_round(const char *text)
{
	_cleanup_free_ char *first = NULL, *second = NULL;

	for (unsigned i = 0; i < 2; i++) {
		_cleanup_answers_ struct answers *answers = NULL;
		_cleanup_secrets_ struct secrets secrets = {0};
		_cleanup_findings_ struct findings findings = {0};
		_cleanup_error_ struct error *error = NULL;
		const char *from = i ? first : text;

		assert_int_equal(answers_from_xml(from, strlen(from), "file.xml", &answers,
						  &secrets, &findings, &error),
				 0);
		if (!i && findings_has_errors(&findings))
			return false;
		assert_false(findings_has_errors(&findings));
		*(i ? &second : &first) = answers_to_xml(answers, &secrets);
	}
	assert_string_equal(first, second);
	assert_true(passes_schema(first, strlen(first)));
	return true;
}

/* Of the files that contradict themselves nowhere there are enough to tell. */
static void test_generated_files_are_written_as_read(void **state)
{
	unsigned rounds = 0;

	(void)state;
	for (unsigned i = 0; i < 5 * ROUNDS; i++) {
		struct generator g = {.seed = 1000 + i};
		_cleanup_free_ char *text = generate(&g);

		rounds += check_round(text);
	}
	print_message("%u rounds\n", rounds);
	assert_true(rounds > 50);
}

static void test_schema_and_check_agree_on_generated_files(void **state)
{
	unsigned faults = 0;

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct generator g = {.seed = i, .fault = i % _FAULT_MAX};
		_cleanup_free_ char *text = NULL;
		bool passes, errors;

		g.countdown = draw(&g, 12);
		text = generate(&g);
		passes = passes_schema(text, strlen(text));
		errors = has_grammar_errors(text);
		faults += g.made;
		if (passes == g.made || errors != g.made)
			print_error("%s\n", text);
		if (passes == g.made || errors != g.made)
			fail_msg("%u, fault %u (made: %u): the schema %s, the check %s", i, g.fault,
				 g.made, passes ? "passes" : "refuses",
				 errors ? "refuses" : "passes");
	}
	assert_true(faults > ROUNDS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schema_and_check_agree_on_files),
		cmocka_unit_test(test_schema_and_check_agree_on_generated_files),
		cmocka_unit_test(test_generated_files_are_written_as_read),
	};

	return cmocka_run_group_tests(tests, make_grammar, free_grammar);
}
