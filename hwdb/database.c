/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only file that includes libudev: its hwdb part. */
#include "hwdb/database.h"

#include <errno.h>
#include <libudev.h>

#include "common/str.h"
#include "hwdb/host_fields.h"

#define PREFIX "XENHOST_"

struct database {
	struct udev *udev;
	struct udev_hwdb *hwdb;
};

static const char *const state_names[] = {
	[SUPPORT_DRIVEN] = "driven",
	[SUPPORT_WORKS] = "works",
	[SUPPORT_CERTIFIED] = "certified",
	[SUPPORT_NEEDS_FIRMWARE] = "needs-firmware",
	[SUPPORT_NEEDS_DRIVER] = "needs-driver",
	[SUPPORT_AVOID] = "avoid",
};

const char *support_state_to_string(enum support_state state)
{
	return state_names[state];
}

int support_state_from_string(const char *text, enum support_state *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(state_names); i++)
		if (str_eq(state_names[i], text)) {
			*ret = (enum support_state)i;
			return 0;
		}
	return -EINVAL;
}

void host_support_done(struct host_support *support)
{
	host_fields_done(host_support_fields, support);
}

void database_free(struct database *database)
{
	if (!database)
		return;
	udev_hwdb_unref(database->hwdb);
	udev_unref(database->udev);
	free(database);
}

int database_open(struct database **ret, struct error **err)
{
	_cleanup_database_ struct database *database = xcalloc(1, sizeof(*database));

	database->udev = udev_new();
	if (database->udev)
		database->hwdb = udev_hwdb_new(database->udev);
	if (!database->hwdb) {
		error_errno(err, ERROR_USAGE, ENOENT, "Cannot open the hardware database");
		error_hint(err, "Run \"systemd-hwdb update\" as root");
		return -ENOENT;
	}
	*ret = TAKE_PTR(database);
	return 0;
}

static void take_property(const char *name, const char *value, struct host_support *support)
{
	const struct {
		const char *name;
		char **member;
	} properties[] = {
		{"STATE", &support->state},
		{"DRIVER", &support->driver},
		{"FIRMWARE_PACKAGE", &support->firmware_package},
		{"MINIMUM_FIRMWARE", &support->minimum_firmware},
		{"NOTE", &support->note},
		{"SOURCE", &support->source},
	};

	/* An empty value is how a later file takes back what an earlier one says. */
	for (size_t i = 0; i < ARRAY_SIZE(properties) && !str_empty(value); i++)
		if (str_eq(properties[i].name, name) && !*properties[i].member)
			*properties[i].member = xstrdup(value);
}

int database_lookup(struct database *database, const char *modalias, struct host_support *ret,
		    struct error **err)
{
	struct host_support support = {0};
	struct udev_list_entry *entry, *list;
	enum support_state state;

	list = udev_hwdb_get_properties_list_entry(database->hwdb, modalias, 0);
	udev_list_entry_foreach(entry, list)
	{
		const char *name = udev_list_entry_get_name(entry);

		if (str_starts(name, PREFIX))
			take_property(name + strlen(PREFIX), udev_list_entry_get_value(entry),
				      &support);
	}
	if (!support.state) {
		host_support_done(&support);
		return 0;
	}
	if (support_state_from_string(support.state, &state) < 0) {
		error_set(err, ERROR_USAGE,
			  "The hardware database gives %s the state \"%s\", which is none",
			  modalias, support.state);
		error_hint(err, "Look for XENHOST_STATE in the files of /etc/udev/hwdb.d and "
				"/usr/lib/udev/hwdb.d; xenhost-hwinfo(8) has the states");
		host_support_done(&support);
		return -EINVAL;
	}
	*ret = support;
	return 1;
}

static unsigned hex_number(const char *text)
{
	uint64_t number = 0;

	return text && str_to_u64(text, 16, &number) == 0 ? (unsigned)number : 0;
}

char *database_pci_modalias(const struct host_pci *pci)
{
	unsigned class = hex_number(pci->class_id);

	return xasprintf("pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", hex_number(pci->vendor_id),
			 hex_number(pci->device_id), hex_number(pci->subsystem_vendor_id),
			 hex_number(pci->subsystem_device_id), class >> 16 & 0xff,
			 class >> 8 & 0xff, class & 0xff);
}

void database_annotate(struct host *host)
{
	_cleanup_database_ struct database *database = NULL;

	if (database_open(&database, NULL) < 0)
		return;
	for (size_t i = 0; i < host->n_pci; i++) {
		struct host_pci *pci = &host->pci[i];
		_cleanup_free_ char *modalias = database_pci_modalias(pci);
		_cleanup_error_ struct error *error = NULL;
		struct host_support support;
		int r = database_lookup(database, modalias, &support, &error);

		if (r < 0)
			strv_add(&host->notes, error->message);
		if (r <= 0)
			continue;
		host_support_done(&pci->support);
		pci->support = support;
		pci->has_support = true;
	}
}
