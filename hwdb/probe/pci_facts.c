/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/pci_facts.h"

#include "common/str.h"
#include "hwdb/probe/pci_config.h"
#include "hwdb/probe/vpd.h"

/* Lines of the "resource" file: six BARs, the ROM, then the BARs of all virtual functions. */
#define RESOURCE_VF_FIRST 7
#define RESOURCE_VF_END   13
/* Linux, include/linux/ioport.h: a size is known and an address not yet. */
#define RESOURCE_UNSET 0x20000000

/* The capability's addresses have fifteen bits. */
#define VPD_MAX 32768

/* JSON numbers stay below; no memory of devices comes near. */
#define BYTES_MAX ((uint64_t)1 << 62)

/* The folder above is the bridge's own, unless this is a root bus ("pci0000:00"). */
static char *parent_of(const char *path)
{
	_cleanup_free_ char *copy = xstrdup(path);
	char *slash = strrchr(copy, '/');
	const char *above;

	if (!slash)
		return NULL;
	*slash = '\0';
	above = strrchr(copy, '/');
	return above && is_pci_address(above + 1) ? xstrdup(above + 1) : NULL;
}

/* "8.0 GT/s PCIe", "Unknown speed" */
static bool read_speed(const struct probe *probe, const char *path, const char *name, unsigned *ret)
{
	_cleanup_free_ char *text = probe_text(probe, "%s/%s", path, name);
	unsigned whole, tenths;

	if (!text || sscanf(text, "%4u.%1u GT/s", &whole, &tenths) != 2 || whole == 0)
		return false;
	*ret = whole * 1000 + tenths * 100;
	return true;
}

/* 0 and 255 are what the kernel says when it does not know. */
static bool read_width(const struct probe *probe, const char *path, const char *name, unsigned *ret)
{
	uint64_t width = probe_number(probe, 0, "%s/%s", path, name);

	if (width == 0 || width > 32)
		return false;
	*ret = (unsigned)width;
	return true;
}

/* Everybody may read these; without a link there are none. */
static void link_from_files(const struct probe *probe, const char *path, struct host_pci *pci)
{
	pci->has_link_width_max = read_width(probe, path, "max_link_width", &pci->link_width_max);
	if (!pci->has_link_width_max)
		return;
	pci->has_link_speed_max =
		read_speed(probe, path, "max_link_speed", &pci->link_speed_max_mtps);
	pci->has_link_width = read_width(probe, path, "current_link_width", &pci->link_width);
	pci->has_link_speed = pci->has_link_width &&
			      read_speed(probe, path, "current_link_speed", &pci->link_speed_mtps);
}

static bool read_count(const struct probe *probe, const char *path, const char *name, unsigned *ret)
{
	uint64_t count = probe_number(probe, UINT64_MAX, "%s/%s", path, name);

	if (count > UINT16_MAX)
		return false;
	*ret = (unsigned)count;
	return true;
}

static void vfs_from_files(const struct probe *probe, const char *path, struct host_pci *pci)
{
	pci->has_vfs_total = read_count(probe, path, "sriov_totalvfs", &pci->vfs_total);
	if (!pci->has_vfs_total)
		return;
	pci->has_sriov = pci->sriov = true;
	pci->has_vfs_enabled = read_count(probe, path, "sriov_numvfs", &pci->vfs_enabled);
}

/* Room is there when each BAR of the virtual functions that has a size has an address too. */
static void read_vf_memory(const struct probe *probe, const char *path, struct host_pci *pci)
{
	_cleanup_free_ char *text = probe_text(probe, "%s/resource", path);
	_cleanup_strv_ char **lines = text ? strv_split(text, "\n") : NULL;
	uint64_t bytes = 0;
	bool unset = false;

	if (strv_length(lines) < RESOURCE_VF_END)
		return;
	for (size_t i = RESOURCE_VF_FIRST; i < RESOURCE_VF_END; i++) {
		unsigned long long start, end, flags;

		if (sscanf(lines[i], "%18llx %18llx %18llx", &start, &end, &flags) != 3)
			return;
		if (flags == 0 || end <= start || end - start >= BYTES_MAX / 8)
			continue;
		unset |= start == 0 || flags & RESOURCE_UNSET;
		bytes += end - start + 1;
	}
	/* Where no room is found at all, the kernel forgets the sizes too. */
	pci->has_vf_memory = true;
	pci->vf_memory_assigned = !unset && bytes > 0;
	pci->has_vf_memory_bytes = bytes > 0;
	pci->vf_memory_bytes = bytes;
}

