/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hardware database: what is known of a device beyond what it says itself. udev's compiled hwdb
 * is asked for the XENHOST_ properties of a modalias; hwdb/data/ holds the sources we ship, and
 * files that a lab or vendor drops in /etc/udev/hwdb.d/ count after "systemd-hwdb update". Of
 * several records that fit, the one in the file whose name sorts last counts, property by property.
 * Knowledge belongs to the machine that asks: a captured folder is looked up here, too.
 */
#pragma once

#include "hwdb/host.h"

enum support_state {
	SUPPORT_DRIVEN, /* a driver of the installed kernel claims it, no more */
	SUPPORT_WORKS,  /* the source has seen it work */
	SUPPORT_CERTIFIED,
	SUPPORT_NEEDS_FIRMWARE, /* its driver asks for files that no package of a host has */
	SUPPORT_NEEDS_DRIVER,
	SUPPORT_AVOID,
};
#define SUPPORT_STATES (SUPPORT_AVOID + 1)

const char *support_state_to_string(enum support_state state);
/* -EINVAL for a word that names none. */
int support_state_from_string(const char *text, enum support_state *ret) _must_check_;

struct database;

/* -ENOENT where no hwdb was compiled. */
int database_open(struct database **ret, struct error **err) _must_check_;
void database_free(struct database *database);
DEFINE_CLEANUP(struct database *, database_free)
#define _cleanup_database_ _cleanup_(database_freep)

/* 1 and *ret (free with host_support_done()), 0 when nothing is known, -EINVAL for a record whose
 * state is no word of ours. */
int database_lookup(struct database *database, const char *modalias, struct host_support *ret,
		    struct error **err) _must_check_;
void host_support_done(struct host_support *support);

/* The kernel's modalias of a PCI device, "pci:v00008086d00001521sv...". Newly allocated. */
char *database_pci_modalias(const struct host_pci *pci);
/* Sets `support` of every PCI device that the database here knows, and leaves the others' as it is;
 * a record that cannot be read becomes a note of the host. */
void database_annotate(struct host *host);

/* One kind of device in pci.ids, counted by what the database says. */
struct database_count {
	const char *kind; /* "network", "storage" */
	unsigned states[SUPPORT_STATES];
	unsigned unknown; /* the database has nothing on it */
	unsigned total;
};
#define DATABASE_KINDS 2

/*
 * Looks up the devices of pci.ids (the text) that are network or storage controllers. pci.ids has
 * no classes, so the names decide, by a list of words; radios and devices without a telling name
 * are left out. A lookup takes the class that the word stands for.
 */
int database_count(struct database *database, char *pci_ids,
		   struct database_count ret[static DATABASE_KINDS],
		   struct error **err) _must_check_;
