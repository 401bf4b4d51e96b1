/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the hardware database can speak about, measured by the names of pci.ids. */
#include <ctype.h>
#include <errno.h>

#include "common/str.h"
#include "hwdb/database.h"

enum { NETWORK, STORAGE };

/* The first word of the list that a name holds decides. Classes: PCI Code and
 * ID Assignment Specification, section 1. */
static const struct name_word {
	const char *word;
	int kind; /* -1: neither */
	const char *class_id;
} name_words[] = {
	{"Wireless", -1, NULL},
	{"Wi-Fi", -1, NULL},
	{"WiFi", -1, NULL},
	{"WLAN", -1, NULL},
	{"802.11", -1, NULL},
	{"Bluetooth", -1, NULL},
	{"Audio", -1, NULL},
	{"Bridge", -1, NULL},
	{"bridge", -1, NULL},
	{"Switch", -1, NULL},
	{"Root Port", -1, NULL},
	{"Fibre Channel", STORAGE, "0c0400"},
	{"FibreChannel", STORAGE, "0c0400"},
	{"NVMe", STORAGE, "010802"},
	{"[AHCI mode]", STORAGE, "010601"},
	{"AHCI", STORAGE, "010601"},
	{"RAID", STORAGE, "010400"},
	{"Smart Array", STORAGE, "010400"},
	{"PERC", STORAGE, "010400"},
	{"SAS", STORAGE, "010700"},
	{"SATA", STORAGE, "010601"},
	{"SCSI", STORAGE, "010000"},
	{"Ethernet", NETWORK, "020000"},
	{"ConnectX", NETWORK, "020000"},
	{"NetXtreme", NETWORK, "020000"},
	{"FastLinQ", NETWORK, "020000"},
	{"Network Adapter", NETWORK, "020000"},
	{"Network Connection", NETWORK, "020000"},
	{"Gigabit", NETWORK, "020000"},
	{"10GbE", NETWORK, "020000"},
	{"25GbE", NETWORK, "020000"},
	{"100GbE", NETWORK, "020000"},
};

static const char *const kind_names[DATABASE_KINDS] = {
	[NETWORK] = "network", [STORAGE] = "storage"};

static const struct name_word *find_word(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(name_words); i++)
		if (strstr(name, name_words[i].word))
			return &name_words[i];
	return NULL;
}

/* "1521  I350 Gigabit Network Connection": gives the name, and cuts the line after the id. */
static char *split_id(char *line)
{
	for (int i = 0; i < 4; i++)
		if (!isxdigit((unsigned char)line[i]))
			return NULL;
	if (line[4] != ' ')
		return NULL;
	line[4] = '\0';
	return str_trim(line + 5);
}

static int count_device(struct database *database, char *vendor, char *device, const char *name,
			struct database_count *counts, struct error **err)
{
	const struct name_word *word = find_word(name);
	char zero[] = "0000", class_id[] = "000000";
	struct host_pci pci = {.vendor_id = vendor,
			       .device_id = device,
			       .class_id = class_id,
			       .subsystem_vendor_id = zero,
			       .subsystem_device_id = zero};
	_cleanup_free_ char *modalias = NULL;
	struct host_support support;
	enum support_state state;
	int r;

	if (!word || word->kind < 0)
		return 0;
	memcpy(class_id, word->class_id, sizeof(class_id));
	modalias = database_pci_modalias(&pci);
	r = database_lookup(database, modalias, &support, err);
	if (r < 0)
		return r;
	counts[word->kind].total++;
	if (r == 0) {
		counts[word->kind].unknown++;
		return 0;
	}
	if (support_state_from_string(support.state, &state) == 0)
		counts[word->kind].states[state]++;
	host_support_done(&support);
	return 0;
}

int database_count(struct database *database, char *pci_ids,
		   struct database_count ret[static DATABASE_KINDS], struct error **err)
{
	struct database_count counts[DATABASE_KINDS] = {0};
	char *vendor = NULL;
	char *line, *rest;

	for (size_t i = 0; i < DATABASE_KINDS; i++)
		counts[i].kind = kind_names[i];
	for (line = strtok_r(pci_ids, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *name;
		int r;

		/* "C" opens the list of classes; two tabs are subsystems. */
		if (str_starts(line, "C "))
			break;
		if (*line == '#' || str_starts(line, "\t\t"))
			continue;
		name = split_id(*line == '\t' ? line + 1 : line);
		if (!name)
			continue;
		if (*line != '\t') {
			vendor = line;
			continue;
		}
		r = vendor ? count_device(database, vendor, line + 1, name, counts, err) : 0;
		if (r < 0)
			return r;
	}
	memcpy(ret, counts, sizeof(counts));
	return 0;
}
