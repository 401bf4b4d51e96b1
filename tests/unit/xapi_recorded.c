/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a folder of conversations recorded from a real XAPI (*.xml.http, *.json1.http,
 * *.json2.http: a request behind ">>>", its answer behind "<<<") and has the client's decoders take
 * every answer. Where one answer was recorded in both encodings, both must give the same value.
 * Usage: xapi_recorded FOLDER
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "common/str.h"
#include "firstboot/pool/xapi_wire.h"

static char *read_file(const char *folder, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", folder, name);
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	struct strbuf text = {0};
	char part[4096];
	size_t n;

	if (!file)
		return NULL;
	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		strbuf_add_bytes(&text, part, n);
	return strbuf_take(&text);
}

/* What stands behind the headers of the answer. */
static const char *body_of(const char *text)
{
	const char *answer = strstr(text, "\n<<<"), *body;

	if (!answer)
		return NULL;
	body = strstr(answer, "\r\n\r\n");
	if (body)
		return body + 4;
	body = strstr(answer, "\n\n");
	return body ? body + 2 : NULL;
}

static int decode(const char *folder, const char *name, struct xapi_answer *ret)
{
	const struct xapi_wire *wire =
		str_ends(name, ".xml.http") ? &xapi_wire_xml : &xapi_wire_json;
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *text = read_file(folder, name), *words = NULL;
	const char *body = text ? body_of(text) : NULL;

	if (!body) {
		printf("%s: no answer recorded\n", name);
		return -1;
	}
	if (wire->answer(body, strlen(body), name, ret, &error) >= 0)
		return 0;
	words = error_text(error);
	printf("%s: %s\n", name, words);
	return -1;
}

/* Members may come in another order; times and counters of two calls are not the same. */
static bool same_shape(const struct json *a, const struct json *b, const char *where)
{
	struct json_member member = {0};
	bool same = json_kind(a) == json_kind(b);

	if (!same)
		printf("%s: %d here, %d there\n", where, (int)json_kind(a), (int)json_kind(b));
	while (same && json_kind(a) == JSON_OBJECT && json_next(a, &member)) {
		_cleanup_free_ char *path = xasprintf("%s.%s", where, member.key);

		same = json_has(b, member.key) &&
		       same_shape(member.value, json_get(b, member.key), path);
		if (!json_has(b, member.key))
			printf("%s: missing there\n", path);
	}
	for (size_t i = 0; same && json_kind(a) == JSON_ARRAY && i < json_length(a); i++)
		same = i >= json_length(b) || same_shape(json_at(a, i), json_at(b, i), where);
	return same;
}

/* 1: compared and the same; 0: recorded in one encoding alone; -1: different. */
static int compare(const char *folder, const char *name, const struct xapi_answer *xml)
{
	_cleanup_(xapi_answer_done) struct xapi_answer json = {0};
	size_t stem = strlen(name) - strlen(".xml.http");
	_cleanup_free_ char *twin = xasprintf("%.*s.json2.http", (int)stem, name);
	_cleanup_free_ char *text = read_file(folder, twin);

	if (!text)
		return 0;
	if (decode(folder, twin, &json) < 0)
		return -1;
	if (!str_eq(json.failure.code, xml->failure.code) ||
	    strv_length(json.failure.params) != strv_length(xml->failure.params)) {
		printf("%s: other failures in XML and JSON\n", name);
		return -1;
	}
	return same_shape(xml->value, json.value, name) ? 1 : -1;
}

int main(int argc, char **argv)
{
	struct dirent **entries = NULL;
	unsigned read = 0, wrong = 0, pairs = 0;
	int n = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1;

	for (int i = 0; i < n; i++) {
		_cleanup_(xapi_answer_done) struct xapi_answer answer = {0};
		const char *name = entries[i]->d_name;
		int r = 0;

		if (!str_ends(name, ".http"))
			continue;
		read++;
		r = decode(argv[1], name, &answer);
		if (r == 0 && str_ends(name, ".xml.http"))
			r = compare(argv[1], name, &answer);
		pairs += r > 0;
		wrong += r < 0;
	}
	for (int i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
	printf("%u recorded answers read, %u in both encodings alike, %u wrong\n", read, pairs,
	       wrong);
	return read > 0 && wrong == 0 ? 0 : 1;
}
