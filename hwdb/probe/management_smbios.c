/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <ctype.h>

#include "common/str.h"
#include "hwdb/probe/bytes.h"
#include "hwdb/probe/management.h"

/* Offsets and codes: DMTF DSP0134, "IPMI Device Information", "TPM Device". */
#define IPMI_INTERFACE 0x04
#define IPMI_REVISION  0x05 /* a digit in each half */
#define IPMI_ADDRESS   0x08
#define IPMI_SSIF      4
#define TPM_VENDOR     0x04
#define TPM_MAJOR      0x08
#define TPM_MINOR      0x09
#define TPM_FIRMWARE   0x0a
#define TPM_TEXT       0x12
/* "Management Controller Host Interface", and DMTF DSP0270 for the record of Redfish over IP. */
#define HOST_INTERFACE_TYPE     0x04
#define HOST_INTERFACE_LENGTH   0x05 /* of the data from the next byte on */
#define HOST_INTERFACE_NETWORK  0x40
#define PROTOCOL_REDFISH        4
#define REDFISH_SERVICE_FORMAT  51 /* 1: IPv4, 2: IPv6 */
#define REDFISH_SERVICE_ADDRESS 52
#define REDFISH_PORT            84
#define REDFISH_NAME_LENGTH     90
#define REDFISH_NAME            91

static bool add_ipmi(const struct smbios_structure *structure, struct host_bmc *bmc)
{
	static const char *const interfaces[] = {NULL, "kcs", "smic", "bt", "ssif"};
	unsigned interface = smbios_u8(structure, IPMI_INTERFACE, 0);
	unsigned revision = smbios_u8(structure, IPMI_REVISION, 0);

	/* Boards that are sold with and without one keep the structure, without an address. */
	if (bmc->interface || interface == 0 || interface >= ARRAY_SIZE(interfaces) ||
	    (!smbios_u64(structure, IPMI_ADDRESS, 0) && interface != IPMI_SSIF))
		return false;
	bmc->interface = xstrdup(interfaces[interface]);
	if (revision)
		bmc->ipmi_version = xasprintf("%u.%u", revision >> 4, revision & 0x0f);
	return true;
}

/* NULL for an address that is all zeros: not set. */
static char *address_text(const uint8_t *bytes, unsigned format)
{
	static const uint8_t nothing[16];
	char text[INET6_ADDRSTRLEN];
	int family = format == 1 ? AF_INET : AF_INET6;

	if (format < 1 || format > 2 || memcmp(bytes, nothing, format == 1 ? 4 : 16) == 0)
		return NULL;
	return inet_ntop(family, bytes, text, sizeof(text)) ? xstrdup(text) : NULL;
}

static char *host_name(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *copy = xstrndup((const char *)bytes, length);
	char *name = str_trim(copy);

	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr(".-_:", *c))
			return NULL;
	return *name ? xstrdup(name) : NULL;
}

static bool add_redfish(const uint8_t *data, size_t length, struct host_bmc *bmc)
{
	if (length < REDFISH_NAME || bmc->redfish_address || bmc->redfish_host)
		return false;
	bmc->redfish_address =
		address_text(data + REDFISH_SERVICE_ADDRESS, data[REDFISH_SERVICE_FORMAT]);
	bmc->redfish_port = le16(data + REDFISH_PORT);
	bmc->has_redfish_port = bmc->redfish_port > 0;
	if (data[REDFISH_NAME_LENGTH] <= length - REDFISH_NAME)
		bmc->redfish_host = host_name(data + REDFISH_NAME, data[REDFISH_NAME_LENGTH]);
	return true;
}

/* Behind the interface's own data: a count, then records of a kind, a length and so many bytes. */
static bool add_host_interface(const struct smbios_structure *structure, struct host_bmc *bmc)
{
	size_t at = HOST_INTERFACE_LENGTH + 1 + smbios_u8(structure, HOST_INTERFACE_LENGTH, 0);
	unsigned count = smbios_u8(structure, at++, 0);
	bool found = false;

	if (smbios_u8(structure, HOST_INTERFACE_TYPE, 0) != HOST_INTERFACE_NETWORK)
		return false;
	for (; count > 0 && at + 2 <= structure->size; count--) {
		size_t length = structure->bytes[at + 1];

		if (length > structure->size - at - 2)
			break;
		if (structure->bytes[at] == PROTOCOL_REDFISH)
			found |= add_redfish(structure->bytes + at + 2, length, bmc);
		at += 2 + length;
	}
	return found;
}

bool bmc_parse(const struct smbios *table, struct host_bmc *bmc)
{
	struct smbios_structure structure;
	bool found = false;

	for (size_t offset = 0; smbios_next(table, &offset, &structure);)
		if (structure.type == SMBIOS_IPMI)
			found |= add_ipmi(&structure, bmc);
		else if (structure.type == SMBIOS_HOST_INTERFACE)
			found |= add_host_interface(&structure, bmc);
	return found;
}

/* Four letters, padded with blanks or NULs: "IFX", "STM", "INTC". */
static char *vendor_text(uint32_t letters)
{
	char text[5] = {(char)letters, (char)(letters >> 8), (char)(letters >> 16),
			(char)(letters >> 24)};
	char *trimmed = str_trim(text);

	for (const char *c = trimmed; *c; c++)
		if (!isalnum((unsigned char)*c))
			return NULL;
	return *trimmed ? xstrdup(trimmed) : NULL;
}

bool tpm_parse(const struct smbios *table, struct host_tpm *tpm)
{
	struct smbios_structure structure;

	for (size_t offset = 0; smbios_next(table, &offset, &structure);) {
		unsigned major = smbios_u8(&structure, TPM_MAJOR, 0);
		uint32_t firmware = smbios_u32(&structure, TPM_FIRMWARE, 0);

		if (structure.type != SMBIOS_TPM || major == 0)
			continue;
		tpm->version = xasprintf("%u.%u", major, smbios_u8(&structure, TPM_MINOR, 0));
		tpm->manufacturer = vendor_text(smbios_u32(&structure, TPM_VENDOR, 0));
		tpm->description = smbios_string(&structure, TPM_TEXT);
		if (major == 2 && firmware)
			tpm->firmware_version =
				xasprintf("%u.%u", firmware >> 16, firmware & 0xffff);
		return true;
	}
	return false;
}

/* The rest of the line that starts with these words, or NULL. */
static char *line_value(const char *text, const char *words)
{
	const char *at = strstr(text, words);

	if (!at)
		return NULL;
	at += strlen(words);
	at += strspn(at, " ");
	return xstrndup(at, strcspn(at, "\n"));
}

void tpm_parse_caps(const char *text, struct host_tpm *tpm)
{
	_cleanup_free_ char *vendor = line_value(text, "Manufacturer:");
	uint64_t letters;

	if (!tpm->manufacturer && vendor && str_starts(vendor, "0x") &&
	    str_to_u64(vendor + 2, 16, &letters) == 0)
		tpm->manufacturer = vendor_text(ntohl((uint32_t)letters));
	if (!tpm->version)
		tpm->version = line_value(text, "TCG version:");
	if (!tpm->firmware_version)
		tpm->firmware_version = line_value(text, "Firmware version:");
}
