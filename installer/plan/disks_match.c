/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether one disk is what the answers mean, and whether it may be taken. Every
 * refusal is a reason in words: they are listed disk by disk when a choice does not fit one disk.
 */
#include "installer/plan/build.h"

#include "common/i18n.h"
#include "common/str.h"

static const char *without_dev(const char *text)
{
	return str_starts(text, "/dev/") ? text + strlen("/dev/") : text;
}

static const char *without_0x(const char *text)
{
	return str_starts(text, "0x") ? text + 2 : text;
}

static bool wwn_eq(const char *a, const char *b)
{
	return !str_empty(a) && !str_empty(b) && str_eq_nocase(without_0x(a), without_0x(b));
}

static bool link_is(const struct host_disk *disk, const char *name)
{
	for (size_t i = 0; i < strv_length(disk->links); i++) {
		const char *link = without_dev(disk->links[i]);

		if (str_eq(link, name) ||
		    (str_starts(link, "disk/") && str_eq(link + strlen("disk/"), name)))
			return true;
	}
	return false;
}

bool disk_is_named(const struct host_disk *disk, const char *text)
{
	const char *name = without_dev(text);

	return (disk->name && str_eq(disk->name, name)) || link_is(disk, name) ||
	       str_eq(disk->id, text) || wwn_eq(disk->wwn, text) ||
	       (!str_empty(disk->serial) && str_eq_nocase(disk->serial, text));
}

bool disk_choice_is_node_name(const struct disk_choice *choice, const struct host_disk *disk)
{
	return choice->n_terms == 0 && choice->text && disk->name &&
	       str_eq(without_dev(choice->text), disk->name);
}

static const char *term_text(const struct host_disk *disk, enum match_property property)
{
	switch (property) {
	case MATCH_NAME:
		return disk->name;
	case MATCH_MODEL:
		return disk->model;
	case MATCH_VENDOR:
		return disk->vendor;
	case MATCH_SERIAL:
		return disk->serial;
	case MATCH_WWN:
		return disk->wwn;
	case MATCH_TRANSPORT:
		return disk->transport;
	case MATCH_BY_PATH:
		return disk->by_path;
	case MATCH_SIZE:
	case MATCH_ROTATIONAL:
		return NULL;
	}
	return NULL;
}

static bool compare_numbers(uint64_t have, enum match_operator op, uint64_t want)
{
	switch (op) {
	case MATCH_EQ:
		return have == want;
	case MATCH_NE:
		return have != want;
	case MATCH_LT:
		return have < want;
	case MATCH_LE:
		return have <= want;
	case MATCH_GT:
		return have > want;
	case MATCH_GE:
		return have >= want;
	case MATCH_GLOB:
		return false;
	}
	return false;
}

/* Order means nothing for texts: only equal, unequal and globs can hold. */
static bool compare_texts(const char *have, const struct match_term *term)
{
	_cleanup_free_ char *text = str_lower(have ?: "");
	_cleanup_free_ char *want = str_lower(term->value);
	const char *a = str_trim(text), *b = want;

	if (term->property == MATCH_WWN) {
		a = without_0x(a);
		b = without_0x(b);
	} else if (term->property == MATCH_NAME) {
		b = without_dev(b);
	}
	if (term->op == MATCH_NE)
		return !str_eq(a, b);
	if (str_empty(a))
		return false;
	return term->op == MATCH_GLOB ? str_glob(b, a) : term->op == MATCH_EQ && str_eq(a, b);
}

/* NULL when the term holds, else what stands against it. */
static char *term_reject(const struct host_disk *disk, const struct match_term *term)
{
	const char *name = match_property_to_string(term->property);
	_cleanup_free_ char *wanted =
		xasprintf("%s%s%s", name, match_operator_to_string(term->op), term->value);

	if (term->property == MATCH_SIZE) {
		_cleanup_free_ char *size = str_from_size(disk->size_bytes);

		if (compare_numbers(disk->size_bytes, term->op, term->number))
			return NULL;
		return xasprintf(D_("its size is %s (%llu bytes), wanted is %s"), size,
				 (unsigned long long)disk->size_bytes, wanted);
	}
	if (term->property == MATCH_ROTATIONAL) {
		if (disk->has_rotational &&
		    compare_numbers(disk->rotational ? 1 : 0, term->op, term->number))
			return NULL;
		return xstrdup(!disk->has_rotational ? D_("it is not known whether it rotates")
			       : disk->rotational    ? D_("it rotates")
						     : D_("it does not rotate"));
	}
	const char *have = term_text(disk, term->property);
	if (compare_texts(have, term))
		return NULL;
	if (str_empty(have))
		return xasprintf(D_("its %s is not known"), name);
	return xasprintf(D_("its %s is \"%s\", wanted is %s"), name, have, wanted);
}

static char *text_reject(const struct host_disk *disk, const char *text)
{
	const char *name = without_dev(text);

	if (disk_is_named(disk, text))
		return NULL;
	/* "sda1", "nvme0n1p1", "…-part1": a disk was meant, a partition was written. */
	size_t length = strlen(name);
	while (length > 0 && name[length - 1] >= '0' && name[length - 1] <= '9')
		length--;
	_cleanup_free_ char *stem = xstrndup(name, length);
	if (length < strlen(name)) {
		if (str_ends(stem, "-part"))
			stem[length - strlen("-part")] = '\0';
		else if (length > 1 && stem[length - 1] == 'p' && !str_eq(stem, disk->name))
			stem[length - 1] = '\0';
		if (disk_is_named(disk, stem))
			return xasprintf(D_("%s is a partition of it: name the whole disk"), text);
	}
	return xasprintf(D_("it is not %s"), text);
}

