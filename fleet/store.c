/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fleet/store.h"

#include <errno.h>
#include <sqlite3.h>

#include "common/str.h"

#define BUSY_MS 5000

enum statement {
	ADD_EVENT,
	BEGIN_RUN,
	OLD_RUNS,
	UPDATE_RUN,
	WARN_RUN,
	END_RUN,
	ADD_REPORT,
	LIST_RUNS,
	LIST_EVENTS,
	GET_REPORT,
	COUNT_EVENTS,
	COUNT_RUNS,
	_STATEMENT_MAX,
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *statements[_STATEMENT_MAX];
	uint64_t duplicates;
};

/* WAL and NORMAL: a crash of the program loses nothing, one of the machine perhaps the last second.
 */
static const char schema[] =
	"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
	"CREATE TABLE IF NOT EXISTS events(number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL,"
	" machine TEXT NOT NULL, run TEXT NOT NULL, sequence INTEGER NOT NULL,"
	" kind INTEGER NOT NULL, received INTEGER NOT NULL, body TEXT NOT NULL);"
	"CREATE INDEX IF NOT EXISTS events_run ON events(machine, run, sequence);"
	"CREATE INDEX IF NOT EXISTS events_received ON events(received);"
	"CREATE TABLE IF NOT EXISTS runs(machine TEXT NOT NULL, run TEXT NOT NULL,"
	" current INTEGER NOT NULL, sequence INTEGER NOT NULL, first INTEGER NOT NULL,"
	" last INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0, hostname TEXT, vendor TEXT,"
	" product TEXT, serial TEXT, uuid TEXT, macs TEXT, step TEXT, title TEXT, text TEXT,"
	" hint TEXT, permille INTEGER DEFAULT 0, rate INTEGER DEFAULT 0, left INTEGER DEFAULT 0,"
	" warnings INTEGER DEFAULT 0, lost INTEGER DEFAULT 0, PRIMARY KEY(machine, run));"
	"CREATE TABLE IF NOT EXISTS reports(machine TEXT NOT NULL, run TEXT NOT NULL,"
	" received INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY(machine, run));";

/* The state as people see it: ?2 is the moment before which nothing said is silence. */
#define STATE "(CASE WHEN state=0 AND last<?2 THEN 1 ELSE state END)"

static const char *const texts[_STATEMENT_MAX] = {
	[ADD_EVENT] = "INSERT OR IGNORE INTO events(id, machine, run, sequence, kind, received, "
		      "body) VALUES(?1,?2,?3,?4,?5,?6,?7)",
	[BEGIN_RUN] = "INSERT OR IGNORE INTO runs(machine, run, current, sequence, first, last, "
		      "hostname, vendor, product, serial, uuid, macs) "
		      "VALUES(?1,?2,1,0,?3,?3,?4,?5,?6,?7,?8,?9)",
	[OLD_RUNS] = "UPDATE runs SET current=0 WHERE machine=?1 AND run<>?2",
	/* An event that comes late says nothing about now. */
	[UPDATE_RUN] = "UPDATE runs SET sequence=?3, permille=coalesce(?4,permille), "
		       "step=coalesce(?5,step), title=coalesce(?6,title), rate=?7, left=?8, "
		       "lost=max(lost,?9) WHERE machine=?1 AND run=?2 AND sequence<?3",
	[WARN_RUN] = "UPDATE runs SET warnings=warnings+?4, last=max(last,?3) "
		     "WHERE machine=?1 AND run=?2",
	[END_RUN] = "UPDATE runs SET state=?3, text=?4, hint=?5, rate=0, left=0 "
		    "WHERE machine=?1 AND run=?2 AND sequence=?6",
	[ADD_REPORT] = "INSERT OR IGNORE INTO reports(machine, run, received, body) "
		       "VALUES(?1,?2,?3,?4)",
	[LIST_RUNS] = "SELECT machine, run, hostname, vendor, product, serial, uuid, macs, step, "
		      "title, text, hint, first, last, permille, rate, left, warnings, lost, " STATE
		      ", EXISTS(SELECT 1 FROM reports r WHERE r.machine=runs.machine AND "
		      "r.run=runs.run) FROM runs WHERE CASE WHEN ?1 IS NULL THEN current=1 ELSE "
		      "machine=?1 END ORDER BY last DESC, machine",
	[LIST_EVENTS] = "SELECT body, received FROM (SELECT * FROM events WHERE (?1 IS NULL OR "
			"machine=?1) AND (?2 IS NULL OR run=?2) ORDER BY number DESC LIMIT ?3) "
			"ORDER BY number",
	[GET_REPORT] = "SELECT body FROM reports WHERE machine=?1 AND run=?2",
	[COUNT_EVENTS] = "SELECT kind, count(*) FROM events GROUP BY kind",
	[COUNT_RUNS] = "SELECT " STATE ", count(*) FROM runs WHERE current=1 AND ?1 IS NULL "
		       "GROUP BY 1",
};

