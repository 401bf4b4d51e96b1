/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/pci_config.h"

#include <errno.h>
#include <fcntl.h>

#include "common/str.h"
#include "hwdb/probe/bytes.h"

/* Registers and capability numbers: PCI Express Base Specification 6.0, chapter 7. */
#define HEADER_LENGTH        64
#define BASIC_LENGTH         256
#define STATUS               0x06
#define STATUS_CAPABILITIES  0x10
#define HEADER_TYPE          0x0e
#define SUBSYSTEM            0x2c /* in a device's header; bridges have a capability */
#define CAPABILITIES         0x34
#define CAPABILITIES_CARDBUS 0x14

#define CAP_VPD     0x03
#define CAP_EXPRESS 0x10

#define EXPRESS_KIND        0x02
#define EXPRESS_DEVICE      0x04 /* bit 28: function level reset */
#define EXPRESS_LINK        0x0c
#define EXPRESS_LINK_STATUS 0x12

#define EXTENDED_AER   0x01
#define EXTENDED_ACS   0x0d
#define EXTENDED_ARI   0x0e
#define EXTENDED_ATS   0x0f
#define EXTENDED_SRIOV 0x10
#define EXTENDED_PASID 0x1b

#define ACS_CAPABILITY 0x04
#define ACS_CONTROL    0x06
#define SRIOV_CONTROL  0x08
#define SRIOV_TOTAL    0x0e
#define SRIOV_NUMBER   0x10
#define SRIOV_END      0x12

/* No list can have more members than fit. */
#define CAPABILITIES_MAX ((BASIC_LENGTH - HEADER_LENGTH) / 4)
#define EXTENDED_MAX     ((PCI_CONFIG_MAX - BASIC_LENGTH) / 4)

/* How much of the two capability lists was seen. */
enum reach {
	REACH_PART,  /* it could not be read to its end, or makes no sense */
	REACH_WHOLE, /* what it lacks, the function lacks */
};

static const char *const express_kinds[16] = {
	[0] = "endpoint",        [1] = "legacy-endpoint",     [4] = "root-port",
	[5] = "upstream-port",   [6] = "downstream-port",     [7] = "bridge-to-pci",
	[8] = "bridge-from-pci", [9] = "integrated-endpoint", [10] = "event-collector",
};

static const char *const acs_names[] = {
	"source-validation",   "translation-blocking", "request-redirect",  "completion-redirect",
	"upstream-forwarding", "egress-control",       "direct-translated",
};

static bool has(const struct pci_config *config, size_t word)
{
	return config->have[word / 64] >> word % 64 & 1;
}

/* Makes the bytes there, in one read where some are missing. */
static bool need(struct pci_config *config, size_t offset, size_t length)
{
	size_t first = offset / 4, end = (offset + length + 3) / 4;
	ssize_t n;

	if (4 * end > config->limit)
		return false;
	while (first < end && has(config, first))
		first++;
	if (first == end)
		return true;
	n = pread(config->fd, config->bytes + 4 * first, 4 * (end - first), (off_t)(4 * first));
	for (size_t i = first; n > 0 && i < first + (size_t)n / 4; i++)
		config->have[i / 64] |= (uint64_t)1 << i % 64;
	if (n == (ssize_t)(4 * (end - first)))
		return true;
	/* Without root's rights the kernel shows the header alone and says that this is all. */
	config->limit = 4 * first + (n > 0 ? (size_t)n & ~(size_t)3 : 0);
	return false;
}

