/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * THE field table: one row for each element and attribute of an answer file. The reader, the strict
 * check of names, `show`, the reference in docs/ANSWERFILE.md and the screens work from it alone,
 * so a new question is a row here and a member in answers.h. Also the value types that rows name.
 */
#pragma once

#include "answerfiles/answers.h"
#include "answerfiles/words.h"

/* Which struct a row's `offset` counts from, and so where its value goes. */
enum field_record {
	RECORD_NONE, /* understood, but nothing to keep */
	RECORD_ANSWERS,
	RECORD_SECRETS,
	RECORD_PRIMARY,
	RECORD_ADMIN,
	RECORD_EXISTING,
	RECORD_BACKUP,
	RECORD_POOL,
	/* These grow by one for each element of the file. */
	RECORD_GUEST,
	RECORD_SOURCE,
	RECORD_SCRIPT,
	RECORD_RAID,
	RECORD_DRIVER_SOURCE,
	RECORD_DRIVER,
	RECORD_FCOE,
	RECORD_SERVICE,
	RECORD_FIRSTBOOT_SCRIPT,
	RECORD_BOND_PORT,
	_RECORD_MAX,
};

enum {
	FIELD_REPEATS = 1 << 0,  /* every one counts; otherwise the first one does, as upstream */
	FIELD_SECRET = 1 << 1,   /* masked wherever it is shown */
	FIELD_DESTROYS = 1 << 2, /* decides what is erased: a problem here stops a run */
	FIELD_REQUIRED = 1 << 3, /* of an element: in the file; of others: in its element */
	FIELD_OURS = 1 << 4,     /* other installers ignore it */
	FIELD_HIDDEN = 1 << 5,   /* never in a file: only gives its record a default */
	FIELD_OLD = 1 << 6,      /* an older way to write another row; `show` leaves it out */
	FIELD_RETIRED = 1 << 7,  /* known, read by no installer any more */
	FIELD_IGNORED = 1 << 8,  /* known, of no use to us: `instead` says why */
	FIELD_MAY_BE_EMPTY = 1 << 9, /* whether text is needed depends on its attributes */
	/* Not yet, or with `only` no other value yet: a run stops; `instead` says what to do. */
	FIELD_UNSUPPORTED = 1 << 10,
	FIELD_IDLE =
		1 << 11, /* an element that is read and kept, but decides nothing here: a warning */
};

struct field;

/* The place and mood in which a value is being read; how value types complain. */
struct reading {
	const char *file; /* for findings; NULL without a file */
	const char *where;
	struct answers_origin origin;
	bool fatal;
	struct findings *findings;
};

/* Adds a finding at the reading's place. */
struct finding *reading_complain(const struct reading *reading, enum severity severity,
				 const char *format, ...) _printf_(3, 4);

struct value_type {
	const char *name; /* for the reference: "IPv4 address" */
	/* Sets the member from text that is not empty, or complains and gives false. */
	bool (*parse)(const struct field *field, const char *text, void *member,
		      const struct reading *reading);
	char *(*format)(const struct field *field, const void *member); /* NULL: not set */
	/*
	 * What every text that parse takes looks like, as an XML Schema regular expression, for the
	 * schema; NULL: any text, or the row's words.
	 */
	const char *pattern;
};

struct field {
	const char *element;   /* NULL ends the table */
	const char *attribute; /* NULL: the element itself and its text */
	const char *alias;  /* older name of the attribute, or of the element when that is NULL */
	const char *parent; /* the element it must stand in; NULL: anywhere below the root */
	const struct value_type *type; /* NULL: has no value of its own */
	const struct word *words;      /* the right ones, for type_word and type_word_nocase */
	enum field_record record;
	size_t offset;
	const char *fallback; /* the default, as text; NULL: none */
	unsigned flags;
	unsigned modes;      /* 1 << enum answers_mode: where it has a meaning; 0: everywhere */
	const char *only;    /* the one value that works; others are wrong, or not yet supported */
	const char *instead; /* what to do: for rows that are not supported, retired or ignored */
	const char *label;   /* for screens */
	const char *help;    /* one sentence for the reference and the screens */
};

extern const struct field fields[];
size_t fields_count(void);
/* The element's own row by any of its names, or NULL; `parent` as in the row. */
const struct field *field_of_element(const char *name, const char *parent);
/* The row of an attribute by any of its names, or NULL. `element` is the element's first name. */
const struct field *field_of_attribute(const char *element, const char *name);
/* "hostname", "primary-disk@match", "admin-interface/ip": what findings and `show` call it. */
char *field_name(const struct field *field);
/* The row with that name, or NULL: how screens name their questions. */
const struct field *field_find(const char *name);
/* The row of the root in which its value stands; an attribute of the root is its own. */
const struct field *field_outermost(const struct field *field);
/* Where the value of this row came from; of repeated elements, the first. */
struct answers_origin *field_origin(const struct answers *answers, const struct field *field);
/* Every right value of a row whose type is a long list (time zones, keymaps), NULL-terminated; or
 * NULL. */
const char *const *field_choices(const struct field *field);
/* Of a list's row, or the newer row that an older one fills: its bit in the origin's `given`. */
unsigned field_bit(const struct field *field);

/* An element that counts for nothing itself: it may stand around others. */
bool field_is_container(const struct field *field);
/* Whether the mode installs anew, which erases what the others keep. */
bool mode_erases(enum answers_mode mode);

/* Records: lists have as many as the file has elements, the others are always one. */
size_t record_count(const struct answers *answers, enum field_record record);
bool record_is_list(enum field_record record);
void *record_at(struct answers *answers, struct secrets *secrets, enum field_record record,
		size_t index);
/* Adds an empty one to a list; its index. */
size_t record_append(struct answers *answers, enum field_record record);
/* The record's own origin, or NULL for those that have none. */
struct answers_origin *record_origin(struct answers *answers, enum field_record record,
				     size_t index);
/* Sets what has a fallback; with `element` only the rows of that element. */
void record_set_defaults(const struct field *element, void *record, enum field_record kind);
/* The member a row fills; NULL when it keeps nothing. */
void *field_member(const struct field *field, void *record);
/* Takes one further disk out of the list. */
void answers_drop_guest(struct answers *answers, size_t index);

extern const struct value_type type_mode, type_word, type_word_nocase, type_word_kept;
extern const struct value_type type_bool, type_text, type_secret;
extern const struct value_type type_timeout, type_vlan, type_identifier, type_text_list;
extern const struct value_type type_ipv4, type_netmask, type_ipv6, type_ipv6_prefix, type_mac;
extern const struct value_type type_nic_name, type_hostname, type_address_list, type_host_list;
extern const struct value_type type_nic_match, type_fingerprint, type_report_url;
extern const struct value_type type_server, type_proxy, type_certificate, type_own_place;
extern const struct value_type type_ssh_key, type_argument, type_sha256;
extern const struct value_type type_disk, type_disk_list, type_match, type_timezone, type_keymap,
	type_place, type_secret_place, type_quoteless, type_mirrors;