static const char *const states[] = {
	[RUN_INSTALLING] = "installing", [RUN_SILENT] = "silent",
	[RUN_FAILED] = "failed",         [RUN_DONE] = "done",
	[RUN_JOINED] = "joined",
};

const char *run_state_to_string(enum run_state state)
{
	return states[state];
}

int run_state_from_string(const char *text, enum run_state *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (str_eq(text, states[i])) {
			*ret = (enum run_state)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int fail(const struct store *store, struct error **err)
{
	int code = sqlite3_errcode(store->db);

	error_set(err, ERROR_INTERNAL, "the database does not work: %s", sqlite3_errmsg(store->db));
	error_hint(err, "Look at the space and the rights where it lies.");
	return error_code(err, code == SQLITE_FULL ? ENOSPC : EIO);
}

void store_free(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(store->statements); i++)
		(void)sqlite3_finalize(store->statements[i]);
	(void)sqlite3_close(store->db);
	free(store);
}

int store_open(const char *path, struct store **ret, struct error **err)
{
	_cleanup_(store_freep) struct store *store = xcalloc(1, sizeof(*store));
	bool ok = sqlite3_open(path, &store->db) == SQLITE_OK &&
		  sqlite3_busy_timeout(store->db, BUSY_MS) == SQLITE_OK &&
		  sqlite3_exec(store->db, schema, NULL, NULL, NULL) == SQLITE_OK;

	for (size_t i = 0; i < ARRAY_SIZE(texts) && ok; i++)
		ok = sqlite3_prepare_v2(store->db, texts[i], -1, &store->statements[i], NULL) ==
		     SQLITE_OK;
	if (!ok) {
		error_set(err, ERROR_USAGE, "%s: no database to work with: %s", path,
			  store->db ? sqlite3_errmsg(store->db) : "no memory");
		return error_hint(err, "Name a file in a folder that may be written to.");
	}
	*ret = TAKE_PTR(store);
	return 0;
}

static sqlite3_stmt *begin(struct store *store, enum statement which)
{
	(void)sqlite3_reset(store->statements[which]);
	(void)sqlite3_clear_bindings(store->statements[which]);
	return store->statements[which];
}

/* Borrowed until the statement begins anew, which is after it ran. */
static void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
	(void)sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT);
}

static void bind_json(sqlite3_stmt *statement, int place, const struct json *object,
		      const char *key)
{
	bind_text(statement, place, json_get_string(object, key));
}

static int run(struct store *store, sqlite3_stmt *statement, struct error **err)
{
	int code = sqlite3_step(statement);

	(void)sqlite3_reset(statement);
	return code == SQLITE_DONE || code == SQLITE_ROW ? 0 : fail(store, err);
}

static int plainly(struct store *store, const char *sql, struct error **err)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(store, err);
}

