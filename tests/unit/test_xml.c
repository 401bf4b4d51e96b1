/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/unit.h"

#include "common/xml.h"

static struct xml_node *parse(const char *text)
{
	struct xml_node *root = NULL;
	struct error *err = NULL;

	if (xml_parse(text, strlen(text), "a.xml", &root, NULL, &err) < 0)
		fail_msg("%s", err->message);
	return root;
}

static void test_places_of_elements_and_attributes(void **state)
{
	_cleanup_xml_ struct xml_node *root =
		parse("\xef\xbb\xbf\n  <?xml version=\"1.0\"?>\n"
		      "<?style a>b?>\n"
		      "<!-- <not-this/> -->\n"
		      "<installation mode='fresh'\n"
		      "\tsrtype = \"lvm>x\" >\n"
		      "  \xc3\xa9\xc3\xa9<primary-disk>sda</primary-disk ><![CDATA[<no/>]]><ntp/>\n"
		      "</installation>\n");
	const struct xml_node *disk = root->children[0], *ntp = root->children[1];

	(void)state;
	assert_string_equal(root->name, "installation");
	assert_int_equal(root->line, 5);
	assert_int_equal(root->column, 1);
	assert_int_equal(root->n_attributes, 2);
	assert_string_equal(root->attributes[0].name, "mode");
	assert_int_equal(root->attributes[0].line, 5);
	assert_int_equal(root->attributes[0].column, 15);
	assert_string_equal(root->attributes[1].value, "lvm>x");
	assert_int_equal(root->attributes[1].line, 6);
	assert_int_equal(root->attributes[1].column, 2);
	assert_int_equal(root->n_children, 2);
	assert_string_equal(disk->name, "primary-disk");
	assert_int_equal(disk->line, 7);
	assert_int_equal(disk->column, 5);
	assert_ptr_equal(disk->parent, root);
	assert_int_equal(ntp->line, 7);
	assert_int_equal(ntp->column, 55);
}

static void test_text_is_joined_and_trimmed(void **state)
{
	_cleanup_xml_ struct xml_node *root =
		parse("<a> one &amp; <b>inner</b><!-- x --> two&#33; <![CDATA[ hidden ]]>\n</a>");
	_cleanup_xml_ struct xml_node *empty = parse("<a/>");

	(void)state;
	assert_string_equal(root->text, "one &  two!");
	assert_true(root->has_cdata);
	assert_string_equal(root->children[0]->text, "inner");
	assert_false(root->children[0]->has_cdata);
	assert_string_equal(empty->text, "");
}

static void test_attribute_values(void **state)
{
	_cleanup_xml_ struct xml_node *root =
		parse("<a x='1 &amp;&#38;&lt; \"2\"' y='' x:z='p' xmlns:x='u'/>");

	(void)state;
	assert_string_equal(xml_get_attribute(root, "x"), "1 &&< \"2\"");
	assert_null(xml_get_attribute(root, "y"));
	assert_null(xml_get_attribute(root, "none"));
	assert_string_equal(xml_get_attribute(root, "x:z"), "p");
	assert_int_equal(root->attributes[2].column, 34);
}

static void test_malformed_documents_name_the_place(void **state)
{
	static const struct {
		const char *text, *words;
		unsigned line, column;
	} rows[] = {
		{"", "empty", 1, 1},
		{" \n", "empty", 1, 1},
		{"not xml", "a.xml:1:1: not well-formed XML: Start tag expected", 1, 1},
		{"\n\n  <a>\n</b>", "a.xml:4:", 4, 0},
		{"\n  <a b=1/>", "a.xml:2:", 2, 8},
		{"<a><b></a>", "Opening and ending tag mismatch: b", 1, 0},
		{"<a>", "a.xml:1:", 1, 0},
		{"<a/><b/>", "Extra content", 1, 5},
		{"<a>&none;</a>", "'none' not defined", 1, 0},
		{"<a x='1' x='2'/>", "redefined", 1, 0},
		{"<a>\xff</a>", "UTF-8", 1, 0},
		{"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "document type definition", 1, 1},
		{"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
		 "document type definition", 1, 1},
		{"<?xml version='1.0'?>\n<!-- < --> <!DOCTYPE a [<!ATTLIST a x CDATA 'y'>]><a/>",
		 "document type definition", 2, 12},
		{"<!DOCTYPE a SYSTEM 'http://h/a.dtd'><a/>", "document type definition", 1, 1},
		{"<a>&e;</a>", "Entity 'e' not defined", 1, 0},
		{"<?xml version='1.0' encoding='UTF-7'?>+ADw-a/+AD4-", "a.xml:1:", 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct xml_position at = {0};
		struct error *err = NULL;
		struct xml_node *root = NULL;

		assert_int_equal(
			xml_parse(rows[i].text, strlen(rows[i].text), "a.xml", &root, &at, &err),
			-EINVAL);
		assert_null(root);
		unit_expect_error(&err, rows[i].words);
		assert_int_equal(at.line, rows[i].line);
		if (rows[i].column > 0)
			assert_int_equal(at.column, rows[i].column);
		assert_true(at.column > 0);
	}
}

static void test_hostile_documents_are_refused(void **state)
{
	struct strbuf buf = {0};
	struct xml_node *root = NULL;
	struct error *err = NULL;

	(void)state;
	for (int i = 0; i < 65; i++)
		strbuf_add(&buf, "<a>");
	for (int i = 0; i < 65; i++)
		strbuf_add(&buf, "</a>");
	assert_int_equal(xml_parse(buf.text, buf.length, "a.xml", &root, NULL, &err), -EINVAL);
	unit_expect_error(&err, "a.xml:1:193: not well-formed XML: elements are nested too deeply");
	strbuf_done(&buf);

	strbuf_add(&buf, "<a>");
	while (buf.length <= 4 * MIB)
		strbuf_add(&buf,
			   "                                                                ");
	strbuf_add(&buf, "</a>");
	assert_int_equal(xml_parse(buf.text, buf.length, "a.xml", &root, NULL, &err), -EINVAL);
	unit_expect_error(&err, "larger than 4 MiB");
	strbuf_done(&buf);

	assert_int_equal(xml_parse("<a>\0</a>", 8, "a.xml", &root, NULL, &err), -EINVAL);
	unit_expect_error(&err, "UTF-8");
	assert_null(root);
}

static void test_other_encodings_are_read(void **state)
{
	_cleanup_xml_ struct xml_node *root =
		parse("<?xml version='1.0' encoding='ISO-8859-1'?>\n<a>\xe9<b/></a>");

	(void)state;
	assert_string_equal(root->text, "\xc3\xa9");
	assert_int_equal(root->children[0]->line, 2);
	assert_int_equal(root->children[0]->column, 5);
}

static void test_escaped_text_reads_back(void **state)
{
	static const char text[] = "a<b>&\"c\"'d'";
	_cleanup_free_ char *escaped = xml_escape(text);
	_cleanup_free_ char *document = xasprintf("<a x=\"%s\">%s</a>", escaped, escaped);
	_cleanup_xml_ struct xml_node *root = parse(document);

	(void)state;
	assert_string_equal(root->text, text);
	assert_string_equal(xml_get_attribute(root, "x"), text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places_of_elements_and_attributes),
		cmocka_unit_test(test_text_is_joined_and_trimmed),
		cmocka_unit_test(test_attribute_values),
		cmocka_unit_test(test_malformed_documents_name_the_place),
		cmocka_unit_test(test_hostile_documents_are_refused),
		cmocka_unit_test(test_other_encodings_are_read),
		cmocka_unit_test(test_escaped_text_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
