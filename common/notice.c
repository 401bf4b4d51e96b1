/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/notice.h"

#include <errno.h>

#include "common/str.h"

#define ALL   ((1U << _NOTICE_MAX) - 1)
#define OF(k) (1U << NOTICE_##k)

static const struct {
	const char *word, *help;
} kinds[_NOTICE_MAX] = {
	[NOTICE_START] = {"start", "The installation has its answers, and begins."},
	[NOTICE_PHASE] = {"phase", "A part of it begins: the source, the plan, or a step."},
	[NOTICE_PROGRESS] = {"progress", "How far a step is; every 5 seconds at most."},
	[NOTICE_WARNING] = {"warning", "Something to look at, which ends nothing."},
	[NOTICE_FAILED] = {"failed", "It is over. Sent again while the machine stays up."},
	[NOTICE_DONE] = {"done", "The host is installed, or was so before."},
	[NOTICE_JOINED] = {"joined", "At first boot: the host is a member of its pool."},
};

/* THE table of members: in which kinds, and whether always in those. */
static const struct member {
	const char *name;
	enum json_kind type;
	unsigned kinds;
	bool required;
	const char *help;
} members[] = {
	{"schema", JSON_STRING, ALL, true, "`" NOTICE_SCHEMA "`"},
	{"event", JSON_STRING, ALL, true, "its kind, as above"},
	{"id", JSON_STRING, ALL, true,
	 "`machine.key`/`run`/`sequence`: the same for every try to send this one"},
	{"machine", JSON_OBJECT, ALL, true,
	 "`key` (which machine it is), `vendor`, `product`, `serial`, `uuid`, `hostname`, "
	 "`install_id`, `macs`"},
	{"run", JSON_STRING, ALL, true, "one installation with its first boots; drawn by chance"},
	{"sequence", JSON_INTEGER, ALL, true,
	 "counts from 1 without gaps; those of first boot begin at 1000001"},
	{"time", JSON_STRING, ALL, true, "the machine's clock, UTC, which may be wrong"},
	{"elapsed_seconds", JSON_DOUBLE, ALL, false,
	 "since the run or the first boot's part began"},
	{"version", JSON_STRING, OF(START), false, "of xenhost"},
	{"ssh", JSON_OBJECT, OF(START) | OF(FAILED), false,
	 "how people get into the installer, where its ssh server runs: the `fingerprint` of its "
	 "key, "
	 "and the `addresses` it had by then"},
	{"permille", JSON_INTEGER, OF(PHASE) | OF(PROGRESS) | OF(WARNING) | OF(FAILED) | OF(DONE),
	 false, "of the whole installation"},
	{"step", JSON_STRING, OF(PHASE) | OF(PROGRESS) | OF(WARNING) | OF(FAILED), false,
	 "which part, as in the plan"},
	{"title", JSON_STRING, OF(PHASE) | OF(PROGRESS), false, "the same in words"},
	{"bytes", JSON_INTEGER, OF(PROGRESS), false, "done of this step"},
	{"total_bytes", JSON_INTEGER, OF(PROGRESS), false, "of this step"},
	{"bytes_per_second", JSON_INTEGER, OF(PROGRESS), false, "over the last seconds"},
	{"seconds_left", JSON_INTEGER, OF(PROGRESS), false, "of this step; 0 is unknown"},
	{"text", JSON_STRING, OF(WARNING) | OF(FAILED) | OF(DONE) | OF(JOINED), false,
	 "what happened, in a sentence"},
	{"kind", JSON_STRING, OF(FAILED), false, "of the error, which chose the exit code"},
	{"hint", JSON_STRING, OF(FAILED), false, "what to do about it"},
	{"changed", JSON_BOOL, OF(FAILED) | OF(DONE), false, "whether a disk was written to"},
	{"log_tail", JSON_ARRAY, OF(FAILED), false, "the last lines of the log"},
	{"repeated", JSON_INTEGER, OF(FAILED), false, "how often this was said before"},
	{"host", JSON_OBJECT, OF(DONE), false,
	 "`hostname`, `product`, `product_version`, `firmware`, `cpu_threads`, `memory_bytes`, "
	 "`disks`, `management` (`name`, `mac`, `ip`), `warnings`"},
	{"pool", JSON_OBJECT, OF(JOINED), false, "the pool, as `xenhost-firstboot status` has it"},
	{"lost", JSON_INTEGER, ALL, false,
	 "notices before this one that were given up, while nobody took them"},
};

const char *notice_kind_to_string(enum notice_kind kind)
{
	return kinds[kind].word;
}

