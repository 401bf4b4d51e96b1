/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What XenServer's installer leaves for first boot, to the letter:
 * first-boot tasks, pool tools and later upgrades read these files.
 */
#include "installer/plan/build.h"

#include "common/json.h"
#include "common/str.h"
#include "common/url.h"

#define DATA "/etc/firstboot.d/data/"

/* The format has no way to write a quote. */
static void add_value(struct strbuf *buf, const char *key, const char *value)
{
	strbuf_addf(buf, "%s='", key);
	for (; value && *value; value++)
		if (*value != '\'')
			strbuf_add_bytes(buf, value, 1);
	strbuf_add(buf, "'\n");
}

static void add_management(struct build *build)
{
	const struct plan_network *network = &build->plan->network;
	_cleanup_strbuf_ struct strbuf buf = {0};
	const char *label = "";

	for (size_t i = 0; i < build->plan->n_nics; i++)
		if (build->plan->nics[i].management)
			label = build->plan->nics[i].name;
	add_value(&buf, "LABEL", label);
	add_value(&buf, "MODE", address_mode_to_string(network->mode));
	if (network->mode == ADDRESS_STATIC) {
		add_value(&buf, "IP", network->ip);
		add_value(&buf, "NETMASK", network->netmask);
		if (network->gateway)
			add_value(&buf, "GATEWAY", network->gateway);
	}
	add_value(&buf, "MODEV6", address_mode_to_string(network->mode6));
	if (network->mode6 == ADDRESS_STATIC) {
		add_value(&buf, "IPv6", network->ip6);
		if (network->gateway6)
			add_value(&buf, "IPv6_GATEWAY", network->gateway6);
	}
	if (network->vlan)
		strbuf_addf(&buf, "VLAN='%u'\n", network->vlan);
	if (network->name_servers) {
		_cleanup_free_ char *servers = strv_join(network->name_servers, ",");
		add_value(&buf, "DNS", servers);
	}
	/* Readers of this file honour DNS only beside DOMAIN. */
	if (network->name_servers || network->domain)
		add_value(&buf, "DOMAIN", network->domain);
	build_file(build, DATA "management.conf", strbuf_take(&buf));
}

/* What management.conf has no words for. */
static void add_bond(struct build *build)
{
	const struct plan *plan = build->plan;
	_cleanup_strbuf_ struct strbuf ports = {0}, buf = {0};

	if (!plan->network.bond)
		return;
	for (size_t i = 0; i < plan->n_nics; i++)
		if (plan->nics[i].bonded && !plan->nics[i].management)
			strbuf_addf(&ports, "%s%s", ports.length ? " " : "", plan->nics[i].name);
	add_value(&buf, "MODE", bond_mode_to_string(plan->network.bond_mode));
	add_value(&buf, "PORTS", ports.text);
	build_file(build, DATA "xenhost-bond.conf", strbuf_take(&buf));
}

void build_files_management(struct build *build)
{
	add_management(build);
	add_bond(build);
}

void build_files_backend(struct build *build)
{
	build_file(build, "/etc/xensource/network.conf",
		   xasprintf("%s\n", network_backend_to_string(build->plan->network_backend)));
}

/* By its by-id link; a disk without one (virtio without a serial) by the partition's own UUID. */
static char *partition_path(const struct build *build, const struct plan_partition *partition)
{
	const struct host_disk *disk = host_find_disk(build->host, partition->disk);
	_cleanup_free_ char *path = disk_stable_path(disk);

	if (str_starts(path, "/dev/disk/by-id/"))
		return xasprintf("%s-part%u", path, partition->number);
	return xasprintf("/dev/disk/by-partuuid/%s", partition->uuid);
}

char *plan_storage_file(const char *paths, enum sr_type type)
{
	const char *word = sr_type_to_string(type);
	_cleanup_strbuf_ struct strbuf buf = {0};

	add_value(&buf, "XSPARTITIONS", paths);
	add_value(&buf, "XSTYPE", word);
	add_value(&buf, "PARTITIONS", paths);
	add_value(&buf, "TYPE", word);
	return strbuf_take(&buf);
}