/* The last line: "TOTAL_ERR_COR 12" */
static bool read_errors(const struct probe *probe, const char *path, const char *name,
			uint64_t *ret)
{
	_cleanup_free_ char *text = probe_text(probe, "%s/%s", path, name);
	const char *total = text ? strstr(text, "TOTAL_ERR_") : NULL;
	const char *blank = total ? strchr(total, ' ') : NULL;
	uint64_t count;

	if (!blank || str_to_u64(blank + 1, 10, &count) < 0 || count > BYTES_MAX)
		return false;
	*ret = count;
	return true;
}

static void read_all_errors(const struct probe *probe, const char *path, struct host_pci *pci)
{
	pci->has_aer_correctable =
		read_errors(probe, path, "aer_dev_correctable", &pci->aer_correctable);
	if (!pci->has_aer_correctable)
		return; /* the firmware keeps error reporting to itself: none of them is there */
	pci->has_aer_nonfatal = read_errors(probe, path, "aer_dev_nonfatal", &pci->aer_nonfatal);
	pci->has_aer_fatal = read_errors(probe, path, "aer_dev_fatal", &pci->aer_fatal);
}

/* As Linux sees it: functions above the first tell by being there; virtual ones stand alone. */
static void correct_multifunction(struct host_pci *pci)
{
	if (!str_ends(pci->address, ".0"))
		pci->has_multifunction = pci->multifunction = true;
	if (pci->vf_of) {
		pci->has_multifunction = true;
		pci->multifunction = false;
	}
}

/* Reading takes a card milliseconds, so one of its functions is asked, and only cards that people
 * buy. The kernel leaves alone those that are known to choke on it. */
static void read_product_data(const struct probe *probe, const char *path, struct host_pci *pci)
{
	static const char *const classes[] = {"01", "02", "03", "0c04", "12"};
	_cleanup_free_ char *file = xasprintf("%s/vpd", path);
	_cleanup_free_ char *bytes = NULL;
	bool wanted = false;
	size_t length;

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		wanted |= pci->class_id && str_starts(pci->class_id, classes[i]);
	if (!wanted || !str_ends(pci->address, ".0") ||
	    fsroot_read(probe->root, file, VPD_MAX, &bytes, &length) < 0)
		return;
	/* A card whose maker wrote nonsense is no less of a card. */
	if (vpd_parse((const uint8_t *)bytes, length, pci) < 0)
		return;
}

void pci_facts(const struct probe *probe, const char *path, struct host_pci *pci)
{
	_cleanup_pci_config_ struct pci_config config = {.fd = -1};
	uint64_t node = probe_number(probe, UINT64_MAX, "%s/numa_node", path);

	pci->parent = parent_of(path);
	/* "-1" is no number here: unknown. */
	pci->has_numa_node = node < UINT16_MAX;
	pci->numa_node = pci->has_numa_node ? (unsigned)node : 0;
	if (pci_config_open(probe->root, path, &config) == 0)
		pci_config_describe(&config, pci);
	if (!pci->express)
		link_from_files(probe, path, pci);
	if (!pci->has_sriov)
		vfs_from_files(probe, path, pci);
	if (pci->sriov)
		read_vf_memory(probe, path, pci);
	else
		pci->vf_of = probe_link_name(probe, "%s/physfn", path);
	if (!pci->has_aer || pci->aer)
		read_all_errors(probe, path, pci);
	if (pci->product_data && !pci->vf_of)
		read_product_data(probe, path, pci);
	correct_multifunction(pci);
}
