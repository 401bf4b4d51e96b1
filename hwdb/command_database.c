/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/commands.h"

#include "common/str.h"
#include "hwdb/database.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/pci_names.h"

#define SCHEMA      "xenhost.database/1"
#define PCI_IDS_MAX (16 * MIB)

static void print_json(const struct json *json)
{
	_cleanup_free_ char *text = json_to_text(json);

	fputs(text, stdout);
}

static struct json *new_document(void)
{
	struct json *json = json_new_object();

	json_set_string(json, "schema", SCHEMA);
	return json;
}

static void print_support(const struct host_support *support)
{
	const struct {
		const char *name, *value;
	} lines[] = {
		{"state", support->state},
		{"driver", support->driver},
		{"firmware package", support->firmware_package},
		{"minimum firmware", support->minimum_firmware},
		{"note", support->note},
		{"source", support->source},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (lines[i].value)
			printf("%-16s  %s\n", lines[i].name, lines[i].value);
}

static int print_lookup(struct database *database, const char *modalias, bool json,
			struct error **err)
{
	_cleanup_(host_support_done) struct host_support support = {0};
	_cleanup_json_ struct json *document = new_document();
	int r = database_lookup(database, modalias, &support, err);

	if (r < 0)
		return r;
	if (!json) {
		if (r == 0)
			puts("The hardware database has nothing on it.");
		print_support(&support);
		return 0;
	}
	json_set_string(document, "modalias", modalias);
	if (r > 0)
		host_fields_to_json(host_support_fields, &support,
				    json_set_object(document, "support"));
	else
		json_set_null(document, "support");
	print_json(document);
	return 0;
}

static void counts_to_json(const struct database_count *counts, struct json *document)
{
	for (size_t i = 0; i < DATABASE_KINDS; i++) {
		struct json *kind = json_set_object(document, counts[i].kind);

		for (enum support_state state = 0; state < SUPPORT_STATES; state++)
			json_set_u64(kind, support_state_to_string(state), counts[i].states[state]);
		json_set_u64(kind, "unknown", counts[i].unknown);
		json_set_u64(kind, "total", counts[i].total);
	}
}

static void print_counts(const struct database_count *counts)
{
	printf("%-16s", "");
	for (size_t i = 0; i < DATABASE_KINDS; i++)
		printf("%10s", counts[i].kind);
	for (enum support_state state = 0; state < SUPPORT_STATES; state++) {
		printf("\n%-16s", support_state_to_string(state));
		for (size_t i = 0; i < DATABASE_KINDS; i++)
			printf("%10u", counts[i].states[state]);
	}
	printf("\n%-16s", "unknown");
	for (size_t i = 0; i < DATABASE_KINDS; i++)
		printf("%10u", counts[i].unknown);
	printf("\n%-16s", "total");
	for (size_t i = 0; i < DATABASE_KINDS; i++)
		printf("%10u", counts[i].total);
	putchar('\n');
}

static bool says_anything(const struct database_count *counts)
{
	for (size_t i = 0; i < DATABASE_KINDS; i++)
		if (counts[i].unknown < counts[i].total)
			return true;
	return false;
}

static int print_stats(struct database *database, bool json, struct error **err)
{
	struct database_count counts[DATABASE_KINDS];
	_cleanup_json_ struct json *document = new_document();
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_free_ char *text = NULL;
	int r = fsroot_open("/", &root);

	if (r == 0)
		r = fsroot_read(root, PCI_NAMES, PCI_IDS_MAX, &text, NULL);
	if (r < 0) {
		error_errno(err, ERROR_USAGE, r, "Cannot read %s", PCI_NAMES);
		error_hint(err, "Install the package pci.ids");
		return r;
	}
	r = database_count(database, text, counts, err);
	if (r < 0)
		return r;
	if (!says_anything(counts))
		fputs("xenhost-hwinfo: the hardware database of this machine has nothing of "
		      "xenhost's yet\n"
		      "  hint: Copy hwdb/data/*.hwdb to /etc/udev/hwdb.d, or install the package; "
		      "then "
		      "run \"systemd-hwdb update\" as root\n",
		      stderr);
	if (!json) {
		print_counts(counts);
		return 0;
	}
	counts_to_json(counts, document);
	print_json(document);
	return 0;
}

int command_database(const char *modalias, bool json, struct error **err)
{
	_cleanup_database_ struct database *database = NULL;
	int r = database_open(&database, err);

	if (r < 0)
		return r;
	return modalias ? print_lookup(database, modalias, json, err)
			: print_stats(database, json, err);
}
