/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/str.h"
#include "installer/network/links.h"

/* What DHCP servers told, and over which NIC the installer speaks to the world. */

static int compare_links(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

char **network_leases(const struct fsroot *root)
{
	_cleanup_strv_ char **files = NULL;
	char **links = NULL;

	if (fsroot_list(root, NETWORK_STATE_FOLDER, &files) < 0)
		return NULL;
	for (char **file = files; file && *file; file++) {
		size_t length = strlen(*file);

		if (!str_ends(*file, ".lease"))
			continue;
		strv_addf(&links, "%.*s", (int)(length - strlen(".lease")), *file);
	}
	/* eth2 before eth10. */
	if (links)
		qsort(links, strv_length(links), sizeof(*links), compare_links);
	return links;
}

char *network_lease_value(const struct fsroot *root, const char *link, const char *key)
{
	return link_lease_value(root, link, key);
}

/* A lease of the NIC itself or of a VLAN on it ("eth0.5"). */
static bool is_link_of(const char *link, const char *name)
{
	return str_starts(link, name) && (!link[strlen(name)] || link[strlen(name)] == '.');
}

static const struct host_nic *nic_of_link(const struct host *host, const char *link)
{
	for (size_t i = 0; i < host->n_nics; i++)
		if (is_link_of(link, host->nics[i].name))
			return &host->nics[i];
	return NULL;
}

static const struct host_nic *choose(const struct host *host, const char *device,
				     char *const *leases)
{
	const struct host_nic *nics = host->nics;

	for (size_t i = 0; i < host->n_nics; i++)
		if (str_eq(device, nics[i].name) || str_eq(device, nics[i].mac))
			return &nics[i];
	for (size_t i = 0; i < host->n_nics; i++)
		if (nics[i].boot)
			return &nics[i];
	for (; leases && *leases; leases++) {
		/* A bond is no NIC. */
		const struct host_nic *nic = nic_of_link(host, *leases);

		if (nic)
			return nic;
	}
	for (size_t i = 0; i < host->n_nics; i++)
		if (nics[i].has_link && nics[i].link)
			return &nics[i];
	return host->n_nics ? &nics[0] : NULL;
}

int network_nic(const struct fsroot *root, const struct host *host, const char *command_line,
		const struct host_nic **ret, char **ret_hostname, struct error **err)
{
	_cleanup_network_config_ struct network_config *config = NULL;
	_cleanup_strv_ char **leases = root ? network_leases(root) : NULL;
	const struct host_nic *nic;
	char *hostname = NULL;
	int r = network_config_parse(command_line, &config, err);

	if (r < 0)
		return r;
	nic = choose(host, config->device, leases);
	for (char **link = leases; nic && !hostname && link && *link; link++)
		if (is_link_of(*link, nic->name))
			hostname = link_lease_value(root, *link, "hostname");
	*ret = nic;
	*ret_hostname = hostname;
	return 0;
}
