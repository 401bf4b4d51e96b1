/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which NIC bears which name, as an installed host keeps it in two files: what its installer wrote,
 * and what came later. An installer finds neither below its own root.
 */
#include <errno.h>

#include "common/str.h"
#include "hwdb/probe/nic_order.h"

static void read_rules(struct probe *probe, const char *path, char ***rules)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;
	int r = fsroot_read_text(probe->root, path, &text);

	if (r < 0) {
		if (r != -ENOENT)
			probe_note(probe, "%s cannot be read: %s", path, strerror(-r));
		return;
	}
	lines = strv_split(text, "\r\n");
	for (char **line = lines; line && *line; line++) {
		const char *rule = str_trim(*line);

		if (*rule && *rule != '#')
			strv_add(rules, rule);
	}
}

char **nic_rules_read(struct probe *probe)
{
	char **rules = NULL;

	read_rules(probe, HOST_NIC_RULES, &rules);
	read_rules(probe, HOST_NIC_RULES_LATER, &rules);
	return rules;
}

static bool mac_is_shared(const struct nic_candidate *candidates, size_t n, size_t index)
{
	for (size_t i = 0; i < n; i++)
		if (i != index && str_eq(candidates[i].nic.mac, candidates[index].nic.mac))
			return true;
	return false;
}

char **nic_rules_missing(const struct nic_candidate *candidates, size_t n)
{
	char **rules = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct host_nic *nic = &candidates[i].nic;
		bool by_place = nic->pci_address && mac_is_shared(candidates, n, i);

		if (!candidates[i].pinned)
			strv_addf(&rules, "%s:%s=\"%s\"", nic->name + strlen("eth"),
				  by_place ? "pci" : "mac", by_place ? nic->pci_address : nic->mac);
	}
	return rules;
}
