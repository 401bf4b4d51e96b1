/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/execute/journal.h"

#include <endian.h>
#include <errno.h>
#include <time.h>

#include "common/str.h"
#include "installer/execute/device.h"

/*
 * Layout of a record, numbers little-endian:
 *    0  magic, 8 bytes       32  plan digest, 32 bytes      352  text, NUL-terminated
 *    8  version, u32         64  manifest digest, 32 bytes  4064  SHA-256 of all before it
 *   12  sequence, u32        96  step id, NUL-terminated
 *   16  event, u32           24  time, s64
 * A record counts when its sequence is its place and its plan digest is that of the first: what an
 * earlier journal left behind never joins a later one.
 */
#define MAGIC       "XENHJRNL"
#define VERSION     1
#define AT_VERSION  8
#define AT_SEQUENCE 12
#define AT_EVENT    16
#define AT_TIME     24
#define AT_PLAN     32
#define AT_MANIFEST 64
#define AT_STEP     96
#define AT_TEXT     352
#define AT_SHA256   (JOURNAL_RECORD_BYTES - SHA256_BYTES)
#define STEP_BYTES  (AT_TEXT - AT_STEP)
#define TEXT_BYTES  1024
#define RECORDS     (JOURNAL_BYTES / JOURNAL_RECORD_BYTES)

static const char *const events[] = {
	[JOURNAL_BEGIN] = "begin",       [JOURNAL_STEP_BEGIN] = "step-begin",
	[JOURNAL_STEP_END] = "step-end", [JOURNAL_DONE] = "done",
	[JOURNAL_FAILED] = "failed",
};

struct journal {
	int fd;
	uint64_t offset;
	uint32_t next;
	uint8_t plan[SHA256_BYTES], manifest[SHA256_BYTES];
};

const char *journal_event_to_string(enum journal_event event)
{
	return events[event];
}

void journal_free(struct journal *journal)
{
	free(journal);
}

static void put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

/* Cut to its room; the record is zeroed, so it ends with a NUL. */
static void put_text(uint8_t *at, const char *text, size_t room)
{
	size_t length = text ? strlen(text) : 0;

	memcpy(at, text ?: "", length < room ? length : room - 1);
}

static int digest_from_hex(const char *hex, uint8_t ret[SHA256_BYTES])
{
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		char pair[3] = {0};
		uint64_t value;

		if (str_empty(hex) || !hex[1])
			return -EINVAL;
		memcpy(pair, hex, 2);
		if (str_to_u64(pair, 16, &value) < 0)
			return -EINVAL;
		ret[i] = (uint8_t)value;
		hex += 2;
	}
	return *hex ? -EINVAL : 0;
}

int journal_add(struct journal *journal, enum journal_event event, const char *step,
		const char *text)
{
	uint64_t offset = journal->offset + (uint64_t)journal->next * JOURNAL_RECORD_BYTES;
	_cleanup_free_ uint8_t *record = xcalloc(1, JOURNAL_RECORD_BYTES);
	int64_t now = (int64_t)htole64((uint64_t)time(NULL));
	int r;

	if (journal->next >= RECORDS)
		return -ENOSPC;
	memcpy(record, MAGIC, strlen(MAGIC));
	put32(record + AT_VERSION, VERSION);
	put32(record + AT_SEQUENCE, journal->next);
	put32(record + AT_EVENT, event);
	memcpy(record + AT_TIME, &now, sizeof(now));
	memcpy(record + AT_PLAN, journal->plan, SHA256_BYTES);
	memcpy(record + AT_MANIFEST, journal->manifest, SHA256_BYTES);
	put_text(record + AT_STEP, step, STEP_BYTES);
	put_text(record + AT_TEXT, text, TEXT_BYTES);
	digest_sha256(record, AT_SHA256, record + AT_SHA256);
	r = device_write(journal->fd, record, JOURNAL_RECORD_BYTES, offset);
	if (r < 0)
		return r;
	journal->next++;
	return fdatasync(journal->fd) < 0 ? -errno : 0;
}

