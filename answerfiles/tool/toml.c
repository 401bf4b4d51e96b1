/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/tool/toml.h"

#include <errno.h>

#include "common/str.h"

#define LENGTH_MAX MIB
#define VALUES_MAX 10000
#define DEPTH_MAX  16

struct reader {
	const char *at, *name;
	unsigned line, depth;
	struct toml toml;
	struct error **err;
};

void toml_done(struct toml *toml)
{
	for (size_t i = 0; i < toml->n_values; i++) {
		free(toml->values[i].key);
		free(toml->values[i].text);
		strv_free(toml->values[i].list);
	}
	free(toml->values);
	*toml = (struct toml){0};
}

static int refuse(const struct reader *reader, const char *what)
{
	error_set(reader->err, ERROR_USER, "%s:%u: %s", reader->name, reader->line, what);
	return error_hint(reader->err, "Correct the line, or write its value in another way");
}

static void skip_blanks(struct reader *reader)
{
	reader->at += strspn(reader->at, " \t");
}

/* Blanks, line ends and comments: between statements and the values of a list. */
static void skip_lines(struct reader *reader)
{
	for (;;) {
		skip_blanks(reader);
		if (*reader->at == '#')
			reader->at += strcspn(reader->at, "\n");
		if (reader->at[0] == '\r' && reader->at[1] == '\n')
			reader->at++;
		if (*reader->at != '\n')
			return;
		reader->at++;
		reader->line++;
	}
}

static int expect_line_end(struct reader *reader)
{
	unsigned before = reader->line;

	skip_lines(reader);
	return *reader->at && reader->line == before
		       ? refuse(reader, "something follows where the line should end")
		       : 0;
}

/* \uXXXX or \UXXXXXXXX; control characters have no place in an answer. */
static int read_unicode(struct reader *reader, unsigned digits, struct strbuf *buf)
{
	_cleanup_free_ char *hex = xstrndup(reader->at, digits);
	uint64_t code;
	char bytes[4];
	size_t n = 0;

	if (strspn(hex, "0123456789abcdefABCDEF") != digits || str_to_u64(hex, 16, &code) < 0 ||
	    code < 0x20 || code == 0x7f || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return refuse(reader, "\\u names no character that can stand here");
	reader->at += digits;
	if (code < 0x80) {
		bytes[n++] = (char)code;
	} else if (code < 0x800) {
		bytes[n++] = (char)(0xc0 | code >> 6);
		bytes[n++] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		bytes[n++] = (char)(0xe0 | code >> 12);
		bytes[n++] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[n++] = (char)(0x80 | (code & 0x3f));
	} else {
		bytes[n++] = (char)(0xf0 | code >> 18);
		bytes[n++] = (char)(0x80 | (code >> 12 & 0x3f));
		bytes[n++] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[n++] = (char)(0x80 | (code & 0x3f));
	}
	strbuf_add_bytes(buf, bytes, n);
	return 0;
}

static int read_escape(struct reader *reader, struct strbuf *buf)
{
	static const char from[] = "tnr\"\\", to[] = "\t\n\r\"\\";
	const char *known;

	if (*reader->at == 'u' || *reader->at == 'U')
		return read_unicode(reader, *reader->at++ == 'u' ? 4 : 8, buf);
	known = *reader->at ? strchr(from, *reader->at) : NULL;
	if (!known)
		return refuse(reader, "unknown escape in a string");
	strbuf_add_bytes(buf, &to[known - from], 1);
	reader->at++;
	return 0;
}

static int read_string(struct reader *reader, char **ret)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	char quote = *reader->at++;
	int r = 0;

	if (reader->at[0] == quote && reader->at[1] == quote)
		return refuse(reader, "strings of several lines are not read");
	while (r == 0 && *reader->at != quote) {
		unsigned char c = (unsigned char)*reader->at;

		if (c == '\0' || c == '\n')
			return refuse(reader, "a string is not ended");
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return refuse(reader, "a control character in a string");
		reader->at++;
		if (c == '\\' && quote == '"')
			r = read_escape(reader, &buf);
		else
			strbuf_add_bytes(&buf, &(char){(char)c}, 1);
	}
	if (r < 0)
		return r;
	reader->at++;
	*ret = strbuf_take(&buf);
	return 0;
}

/* A dotted key, behind `prefix` and a dot unless that is empty. */
static int read_key(struct reader *reader, const char *prefix, char **ret)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, prefix);
	do {
		_cleanup_free_ char *part = NULL;

		skip_blanks(reader);
		if (*reader->at == '"' || *reader->at == '\'') {
			int r = read_string(reader, &part);

			if (r < 0)
				return r;
		} else {
			size_t n = strspn(reader->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
						      "QRSTUVWXYZ0123456789_-");

			part = xstrndup(reader->at, n);
			reader->at += n;
		}
		if (!*part)
			return refuse(reader, "a key is missing");
		strbuf_addf(&buf, "%s%s", buf.length ? "." : "", part);
		skip_blanks(reader);
	} while (*reader->at == '.' && reader->at++);
	*ret = strbuf_take(&buf);
	return 0;
}

