/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/lvm.h"

#include <errno.h>

#include "common/str.h"
#include "hwdb/probe/bytes.h"

/*
 * The on-disk format, as described in LVM2's lib/format_text/layout.h and lib/label/label.h: the
 * label is in one of the first four 512-byte sectors, names the PV header, and that lists data
 * areas and metadata areas. Each metadata area begins with a header of 512 bytes; the text behind
 * it wraps.
 */
#define SECTOR            512
#define LABEL_SECTORS     4
#define LABEL_ID          "LABELONE"
#define LABEL_TYPE        "LVM2 001"
#define PV_HEADER_LISTS   40 /* behind the UUID (32) and the device's size */
#define MDA_MAGIC         " LVM2 x[5A%r0N*>"
#define MDA_HEADER        512
#define MDA_RAW_LOCATIONS 40
#define RAW_IGNORED       1
#define METADATA_MAX      (16 * MIB)

int lvm_read_memory(const struct lvm_source *source, uint64_t offset, void *buf, size_t length)
{
	if (offset > source->length || length > source->length - offset)
		return -ENODATA;
	memcpy(buf, (const char *)source->data + offset, length);
	return 0;
}

int lvm_read_fd(const struct lvm_source *source, uint64_t offset, void *buf, size_t length)
{
	if (offset > source->size || length > source->size - offset)
		return -ENODATA;
	for (size_t done = 0; done < length;) {
		ssize_t n = pread(source->fd, (char *)buf + done, length - done,
				  (off_t)(source->start + offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENODATA;
		done += (size_t)n;
	}
	return 0;
}

struct area {
	uint64_t offset, size;
};

/* The (offset, size) pairs at *at, up to the one that is zero; *at is left behind it. */
static size_t read_areas(const uint8_t *sector, size_t *at, struct area *areas, size_t max)
{
	size_t n = 0;

	for (; *at + 16 <= SECTOR; *at += 16) {
		struct area area = {le64(sector + *at), le64(sector + *at + 8)};

		if (area.offset == 0) {
			*at += 16;
			return n;
		}
		if (n < max)
			areas[n++] = area;
	}
	return n;
}

static int find_header(const struct lvm_source *source, uint8_t sector[SECTOR], size_t *ret_at)
{
	for (uint64_t i = 0; i < LABEL_SECTORS; i++) {
		int r = source->read(source, i * SECTOR, sector, SECTOR);

		if (r < 0)
			return r;
		if (memcmp(sector, LABEL_ID, 8) == 0 && le64(sector + 8) == i &&
		    memcmp(sector + 24, LABEL_TYPE, 8) == 0 &&
		    le32(sector + 20) <= SECTOR - PV_HEADER_LISTS) {
			*ret_at = le32(sector + 20);
			return 0;
		}
	}
	return -ENOENT;
}

/* The text of one metadata area; NULL in *ret when the area is unused. */
static int read_text(const struct lvm_source *source, const struct area *area, char **ret,
		     size_t *ret_length)
{
	uint8_t header[MDA_HEADER];
	_cleanup_free_ char *text = NULL;
	const uint8_t *location = header + MDA_RAW_LOCATIONS;
	uint64_t offset, length, head;
	int r;

	*ret = NULL;
	r = source->read(source, area->offset, header, sizeof(header));
	if (r < 0)
		return r;
	if (memcmp(header + 4, MDA_MAGIC, 16) != 0 || le64(header + 24) != area->offset)
		return -EBADMSG;
	offset = le64(location);
	length = le64(location + 8);
	if (offset == 0 || le32(location + 20) & RAW_IGNORED)
		return 0;
	if (area->size <= MDA_HEADER || offset < MDA_HEADER || offset >= area->size ||
	    length > METADATA_MAX || length > area->size - MDA_HEADER)
		return -EBADMSG;
	text = xmalloc(length + 1);
	head = length < area->size - offset ? length : area->size - offset;
	r = source->read(source, area->offset + offset, text, head);
	if (r == 0 && head < length)
		r = source->read(source, area->offset + MDA_HEADER, text + head, length - head);
	if (r < 0)
		return r;
	text[length] = '\0';
	*ret = TAKE_PTR(text);
	*ret_length = length;
	return 0;
}

/* The text counts a volume's place in extents from the start of the data area. */
static void make_absolute(struct lvm_summary *summary, const struct area *data, size_t n)
{
	if (summary->has_first && n == 0)
		summary->has_first = false;
	if (summary->has_first)
		summary->first_offset += data[0].offset;
}

int lvm_read_summary(const struct lvm_source *source, struct lvm_summary *ret)
{
	uint8_t sector[SECTOR];
	struct area data[1], metadata[2];
	size_t at, n_data, n_metadata;
	int r;

	*ret = (struct lvm_summary){0};
	r = find_header(source, sector, &at);
	if (r < 0)
		return r;
	at += PV_HEADER_LISTS;
	n_data = read_areas(sector, &at, data, ARRAY_SIZE(data));
	n_metadata = read_areas(sector, &at, metadata, ARRAY_SIZE(metadata));
	for (size_t i = 0; i < n_metadata; i++) {
		_cleanup_free_ char *text = NULL;
		size_t length = 0;

		r = read_text(source, &metadata[i], &text, &length);
		if (r == 0 && text)
			r = lvm_parse_text(text, length, ret);
		if (r == 0 && ret->volume_group) {
			make_absolute(ret, data, n_data);
			return 0;
		}
	}
	return r;
}

void lvm_summary_done(struct lvm_summary *summary)
{
	free(summary->volume_group);
	strv_free(summary->volumes);
	*summary = (struct lvm_summary){0};
}