int pci_config_open(const struct fsroot *root, const char *path, struct pci_config *ret)
{
	_cleanup_free_ char *file = xasprintf("%s/config", path);
	int fd = fsroot_open_fd(root, file, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return fd;
	*ret = (struct pci_config){.fd = fd, .limit = PCI_CONFIG_MAX};
	/* A recorded one answers for everything at once. */
	if (!fsroot_is_live(root))
		(void)need(ret, 0, PCI_CONFIG_MAX);
	return 0;
}

void pci_config_from_bytes(const uint8_t *bytes, size_t length, struct pci_config *ret)
{
	*ret = (struct pci_config){.fd = -1};
	ret->limit = length < PCI_CONFIG_MAX ? length & ~(size_t)3 : PCI_CONFIG_MAX;
	memcpy(ret->bytes, bytes, ret->limit);
	for (size_t i = 0; i < ret->limit / 4; i++)
		ret->have[i / 64] |= (uint64_t)1 << i % 64;
}

void pci_config_done(struct pci_config *config)
{
	cleanup_close(&config->fd);
	config->fd = -1;
}

void pci_config_read_header(struct pci_config *config)
{
	(void)need(config, 0, HEADER_LENGTH);
}

size_t pci_config_length(const struct pci_config *config)
{
	size_t word = PCI_CONFIG_MAX / 4;

	while (word > 0 && !has(config, word - 1))
		word--;
	return 4 * word;
}

static unsigned link_speed(unsigned code)
{
	static const unsigned speeds[] = {0, 2500, 5000, 8000, 16000, 32000, 64000};

	return code < ARRAY_SIZE(speeds) ? speeds[code] : 0;
}

static void set_maybe(bool *has_value, unsigned *value, unsigned number)
{
	*has_value = number != 0;
	*value = number;
}

static bool read_express(struct pci_config *config, size_t at, struct host_pci *pci)
{
	const uint8_t *cap = config->bytes + at;
	unsigned kind;

	if (!need(config, at, EXPRESS_LINK_STATUS + 2))
		return false;
	kind = le16(cap + EXPRESS_KIND) >> 4 & 15;
	free(pci->express);
	pci->express = xstrdup(express_kinds[kind] ?: "other");
	pci->has_function_reset = true;
	pci->function_reset = le32(cap + EXPRESS_DEVICE) >> 28 & 1;
	/* What is built into the root complex has no link; a port with nothing behind it has none
	 * now and says width 0. */
	if (kind == 9 || kind == 10)
		return true;
	set_maybe(&pci->has_link_width_max, &pci->link_width_max,
		  le32(cap + EXPRESS_LINK) >> 4 & 63);
	set_maybe(&pci->has_link_speed_max, &pci->link_speed_max_mtps,
		  link_speed(cap[EXPRESS_LINK] & 15));
	set_maybe(&pci->has_link_width, &pci->link_width,
		  le16(cap + EXPRESS_LINK_STATUS) >> 4 & 63);
	set_maybe(&pci->has_link_speed, &pci->link_speed_mtps,
		  pci->has_link_width ? link_speed(cap[EXPRESS_LINK_STATUS] & 15) : 0);
	return true;
}

static enum reach walk_capabilities(struct pci_config *config, struct host_pci *pci)
{
	bool cardbus = (config->bytes[HEADER_TYPE] & 0x7f) == 2;
	size_t list = cardbus ? CAPABILITIES_CARDBUS : CAPABILITIES, at;

	/* A header alone is shown to everybody, so it proves nothing about what follows. */
	if (!need(config, HEADER_LENGTH, 4) || !need(config, STATUS, 2))
		return REACH_PART;
	if (!(config->bytes[STATUS] & STATUS_CAPABILITIES))
		return REACH_WHOLE;
	if (!need(config, list, 1))
		return REACH_PART;
	at = config->bytes[list];
	for (size_t i = 0; i < CAPABILITIES_MAX; i++) {
		at &= ~(size_t)3;
		if (at == 0)
			return REACH_WHOLE;
		if (at < HEADER_LENGTH || !need(config, at, 4) || config->bytes[at] == 0xff)
			return REACH_PART;
		if (config->bytes[at] == CAP_EXPRESS && !read_express(config, at, pci))
			return REACH_PART;
		if (config->bytes[at] == CAP_VPD)
			pci->has_product_data = pci->product_data = true;
		at = config->bytes[at + 1];
	}
	return REACH_PART;
}

static bool read_acs(struct pci_config *config, size_t at, struct host_pci *pci)
{
	if (!need(config, at, ACS_CONTROL + 2))
		return false;
	strv_free(pci->acs_supported);
	strv_free(pci->acs_enabled);
	pci->acs_supported = pci->acs_enabled = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(acs_names); i++) {
		if (le16(config->bytes + at + ACS_CAPABILITY) >> i & 1)
			strv_add(&pci->acs_supported, acs_names[i]);
		if (le16(config->bytes + at + ACS_CONTROL) >> i & 1)
			strv_add(&pci->acs_enabled, acs_names[i]);
	}
	pci->has_acs = pci->acs = true;
	return true;
}