/* Strings, truths and numbers; dates are none of these. */
static int read_scalar(struct reader *reader, char **ret)
{
	size_t n = strspn(reader->at, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFTZ_+-.:");
	_cleanup_free_ char *word = NULL;

	if (*reader->at == '"' || *reader->at == '\'')
		return read_string(reader, ret);
	word = xstrndup(reader->at, n);
	if (!str_eq(word, "true") && !str_eq(word, "false") &&
	    (n == 0 || strspn(word, "0123456789_+-.") != n || strpbrk(word + 1, "+-")))
		return refuse(reader, "a string in quotes, a number, true, false or a list must "
				      "follow the =");
	reader->at += n;
	*ret = TAKE_PTR(word);
	return 0;
}

static int read_list(struct reader *reader, char ***ret)
{
	_cleanup_strv_ char **list = NULL;

	reader->at++;
	for (skip_lines(reader); *reader->at != ']'; skip_lines(reader)) {
		_cleanup_free_ char *text = NULL;
		int r;

		if (*reader->at == '[' || *reader->at == '{')
			return refuse(reader, "lists of lists and of tables are not read");
		if ((r = read_scalar(reader, &text)) < 0)
			return r;
		if (strv_length(list) >= VALUES_MAX / 10)
			return refuse(reader, "a list is too long");
		strv_add(&list, text);
		skip_lines(reader);
		if (*reader->at == ',')
			reader->at++;
		else if (*reader->at != ']')
			return refuse(reader, "a list is not ended");
	}
	reader->at++;
	*ret = TAKE_PTR(list);
	return 0;
}

static int read_pair(struct reader *reader, const char *table);

static int read_inline_table(struct reader *reader, const char *key)
{
	int r = ++reader->depth > DEPTH_MAX ? refuse(reader, "tables are nested too deep") : 0;

	reader->at++;
	skip_blanks(reader);
	while (r == 0 && *reader->at != '}') {
		r = read_pair(reader, key);
		skip_blanks(reader);
		if (r == 0 && *reader->at == ',')
			reader->at++;
		else if (r == 0 && *reader->at != '}')
			r = refuse(reader, "an inline table is not ended");
		skip_blanks(reader);
	}
	reader->depth--;
	if (r == 0)
		reader->at++;
	return r;
}

static int add_value(struct reader *reader, char **key)
{
	struct toml *toml = &reader->toml;
	struct toml_value *value;

	if (toml->n_values >= VALUES_MAX)
		return refuse(reader, "there are too many values");
	for (size_t i = 0; i < toml->n_values; i++)
		if (str_eq(toml->values[i].key, *key))
			return refuse(reader, "the same key stands there twice");
	value = ARRAY_APPEND(toml->values, toml->n_values);
	value->key = TAKE_PTR(*key);
	value->line = reader->line;
	if (*reader->at != '[')
		return read_scalar(reader, &value->text);
	value->is_list = true;
	return read_list(reader, &value->list);
}

static int read_pair(struct reader *reader, const char *table)
{
	_cleanup_free_ char *key = NULL;
	int r = read_key(reader, table, &key);

	if (r < 0)
		return r;
	if (*reader->at != '=')
		return refuse(reader, "a key is not followed by =");
	reader->at++;
	skip_blanks(reader);
	if (*reader->at == '{')
		return read_inline_table(reader, key);
	return add_value(reader, &key);
}

static int read_header(struct reader *reader, char **table)
{
	char *key = NULL;
	int r;

	reader->at++;
	if (*reader->at == '[')
		return refuse(reader, "arrays of tables are not read");
	if ((r = read_key(reader, "", &key)) < 0)
		return r;
	free(*table);
	*table = key;
	if (*reader->at != ']')
		return refuse(reader, "a table's name is not ended");
	reader->at++;
	return 0;
}

int toml_parse(const char *text, size_t length, const char *name, struct toml *ret,
	       struct error **err)
{
	_cleanup_free_ char *copy = NULL, *table = xstrdup("");
	struct reader reader = {.name = name, .line = 1, .err = err};
	int r = 0;

	if (length > LENGTH_MAX)
		return refuse(&reader, "the file is too large for an answer file");
	if (memchr(text, '\0', length))
		return refuse(&reader, "the file is not a text");
	copy = xstrndup(text, length);
	reader.at = str_starts(copy, "\xef\xbb\xbf") ? copy + 3 : copy;
	for (skip_lines(&reader); r == 0 && *reader.at; skip_lines(&reader)) {
		r = *reader.at == '[' ? read_header(&reader, &table) : read_pair(&reader, table);
		if (r == 0)
			r = expect_line_end(&reader);
	}
	if (r < 0) {
		toml_done(&reader.toml);
		return r;
	}
	*ret = reader.toml;
	return 0;
}
