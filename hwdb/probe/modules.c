/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/modules.h"

#include "common/str.h"

#define ALIAS_MAX (32 * MIB)

/* "alias pci:v00008086d... igb" */
static void match_line(char *line, const struct probe *probe, char *const *aliases)
{
	char *rest, *pattern, *module;

	if (!str_starts(line, "alias pci:"))
		return;
	(void)strtok_r(line, " ", &rest);
	pattern = strtok_r(NULL, " ", &rest);
	module = strtok_r(NULL, " ", &rest);
	for (size_t i = 0; pattern && module && i < probe->host->n_pci; i++) {
		struct host_pci *pci = &probe->host->pci[i];

		if (aliases[i] && str_glob(pattern, aliases[i]) &&
		    !strv_contains(pci->modules, module))
			strv_add(&pci->modules, module);
	}
}

void modules_find(struct probe *probe)
{
	_cleanup_free_ char *path =
		xasprintf("/lib/modules/%s/modules.alias", probe->host->kernel_release ?: "");
	_cleanup_free_ char *text = NULL;
	char **aliases;
	char *line, *rest;
	size_t n = probe->host->n_pci;

	if (fsroot_read(probe->root, path, ALIAS_MAX, &text, NULL) < 0)
		return;
	/* By index and not a string vector: a device may lack its alias. */
	aliases = xcalloc(n + 1, sizeof(*aliases));
	for (size_t i = 0; i < n; i++)
		aliases[i] = probe_text(probe, "/sys/bus/pci/devices/%s/modalias",
					probe->host->pci[i].address);
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		match_line(line, probe, aliases);
	for (size_t i = 0; i < n; i++) {
		if (probe->host->pci[i].modules)
			strv_sort(probe->host->pci[i].modules);
		free(aliases[i]);
	}
	free(aliases);
}