static int begin_run(struct store *store, const struct notice *notice, const struct json *document,
		     int64_t now, struct error **err)
{
	static const char *const names[] = {"hostname", "vendor", "product", "serial", "uuid"};
	const struct json *machine = json_get_object(document, "machine");
	const struct json *list = json_get_array(machine, "macs");
	sqlite3_stmt *statement = begin(store, BEGIN_RUN);
	_cleanup_strbuf_ struct strbuf macs = {0};
	int r;

	for (size_t i = 0; i < json_length(list); i++)
		strbuf_addf(&macs, "%s%s", i ? " " : "", json_at_string(list, i) ?: "");
	bind_text(statement, 1, notice->machine);
	bind_text(statement, 2, notice->run);
	(void)sqlite3_bind_int64(statement, 3, now);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		bind_json(statement, 4 + (int)i, machine, names[i]);
	bind_text(statement, 9, macs.text);
	r = run(store, statement, err);
	if (r < 0 || sqlite3_changes(store->db) == 0)
		return r;
	statement = begin(store, OLD_RUNS);
	bind_text(statement, 1, notice->machine);
	bind_text(statement, 2, notice->run);
	return run(store, statement, err);
}

static int64_t number_of(const struct json *document, const char *key)
{
	uint64_t value = 0;

	return json_get_u64(document, key, &value) && value <= INT64_MAX ? (int64_t)value : 0;
}

static int end_run(struct store *store, const struct notice *notice, const struct json *document,
		   struct error **err)
{
	static const enum run_state ends[_NOTICE_MAX] = {
		[NOTICE_FAILED] = RUN_FAILED,
		[NOTICE_DONE] = RUN_DONE,
		[NOTICE_JOINED] = RUN_JOINED,
	};
	sqlite3_stmt *statement;

	if (!ends[notice->kind])
		return 0;
	statement = begin(store, END_RUN);
	bind_text(statement, 1, notice->machine);
	bind_text(statement, 2, notice->run);
	(void)sqlite3_bind_int(statement, 3, (int)ends[notice->kind]);
	bind_json(statement, 4, document, "text");
	bind_json(statement, 5, document, "hint");
	(void)sqlite3_bind_int64(statement, 6, (int64_t)notice->sequence);
	return run(store, statement, err);
}

static int update_run(struct store *store, const struct notice *notice, const struct json *document,
		      int64_t now, struct error **err)
{
	sqlite3_stmt *statement = begin(store, UPDATE_RUN);
	int r;

	bind_text(statement, 1, notice->machine);
	bind_text(statement, 2, notice->run);
	(void)sqlite3_bind_int64(statement, 3, (int64_t)notice->sequence);
	if (json_has(document, "permille"))
		(void)sqlite3_bind_int64(statement, 4, number_of(document, "permille"));
	bind_json(statement, 5, document, "step");
	bind_json(statement, 6, document, "title");
	(void)sqlite3_bind_int64(statement, 7, number_of(document, "bytes_per_second"));
	(void)sqlite3_bind_int64(statement, 8, number_of(document, "seconds_left"));
	(void)sqlite3_bind_int64(statement, 9, number_of(document, "lost"));
	r = run(store, statement, err);
	if (r >= 0)
		r = end_run(store, notice, document, err);
	if (r < 0)
		return r;
	statement = begin(store, WARN_RUN);
	bind_text(statement, 1, notice->machine);
	bind_text(statement, 2, notice->run);
	(void)sqlite3_bind_int64(statement, 3, now);
	(void)sqlite3_bind_int(statement, 4, notice->kind == NOTICE_WARNING);
	return run(store, statement, err);
}

