/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the files that name a system, as a RAID member, and as a file system. */
#include <sys/mman.h>

#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void read_texts(const char *text)
{
	_cleanup_free_ char *system = NULL, *date = NULL;
	_cleanup_free_ char *release = content_parse_os_release(text);

	if (content_parse_inventory(text, &system, &date) == 0 && !system)
		abort();
	if (date && strlen(date) != 10)
		abort();
	for (const char *c = release; c && *c; c++)
		if ((unsigned char)*c < ' ')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = xstrndup((const char *)bytes, length);
	_cleanup_close_ int fd = memfd_create("disk", MFD_CLOEXEC);
	struct host_content content = {.size_bytes = length};

	read_texts(text);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		return 0;
	content_read_md(fd, &content);
	if (content.has_raid_disks && content.raid_disks == 0)
		abort();
	host_fields_done(host_content_fields, &content);
	content = (struct host_content){.size_bytes = length};
	content_read_system(fd, &content);
	host_fields_done(host_content_fields, &content);
	return 0;
}
