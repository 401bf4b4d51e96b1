/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The steps of a fresh installation. build_steps() reads from top to bottom like a recipe: first
 * what changes nothing, then one line, then what changes disks, what makes the target bootable
 * last.
 */
#include "installer/plan/build.h"

#include "common/i18n.h"
#include "common/str.h"

/* Weights are shares of time of an installation from a local disk, measured, in tenths of a second.
 */
static const struct step_kind_info kinds[_STEP_MAX] = {
	[STEP_CHECK_TOOLS] = {"check-tools", 1, false},
	[STEP_CHECK_DISKS] = {"check-disks", 2, false},
	[STEP_CHECK_SOURCE] = {"check-source", 5, false},
	[STEP_SCRIPTS_START] = {"scripts-start", 20, false},
	[STEP_POINT_OF_NO_RETURN] = {"point-of-no-return", 0, false},
	[STEP_DISABLE_BOOT] = {"disable-boot", 2, true},
	[STEP_WIPE] = {"wipe", 5, true},
	[STEP_PARTITION] = {"partition", 10, true},
	[STEP_JOURNAL] = {"journal", 1, true},
	[STEP_WRITE_IMAGE] = {"write-image", 600, true},
	[STEP_GROW] = {"grow", 20, true},
	[STEP_MAKE_FILESYSTEM] = {"make-filesystem", 10, true},
	[STEP_MOUNT] = {"mount", 2, true},
	[STEP_WRITE_FILES] = {"write-files", 3, true},
	[STEP_CERTIFICATES] = {"certificates", 20, true},
	[STEP_SERVICES] = {"services", 5, true},
	[STEP_IDENTITY] = {"identity", 10, true},
	[STEP_PASSWORD] = {"password", 3, true},
	[STEP_SCRIPTS_FIRSTBOOT] = {"scripts-firstboot", 1, true},
	[STEP_SCRIPTS_POPULATED] = {"scripts-populated", 20, true},
	[STEP_BOOT_MENU] = {"boot-menu", 20, true},
	[STEP_SAVE_LOG] = {"save-log", 1, true},
	[STEP_BOOT_LOADER] = {"boot-loader", 30, true},
	[STEP_UNMOUNT] = {"unmount", 20, true},
	[STEP_BOOT_ENTRY] = {"boot-entry", 3, true},
	[STEP_SCRIPTS_COMPLETE] = {"scripts-complete", 20, true},
};

const struct step_kind_info *step_kind_info(enum step_kind kind)
{
	return &kinds[kind];
}

/* Takes the title over. `object` names disk or partition in the id; NULL for none. */
static struct plan_step *add_step(struct plan *plan, enum step_kind kind, const char *object,
				  char *title)
{
	struct plan_step *step = ARRAY_APPEND(plan->steps, plan->n_steps);

	step->kind = kind;
	step->id =
		object ? xasprintf("%s:%s", kinds[kind].name, object) : xstrdup(kinds[kind].name);
	step->title = title;
	step->weight = kinds[kind].weight;
	return step;
}

static void add_disk_step(struct plan *plan, enum step_kind kind, const struct plan_disk *disk,
			  char *title)
{
	struct plan_step *step = add_step(plan, kind, disk->id, title);

	step->disk = xstrdup(disk->id);
}

static void add_partition_step(struct plan *plan, enum step_kind kind, const char *id, char *title)
{
	const struct plan_partition *partition = plan_find_partition(plan, id);
	struct plan_step *step = add_step(plan, kind, id, title);

	step->disk = xstrdup(partition->disk);
	step->partition = xstrdup(id);
}

/* "sda (447.1 GiB, serial BTYF1234)" */
static char *disk_in_title(const struct plan_disk *disk)
{
	_cleanup_free_ char *size = str_from_size(disk->size_bytes);

	if (str_empty(disk->serial))
		return xasprintf("%s (%s)", disk->name, size);
	return xasprintf(D_("%s (%s, serial %s)"), disk->name, size, disk->serial);
}

static bool has_scripts(const struct plan *plan, enum script_stage stage)
{
	for (size_t i = 0; i < plan->n_scripts; i++)
		if (plan->scripts[i].stage == stage)
			return true;
	return false;
}

static void add_checks(struct build *build)
{
	struct plan *plan = build->plan;
	const struct source *source = build->source;

	add_step(plan, STEP_CHECK_TOOLS, NULL,
		 xstrdup(D_("Check that every program needed is there")));
	add_step(plan, STEP_CHECK_DISKS, NULL,
		 xstrdup(plan->n_disks == 1
				 ? D_("Check that the disk is the one planned, unchanged")
				 : D_("Check that the disks are those planned, unchanged")));
	add_step(plan, STEP_CHECK_SOURCE, NULL,
		 xasprintf(D_("Check signature and reach of %s %s"), source->product_name,
			   source->product_version));
	if (has_scripts(plan, STAGE_INSTALLATION_START))
		add_step(plan, STEP_SCRIPTS_START, NULL,
			 xstrdup(D_("Run the scripts for the start")));
	add_step(plan, STEP_POINT_OF_NO_RETURN, NULL,
		 xstrdup(D_("Point of no return: from here on disks are changed")));
}

static char *target_title(const struct plan *plan, const struct plan_disk *disk)
{
	if (disk->keeps)
		return xasprintf(D_("Partition %s: %zu partitions behind partition 1"), disk->name,
				 plan->n_partitions - 1);
	return xasprintf(D_("Partition %s: %zu partitions"), disk->name, plan->n_partitions);
}