int journal_start(int fd, uint64_t offset, const char *plan_digest, const char *manifest_digest,
		  const char *install_id, struct journal **ret)
{
	_cleanup_(journal_freep) struct journal *journal = xcalloc(1, sizeof(*journal));
	int r;

	journal->fd = fd;
	journal->offset = offset;
	r = digest_from_hex(plan_digest, journal->plan);
	if (r == 0)
		r = digest_from_hex(manifest_digest, journal->manifest);
	if (r == 0)
		r = device_zero(fd, offset, JOURNAL_BYTES);
	if (r == 0)
		r = journal_add(journal, JOURNAL_BEGIN, NULL, install_id);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(journal);
	return 0;
}

void journal_state_done(struct journal_state *state)
{
	free(state->install_id);
	free(state->last_step);
	free(state->message);
	*state = (struct journal_state){0};
}

static bool record_is_sound(const uint8_t *record, uint32_t sequence)
{
	uint8_t sha256[SHA256_BYTES];

	if (memcmp(record, MAGIC, strlen(MAGIC)) != 0 || get32(record + AT_VERSION) != VERSION ||
	    get32(record + AT_SEQUENCE) != sequence || record[AT_TEXT - 1] != 0 ||
	    record[AT_TEXT + TEXT_BYTES - 1] != 0 || get32(record + AT_EVENT) >= ARRAY_SIZE(events))
		return false;
	digest_sha256(record, AT_SHA256, sha256);
	return memcmp(sha256, record + AT_SHA256, SHA256_BYTES) == 0;
}

static void replace(char **place, const uint8_t *text)
{
	free(*place);
	*place = *text ? xstrdup((const char *)text) : NULL;
}

static void apply(struct journal_state *state, const uint8_t *record)
{
	uint64_t when;

	memcpy(&when, record + AT_TIME, sizeof(when));
	state->last = (int64_t)le64toh(when);
	switch ((enum journal_event)get32(record + AT_EVENT)) {
	case JOURNAL_BEGIN:
		state->begun = state->last;
		replace(&state->install_id, record + AT_TEXT);
		digest_to_hex(record + AT_PLAN, SHA256_BYTES, state->plan_digest);
		digest_to_hex(record + AT_MANIFEST, SHA256_BYTES, state->manifest_digest);
		break;
	case JOURNAL_STEP_BEGIN:
	case JOURNAL_STEP_END:
		state->last_step_ended = get32(record + AT_EVENT) == JOURNAL_STEP_END;
		replace(&state->last_step, record + AT_STEP);
		break;
	case JOURNAL_DONE:
		state->done = true;
		break;
	case JOURNAL_FAILED:
		state->failed = true;
		replace(&state->message, record + AT_TEXT);
		break;
	}
	state->records++;
}

int journal_read(int fd, uint64_t offset, struct journal_state *ret)
{
	_cleanup_free_ uint8_t *record = xmalloc(JOURNAL_RECORD_BYTES);
	_cleanup_(journal_state_done) struct journal_state state = {0};
	uint8_t plan[SHA256_BYTES];

	for (uint32_t i = 0; i < RECORDS; i++) {
		ssize_t n = pread(fd, record, JOURNAL_RECORD_BYTES,
				  (off_t)(offset + (uint64_t)i * JOURNAL_RECORD_BYTES));

		if (n < 0 && i == 0)
			return -errno;
		if (n != JOURNAL_RECORD_BYTES || !record_is_sound(record, i) ||
		    (i == 0) != (get32(record + AT_EVENT) == JOURNAL_BEGIN) ||
		    (i > 0 && memcmp(plan, record + AT_PLAN, sizeof(plan)) != 0))
			break;
		memcpy(plan, record + AT_PLAN, sizeof(plan));
		apply(&state, record);
	}
	if (state.records == 0)
		return -ENODATA;
	*ret = state;
	state = (struct journal_state){0};
	return 0;
}
