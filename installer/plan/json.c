/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan as JSON, schema xenhost.plan/1: everything that is going to happen. */
#include "installer/plan/build.h"

#include "common/digest.h"
#include "common/str.h"
#include "common/url.h"

/* Neither where the answers were found nor which key signed the source: the same installation
 * planned on another machine, from copies of its inputs, gives the same bytes. */
static void add_header(struct json *json, const struct plan *plan)
{
	struct json *source;

	json_set_string(json, "schema", "xenhost.plan/1");
	json_set_string(json, "seed", plan->seed);
	json_set_i64(json, "time", plan->time);
	json_set_string(json, "install_id", plan->install_id);
	json_set_string(json, "machine", plan->machine);
	json_set_string(json, "firmware", firmware_kind_to_string(plan->firmware));
	json_set_u64(json, "memory_bytes", plan->memory_bytes);
	json_set_u64(json, "cpu_threads", plan->cpu_threads);
	source = json_set_object(json, "source");
	json_set_string(source, "product", plan->product);
	json_set_string(source, "version", plan->product_version);
	json_set_string(source, "manifest_sha256", plan->manifest_sha256);
	json_set_bool(source, "development", plan->development);
	json_set_string(source, "image_uuid", plan->image_uuid);
}

static void add_identity(struct json *json, const struct plan *plan)
{
	json_set_string(json, "layout", layout_profile_to_string(plan->layout));
	json_set_string(json, "suffix", plan->suffix);
	json_set_string(json, "installation_uuid", plan->installation_uuid);
	json_set_string(json, "control_domain_uuid", plan->control_domain_uuid);
}

/* How the members of a list's entries are written: in this order, by their own names. */
struct member {
	const char *name;
	enum { TEXT, LIST, NUMBER, BYTES, TRUTH, WORD } type;
	size_t offset;
	const char *(*word)(unsigned value);
};

#define MEMBER(owner, member)                                                                        \
	{                                                                                            \
		.name = #member, .offset = offsetof(struct owner, member),                         \
		.type = _Generic(((struct owner *)0)->member,                                      \
			char *: TEXT,                                                              \
			char **: LIST,                                                             \
			unsigned: NUMBER,                                                          \
			uint64_t: BYTES,                                                           \
			bool: TRUTH), \
	}

static const char *purpose_word(unsigned value)
{
	return partition_purpose_to_string((enum partition_purpose)value);
}

static const struct member disk_members[] = {
	MEMBER(plan_disk, id),
	MEMBER(plan_disk, name),
	MEMBER(plan_disk, model),
	MEMBER(plan_disk, serial),
	MEMBER(plan_disk, size_bytes),
	MEMBER(plan_disk, logical_block_bytes),
	MEMBER(plan_disk, table_digest),
	MEMBER(plan_disk, target),
	MEMBER(plan_disk, guest_storage),
	MEMBER(plan_disk, destroys),
	{0},
};

static const struct member partition_members[] = {
	MEMBER(plan_partition, id),
	MEMBER(plan_partition, disk),
	MEMBER(plan_partition, number),
	{.name = "purpose",
	 .type = WORD,
	 .offset = offsetof(struct plan_partition, purpose),
	 .word = purpose_word},
	MEMBER(plan_partition, start_bytes),
	MEMBER(plan_partition, size_bytes),
	MEMBER(plan_partition, type_guid),
	MEMBER(plan_partition, name),
	MEMBER(plan_partition, uuid),
	MEMBER(plan_partition, filesystem),
	MEMBER(plan_partition, fs_uuid),
	MEMBER(plan_partition, label),
	MEMBER(plan_partition, mount),
	{0},
};

static const struct member nic_members[] = {
	MEMBER(plan_nic, name),
	MEMBER(plan_nic, mac),
	MEMBER(plan_nic, pci_address),
	MEMBER(plan_nic, slot),
	MEMBER(plan_nic, management),
	MEMBER(plan_nic, bonded),
	{0},
};

/* One more entry of the list. */
static struct json *add_record(struct json *list, const void *record, const struct member *members)
{
	struct json *entry = json_append_object(list);

