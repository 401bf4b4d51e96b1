/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PCI trees made by hand: configuration spaces put together register by register, and folders that
 * look like the kernel's /sys/bus/pci. For tests of everything that reads PCI devices.
 */
#pragma once

#include <sys/stat.h>

#include "tests/unit/unit.h"

struct pci_space {
	uint8_t bytes[4096];
	size_t length;
	size_t basic, extended; /* where the next capability goes; 0: none yet */
};

static inline void space_put(struct pci_space *space, size_t at, size_t length, uint64_t value)
{
	for (size_t i = 0; i < length; i++)
		space->bytes[at + i] = (uint8_t)(value >> 8 * i);
}

/* A header of type 0 (1 for bridges), with all 4096 bytes to be seen. */
static inline void space_make(struct pci_space *space, uint32_t ids, uint32_t class_id,
			      uint8_t header_type)
{
	memset(space, 0, sizeof(*space));
	space->length = sizeof(space->bytes);
	space_put(space, 0, 4, ids);
	space_put(space, 9, 3, class_id);
	space->bytes[0x0e] = header_type;
}

static inline size_t space_capability(struct pci_space *space, uint8_t id, size_t length)
{
	size_t at = space->basic ? space->basic : 0x40;
	size_t link = 0x34;

	space->bytes[0x06] |= 0x10;
	while (space->bytes[link])
		link = space->bytes[link] + 1u;
	space->bytes[link] = (uint8_t)at;
	space->bytes[at] = id;
	space->basic = at + ((length + 3) & ~(size_t)3);
	return at;
}

/* kind as in the capability's register: 0 endpoint, 4 root port, 5 up, 6 down, 7 to PCI. */
static inline void space_express(struct pci_space *space, unsigned kind, unsigned width_max,
				 unsigned speed_max, unsigned width, unsigned speed)
{
	size_t at = space_capability(space, 0x10, 0x3c);

	space_put(space, at + 2, 2, 2 | kind << 4);
	space_put(space, at + 0x0c, 4, speed_max | width_max << 4);
	space_put(space, at + 0x12, 2, speed | width << 4);
}

static inline size_t space_extended(struct pci_space *space, uint16_t id, size_t length)
{
	size_t at = space->extended ? space->extended : 0x100;
	size_t next = at + ((length + 3) & ~(size_t)3);

	/* The list's end is found again by its zero. */
	for (size_t last = 0x100; at > 0x100;) {
		size_t after = (size_t)space->bytes[last + 3] << 4 | space->bytes[last + 2] >> 4;

		if (after == 0) {
			space_put(space, last + 2, 2, 1 | at << 4);
			break;
		}
		last = after;
	}
	space_put(space, at, 2, id);
	space_put(space, at + 2, 2, 1);
	space->extended = next;
	return at;
}

static inline void space_acs(struct pci_space *space, unsigned supported, unsigned enabled)
{
	size_t at = space_extended(space, 0x0d, 8);

	space_put(space, at + 4, 2, supported);
	space_put(space, at + 6, 2, enabled);
}

static inline void space_sriov(struct pci_space *space, bool on, unsigned total, unsigned number)
{
	size_t at = space_extended(space, 0x10, 64);

	space_put(space, at + 8, 2, on);
	space_put(space, at + 0x0c, 2, total);
	space_put(space, at + 0x0e, 2, total);
	space_put(space, at + 0x10, 2, number);
}

static inline void tree_folder(const char *root, const char *path)
{
	_cleanup_free_ char *full = xasprintf("%s%s", root, path);

	for (char *slash = strchr(full + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
}

static inline void tree_bytes(const char *root, const char *path, const void *bytes, size_t length)
{
	_cleanup_free_ char *full = xasprintf("%s%s", root, path);
	FILE *file = fopen(full, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static inline void tree_text(const char *root, const char *folder, const char *name,
			     const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", folder, name);

	tree_bytes(root, path, text, strlen(text));
}

static inline void tree_link(const char *root, const char *folder, const char *name,
			     const char *target)
{
	_cleanup_free_ char *full = xasprintf("%s%s/%s", root, folder, name);

	assert_int_equal(symlink(target, full), 0);
}

/* `path` is below /sys/devices: "pci0000:00/0000:00:01.0". Its folder is the result. */
static inline char *tree_device(const char *root, const char *path, const struct pci_space *space)
{
	const char *address = strrchr(path, '/') + 1;
	char *folder = xasprintf("/sys/devices/%s", path);
	_cleanup_free_ char *target = xasprintf("../../../devices/%s", path);
	char text[16];

	tree_folder(root, "/proc");
	tree_folder(root, "/sys/bus/pci/devices");
	tree_folder(root, folder);
	tree_link(root, "/sys/bus/pci/devices", address, target);
	(void)snprintf(text, sizeof(text), "0x%02x%02x\n", space->bytes[1], space->bytes[0]);
	tree_text(root, folder, "vendor", text);
	(void)snprintf(text, sizeof(text), "0x%02x%02x\n", space->bytes[3], space->bytes[2]);
	tree_text(root, folder, "device", text);
	(void)snprintf(text, sizeof(text), "0x%02x%02x%02x\n", space->bytes[11], space->bytes[10],
		       space->bytes[9]);
	tree_text(root, folder, "class", text);
	tree_text(root, folder, "irq", "0\n");
	tree_text(root, folder, "resource", "");
	{
		_cleanup_free_ char *config = xasprintf("%s/config", folder);

		tree_bytes(root, config, space->bytes, space->length);
	}
	return folder;
}
