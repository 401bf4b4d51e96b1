/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/iommu_groups.h"

#include <errno.h>

#include "common/str.h"

#define NO_PARENT SIZE_MAX
/* A PCI bus number has eight bits, so no path is longer; one that is goes in circles. */
#define DEPTH_MAX 256

struct tree {
	const struct host *host;
	const struct host_pci **sorted; /* by address */
	size_t *parents;                /* index into host->pci of each function's bridge */
	size_t *joined;                 /* union-find: another member of the group, or itself */
};

static int compare_address(const void *a, const void *b)
{
	const struct host_pci *const *x = a, *const *y = b;

	return strcmp((*x)->address, (*y)->address);
}

static int compare_key(const void *key, const void *element)
{
	const struct host_pci *const *pci = element;

	return strcmp(key, (*pci)->address);
}

static void tree_make(const struct host *host, struct tree *tree)
{
	size_t n = host->n_pci;

	*tree = (struct tree){.host = host};
	tree->sorted = xcalloc(n, sizeof(*tree->sorted));
	tree->parents = xcalloc(n, sizeof(*tree->parents));
	tree->joined = xcalloc(n, sizeof(*tree->joined));
	for (size_t i = 0; i < n; i++) {
		tree->sorted[i] = &host->pci[i];
		tree->joined[i] = i;
	}
	qsort(tree->sorted, n, sizeof(*tree->sorted), compare_address);
	for (size_t i = 0; i < n; i++) {
		const char *parent = host->pci[i].parent;
		const struct host_pci **found = parent ? bsearch(parent, tree->sorted, n,
								 sizeof(*tree->sorted), compare_key)
						       : NULL;

		tree->parents[i] = found ? (size_t)(*found - host->pci) : NO_PARENT;
	}
}

static void tree_done(struct tree *tree)
{
	free(tree->sorted);
	free(tree->parents);
	free(tree->joined);
}

static size_t group_of(struct tree *tree, size_t i)
{
	while (tree->joined[i] != i) {
		tree->joined[i] = tree->joined[tree->joined[i]];
		i = tree->joined[i];
	}
	return i;
}

/* The smaller index stands for the group, so that groups are counted in the order of devices. */
static void join(struct tree *tree, size_t a, size_t b)
{
	a = group_of(tree, a);
	b = group_of(tree, b);
	if (a < b)
		tree->joined[b] = a;
	else
		tree->joined[a] = b;
}

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(text, words[i]))
			return true;
	return false;
}

/* Nothing gets past this function from one of its neighbours to another. */
static bool is_isolated(const struct host_pci *pci)
{
	static const char *const never[] = {"none", "bridge-to-pci", "bridge-from-pci",
					    "event-collector"};
	static const char *const ports[] = {"root-port", "downstream-port"};

	if (is_one_of(pci->express, never, ARRAY_SIZE(never)))
		return false;
	if (is_one_of(pci->express, ports, ARRAY_SIZE(ports)))
		return pci->acs;
	return !pci->multifunction || pci->acs;
}

static bool is_bridge(const struct host_pci *pci)
{
	return pci->class_id && str_starts(pci->class_id, "0604");
}

/* An IOMMU that is a PCI function itself (AMD) is no one's to translate. */
static bool is_translator(const struct host_pci *pci)
{
	return pci->class_id && str_starts(pci->class_id, "0806");
}

/* Its requests bear the bridge's name, or one that belongs to all behind the bridge. */
static bool hides_requesters(const struct host_pci *bridge)
{
	static const char *const kinds[] = {"none", "bridge-to-pci", "bridge-from-pci"};

	return is_one_of(bridge->express, kinds, ARRAY_SIZE(kinds));
}

static bool path_is_isolated(const struct tree *tree, size_t i)
{
	for (unsigned depth = 0; i != NO_PARENT && depth < DEPTH_MAX; depth++) {
		if (!is_isolated(&tree->host->pci[i]))
			return false;
		i = tree->parents[i];
	}
	return true;
}

/* The function next to the root whose group this one must share. */
static size_t outermost(const struct tree *tree, size_t i)
{
	size_t top = i, up = tree->parents[i];

	for (unsigned depth = 0; up != NO_PARENT && depth < DEPTH_MAX; depth++) {
		if (hides_requesters(&tree->host->pci[up]))
			top = up;
		up = tree->parents[up];
	}
	up = tree->parents[top];
	for (unsigned depth = 0; up != NO_PARENT && depth < DEPTH_MAX; depth++) {
		if (path_is_isolated(tree, up))
			break;
		top = up;
		up = tree->parents[up];
	}
	return top;
}