static int add_event(struct store *store, const struct notice *notice, const struct json *document,
		     const char *body, int64_t now, bool *ret_new, struct error **err)
{
	sqlite3_stmt *statement = begin(store, ADD_EVENT);
	int r;

	bind_text(statement, 1, notice->id);
	bind_text(statement, 2, notice->machine);
	bind_text(statement, 3, notice->run);
	(void)sqlite3_bind_int64(statement, 4, (int64_t)notice->sequence);
	(void)sqlite3_bind_int(statement, 5, (int)notice->kind);
	(void)sqlite3_bind_int64(statement, 6, now);
	bind_text(statement, 7, body);
	r = run(store, statement, err);
	if (r < 0)
		return r;
	*ret_new = sqlite3_changes(store->db) > 0;
	store->duplicates += !*ret_new;
	if (!*ret_new)
		return 0;
	r = begin_run(store, notice, document, now, err);
	return r < 0 ? r : update_run(store, notice, document, now, err);
}

int store_add_event(struct store *store, const struct notice *notice, const struct json *document,
		    const char *body, int64_t now, bool *ret_new, struct error **err)
{
	int r = plainly(store, "BEGIN IMMEDIATE", err);

	if (r < 0)
		return r;
	r = add_event(store, notice, document, body, now, ret_new, err);
	if (r >= 0)
		r = plainly(store, "COMMIT", err);
	if (r < 0)
		(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

int store_add_report(struct store *store, const char *machine, const char *name, const char *body,
		     int64_t now, bool *ret_new, struct error **err)
{
	sqlite3_stmt *statement = begin(store, ADD_REPORT);
	int r;

	bind_text(statement, 1, machine);
	bind_text(statement, 2, name);
	(void)sqlite3_bind_int64(statement, 3, now);
	bind_text(statement, 4, body);
	r = run(store, statement, err);
	if (r >= 0) {
		*ret_new = sqlite3_changes(store->db) > 0;
		store->duplicates += !*ret_new;
	}
	return r;
}

int store_forget(struct store *store, int64_t before, struct error **err)
{
	char *sql = sqlite3_mprintf("DELETE FROM events WHERE received<%lld;"
				    "DELETE FROM reports WHERE received<%lld;"
				    "DELETE FROM runs WHERE last<%lld",
				    (long long)before, (long long)before, (long long)before);
	int r = plainly(store, sql, err);

	sqlite3_free(sql);
	return r;
}

static const char *text_at(sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

static uint64_t number_at(sqlite3_stmt *statement, int column)
{
	return (uint64_t)sqlite3_column_int64(statement, column);
}

static struct store_run run_at(sqlite3_stmt *statement)
{
	return (struct store_run){
		.machine = text_at(statement, 0),
		.run = text_at(statement, 1),
		.hostname = text_at(statement, 2),
		.vendor = text_at(statement, 3),
		.product = text_at(statement, 4),
		.serial = text_at(statement, 5),
		.uuid = text_at(statement, 6),
		.macs = text_at(statement, 7),
		.step = text_at(statement, 8),
		.title = text_at(statement, 9),
		.text = text_at(statement, 10),
		.hint = text_at(statement, 11),
		.first = sqlite3_column_int64(statement, 12),
		.last = sqlite3_column_int64(statement, 13),
		.permille = number_at(statement, 14),
		.bytes_per_second = number_at(statement, 15),
		.seconds_left = number_at(statement, 16),
		.warnings = number_at(statement, 17),
		.lost = number_at(statement, 18),
		.state = (enum run_state)number_at(statement, 19),
		.has_report = number_at(statement, 20) != 0,
	};
}

/* Every word somewhere, in any case. */
static bool has_words(const struct store_run *run, char *const *words)
{
	const char *const places[] = {run->machine, run->hostname, run->vendor,
				      run->product, run->serial,   run->uuid,
				      run->macs,    run->title,    run->text};

	for (char *const *word = words; word && *word; word++) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_SIZE(places) && !found; i++)
			found = places[i] && strcasestr(places[i], *word);
		if (!found)
			return false;
	}
	return true;
}

/* A word that is no state would list nothing, which looks like an answer. */
static int take_states(const char *text, bool ret[_RUN_MAX], struct error **err)
{
	_cleanup_strv_ char **words = strv_split(text ?: "", ",");

	for (size_t i = 0; i < _RUN_MAX; i++)
		ret[i] = !words || !*words;
	for (char **word = words; word && *word; word++) {
		enum run_state state;

		if (run_state_from_string(*word, &state) < 0) {
			_cleanup_strv_ char **known = NULL;
			_cleanup_free_ char *list = NULL;

			for (size_t i = 0; i < _RUN_MAX; i++)
				strv_add(&known, states[i]);
			list = strv_join(known, ", ");
			error_set(err, ERROR_USER, "\"%s\" is no state of a machine, which are %s",
				  *word, list);
			return error_code(err, EINVAL);
		}
		ret[state] = true;
	}
	return 0;
}

int store_runs(struct store *store, const struct store_filter *filter, store_run_fn each,
	       void *data, struct error **err)
{
	bool wanted[_RUN_MAX];
	_cleanup_strv_ char **words = filter->words ? strv_split(filter->words, " \t") : NULL;
	sqlite3_stmt *statement = begin(store, LIST_RUNS);
	int code, r = take_states(filter->state, wanted, err);

	if (r < 0)
		return r;
	bind_text(statement, 1, filter->machine);
	(void)sqlite3_bind_int64(statement, 2, filter->now - STORE_SILENT_S);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct store_run found = run_at(statement);

		if (has_words(&found, words) && wanted[found.state])
			each(&found, data);
	}
	(void)sqlite3_reset(statement);
	return code == SQLITE_DONE ? 0 : fail(store, err);
}

