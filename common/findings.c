/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/findings.h"

#include "common/str.h"

#define TEXT_MAX 600

static const char *const severity_names[] = {
	[SEVERITY_NOTE] = "note",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};

const char *severity_to_string(enum severity severity)
{
	return (size_t)severity < ARRAY_SIZE(severity_names) ? severity_names[severity] : "?";
}

static void finding_done(struct finding *finding)
{
	free(finding->file);
	free(finding->where);
	free(finding->message);
	free(finding->hint);
	json_free(finding->more);
}

void findings_done(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		finding_done(&findings->list[i]);
	free(findings->list);
	*findings = (struct findings){0};
}

/*
 * Findings quote foreign text: no line break or escape sequence of it may reach a terminal, and
 * nobody reads more than a few lines.
 */
char *finding_tame(char *text)
{
	size_t length = strlen(text);

	if (length > TEXT_MAX) {
		length = TEXT_MAX - strlen("...");
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
		memcpy(text + length, "...", 4);
	}
	for (char *c = text; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	}
	return text;
}

struct finding *findings_add(struct findings *findings, enum severity severity, const char *where,
			     const char *format, ...)
{
	struct finding *finding = ARRAY_APPEND(findings->list, findings->count);
	va_list args;

	finding->severity = severity;
	finding->where = xstrdup(where);
	va_start(args, format);
	finding->message = finding_tame(xvasprintf(format, args));
	va_end(args);
	return finding;
}

void finding_set_hint(struct finding *finding, const char *format, ...)
{
	va_list args;

	free(finding->hint);
	va_start(args, format);
	finding->hint = finding_tame(xvasprintf(format, args));
	va_end(args);
}

struct json *finding_more(struct finding *finding)
{
	if (!finding->more)
		finding->more = json_new_object();
	return finding->more;
}

void findings_move(struct findings *to, struct findings *from)
{
	for (size_t i = 0; i < from->count; i++)
		*ARRAY_APPEND(to->list, to->count) = from->list[i];
	free(from->list);
	*from = (struct findings){0};
}

static int compare_places(const struct finding *a, const struct finding *b)
{
	int order = strcmp(a->file ? a->file : "", b->file ? b->file : "");

	if (order)
		return order;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return 0;
}

/* Merges the sorted halves [0, middle) and [middle, count) of `list` through `scratch`. */
static void merge(struct finding *list, size_t middle, size_t count, struct finding *scratch)
{
	size_t left = 0, right = middle;

	for (size_t i = 0; i < count; i++) {
		bool from_left = right == count ||
				 (left < middle && compare_places(&list[left], &list[right]) <= 0);

		scratch[i] = from_left ? list[left++] : list[right++];
	}
	memcpy(list, scratch, count * sizeof(*list));
}

/* qsort() is not stable, and findings at one place must keep their order. */
static void merge_sort(struct finding *list, size_t count, struct finding *scratch)
{
	size_t middle = count / 2;

	if (count < 2)
		return;
	merge_sort(list, middle, scratch);
	merge_sort(list + middle, count - middle, scratch);
	merge(list, middle, count, scratch);
}

void findings_sort(struct findings *findings)
{
	_cleanup_free_ struct finding *scratch = xcalloc(findings->count, sizeof(*scratch));

	merge_sort(findings->list, findings->count, scratch);
}

bool findings_has_errors(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (findings->list[i].severity == SEVERITY_ERROR)
			return true;
	}
	return false;
}

bool findings_has_fatal(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (findings->list[i].fatal)
			return true;
	}
	return false;
}

static void add_text(struct strbuf *buf, const struct finding *finding)
{
	if (finding->file)
		strbuf_addf(buf, "%s:", finding->file);
	if (finding->line)
		strbuf_addf(buf, "%u:", finding->line);
	if (finding->line && finding->column)
		strbuf_addf(buf, "%u:", finding->column);
	if (buf->length && buf->text[buf->length - 1] == ':')
		strbuf_add(buf, " ");
	strbuf_addf(buf, "%s: ", severity_to_string(finding->severity));
	if (!finding->file && finding->where)
		strbuf_addf(buf, "%s: ", finding->where);
	strbuf_addf(buf, "%s\n", finding->message);
	if (finding->hint)
		strbuf_addf(buf, "  hint: %s\n", finding->hint);
}

char *findings_to_text(const struct findings *findings)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < findings->count; i++)
		add_text(&buf, &findings->list[i]);
	return strbuf_take(&buf);
}

struct json *findings_to_json(const struct findings *findings)
{
	struct json *json = json_new_object();
	struct json *list;

	json_set_string(json, "schema", "xenhost.findings/1");
	list = json_set_array(json, "findings");
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		struct json *item = json_append_object(list);

		json_set_string(item, "severity", severity_to_string(finding->severity));
		json_set_string(item, "file", finding->file);
		if (finding->line) {
			json_set_u64(item, "line", finding->line);
			json_set_u64(item, "column", finding->column);
		} else {
			json_set_null(item, "line");
			json_set_null(item, "column");
		}
		json_set_string(item, "where", finding->where);
		json_set_string(item, "message", finding->message);
		json_set_string(item, "hint", finding->hint);
		json_set_bool(item, "fatal", finding->fatal);
		if (finding->more)
			json_set_members(item, finding->more);
	}
	return json;
}