	for (const struct member *member = members; member->name; member++) {
		const void *value = (const char *)record + member->offset;

		switch (member->type) {
		case TEXT:
			json_set_string(entry, member->name, *(char *const *)value);
			break;
		case LIST:
			json_set_strv(entry, member->name, *(char **const *)value);
			break;
		case NUMBER:
			json_set_u64(entry, member->name, *(const unsigned *)value);
			break;
		case BYTES:
			json_set_u64(entry, member->name, *(const uint64_t *)value);
			break;
		case TRUTH:
			json_set_bool(entry, member->name, *(const bool *)value);
			break;
		case WORD:
			json_set_string(entry, member->name,
					member->word(*(const unsigned *)value));
			break;
		}
	}
	return entry;
}

static void add_disks(struct json *json, const struct plan *plan)
{
	struct json *disks = json_set_array(json, "disks");

	for (size_t i = 0; i < plan->n_disks; i++) {
		struct json *entry = add_record(disks, &plan->disks[i], disk_members);

		if (plan->disks[i].keeps)
			json_set_string(entry, "keeps", plan->disks[i].keeps);
	}
	json_set_strv(json, "untouched", plan->untouched);
}

static void add_partitions(struct json *json, const struct plan *plan)
{
	struct json *partitions = json_set_array(json, "partitions");

	for (size_t i = 0; i < plan->n_partitions; i++)
		add_record(partitions, &plan->partitions[i], partition_members);
	json_set_string(json, "sr_type", plan->has_sr ? sr_type_to_string(plan->sr_type) : NULL);
}

static void add_network(struct json *json, const struct plan *plan)
{
	const struct plan_network *network = &plan->network;
	struct json *object = json_set_object(json, "network");
	struct json *nics = json_set_array(object, "nics");

	for (size_t i = 0; i < plan->n_nics; i++)
		add_record(nics, &plan->nics[i], nic_members);
	json_set_string(object, "backend", network_backend_to_string(plan->network_backend));
	json_set_string(object, "backend_reason", plan->network_backend_reason);
	json_set_string(object, "bridge", network->bridge);
	json_set_string(object, "device", network->device);
	if (network->vlan)
		json_set_u64(object, "vlan", network->vlan);
	else
		json_set_null(object, "vlan");
	json_set_string(object, "bond", network->bond);
	json_set_string(object, "bond_mode",
			network->bond ? bond_mode_to_string(network->bond_mode) : NULL);
	json_set_string(object, "mode", address_mode_to_string(network->mode));
	json_set_string(object, "ip", network->ip);
	json_set_string(object, "netmask", network->netmask);
	json_set_string(object, "gateway", network->gateway);
	json_set_string(object, "mode6", address_mode_to_string(network->mode6));
	json_set_string(object, "ip6", network->ip6);
	json_set_string(object, "gateway6", network->gateway6);
	json_set_strv(object, "name_servers", network->name_servers);
	json_set_string(object, "domain", network->domain);
	json_set_string(object, "proxy", plan->proxy);
	json_set_u64(object, "ca_certificates", plan->n_ca_certificates);
	json_set_string(object, "syslog_server", plan->syslog_server);
	json_set_string(object, "syslog_protocol",
			plan->syslog_server ? syslog_protocol_to_string(plan->syslog_protocol)
					    : NULL);
}

static void add_pool(struct json *json, const struct plan *plan)
{
	struct json *object;

	if (!plan->has_pool) {
		json_set_null(json, "pool");
		return;
	}
	object = json_set_object(json, "pool");
	json_set_string(object, "engine", pool_engine_to_string(plan->pool_engine));
	json_set_string(object, "coordinator", plan->pool_coordinator);
	json_set_string(object, "name", plan->pool_name);
	json_set_string(object, "default_sr", plan->pool_default_sr);
}

static void add_services(struct json *json, const struct plan *plan)
{
	static const struct member members[] = {
		MEMBER(plan_service, name), MEMBER(plan_service, enabled), {0}};
	struct json *services = json_set_array(json, "services");

	for (size_t i = 0; i < plan->n_services; i++)
		add_record(services, &plan->services[i], members);
}

