/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk may hold anything where a journal or a partition table is looked for. */
#include <sys/mman.h>

#include "common/str.h"
#include "installer/execute/gpt.h"
#include "installer/execute/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The checksums would keep every input out: they are made to fit, as a forger would. */
static void seal_journal(int fd, size_t size)
{
	uint8_t record[JOURNAL_RECORD_BYTES];

	for (uint64_t at = 0; at + JOURNAL_RECORD_BYTES <= size; at += JOURNAL_RECORD_BYTES) {
		if (pread(fd, record, sizeof(record), (off_t)at) != JOURNAL_RECORD_BYTES)
			return;
		digest_sha256(record, JOURNAL_RECORD_BYTES - SHA256_BYTES,
			      record + JOURNAL_RECORD_BYTES - SHA256_BYTES);
		if (pwrite(fd, record, sizeof(record), (off_t)at) != JOURNAL_RECORD_BYTES)
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);
	struct journal_state state;
	struct gpt gpt;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (gpt_read(fd, &gpt) == 0)
		gpt_done(&gpt);
	seal_journal(fd, size);
	if (journal_read(fd, 0, &state) == 0) {
		if (strlen(state.plan_digest) != SHA256_HEX - 1)
			abort();
		journal_state_done(&state);
	}
	close(fd);
	return 0;
}