/* Several paths to one disk would be written to at once, each with a cache of its own. */
static char *multipath_reject(const struct host *host, const struct host_disk *disk)
{
	_cleanup_strbuf_ struct strbuf paths = {0};
	size_t count = 0;

	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *path = &host->disks[i];

		if (str_eq(path->kind, "multipath") || !wwn_eq(path->wwn, disk->wwn))
			continue;
		strbuf_addf(&paths, "%s%s", count++ ? ", " : "", path->name ?: path->id);
	}
	return count > 1 ? xasprintf(D_("it is one disk by %zu paths (%s); multipath is not yet "
					"supported"),
				     count, paths.text)
			 : NULL;
}

/* Whatever the answers say. */
static char *never_reject(const struct host *host, const struct host_disk *disk)
{
	char *paths = multipath_reject(host, disk);

	if (paths)
		return paths;
	if (!str_eq(disk->kind, "disk"))
		return xasprintf(D_("it is a device of kind %s; only plain disks can be used"),
				 disk->kind);
	if (disk->install_medium)
		return xstrdup(D_("the installer was started from it"));
	if (disk->holders && disk->holders[0]) {
		_cleanup_free_ char *holders = strv_join(disk->holders, ", ");
		return xasprintf(D_("it is in use: %s"), holders);
	}
	if (disk->size_bytes == 0)
		return xstrdup(D_("it has no medium in it"));
	if (disk->unreadable)
		return xasprintf(D_("it cannot be read: %s"), disk->unreadable);
	if (!disk->table_digest)
		return xstrdup(D_("its partition table could not be read"));
	return NULL;
}

static bool is_san(const struct host_disk *disk)
{
	return str_eq(disk->transport, "fc") || str_eq(disk->transport, "fcoe") ||
	       str_eq(disk->transport, "iscsi");
}

/* How many other machines' SAS adapters reach it, as far as its controller lists them. */
static unsigned other_initiators(const struct host *host, const struct host_disk *disk)
{
	for (size_t i = 0; i < host->n_hbas; i++)
		if (strv_contains(host->hbas[i].disks, disk->id))
			return host->hbas[i].other_initiators;
	return 0;
}

static bool choice_names_wwn(const struct disk_choice *choice, const struct host_disk *disk)
{
	if (str_empty(disk->wwn))
		return false;
	for (size_t i = 0; i < choice->n_terms; i++)
		if (choice->terms[i].property == MATCH_WWN && choice->terms[i].op == MATCH_EQ)
			return true;
	if (choice->n_terms > 0 || !choice->text)
		return false;
	/* The WWN itself, or a link made of it: wwn-0x…, scsi-3… */
	_cleanup_free_ char *text = str_lower(choice->text);
	_cleanup_free_ char *wwn = str_lower(without_0x(disk->wwn));
	return strstr(text, wwn) != NULL;
}

/* The installer sets every disk read-only, so it means something only where others are writable. */
static bool is_write_protected(const struct host *host, const struct host_disk *disk)
{
	for (size_t i = 0; disk->read_only && i < host->n_disks; i++)
		if (str_eq(host->disks[i].kind, "disk") && !host->disks[i].read_only)
			return true;
	return false;
}

/* What may be taken, but not by accident. */
static char *shared_reject(const struct host *host, const struct host_disk *disk)
{
	_cleanup_free_ char *where =
		is_san(disk) ? xasprintf(D_("on %s, where other hosts may see it"), disk->transport)
			     : NULL;
	unsigned others = is_san(disk) ? 0 : other_initiators(host, disk);

	if (others > 0)
		where = xasprintf(DP_("on SAS with %u other host adapter",
				      "on SAS with %u other host adapters", others),
				  others);
	if (!where)
		return NULL;
	return str_empty(disk->wwn)
		       ? xasprintf(D_("it is %s, and has no WWN to name it by"), where)
		       : xasprintf(D_("it is %s: name it by its WWN, %s"), where, disk->wwn);
}

static char *unless_named_reject(const struct host *host, const struct host_disk *disk,
				 const struct disk_choice *choice)
{
	bool named = choice->n_terms == 0;
	char *shared = choice_names_wwn(choice, disk) ? NULL : shared_reject(host, disk);

	if (shared)
		return shared;
	if (disk->removable && !named)
		return xstrdup(D_("it is removable: such disks are taken only by name"));
	if (str_eq(disk->transport, "usb") && !named)
		return xstrdup(D_("it is on USB: such disks are taken only by name"));
	if (!named && is_write_protected(host, disk))
		return xstrdup(D_("it is write-protected"));
	return NULL;
}

char *disk_choice_reject(const struct host *host, const struct host_disk *disk,
			 const struct disk_choice *choice, bool *ret_meant)
{
	char *reason = NULL;

	if (choice->n_terms == 0)
		reason = text_reject(disk, choice->text ?: "");
	for (size_t i = 0; i < choice->n_terms && !reason; i++)
		reason = term_reject(disk, &choice->terms[i]);
	if (ret_meant)
		*ret_meant = !reason;
	if (!reason)
		reason = never_reject(host, disk);
	if (!reason)
		reason = unless_named_reject(host, disk, choice);
	return reason;
}

char *disk_choice_text(const struct disk_choice *choice)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (choice->n_terms == 0)
		return xasprintf("\"%s\"", choice->text ?: "");
	strbuf_add(&buf, "\"");
	for (size_t i = 0; i < choice->n_terms; i++)
		strbuf_addf(&buf, "%s%s%s%s", match_separator(choice, i),
			    match_property_to_string(choice->terms[i].property),
			    match_operator_to_string(choice->terms[i].op), choice->terms[i].value);
	strbuf_add(&buf, "\"");
	return strbuf_take(&buf);
}
