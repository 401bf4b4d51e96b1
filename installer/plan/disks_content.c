/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What erasing the chosen disks loses, in words, and the refusal to lose data worth money unless
 * the answers say so disk by disk. Also: what stays untouched.
 */
#include "installer/plan/build.h"

#include "common/i18n.h"
#include "common/str.h"

static char *content_text(const struct host_content *content)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	_cleanup_free_ char *size = str_from_size(content->size_bytes);
	_cleanup_free_ char *description = i18n_data_sentence(content->description);

	if (content->partition)
		strbuf_addf(&buf, D_("partition %u, %s: "), content->partition, size);
	if (content->description)
		strbuf_add(&buf, description);
	else if (content->type)
		strbuf_addf(&buf, content->kind == CONTENT_FILESYSTEM ? D_("%s file system") : "%s",
			    content->type);
	else
		strbuf_add(&buf, D_("nothing recognised"));
	if (!str_empty(content->label)) {
		if (!content->description || !strstr(content->description, content->label))
			strbuf_addf(&buf, " \"%s\"", content->label);
	} else if (!content->description && !str_empty(content->partition_name)) {
		strbuf_addf(&buf, " \"%s\"", content->partition_name);
	}
	if (content->volume_group &&
	    !(content->description && strstr(content->description, content->volume_group)))
		strbuf_addf(&buf, D_(", volume group %s"), content->volume_group);
	if (content->date)
		strbuf_addf(&buf, D_(", last written %s"), content->date);
	return strbuf_take(&buf);
}

static bool is_kept(const struct build *build, const struct host_disk *disk,
		    const struct host_content *content)
{
	return build && build->kept && str_eq(build->plan->disks[0].id, disk->id) &&
	       content->partition == build->kept->partition;
}

static char **contents_in_words(const struct build *build, const struct host_disk *disk)
{
	char **lines = NULL;

	for (size_t i = 0; i < disk->n_contents; i++) {
		const struct host_content *content = &disk->contents[i];

		/* The table is told by its partitions. */
		if (content->partition == 0 &&
		    (content->kind == CONTENT_TABLE || content->kind == CONTENT_NONE))
			continue;
		if (is_kept(build, disk, content))
			continue;
		_cleanup_free_ char *text = content_text(content);
		strv_add(&lines, text);
	}
	if (!lines && build && build->kept && is_kept(build, disk, build->kept))
		strv_add(&lines, D_("nothing else recognised on it"));
	else if (!lines)
		strv_add(&lines, disk->n_contents ? D_("a partition table without partitions")
						  : D_("nothing recognised on it"));
	return lines;
}

char **disk_contents(const struct host_disk *disk)
{
	return contents_in_words(NULL, disk);
}

bool disk_is_valuable(const struct host_disk *disk)
{
	for (size_t i = 0; i < disk->n_contents; i++)
		if (disk->contents[i].valuable)
			return true;
	return false;
}

static bool destruction_allowed(const struct answers *answers, const struct host_disk *disk)
{
	for (size_t i = 0; i < strv_length(answers->destroy_existing); i++)
		if (disk_is_named(disk, answers->destroy_existing[i]))
			return true;
	return false;
}

static bool is_chosen(const struct build *build, const struct host_disk *disk)
{
	return plan_find_disk(build->plan, disk->id) != NULL;
}

/* A destroy-existing that names no chosen disk is a misunderstanding, and worth a word. */
static void check_permissions(struct build *build)
{
	for (size_t i = 0; i < strv_length(build->answers->destroy_existing); i++) {
		const char *name = build->answers->destroy_existing[i];
		bool used = false;

		for (size_t d = 0; d < build->host->n_disks; d++)
			used |= disk_is_named(&build->host->disks[d], name) &&
				is_chosen(build, &build->host->disks[d]);
		if (!used)
			build_warn(build, "destroy-existing", NULL,
				   "destroy-existing names \"%s\", which is none of the chosen "
				   "disks",
				   name);
	}
}

/* Volume groups and arrays that reach over to a disk which stays: it will miss a part. */
static void warn_spanning(struct build *build, const struct host_disk *disk,
			  const struct host_content *content)
{
	bool raid = content->kind == CONTENT_RAID;
	const char *group = raid ? content->label : content->volume_group;

	for (size_t d = 0; group && d < build->host->n_disks; d++) {
		const struct host_disk *other = &build->host->disks[d];

		for (size_t c = 0; !is_chosen(build, other) && c < other->n_contents; c++) {
			const struct host_content *part = &other->contents[c];
			const char *theirs = raid && part->kind == CONTENT_RAID ? part->label
					     : raid                             ? NULL
						    : part->volume_group;

			if (!theirs || !str_eq(theirs, group))
				continue;
			build_warn(build, disk->name, "choose both disks, or neither",
				   raid ? N_("RAID array %s spans %s, which is erased, and %s, "
					     "which is not")
					: N_("volume group %s spans %s, which is erased, and %s, "
					     "which is not"),
				   group, disk->name, other->name ?: other->id);
			break;
		}
	}
}

/* Adds findings for what is worth money on a disk; the number of them. */
static size_t list_valuables(struct build *build, const struct host_disk *disk)
{
	size_t count = 0;

	for (size_t i = 0; i < disk->n_contents; i++) {
		const struct host_content *content = &disk->contents[i];

		if (is_kept(build, disk, content))
			continue;
		warn_spanning(build, disk, content);
		if (!content->valuable || destruction_allowed(build->answers, disk))
			continue;
		_cleanup_free_ char *text = content_text(content);
		_cleanup_free_ char *size = str_from_size(content->size_bytes);
		struct finding *finding = findings_add(
			build->findings, SEVERITY_ERROR, disk->name, "%s%s%s", text,
			content->partition ? "" : ", ", content->partition ? "" : size);
		if (content->volumes) {
			_cleanup_free_ char *volumes = strv_join(content->volumes, ", ");
			finding_set_hint(finding, "virtual disks: %s", volumes);
		}
		count++;
	}
	return count;
}

int build_disk_contents(struct build *build, struct error **err)
{
	struct plan *plan = build->plan;
	_cleanup_strbuf_ struct strbuf names = {0}, elements = {0};

	for (size_t i = 0; i < plan->n_disks; i++) {
		const struct host_disk *disk = host_find_disk(build->host, plan->disks[i].id);
		const char *name = !str_empty(disk->serial) ? disk->serial : disk->id;

		plan->disks[i].destroys = contents_in_words(build, disk);
		if (list_valuables(build, disk) == 0)
			continue;
		strbuf_addf(&names, "%s%s", names.length ? ", " : "", disk->name);
		strbuf_addf(&elements, "%s<destroy-existing>%s</destroy-existing>",
			    elements.length ? " " : "", name);
	}
	if (names.length > 0) {
		error_set(err, ERROR_USER, "there is data on %s that must not be lost by accident",
			  names.text);
		return error_hint(err, "if it may be erased, write %s", elements.text);
	}
	if (build->kept)
		plan->disks[0].keeps = content_text(build->kept);
	check_permissions(build);
	for (size_t i = 0; i < build->host->n_disks; i++) {
		const struct host_disk *disk = &build->host->disks[i];

		if (is_chosen(build, disk) ||
		    !(str_eq(disk->kind, "disk") || str_eq(disk->kind, "multipath")))
			continue;
		_cleanup_free_ char *text = disk_describe(disk);
		strv_addf(&plan->untouched, "%s%s", text,
			  disk->install_medium ? D_(" (the installer's own medium)") : "");
	}
	return 0;
}