static bool read_sriov(struct pci_config *config, size_t at, struct host_pci *pci)
{
	if (!need(config, at + SRIOV_CONTROL, 4) ||
	    !need(config, at + SRIOV_TOTAL, SRIOV_END - SRIOV_TOTAL))
		return false;
	pci->has_sriov = pci->sriov = true;
	pci->has_vfs_total = pci->has_vfs_enabled = true;
	pci->vfs_total = le16(config->bytes + at + SRIOV_TOTAL);
	/* The number stays there when they are switched off again. */
	pci->vfs_enabled =
		config->bytes[at + SRIOV_CONTROL] & 1 ? le16(config->bytes + at + SRIOV_NUMBER) : 0;
	return true;
}

static bool read_extended(struct pci_config *config, size_t at, struct host_pci *pci)
{
	switch (le16(config->bytes + at)) {
	case EXTENDED_AER:
		pci->has_aer = pci->aer = true;
		return true;
	case EXTENDED_ACS:
		return read_acs(config, at, pci);
	case EXTENDED_ARI:
		pci->has_ari = pci->ari = true;
		return true;
	case EXTENDED_ATS:
		pci->has_ats = pci->ats = true;
		return true;
	case EXTENDED_SRIOV:
		return read_sriov(config, at, pci);
	case EXTENDED_PASID:
		pci->has_pasid = pci->pasid = true;
		return true;
	default:
		return true;
	}
}

static enum reach walk_extended(struct pci_config *config, struct host_pci *pci)
{
	size_t at = BASIC_LENGTH;

	for (size_t i = 0; i < EXTENDED_MAX; i++) {
		uint32_t head;

		if (!need(config, at, 4))
			return REACH_PART;
		head = le32(config->bytes + at);
		/* All ones: the device does not answer. Zero at the start: an empty list. */
		if (head == UINT32_MAX)
			return REACH_PART;
		if (head == 0)
			return at == BASIC_LENGTH ? REACH_WHOLE : REACH_PART;
		if (!read_extended(config, at, pci))
			return REACH_PART;
		at = head >> 20 & ~(size_t)3;
		if (at == 0)
			return REACH_WHOLE;
		if (at < BASIC_LENGTH)
			return REACH_PART;
	}
	return REACH_PART;
}

/* What a list that was read to its end did not name is not there. */
static void set_absent(struct host_pci *pci)
{
	pci->has_aer = pci->has_acs = pci->has_ari = pci->has_ats = pci->has_pasid = true;
	pci->has_sriov = true;
}

void pci_config_describe(struct pci_config *config, struct host_pci *pci)
{
	enum reach reach;

	/* A device that is gone answers with ones; of a virtual function only the ids are ones. */
	if (!need(config, HEADER_TYPE, 1) || config->limit < HEADER_LENGTH ||
	    config->bytes[HEADER_TYPE] == UINT8_MAX)
		return;
	pci->has_multifunction = true;
	pci->multifunction = config->bytes[HEADER_TYPE] >> 7;
	if ((config->bytes[HEADER_TYPE] & 0x7f) == 0 && !pci->subsystem_vendor_id &&
	    need(config, SUBSYSTEM, 4)) {
		pci->subsystem_vendor_id = xasprintf("%04x", le16(config->bytes + SUBSYSTEM));
		pci->subsystem_device_id = xasprintf("%04x", le16(config->bytes + SUBSYSTEM + 2));
	}
	reach = walk_capabilities(config, pci);
	if (reach != REACH_WHOLE)
		return;
	pci->has_product_data = true;
	if (pci->express) {
		if (walk_extended(config, pci) == REACH_WHOLE)
			set_absent(pci);
		return;
	}
	/* Conventional PCI has no extended capabilities. */
	pci->express = xstrdup("none");
	set_absent(pci);
}