static void add_partitioning(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_disks; i++) {
		_cleanup_free_ char *name = disk_in_title(&plan->disks[i]);
		add_disk_step(plan, STEP_DISABLE_BOOT, &plan->disks[i],
			      xasprintf(D_("Disable old boot code on %s"), name));
	}
	for (size_t i = 0; i < plan->n_disks; i++) {
		_cleanup_free_ char *name = disk_in_title(&plan->disks[i]);
		add_disk_step(plan, STEP_WIPE, &plan->disks[i],
			      xasprintf(plan->disks[i].keeps ? D_("Erase %s, all but partition 1")
							     : D_("Erase %s"),
					name));
	}
	for (size_t i = 0; i < plan->n_disks; i++) {
		const struct plan_disk *disk = &plan->disks[i];

		add_disk_step(plan, STEP_PARTITION, disk,
			      disk->target ? target_title(plan, disk)
					   : xasprintf(D_("Write an empty partition table on %s"),
						       disk->name));
	}
	add_partition_step(plan, STEP_JOURNAL,
			   plan_find_partition(plan, "journal") ? "journal" : "backup",
			   xstrdup(D_("Start the installation journal on disk")));
}

static void add_system(struct build *build)
{
	struct plan *plan = build->plan;
	_cleanup_free_ char *transfer = str_from_size(build->source->transfer_bytes);
	_cleanup_free_ char *data = str_from_size(build->source->data_bytes);
	_cleanup_free_ char *root = str_from_size(plan_find_partition(plan, "root")->size_bytes);

	add_partition_step(plan, STEP_WRITE_IMAGE, "root",
			   xasprintf(D_("Write the system: %s, %s to read"), data, transfer));
	add_partition_step(plan, STEP_GROW, "root",
			   xasprintf(D_("Grow the root file system to %s"), root));
	for (size_t i = 0; i < plan->n_partitions; i++) {
		const struct plan_partition *partition = &plan->partitions[i];
		_cleanup_free_ char *size = str_from_size(partition->size_bytes);

		if (partition->filesystem && partition->purpose != PARTITION_ROOT)
			add_partition_step(plan, STEP_MAKE_FILESYSTEM, partition->id,
					   xasprintf(D_("Make %s \"%s\", %s"),
						     partition->filesystem, partition->label,
						     size));
	}
}

/* "Disable ssh, enable chrony" */
static char *services_title(const struct plan *plan)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < plan->n_services; i++) {
		const struct plan_service *service = &plan->services[i];

		strbuf_add(&buf, i ? ", " : "");
		if (service->enabled)
			strbuf_addf(&buf, i ? D_("enable %s") : D_("Enable %s"), service->name);
		else
			strbuf_addf(&buf, i ? D_("disable %s") : D_("Disable %s"), service->name);
	}
	return strbuf_take(&buf);
}

static void add_configuration(struct plan *plan)
{
	add_step(plan, STEP_MOUNT, NULL, xstrdup(D_("Mount the new system")));
	add_step(plan, STEP_WRITE_FILES, NULL,
		 xasprintf(D_("Write %zu files of this host's own"), plan->n_files));
	if (plan->n_ca_certificates > 0)
		add_step(plan, STEP_CERTIFICATES, NULL,
			 xasprintf(DP_("Trust %zu certificate of the answers",
				       "Trust %zu certificates of the answers",
				       plan->n_ca_certificates),
				   plan->n_ca_certificates));
	if (plan->n_services > 0)
		add_step(plan, STEP_SERVICES, NULL, services_title(plan));
	add_step(plan, STEP_IDENTITY, NULL, xstrdup(D_("Make fresh machine-id and ssh host keys")));
	add_step(plan, STEP_PASSWORD, NULL,
		 xstrdup(plan->root_password_key ? D_("Set root's password")
						 : D_("Lock root's password until first boot")));
	if (plan->n_firstboot_scripts > 0)
		add_step(plan, STEP_SCRIPTS_FIRSTBOOT, NULL,
			 xstrdup(D_("Lay down the scripts for first boot")));
	if (has_scripts(plan, STAGE_PACKAGES_INSTALLED) ||
	    has_scripts(plan, STAGE_FILESYSTEM_POPULATED))
		add_step(plan, STEP_SCRIPTS_POPULATED, NULL,
			 xstrdup(D_("Run the scripts for the new system")));
	add_step(plan, STEP_BOOT_MENU, NULL, xstrdup(D_("Make the boot menu")));
	add_step(plan, STEP_SAVE_LOG, NULL, xstrdup(D_("Keep the log in /var/log/installer")));
}

static void add_end(struct plan *plan)
{
	const struct plan_disk *disk = &plan->disks[0];

	add_disk_step(plan, STEP_BOOT_LOADER, disk,
		      xasprintf(D_("Make %s bootable by %s"), disk->name,
				plan->firmware == FIRMWARE_UEFI ? "UEFI" : "BIOS"));
	add_step(plan, STEP_UNMOUNT, NULL, xstrdup(D_("Write everything out and unmount")));
	if (plan->firmware == FIRMWARE_UEFI && plan->write_boot_entry)
		add_disk_step(plan, STEP_BOOT_ENTRY, disk,
			      xasprintf(D_("Enter \"%s\" into the firmware's boot list"),
					plan->boot_entry_label));
	if (has_scripts(plan, STAGE_INSTALLATION_COMPLETE))
		add_step(plan, STEP_SCRIPTS_COMPLETE, NULL,
			 xstrdup(D_("Run the scripts for the end")));
}

void build_steps(struct build *build)
{
	add_checks(build);
	add_partitioning(build->plan);
	add_system(build);
	add_configuration(build->plan);
	add_end(build->plan);
}