static void add_storage(struct build *build)
{
	const struct plan *plan = build->plan;
	_cleanup_strbuf_ struct strbuf paths = {0};

	for (size_t i = 0; i < plan->n_disks; i++) {
		_cleanup_free_ char *path = NULL;

		if (!plan->disks[i].guest_storage)
			continue;
		path = plan->disks[i].target
			       ? partition_path(build, plan_find_partition(plan, "sr"))
			       : disk_stable_path(host_find_disk(build->host, plan->disks[i].id));
		strbuf_addf(&paths, "%s%s", paths.length ? " " : "", path);
	}
	if (paths.length > 0)
		build_file(build, DATA "default-storage.conf",
			   plan_storage_file(paths.text, plan->sr_type));
	build_file(build, DATA "sr-multipathing.conf", xstrdup("MULTIPATHING_ENABLED='False'\n"));
}

static void add_nic_rules(struct build *build)
{
	const struct plan *plan = build->plan;
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < plan->n_nics; i++) {
		const struct plan_nic *nic = &plan->nics[i];
		bool by_place = nic->pci_address && nic_mac_is_shared(plan, nic);

		if (str_starts(nic->name, "eth"))
			strbuf_addf(&buf, "%s:%s=\"%s\"\n", nic->name + strlen("eth"),
				    by_place ? "pci" : "mac",
				    by_place ? nic->pci_address : nic->mac);
	}
	build_file(build, DATA "initial_network_device_rules.conf", strbuf_take(&buf));
}

/* "ROOT,BACKUP,LOG,BOOT,SWAP,SR", as far as the layout has them. */
static char *partition_layout(const struct plan *plan)
{
	static const struct {
		const char *id, *word;
	} words[] = {{"root", "ROOT"}, {"backup", "BACKUP"}, {"logs", "LOG"},
		     {"boot", "BOOT"}, {"swap", "SWAP"},     {"sr", "SR"}};
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (plan_find_partition(plan, words[i].id))
			strbuf_addf(&buf, "%s%s", buf.length ? "," : "", words[i].word);
	return strbuf_take(&buf);
}

static void add_product(const struct source *source, struct strbuf *buf)
{
	add_value(buf, "PRODUCT_BRAND", source->product_brand);
	add_value(buf, "PRODUCT_NAME", source->product_name);
	add_value(buf, "PRODUCT_VERSION", source->product_version);
	add_value(buf, "PRODUCT_VERSION_TEXT", source->product_version);
	add_value(buf, "PRODUCT_VERSION_TEXT_SHORT", source->product_version);
	add_value(buf, "PLATFORM_NAME", source->platform_name);
	add_value(buf, "PLATFORM_VERSION", source->platform_version);
}

static void add_inventory(struct build *build)
{
	const struct plan *plan = build->plan;
	const struct host_disk *disk = host_find_disk(build->host, plan->disks[0].id);
	const struct plan_partition *backup = plan_find_partition(plan, "backup");
	_cleanup_free_ char *primary = disk_stable_path(disk);
	_cleanup_free_ char *backup_path = backup ? partition_path(build, backup) : NULL;
	_cleanup_free_ char *layout = partition_layout(plan);
	_cleanup_free_ char *time = time_to_text(plan->time);
	_cleanup_strbuf_ struct strbuf buf = {0};

	add_product(build->source, &buf);
	add_value(&buf, "PARTITION_LAYOUT", layout);
	add_value(&buf, "BUILD_NUMBER", build->source->product_build);
	strbuf_addf(&buf, "INSTALLATION_DATE='%s.000000'\n", time);
	add_value(&buf, "PRIMARY_DISK", primary);
	add_value(&buf, "BACKUP_PARTITION", backup_path);
	add_value(&buf, "INSTALLATION_UUID", plan->installation_uuid);
	add_value(&buf, "CONTROL_DOMAIN_UUID", plan->control_domain_uuid);
	strbuf_addf(&buf, "DOM0_MEM='%u'\nDOM0_VCPUS='%u'\n", plan->dom0_memory_mib,
		    plan->dom0_vcpus);
	/* Empty on a fresh host: the pool's tools settle it at first boot. */
	add_value(&buf, "MANAGEMENT_INTERFACE", "");
	add_value(&buf, "MANAGEMENT_ADDRESS_TYPE",
		  plan->network.mode == ADDRESS_NONE && plan->network.mode6 != ADDRESS_NONE
			  ? "IPv6"
			  : "IPv4");
	build_file(build, "/etc/xensource-inventory", strbuf_take(&buf));
}

