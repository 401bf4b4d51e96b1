/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files made to hurt or to confuse: each is refused with a sentence, in little memory and time, and
 * nothing that it names is fetched.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "answerfiles/answers.h"
#include "tests/unit/unit.h"

#define BODY                                                                                       \
	"<installation sr-type='lvm'><primary-disk>sda</primary-disk><source type='local'/>"       \
	"<admin-interface name='eth0' proto='dhcp'/></installation>"
#define BYTES(text) text, sizeof(text) - 1

/* The text is refused: one error, with these words in the message or the hint. */
static void expect_refusal(const char *text, size_t length, const char *words, unsigned line)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *said = NULL;

	assert_int_equal(
		answers_from_xml(text, length, "file.xml", &answers, &secrets, &findings, &error),
		0);
	assert_int_equal(findings.count, 1);
	assert_true(findings_has_errors(&findings) && findings_has_fatal(&findings));
	assert_non_null(findings.list[0].hint);
	said = findings_to_text(&findings);
	if (!strstr(said, words))
		fail_msg("\"%s\" lacks \"%s\"", said, words);
	assert_int_equal(findings.list[0].line, line);
}

static void test_bytes_that_are_no_answer_file(void **state)
{
	static const struct {
		const char *text;
		size_t length;
		const char *words;
		unsigned line;
	} rows[] = {
		{BYTES("<!DOCTYPE i [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>\n<installation>"
		       "<hostname>&b;</hostname></installation>"),
		 "a document type definition is not accepted", 1},
		{BYTES("<?xml version='1.0'?>\n<!DOCTYPE i [<!ENTITY x SYSTEM "
		       "'file:///etc/passwd'>]>"
		       "\n<installation><hostname>&x;</hostname></installation>"),
		 "a document type definition is not accepted", 2},
		{BYTES("\n<!DOCTYPE i [<!ENTITY % x SYSTEM 'file:///etc/passwd'> %x;]>" BODY),
		 "a document type definition is not accepted", 2},
		{BYTES("<!DOCTYPE installation PUBLIC 'a' 'b'>" BODY), "Remove <!DOCTYPE", 1},
		{BYTES("<installation><hostname>&x;</hostname></installation>"),
		 "Entity 'x' not defined", 1},
		{BYTES("<installation>\0</installation>"), "Save the file as UTF-8", 1},
		{BYTES("\xff\xfe<\0i\0n\0s\0t\0a\0l\0l\0/\0>\0"), "Save the file as UTF-8", 1},
		{BYTES("<installation><hostname>\xe9t\xe9</hostname></installation>"), "UTF-8", 1},
		{BYTES("<?xml version='1.0' encoding='klingon'?>" BODY), "klingon", 1},
		{BYTES("<installation>\n<hostname>a&#0;b</hostname></installation>"), "CharRef", 2},
		{BYTES("<installation>\n<hostname>a\033[2Jb</hostname></installation>"), "Char", 2},
		{BYTES("<installation mode='fresh' mode='upgrade'/>"), "redefined", 1},
		{BYTES(BODY "\n" BODY), "Extra content", 2},
		{BYTES("<installation>\n<primary-disk>sda</installation>"), "mismatch", 2},
		{BYTES(""), "the document is empty", 1},
		{BYTES("\n \t"), "the document is empty", 1},
		{BYTES("{\"mode\": \"fresh\"}"), "<installation>", 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_refusal(rows[i].text, rows[i].length, rows[i].words, rows[i].line);
}

static void repeat(struct strbuf *buf, const char *text, size_t times)
{
	while (times--)
		strbuf_add(buf, text);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Shapes that cost a careless parser time or stack. */
static void test_shapes_are_bounded(void **state)
{
	_cleanup_strbuf_ struct strbuf deep = {0}, wide = {0};
	double start = seconds();

	(void)state;
	repeat(&deep, "<guest-disks>", 70000);
	expect_refusal(deep.text, deep.length, "nested too deeply", 1);
	strbuf_add(&wide, "\n<installation");
	repeat(&wide, " a = \"1\"", 100000);
	strbuf_add(&wide, "/>");
	expect_refusal(wide.text, wide.length, "more than 500 attributes", 2);
	assert_true(seconds() - start < 10);
}

/* 100 MB that are not there in memory, and are not read into it. */
static void test_a_huge_file_is_not_read(void **state)
{
	char *folder = unit_folder_make();
	_cleanup_free_ char *path = xasprintf("%s/huge.xml", folder);
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *error = NULL;
	struct rusage before, after;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "<installation>", 14), 14);
	assert_int_equal(ftruncate(fd, 100 << 20), 0);
	close(fd);
	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(answers_load(path, &answers, &secrets, &findings, &error), 0);
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.list[0].message, "the file is larger than 1024 KiB");
	assert_true(findings_has_fatal(&findings));
	/* ru_maxrss counts KiB. */
	assert_true(after.ru_maxrss - before.ru_maxrss < 8 << 10);
	unit_folder_remove(folder);
}

/* A server that counts who comes: nobody does, whatever the file names. */
static void test_nothing_is_fetched(void **state)
{
	static const char *const forms[] = {
		"<!DOCTYPE installation SYSTEM '%s'>" BODY,
		"<!DOCTYPE i [<!ENTITY x SYSTEM '%s'>]><installation>&x;</installation>",
		"<!DOCTYPE i [<!ENTITY % x SYSTEM '%s'> %x;]>" BODY,
		"<installation xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='%s'/>"
		"</installation>",
		"<?xml-stylesheet href='%s'?>" BODY,
		"<installation><source type='url'>%s</source></installation>",
	};
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	_cleanup_free_ char *url = NULL;

	(void)state;
	assert_int_equal(bind(server, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(server, 8), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&address, &length), 0);
	url = xasprintf("http://127.0.0.1:%u/x", ntohs(address.sin_port));
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		_cleanup_answers_ struct answers *answers = NULL;
		_cleanup_secrets_ struct secrets secrets = {0};
		_cleanup_findings_ struct findings findings = {0};
		_cleanup_error_ struct error *error = NULL;
		_cleanup_strbuf_ struct strbuf text = {0};
		const char *place = strstr(forms[i], "%s");

		strbuf_add_bytes(&text, forms[i], (size_t)(place - forms[i]));
		strbuf_add(&text, url);
		strbuf_add(&text, place + 2);
		assert_int_equal(answers_from_xml(text.text, text.length, "file.xml", &answers,
						  &secrets, &findings, &error),
				 0);
	}
	assert_int_equal(accept(server, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	close(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_that_are_no_answer_file),
		cmocka_unit_test(test_shapes_are_bounded),
		cmocka_unit_test(test_a_huge_file_is_not_read),
		cmocka_unit_test(test_nothing_is_fetched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
