/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/diff.h"

#include "common/str.h"
#include "hwdb/drawn.h"
#include "hwdb/own.h"

/* How members of a list are recognised. Both names of `identity` must agree (a locator alone is
 * used twice on some boards); what finds no partner so is matched by its `place`: another card in
 * the same slot is a changed one. What still has none stands on one side alone. */
static const struct list {
	const char *path;
	const char *identity[2];
	const char *place[3];
	const char *noun, *label; /* for people */
} lists[] = {
	{"cpu.package_list", {"id"}, {NULL}, "processor", "id"},
	{"cpu.vulnerabilities", {"name"}, {NULL}, "weakness", "name"},
	{"numa", {"id"}, {NULL}, "NUMA node", "id"},
	{"memory.dimms", {"locator", "bank"}, {NULL}, "memory socket", "locator"},
	{"memory.controllers", {"id"}, {NULL}, "memory controller", "id"},
	{"memory.controllers.modules", {"label"}, {NULL}, "memory module", "label"},
	{"pci", {"address"}, {NULL}, "PCI device", "address"},
	{"nics", {"mac"}, {"name"}, "network interface", "name"},
	{"nics.lldp", {"chassis_id", "port_id"}, {NULL}, "neighbour", "system_name"},
	{"nics.lldp.vlans", {"id"}, {NULL}, "VLAN", "id"},
	{"disks", {"id"}, {"by_path", "name", "size_bytes"}, "disk", "name"},
	{"disks.contents", {"partition", "type"}, {"partition"}, "partition", "partition"},
	{"hbas", {"pci_address", "kind"}, {NULL}, "controller", "pci_address"},
	{"hbas.ports", {"wwn", "host"}, {"host"}, "port", "host"},
	{"ibft.targets", {"name"}, {"address"}, "iSCSI target", "name"},
	{"iommu.units", {"register_address"}, {NULL}, "IOMMU unit", "register_address"},
	{"iommu.reserved", {"start"}, {NULL}, "reserved memory", "start"},
	{"iommu.group_list", {"devices"}, {"id"}, "IOMMU group", "id"},
	{"watchdogs", {"name"}, {NULL}, "watchdog", "name"},
};

/* Everything else is a fact, or a piece's own (hwdb/own.h). Patterns over paths without identities.
 */
static const struct {
	const char *pattern;
	enum diff_class class;
} classes[] = {
	{"*_errors", DIFF_PASSING},
	{"pci.aer_*", DIFF_PASSING},
	{"pci.vfs_enabled", DIFF_PASSING},
	{"pci.iommu_group", DIFF_PASSING}, /* the kernel counts them anew at each start */
	{"iommu.group_list.id", DIFF_PASSING},
	{"nics.kernel_name", DIFF_PASSING},
	{"nics.link", DIFF_PASSING},
	{"nics.speed_mbps", DIFF_PASSING},
	{"nics.full_duplex", DIFF_PASSING},
	{"nics.sriov_vfs", DIFF_PASSING},
	{"nics.lldp*", DIFF_PASSING},
	{"nics.boot", DIFF_PASSING},
	{"disks.name", DIFF_PASSING},
	{"disks.holders", DIFF_PASSING},
	{"disks.read_only", DIFF_PASSING},
	{"disks.install_medium", DIFF_PASSING},
	{"disks.contents.inodes_used", DIFF_PASSING},
	{"disks.health", DIFF_PASSING}, /* without root's rights or smartctl it is not asked */
	{"disks.health.passed", DIFF_FACT},
	{"disks.health.*", DIFF_PASSING},
	{"hbas.hosts", DIFF_PASSING},
	{"hbas.ports.state", DIFF_PASSING},
	{"hbas.ports.speed", DIFF_PASSING},
	{"hbas.ports.phys_up", DIFF_PASSING},
	{"watchdogs.state", DIFF_PASSING},
};

/* Where the walk is: one path with identities, one without, and words. */
struct place {
	const char *path, *pattern, *box;
};

static void walk_box(struct diff *diff, const struct host_field *fields, const struct place *place,
		     const struct json *a, const struct json *b);

static const struct list *find_list(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (str_eq(lists[i].path, path))
			return &lists[i];
	return NULL;
}