int notice_kind_from_string(const char *text, enum notice_kind *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (str_eq(text, kinds[i].word)) {
			*ret = (enum notice_kind)i;
			return 0;
		}
	}
	return -EINVAL;
}

char *notice_id(const char *machine, const char *run, uint64_t sequence)
{
	return xasprintf("%s/%s/%llu", machine, run, (unsigned long long)sequence);
}

static const char *type_word(enum json_kind type)
{
	static const char *const words[] = {
		[JSON_NULL] = "null",     [JSON_BOOL] = "true or false", [JSON_INTEGER] = "integer",
		[JSON_DOUBLE] = "number", [JSON_STRING] = "text",        [JSON_ARRAY] = "list",
		[JSON_OBJECT] = "object",
	};

	return words[type];
}

/* A number that happens to be whole is one too. */
static bool has_type(const struct json *value, enum json_kind type)
{
	enum json_kind is = json_kind(value);

	return is == type || (type == JSON_DOUBLE && is == JSON_INTEGER);
}

static int check_member(const struct json *document, const struct member *member,
			enum notice_kind kind, struct error **err)
{
	const struct json *value = json_get(document, member->name);

	if (!value) {
		if (!member->required)
			return 0;
		return error_set(err, ERROR_USER, "the event has no \"%s\"", member->name);
	}
	if (!(member->kinds & (1U << kind)) || has_type(value, member->type))
		return 0;
	return error_set(err, ERROR_USER, "\"%s\" of the event is no %s", member->name,
			 type_word(member->type));
}

/* What stands in paths, file names and pages of receivers. */
bool notice_is_word(const char *text)
{
	size_t length = text ? strlen(text) : 0;

	return length > 0 && length <= NOTICE_WORD_MAX && text[0] != '.' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") ==
		       length;
}

static int check_id(const struct json *document, struct notice *notice, struct error **err)
{
	_cleanup_free_ char *expected = NULL;

	notice->id = json_get_string(document, "id");
	notice->machine = json_get_string(json_get_object(document, "machine"), "key");
	notice->run = json_get_string(document, "run");
	if (!notice_is_word(notice->machine) || !notice_is_word(notice->run))
		return error_set(err, ERROR_USER,
				 "machine.key and run of the event are 1 to %d letters, digits, "
				 "and -_.: each",
				 NOTICE_WORD_MAX);
	if (!json_get_u64(document, "sequence", &notice->sequence) || !notice->sequence ||
	    notice->sequence > INT64_MAX)
		return error_set(err, ERROR_USER, "\"sequence\" of the event counts from 1");
	expected = notice_id(notice->machine, notice->run, notice->sequence);
	if (!str_eq(expected, notice->id))
		return error_set(err, ERROR_USER, "the event's id is not machine.key/run/sequence");
	return 0;
}

int notice_check(const struct json *document, struct notice *ret, struct error **err)
{
	struct notice notice = {0};
	int r = 0;

	if (!str_eq(json_get_string(document, "schema"), NOTICE_SCHEMA))
		return error_set(err, ERROR_USER, "this is no " NOTICE_SCHEMA " document");
	if (notice_kind_from_string(json_get_string(document, "event"), &notice.kind) < 0)
		return error_set(err, ERROR_USER, "the event is of no known kind");
	for (size_t i = 0; i < ARRAY_SIZE(members) && r >= 0; i++)
		r = check_member(document, &members[i], notice.kind, err);
	if (r >= 0)
		r = check_id(document, &notice, err);
	if (r >= 0)
		*ret = notice;
	return r;
}

static void add_kinds(struct strbuf *buf, unsigned mask)
{
	const char *comma = "";

	if (mask == ALL) {
		strbuf_add(buf, "all");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!(mask & (1U << i)))
			continue;
		strbuf_addf(buf, "%s%s", comma, kinds[i].word);
		comma = ", ";
	}
}

char *notice_tables(void)
{
	struct strbuf buf = {0};

	strbuf_add(&buf, "| event | when |\n|---|---|\n");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		strbuf_addf(&buf, "| `%s` | %s |\n", kinds[i].word, kinds[i].help);
	strbuf_add(&buf, "\n| member | type | in | what |\n|---|---|---|---|\n");
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		strbuf_addf(&buf, "| `%s` | %s | ", members[i].name, type_word(members[i].type));
		add_kinds(&buf, members[i].kinds);
		strbuf_addf(&buf, "%s | %s |\n", members[i].required ? ", always" : "",
			    members[i].help);
	}
	return strbuf_take(&buf);
}
