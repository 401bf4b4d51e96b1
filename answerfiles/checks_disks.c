/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/reader.h"
#include "answerfiles/types.h"

/* Looks at the disks together: which are there, named twice, or part of a mirror. */

static bool is_chosen(const struct disk_choice *choice)
{
	return choice->text || choice->n_terms > 0;
}

/* The name without "/dev/", which means the same with and without. */
static const char *bare_name(const struct disk_choice *choice)
{
	if (choice->n_terms || !choice->text)
		return NULL;
	return str_starts(choice->text, "/dev/") ? choice->text + 5 : choice->text;
}

static void check_primary(const struct reader *reader)
{
	struct answers *answers = reader->answers;

	answers->has_primary = is_chosen(&answers->primary);
	if (answers->has_primary || !mode_erases(answers->mode))
		return;
	if (!answers->primary.origin.line)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "primary-disk",
						 node_origin(reader->root),
						 "<primary-disk> is missing"),
				 "name the disk to install to: <primary-disk>sda</primary-disk>");
	else if (!reader_has_complained(reader, "primary-disk", answers->primary.origin))
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "primary-disk",
						 answers->primary.origin,
						 "<primary-disk> names no disk"),
				 "a name, a link, or match=\"size>=100G transport=nvme\"");
}

/* Disks are a set: one named twice counts once, and the primary disk may be named again. */
static bool is_repeated(struct answers *answers, size_t index)
{
	const char *name = bare_name(&answers->guests[index]);

	if (name && str_eq(name, bare_name(&answers->primary))) {
		answers->guest_storage = true;
		return true;
	}
	for (size_t i = 0; name && i < index; i++) {
		if (str_eq(name, bare_name(&answers->guests[i])))
			return true;
	}
	return false;
}

/* The devices that a swraid attribute makes one disk of. */
static void check_swraid(const struct reader *reader)
{
	const struct disk_choice *primary = &reader->answers->primary;
	struct reading reading = {.file = reader->file,
				  .where = "primary-disk",
				  .origin = primary->origin,
				  .fatal = true,
				  .findings = reader->findings};
	_cleanup_strv_ char **parts = NULL;
	const char *fault = NULL;

	if (!primary->text)
		return;
	if (!reader->answers->swraid) {
		if (strchr(primary->text, ','))
			disk_complain_list(&reading, primary->text);
		return;
	}
	parts = strv_split(primary->text, ",");
	if (strv_length(parts) != 2)
		fault = "two devices with a comma between: sda,sdb";
	else if (str_eq(parts[0], parts[1]))
		fault = str_eq(parts[0], "missing") ? "one of the two may be missing, not both"
						    : "two disks, not one twice";
	if (fault)
		value_refuse(&reading, primary->text, fault);
}

static void check_guests(const struct reader *reader)
{
	struct answers *answers = reader->answers;

	for (size_t i = 0; i < answers->n_guests;) {
		struct disk_choice *guest = &answers->guests[i];

		if (!is_chosen(guest)) {
			if (!reader_has_complained(reader, "guest-disk", guest->origin))
				finding_set_hint(
					reader_complain(reader, SEVERITY_ERROR, "guest-disk",
							guest->origin,
							"<guest-disk> names no disk"),
					"a name, a link, or match=\"size>=100G\"; remove it if the "
					"primary disk is enough");
		} else if (is_repeated(answers, i)) {
			reader_complain(reader, SEVERITY_NOTE, "guest-disk", guest->origin,
					"disk %s is named before; it counts once", guest->text);
			answers_drop_guest(answers, i);
			continue;
		}
		i++;
	}
}

static void check_sr(const struct reader *reader)
{
	const struct answers *answers = reader->answers;

	if (!mode_erases(answers->mode) || (!answers->guest_storage && !answers->n_guests))
		return;
	if (field_origin(answers, field_find("installation@sr-type"))->kind == ORIGIN_DEFAULT &&
	    !reader_has_complained(reader, "installation@sr-type", node_origin(reader->root)))
		finding_set_hint(reader_complain(reader, SEVERITY_NOTE, "installation@sr-type",
						 node_origin(reader->root),
						 "without sr-type the local storage is lvm, as "
						 "with XenServer (XCP-ng: ext)"),
				 "say it: <installation sr-type=\"lvm\">");
}

/* With "/dev/" or without. */
static bool names_mirror(const struct disk_choice *choice, const struct answers_raid *raid)
{
	const char *name = bare_name(choice), *device = raid->device;

	device = str_starts(device, "/dev/") ? device + strlen("/dev/") : device;
	return str_eq(name, device);
}

static bool is_member(const struct disk_choice *choice, const struct answers_raid *raid)
{
	const char *name = bare_name(choice);

	for (size_t i = 0; name && i < strv_length(raid->disks); i++) {
		const char *disk = raid->disks[i];

		if (str_eq(name, str_starts(disk, "/dev/") ? disk + strlen("/dev/") : disk))
			return true;
	}
	return false;
}

static void complain_member(const struct reader *reader, const char *where,
			    const struct disk_choice *choice, const struct answers_raid *raid)
{
	finding_set_hint(reader_complain(reader, SEVERITY_ERROR, where, choice->origin,
					 "%s is a member of the mirror %s", choice->text,
					 raid->device),
			 "name the mirror, or take the disk out of it");
}

static void check_raid(const struct reader *reader, const struct answers_raid *raid)
{
	const struct answers *answers = reader->answers;
	bool used = names_mirror(&answers->primary, raid);

	if (strv_length(raid->disks) < 2) {
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "raid", raid->origin,
						 "a mirror needs two disks or more"),
				 "inside <raid>: <disk>sda</disk><disk>sdb</disk>");
		return;
	}
	if (is_member(&answers->primary, raid))
		complain_member(reader, "primary-disk", &answers->primary, raid);
	for (size_t i = 0; i < answers->n_guests; i++) {
		used = used || names_mirror(&answers->guests[i], raid);
		if (is_member(&answers->guests[i], raid))
			complain_member(reader, "guest-disk", &answers->guests[i], raid);
	}
	if (!used)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, "raid", raid->origin,
						 "nothing uses the mirror %s", raid->device),
				 "<primary-disk>%s</primary-disk>", raid->device);
}

static void check_existing(const struct reader *reader)
{
	const struct answers *answers = reader->answers;

	if (answers->mode != MODE_UPGRADE || answers->existing.text)
		return;
	if (!answers->existing.origin.line)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "existing-installation",
						 node_origin(reader->root),
						 "<existing-installation> is missing"),
				 "name the disk of the system to upgrade: "
				 "<existing-installation>sda</existing-installation>");
	else if (!reader_has_complained(reader, "existing-installation", answers->existing.origin))
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "existing-installation",
						 answers->existing.origin,
						 "<existing-installation> names no disk"),
				 "name the disk of the system to upgrade: "
				 "<existing-installation>sda</existing-installation>");
}

void checks_disks(const struct reader *reader)
{
	check_primary(reader);
	check_swraid(reader);
	check_guests(reader);
	for (size_t i = 0; i < reader->answers->n_raids; i++) {
		if (reader->answers->raids[i].device)
			check_raid(reader, &reader->answers->raids[i]);
	}
	check_existing(reader);
	check_sr(reader);
}