bool diff_knows_list(const char *path)
{
	return find_list(path) != NULL;
}

static enum diff_class class_of(const char *pattern)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (str_glob(classes[i].pattern, pattern))
			return classes[i].class;
	return own_kind_of(pattern) == OWN_NOTHING ? DIFF_FACT : DIFF_OWN;
}

static char *path_join(const char *path, const char *key)
{
	return *path ? xasprintf("%s.%s", path, key) : xstrdup(key);
}

static struct diff_entry *add_entry(struct diff *diff, const struct place *place,
				    const struct json *a, const struct json *b)
{
	struct diff_entry *entry = ARRAY_APPEND(diff->entries, diff->n_entries);

	entry->class = class_of(place->pattern);
	entry->path = xstrdup(place->path);
	entry->box = xstrdup(place->box);
	entry->a = a;
	entry->b = b;
	return entry;
}

/* A value as it is compared, and as it stands in a path. */
static char *plain(const struct json *object, const char *key)
{
	const char *text = json_get_string(object, key);

	if (text)
		return xstrdup(text);
	return json_is_null(object, key) ? xstrdup("") : json_to_line(json_get(object, key));
}

static char *identity(const struct json *box, const struct list *list)
{
	_cleanup_free_ char *first = NULL, *second = NULL;

	if (!list)
		return xstrdup("");
	first = plain(box, list->identity[0]);
	if (!list->identity[1])
		return TAKE_PTR(first);
	second = plain(box, list->identity[1]);
	return *second ? xasprintf("%s/%s", first, second) : TAKE_PTR(first);
}

static char *box_words(const struct place *outer, const struct list *list, const char *key,
		       const struct json *box)
{
	_cleanup_free_ char *label = list ? plain(box, list->label) : NULL;
	_cleanup_free_ char *own = identity(box, list);

	return xasprintf("%s%s%s %s", outer->box, *outer->box ? ", " : "", list ? list->noun : key,
			 str_empty(label) ? own : label);
}

/* Pairs the members of two lists that agree by `text`; partner[i] is SIZE_MAX while there is none.
 */
static void pair_up(char **text_a, char **text_b, size_t *partner, bool *taken, bool empty_too)
{
	for (size_t i = 0; text_a && text_a[i]; i++) {
		if (partner[i] != SIZE_MAX || (!empty_too && !*text_a[i]))
			continue;
		for (size_t j = 0; text_b && text_b[j]; j++) {
			if (taken[j] || !str_eq(text_a[i], text_b[j]))
				continue;
			partner[i] = j;
			taken[j] = true;
			break;
		}
	}
}

static char **identities(const struct json *array, const struct list *list)
{
	char **all = NULL;

	for (size_t i = 0; i < json_length(array); i++) {
		_cleanup_free_ char *text = identity(json_at(array, i), list);

		strv_add(&all, text);
	}
	return all;
}

/* The second place is for members that have no first one, and so on: an NVMe disk with several
 * paths has none of its own, and one that no map joins has no name either. */
static char **places(const struct json *array, const struct list *list, size_t which)
{
	char **all = NULL;

	for (size_t i = 0; i < json_length(array); i++) {
		_cleanup_free_ char *text = plain(json_at(array, i), list->place[which]);
		bool other = false;

		for (size_t j = 0; j < which; j++)
			other |= !json_is_null(json_at(array, i), list->place[j]);
		strv_add(&all, other ? "" : text);
	}
	return all;
}

static void walk_member(struct diff *diff, const struct host_field *field,
			const struct place *outer, const struct list *list, const struct json *a,
			const struct json *b)
{
	_cleanup_free_ char *id = identity(a ?: b, list);
	_cleanup_free_ char *path = xasprintf("%s[%s]", outer->path, id);
	_cleanup_free_ char *box = box_words(outer, list, field->key, a ?: b);
	const struct place place = {.path = path, .pattern = outer->pattern, .box = box};

	if (a && b)
		walk_box(diff, field->fields, &place, a, b);
	else
		add_entry(diff, &place, a, b);
}