static void add_system(struct json *json, const struct plan *plan)
{
	struct json *object = json_set_object(json, "system");
	const struct plan_serial *serial = &plan->serial;

	json_set_string(object, "hostname", plan->hostname);
	json_set_string(object, "timezone", plan->timezone);
	json_set_string(object, "keymap", plan->keymap);
	json_set_string(object, "ntp_source", ntp_source_to_string(plan->ntp_source));
	json_set_strv(object, "ntp_servers", plan->ntp_servers);
	json_set_string(object, "root_password_key", plan->root_password_key);
	json_set_strv(object, "ssh_keys", plan->ssh_keys);
	json_set_strv(object, "xen_arguments", plan->xen_arguments);
	json_set_strv(object, "kernel_arguments", plan->kernel_arguments);
	add_pool(object, plan);
	add_services(object, plan);
	json_set_u64(object, "dom0_memory_mib", plan->dom0_memory_mib);
	json_set_u64(object, "dom0_vcpus", plan->dom0_vcpus);
	json_set_bool(object, "write_boot_entry", plan->write_boot_entry);
	json_set_string(object, "boot_entry_label", plan->boot_entry_label);
	if (!serial->present) {
		json_set_null(object, "serial");
		return;
	}
	object = json_set_object(object, "serial");
	json_set_u64(object, "port", serial->port);
	json_set_bool(object, "mmio", serial->mmio);
	json_set_u64(object, "address", serial->address);
	json_set_u64(object, "baud", serial->baud);
	json_set_bool(object, "from_firmware", serial->from_firmware);
	json_set_bool(object, "default", serial->is_default);
}

static void add_files(struct json *json, const struct plan *plan)
{
	struct json *files = json_set_array(json, "files");

	for (size_t i = 0; i < plan->n_files; i++) {
		const struct plan_file *file = &plan->files[i];
		struct json *entry = json_append_object(files);

		json_set_string(entry, "path", file->path);
		if (file->symlink) {
			json_set_string(entry, "symlink", file->symlink);
			continue;
		}
		json_set_stringf(entry, "mode", "%04o", file->mode);
		json_set_string(entry, "content", file->content);
	}
}

static void add_script(struct json *list, const char *when, const char *word,
		       const struct answers_script *script)
{
	struct json *entry = json_append_object(list);
	_cleanup_free_ char *url = url_masked(script->url);

	json_set_string(entry, when, word);
	json_set_string(entry, "type", script->type);
	json_set_string(entry, "url", url);
	json_set_u64(entry, "timeout_s", script->timeout_s);
	json_set_string(entry, "sha256", script->sha256);
	json_set_string(entry, "on_failure", script_failure_to_string(script->on_failure));
}

static void add_scripts(struct json *json, const struct plan *plan)
{
	struct json *scripts = json_set_array(json, "scripts");
	struct json *later = json_set_array(json, "firstboot_scripts");

	for (size_t i = 0; i < plan->n_scripts; i++)
		add_script(scripts, "stage", script_stage_to_string(plan->scripts[i].stage),
			   &plan->scripts[i]);
	for (size_t i = 0; i < plan->n_firstboot_scripts; i++)
		add_script(later, "moment",
			   script_moment_to_string(plan->firstboot_scripts[i].moment),
			   &plan->firstboot_scripts[i]);
}

static void add_steps(struct json *json, const struct plan *plan)
{
	struct json *steps = json_set_array(json, "steps"), *warnings;

	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct plan_step *step = &plan->steps[i];
		struct json *entry = json_append_object(steps);

		json_set_string(entry, "id", step->id);
		json_set_string(entry, "kind", step_kind_info(step->kind)->name);
		json_set_bool(entry, "destructive", step_kind_info(step->kind)->destructive);
		json_set_string(entry, "disk", step->disk);
		json_set_string(entry, "partition", step->partition);
		json_set_string(entry, "title", step->title);
		json_set_u64(entry, "weight", step->weight);
	}
	warnings = json_set_array(json, "warnings");
	for (size_t i = 0; i < plan->warnings.count; i++) {
		struct json *entry = json_append_object(warnings);

		json_set_string(entry, "where", plan->warnings.list[i].where);
		json_set_string(entry, "message", plan->warnings.list[i].message);
		json_set_string(entry, "hint", plan->warnings.list[i].hint);
	}
}

struct json *plan_to_json(const struct plan *plan)
{
	struct json *json = json_new_object();

	add_header(json, plan);
	add_identity(json, plan);
	add_disks(json, plan);
	add_partitions(json, plan);
	add_network(json, plan);
	add_system(json, plan);
	add_files(json, plan);
	add_scripts(json, plan);
	add_steps(json, plan);
	return json;
}

void plan_digest(const struct plan *plan, char ret[SHA256_HEX])
{
	_cleanup_json_ struct json *json = plan_to_json(plan);
	_cleanup_free_ char *text = json_to_text(json);

	digest_sha256_hex(text, strlen(text), ret);
}