int store_events(struct store *store, const char *machine, const char *name, unsigned limit,
		 store_event_fn each, void *data, struct error **err)
{
	sqlite3_stmt *statement = begin(store, LIST_EVENTS);
	int code;

	bind_text(statement, 1, machine);
	bind_text(statement, 2, name);
	(void)sqlite3_bind_int64(statement, 3, limit);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		each(text_at(statement, 0), sqlite3_column_int64(statement, 1), data);
	(void)sqlite3_reset(statement);
	return code == SQLITE_DONE ? 0 : fail(store, err);
}

int store_report(struct store *store, const char *machine, const char *name, char **ret,
		 struct error **err)
{
	sqlite3_stmt *statement = begin(store, GET_REPORT);
	int code;

	bind_text(statement, 1, machine);
	bind_text(statement, 2, name);
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*ret = xstrdup(text_at(statement, 0));
	(void)sqlite3_reset(statement);
	if (code == SQLITE_DONE) {
		error_set(err, ERROR_USER, "there is no such report");
		return error_code(err, ENOENT);
	}
	return code == SQLITE_ROW ? 0 : fail(store, err);
}

static int count_into(struct store *store, sqlite3_stmt *statement, uint64_t *counts, size_t size,
		      struct error **err)
{
	int code;

	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		uint64_t which = number_at(statement, 0);

		if (which < size)
			counts[which] = number_at(statement, 1);
	}
	(void)sqlite3_reset(statement);
	return code == SQLITE_DONE ? 0 : fail(store, err);
}

int store_count(struct store *store, int64_t now, struct store_counts *ret, struct error **err)
{
	struct store_counts counts = {.duplicates = store->duplicates};
	sqlite3_stmt *statement = begin(store, COUNT_EVENTS);
	int r = count_into(store, statement, counts.events, ARRAY_SIZE(counts.events), err);

	if (r < 0)
		return r;
	statement = begin(store, COUNT_RUNS);
	(void)sqlite3_bind_int64(statement, 2, now - STORE_SILENT_S);
	r = count_into(store, statement, counts.machines, ARRAY_SIZE(counts.machines), err);
	if (r >= 0)
		*ret = counts;
	return r;
}