static void walk_list(struct diff *diff, const struct host_field *field, const struct place *place,
		      const struct json *a, const struct json *b)
{
	const struct list *list = find_list(place->pattern);
	_cleanup_strv_ char **ids_a = identities(a, list), **ids_b = identities(b, list);
	size_t n_a = json_length(a), n_b = json_length(b);
	_cleanup_free_ size_t *partner = xcalloc(n_a + 1, sizeof(*partner));
	_cleanup_free_ bool *taken = xcalloc(n_b + 1, sizeof(*taken));

	memset(partner, 0xff, n_a * sizeof(*partner));
	pair_up(ids_a, ids_b, partner, taken, true);
	for (size_t i = 0; list && i < ARRAY_SIZE(list->place) && list->place[i]; i++) {
		_cleanup_strv_ char **at_a = places(a, list, i), **at_b = places(b, list, i);

		pair_up(at_a, at_b, partner, taken, false);
	}
	for (size_t i = 0; i < n_a; i++)
		walk_member(diff, field, place, list, json_at(a, i),
			    partner[i] == SIZE_MAX ? NULL : json_at(b, partner[i]));
	for (size_t j = 0; j < n_b; j++)
		if (!taken[j])
			walk_member(diff, field, place, list, NULL, json_at(b, j));
}

/* Labels and UUIDs that an installation drew, MAC addresses: on disks, on the boot line. */
static bool differ_as_drawn(const char *a, const char *b)
{
	_cleanup_free_ char *hidden_a = drawn_hide(a), *hidden_b = drawn_hide(b);

	return str_eq(hidden_a, hidden_b);
}

static void compare(struct diff *diff, const struct host_field *field, const struct place *place,
		    const struct json *a, const struct json *b)
{
	_cleanup_free_ char *line_a = a ? json_to_line(a) : NULL;
	_cleanup_free_ char *line_b = b ? json_to_line(b) : NULL;

	struct diff_entry *entry;

	if (str_eq(line_a, line_b))
		return;
	entry = add_entry(diff, place, a, b);
	entry->member = field->key;
	if (entry->class == DIFF_FACT && line_a && line_b && differ_as_drawn(line_a, line_b))
		entry->class = DIFF_OWN;
}

static void walk_object(struct diff *diff, const struct host_field *field,
			const struct place *outer, const struct place *place, const struct json *a,
			const struct json *b)
{
	_cleanup_free_ char *box =
		xasprintf("%s%s%s", outer->box, *outer->box ? ", " : "", field->key);
	const struct place inner = {.path = place->path, .pattern = place->pattern, .box = box};

	if (a && b)
		walk_box(diff, field->fields, &inner, a, b);
	else
		compare(diff, field, place, a, b);
}

static void walk_box(struct diff *diff, const struct host_field *fields, const struct place *outer,
		     const struct json *a, const struct json *b)
{
	for (const struct host_field *field = fields; field->key; field++) {
		const struct json *value_a = json_get(a, field->key);
		const struct json *value_b = json_get(b, field->key);
		_cleanup_free_ char *path = path_join(outer->path, field->key);
		_cleanup_free_ char *pattern = path_join(outer->pattern, field->key);
		const struct place place = {.path = path, .pattern = pattern, .box = outer->box};

		if (field->type == FIELD_BOXES)
			walk_list(diff, field, &place, value_a, value_b);
		else if (field->fields)
			walk_object(diff, field, outer, &place, value_a, value_b);
		else
			compare(diff, field, &place, value_a, value_b);
	}
}

void diff_hosts(const struct host *a, const struct host *b, struct diff *ret)
{
	const struct place place = {.path = "", .pattern = "", .box = ""};

	*ret = (struct diff){.a = host_to_json(a), .b = host_to_json(b)};
	walk_box(ret, host_fields, &place, ret->a, ret->b);
}

void diff_done(struct diff *diff)
{
	for (size_t i = 0; i < diff->n_entries; i++) {
		free(diff->entries[i].path);
		free(diff->entries[i].box);
	}
	free(diff->entries);
	json_free(diff->a);
	json_free(diff->b);
	*diff = (struct diff){0};
}

bool diff_counts(const struct diff *diff, bool model)
{
	for (size_t i = 0; i < diff->n_entries; i++)
		if (diff->entries[i].class == DIFF_FACT ||
		    (diff->entries[i].class == DIFF_OWN && !model))
			return true;
	return false;
}