static bool same_device(const struct host_pci *a, const struct host_pci *b)
{
	size_t length = strlen(a->address);

	return length > 0 && strlen(b->address) == length &&
	       strncmp(a->address, b->address, length - 1) == 0;
}

/* Functions of one device stand side by side in the order of addresses. */
static void join_functions(struct tree *tree)
{
	const struct host_pci *pci = tree->host->pci;

	for (size_t i = 0; i < tree->host->n_pci; i++) {
		const struct host_pci *a = tree->sorted[i];

		if (!a->multifunction || is_isolated(a))
			continue;
		for (size_t j = i + 1; j < tree->host->n_pci; j++) {
			const struct host_pci *b = tree->sorted[j];

			if (!same_device(a, b))
				break;
			if (!is_isolated(b))
				join(tree, (size_t)(a - pci), (size_t)(b - pci));
		}
	}
}

int iommu_groups_predict(const struct host *host, unsigned **ret)
{
	_cleanup_(tree_done) struct tree tree = {0};
	unsigned *groups, n = 0;

	for (size_t i = 0; i < host->n_pci; i++)
		if (!host->pci[i].express)
			return -ENODATA;
	tree_make(host, &tree);
	for (size_t i = 0; i < host->n_pci; i++)
		join(&tree, i, outermost(&tree, i));
	join_functions(&tree);
	groups = xcalloc(host->n_pci, sizeof(*groups));
	for (size_t i = 0; i < host->n_pci; i++)
		groups[i] = IOMMU_NO_GROUP;
	for (size_t i = 0; i < host->n_pci; i++) {
		unsigned *group = &groups[group_of(&tree, i)];

		if (is_translator(&host->pci[i]))
			continue;
		/* The translator may be the first of its own group. */
		if (*group == IOMMU_NO_GROUP)
			*group = n++;
		groups[i] = *group;
	}
	for (size_t i = 0; i < host->n_pci; i++)
		if (is_translator(&host->pci[i]))
			groups[i] = IOMMU_NO_GROUP;
	*ret = groups;
	return 0;
}

static void list_predicted(struct host *host, const unsigned *groups)
{
	struct host_iommu *iommu = &host->iommu;

	iommu->groups_predicted = true;
	for (size_t i = 0; i < host->n_pci; i++) {
		if (groups[i] == IOMMU_NO_GROUP)
			continue;
		if (groups[i] == iommu->n_group_list)
			ARRAY_APPEND(iommu->group_list, iommu->n_group_list)->id = groups[i];
		strv_add(&iommu->group_list[groups[i]].devices, host->pci[i].address);
	}
}

/* Both ways of grouping put this function together with the same others. */
static bool same_company(const struct host *host, const unsigned *groups, size_t i)
{
	for (size_t j = 0; j < host->n_pci; j++)
		if (host->pci[j].has_iommu_group &&
		    (groups[i] == groups[j]) !=
			    (host->pci[i].iommu_group == host->pci[j].iommu_group))
			return false;
	return true;
}

static void list_unexpected(struct host *host, const unsigned *groups)
{
	for (size_t i = 0; i < host->n_pci; i++)
		if (host->pci[i].has_iommu_group && !same_company(host, groups, i))
			strv_add(&host->iommu.unexpected, host->pci[i].address);
}

/* Ports may stay with the host when a device of their group leaves it; nothing else may. */
static void find_alone(struct host *host, const unsigned *predicted)
{
	for (size_t i = 0; i < host->n_pci; i++) {
		struct host_pci *a = &host->pci[i];

		if (is_bridge(a) || is_translator(a) || (!predicted && !a->has_iommu_group))
			continue;
		a->has_alone = a->alone = true;
		for (size_t j = 0; a->alone && j < host->n_pci; j++) {
			const struct host_pci *b = &host->pci[j];
			bool together =
				predicted ? predicted[i] == predicted[j]
					  : b->has_iommu_group && a->iommu_group == b->iommu_group;

			a->alone = i == j || is_bridge(b) || !together;
		}
	}
}

void iommu_groups_complete(struct host *host)
{
	_cleanup_free_ unsigned *groups = NULL;
	bool known = iommu_groups_predict(host, &groups) == 0;

	if (host->iommu.n_group_list == 0 && known && host->n_pci)
		list_predicted(host, groups);
	else if (known)
		list_unexpected(host, groups);
	if (host->iommu.groups_predicted || !known)
		find_alone(host, groups);
	else
		find_alone(host, NULL);
}