char *plan_firstboot_script(size_t index)
{
	return xasprintf("/var/lib/xenhost/firstboot/scripts/%zu", index + 1);
}

/* The units are the package's; they are of use only where there is something to run. */
static void enable_moment(struct build *build, enum script_moment moment)
{
	const char *word = script_moment_to_string(moment);
	_cleanup_free_ char *link = xasprintf(
		"/etc/systemd/system/multi-user.target.wants/xenhost-firstboot-%s.service", word);
	_cleanup_free_ char *unit =
		xasprintf("/usr/lib/systemd/system/xenhost-firstboot-%s.service", word);

	for (size_t i = 0; i < build->plan->n_firstboot_scripts; i++)
		if (build->plan->firstboot_scripts[i].moment == moment) {
			build_link(build, link, unit);
			return;
		}
}

/* For xenhost-firstboot(8). */
static void add_scripts(struct build *build)
{
	const struct plan *plan = build->plan;
	_cleanup_json_ struct json *json = json_new_object();
	struct json *list;

	if (plan->n_firstboot_scripts == 0)
		return;
	json_set_string(json, "schema", "xenhost.firstboot-scripts/1");
	list = json_set_array(json, "scripts");
	for (size_t i = 0; i < plan->n_firstboot_scripts; i++) {
		const struct answers_script *script = &plan->firstboot_scripts[i];
		_cleanup_free_ char *path = plan_firstboot_script(i);
		_cleanup_free_ char *source = url_masked(script->url);
		struct json *entry = json_append_object(list);

		json_set_string(entry, "moment", script_moment_to_string(script->moment));
		json_set_string(entry, "path", path);
		json_set_string(entry, "source", source);
		json_set_u64(entry, "timeout_s", script->timeout_s);
		json_set_string(entry, "on_failure", script_failure_to_string(script->on_failure));
	}
	build_file(build, DATA "xenhost-scripts.json", json_to_text(json));
	/* Whatever lets a host join its pool starts those for that moment. */
	enable_moment(build, MOMENT_BEFORE_NETWORK);
	enable_moment(build, MOMENT_NETWORK_UP);
}

/* The password is a secret, and no part of a plan. */
static void add_joining(struct strbuf *buf, const struct answers_pool *pool)
{
	add_value(buf, "COORDINATOR", pool->coordinator);
	if (pool->user)
		add_value(buf, "USER", pool->user);
	if (pool->certificate)
		add_value(buf, "CERTIFICATE", pool->certificate);
	add_value(buf, "FORCE", pool->force ? "true" : "false");
	strbuf_addf(buf, "WAIT='%u'\nRETRY='%u'\n", pool->wait_s, pool->retry_s);
	if (pool->password_from)
		add_value(buf, "PASSWORD_FROM", pool->password_from);
}

static void add_pool(struct build *build)
{
	const struct answers_pool *pool = &build->answers->pool;
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (!build->answers->has_pool)
		return;
	add_value(&buf, "ENGINE", pool_engine_to_string(pool->engine));
	if (pool->coordinator)
		add_joining(&buf, pool);
	if (pool->name)
		add_value(&buf, "NAME", pool->name);
	if (pool->default_sr)
		add_value(&buf, "DEFAULT_SR", pool->default_sr);
	build_file(build, DATA "xenhost-pool.conf", strbuf_take(&buf));
	build_link(build,
		   "/etc/systemd/system/multi-user.target.wants/xenhost-firstboot-pool.service",
		   "/usr/lib/systemd/system/xenhost-firstboot-pool.service");
}

void build_files_firstboot(struct build *build)
{
	build_files_management(build);
	add_storage(build);
	add_nic_rules(build);
	add_inventory(build);
	add_scripts(build);
	add_pool(build);
	build_files_backend(build);
}
