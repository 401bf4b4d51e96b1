/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_build(): the stages in order; and the plan's own life. */
#include "installer/plan/build.h"

#include "common/i18n.h"
#include "common/str.h"

void build_warn(struct build *build, const char *where, const char *hint, const char *format, ...)
{
	_cleanup_free_ char *message = NULL;
	va_list args;

	va_start(args, format);
	message = xvasprintf(format, args);
	va_end(args);
	struct finding *finding =
		findings_add(&build->plan->warnings, SEVERITY_WARNING, where, "%s", message);
	if (hint)
		finding_set_hint(finding, "%s", hint);
}

static struct answers_script *copy_scripts(const struct answers_script *from, size_t count)
{
	struct answers_script *copies = xcalloc(count + 1, sizeof(*copies));

	for (size_t i = 0; i < count; i++) {
		copies[i] = from[i];
		copies[i].type = xstrdup(from[i].type);
		copies[i].url = xstrdup(from[i].url);
		copies[i].sha256 = xstrdup(from[i].sha256);
	}
	return copies;
}

static void copy_list(char ***list, char *const *from)
{
	for (size_t i = 0; i < strv_length(from); i++)
		strv_add(list, from[i]);
}

static char *machine_in_words(const struct host_firmware *firmware)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (!str_empty(firmware->system_vendor))
		strbuf_addf(&buf, "%s ", firmware->system_vendor);
	strbuf_add(&buf, str_empty(firmware->product_name) ? D_("unknown machine")
							   : firmware->product_name);
	if (!str_empty(firmware->product_serial))
		strbuf_addf(&buf, D_(", serial %s"), firmware->product_serial);
	return strbuf_take(&buf);
}

/* What is copied from the inputs, so that the plan can be read without them. */
static void describe(struct build *build, int64_t time)
{
	const struct host *host = build->host;
	const struct answers *answers = build->answers;
	struct plan *plan = build->plan;

	digest_to_hex(build->seed, PLAN_SEED_BYTES, plan->seed);
	plan->time = time;
	plan->answers_file = xstrdup(answers->file);
	plan->machine = machine_in_words(&host->firmware);
	plan->memory_bytes = host->memory_bytes;
	plan->cpu_threads = host->cpu.threads;
	plan->firmware = host->firmware.kind;
	plan->layout = answers->layout;
	plan->install_id = xstrdup(answers->install_id);
	plan->password_type = answers->password_type;
	if (answers->password_type != PASSWORD_NONE)
		plan->root_password_key = xstrdup("root-password");
	plan->write_boot_entry = answers->write_boot_entry;
	copy_list(&plan->ssh_keys, answers->ssh_keys);
	copy_list(&plan->xen_arguments, answers->xen_arguments);
	copy_list(&plan->kernel_arguments, answers->kernel_arguments);
	plan->proxy = xstrdup(answers->proxy);
	plan->syslog_server = xstrdup(answers->syslog_server);
	plan->syslog_protocol = answers->syslog_protocol;
	plan->has_pool = answers->has_pool;
	plan->pool_engine = answers->pool.engine;
	plan->pool_coordinator = xstrdup(answers->pool.coordinator);
	plan->pool_name = xstrdup(answers->pool.name);
	plan->pool_default_sr = xstrdup(answers->pool.default_sr);
	plan->n_ca_certificates = strv_length(answers->ca_certificates);
	plan->scripts = copy_scripts(answers->scripts, answers->n_scripts);
	plan->n_scripts = answers->n_scripts;
	plan->firstboot_scripts =
		copy_scripts(answers->firstboot_scripts, answers->n_firstboot_scripts);
	plan->n_firstboot_scripts = answers->n_firstboot_scripts;
}

static void describe_source(struct build *build)
{
	const struct source *source = build->source;
	struct plan *plan = build->plan;

	plan->manifest_sha256 = xstrdup(source->manifest_sha256);
	plan->product = xstrdup(source->product_name);
	plan->product_version = xstrdup(source->product_version);
	plan->key_id = xstrdup(source->key_id);
	plan->development = source->development;
	plan->image_uuid = xstrdup(source->image_uuid);
	plan->boot_entry_label = xstrdup(source->product_brand);
}

int plan_build(const struct host *host, const struct answers *answers, const struct source *source,
	       const uint8_t *seed, int64_t time, struct plan **ret, struct findings *findings,
	       struct error **err)
{
	_cleanup_plan_ struct plan *plan = xcalloc(1, sizeof(*plan));
	struct build build = {.host = host,
			      .answers = answers,
			      .source = source,
			      .seed = seed,
			      .plan = plan,
			      .findings = findings};
	int r;

	describe(&build, time);
	describe_source(&build);
	if ((r = build_checks(&build, err)) < 0 || (r = build_disks(&build, err)) < 0 ||
	    (r = build_disk_contents(&build, err)) < 0)
		return r;
	build_names(&build);
	if ((r = build_layout(&build, err)) < 0)
		return r;
	build_dom0(&build);
	if ((r = build_network(&build, err)) < 0)
		return r;
	build_services(&build);
	build_files_system(&build);
	build_files_peers(&build);
	build_files_network(&build);
	build_files_firstboot(&build);
	build_steps(&build);
	*ret = TAKE_PTR(plan);
	return 0;
}

/* One stage of a preview: its refusal stands behind the disks or NICs it lists, as its hint says.
 */
static bool try_stage(struct build *build, const char *where,
		      int (*stage)(struct build *build, struct error **err),
		      struct findings *findings)
{
	_cleanup_findings_ struct findings notes = {0};
	_cleanup_error_ struct error *error = NULL;
	int r;

	build->findings = &notes;
	r = stage(build, &error);
	build->findings = NULL;
	findings_move(findings, &notes);
	if (r < 0) {
		_cleanup_free_ char *text = error_text(error);
		struct finding *finding = findings_add(findings, SEVERITY_ERROR, where, "%s", text);

		finding->fatal = true;
		if (error_get_hint(error))
			finding_set_hint(finding, "%s", error_get_hint(error));
	}
	return r == 0;
}

struct plan *plan_preview(const struct host *host, const struct answers *answers,
			  struct findings *findings)
{
	static const uint8_t seed[PLAN_SEED_BYTES]; /* no name made from it is shown */
	struct plan *plan = xcalloc(1, sizeof(*plan));
	struct build build = {.host = host, .answers = answers, .seed = seed, .plan = plan};

	describe(&build, 0);
	(void)try_stage(&build, "machine", build_checks, findings);
	if (try_stage(&build, "disks", build_disks, findings)) {
		(void)try_stage(&build, "data", build_disk_contents, findings);
		build_names(&build);
		(void)try_stage(&build, "layout", build_layout, findings);
	}
	(void)try_stage(&build, "network", build_network, findings);
	findings_move(findings, &plan->warnings);
	return plan;
}

const struct plan_disk *plan_find_disk(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_disks; i++)
		if (str_eq(plan->disks[i].id, id))
			return &plan->disks[i];
	return NULL;
}

const struct plan_partition *plan_find_partition(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_partitions; i++)
		if (str_eq(plan->partitions[i].id, id))
			return &plan->partitions[i];
	return NULL;
}

const struct plan_partition *plan_find_kept(const struct plan *plan, const char *disk)
{
	const struct plan_partition *kept = plan_find_partition(plan, "kept");

	return kept && str_eq(kept->disk, disk) ? kept : NULL;
}

static void free_disks(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_disks; i++) {
		struct plan_disk *disk = &plan->disks[i];

		free(disk->id);
		free(disk->name);
		free(disk->model);
		free(disk->serial);
		free(disk->table_digest);
		strv_free(disk->destroys);
		free(disk->keeps);
	}
	free(plan->disks);
	strv_free(plan->untouched);
}

static void free_partitions(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_partitions; i++) {
		struct plan_partition *partition = &plan->partitions[i];

		free(partition->id);
		free(partition->disk);
		free(partition->type_guid);
		free(partition->name);
		free(partition->uuid);
		free(partition->filesystem);
		free(partition->fs_uuid);
		free(partition->label);
		free(partition->mount);
	}
	free(plan->partitions);
}

static void free_network(struct plan *plan)
{
	struct plan_network *network = &plan->network;

	for (size_t i = 0; i < plan->n_nics; i++) {
		free(plan->nics[i].name);
		free(plan->nics[i].mac);
		free(plan->nics[i].pci_address);
		free(plan->nics[i].slot);
	}
	free(plan->nics);
	free(network->bridge);
	free(network->device);
	free(network->bond);
	free(network->ip);
	free(network->netmask);
	free(network->gateway);
	free(network->ip6);
	free(network->gateway6);
	strv_free(network->name_servers);
	free(network->domain);
	free(plan->network_backend_reason);
	free(plan->hostname);
	free(plan->timezone);
	free(plan->keymap);
	strv_free(plan->ntp_servers);
}

static void free_scripts(struct answers_script *scripts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(scripts[i].type);
		free(scripts[i].url);
		free(scripts[i].sha256);
	}
	free(scripts);
}

static void free_actions(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_files; i++) {
		free(plan->files[i].path);
		free(plan->files[i].content);
		free(plan->files[i].symlink);
	}
	free(plan->files);
	for (size_t i = 0; i < plan->n_services; i++)
		free(plan->services[i].name);
	free(plan->services);
	free_scripts(plan->scripts, plan->n_scripts);
	free_scripts(plan->firstboot_scripts, plan->n_firstboot_scripts);
	for (size_t i = 0; i < plan->n_steps; i++) {
		free(plan->steps[i].id);
		free(plan->steps[i].disk);
		free(plan->steps[i].partition);
		free(plan->steps[i].title);
		free(plan->steps[i].shown);
	}
	free(plan->steps);
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	free_disks(plan);
	free_partitions(plan);
	free_network(plan);
	free_actions(plan);
	free(plan->answers_file);
	free(plan->machine);
	free(plan->manifest_sha256);
	free(plan->product);
	free(plan->product_version);
	free(plan->key_id);
	free(plan->install_id);
	free(plan->installation_uuid);
	free(plan->control_domain_uuid);
	free(plan->suffix);
	free(plan->image_uuid);
	free(plan->root_password_key);
	free(plan->proxy);
	free(plan->syslog_server);
	free(plan->pool_coordinator);
	free(plan->pool_name);
	free(plan->pool_default_sr);
	strv_free(plan->ssh_keys);
	strv_free(plan->xen_arguments);
	strv_free(plan->kernel_arguments);
	free(plan->boot_entry_label);
	findings_done(&plan->warnings);
	free(plan);
}
