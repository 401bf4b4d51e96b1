/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What XenServer's units of first boot leave when they have ended, /var/lib/misc/ran-UNIT, for
 * whoever waits for them. Written here where their work was done here: where XAPI is carried, its
 * own units do it and leave them.
 */
#include "common/str.h"
#include "firstboot/firstboot.h"
#include "firstboot/pool/engine.h"

#define MARKER "/var/lib/misc/ran-%s"

static bool network_is_made(struct firstboot *firstboot)
{
	_cleanup_free_ char *interface = data_get(firstboot->root, "management.conf", "LABEL");

	return !str_empty(interface);
}

static bool storage_is_made(struct firstboot *firstboot)
{
	enum task_state state = state_result(firstboot, "local-storage")->state;

	return state == TASK_DONE || state == TASK_NOTHING;
}

static bool iscsi_name_is_drawn(struct firstboot *firstboot)
{
	return state_result(firstboot, "iscsi-name")->state == TASK_DONE;
}

/*
 * Not control-domain-params-init, which writes alarms of dom0 into XAPI's database: without one
 * nothing stands for it, and a XAPI that comes later has it to do.
 */
static const struct {
	const char *unit;
	bool (*is_done)(struct firstboot *firstboot);
} markers[] = {
	{"network-init", network_is_made},
	{"storage-init", storage_is_made},
	{"generate-iscsi-iqn", iscsi_name_is_drawn},
};

int firstboot_mark(struct firstboot *firstboot, struct error **err)
{
	if (join_engine_find("xapi")->is_carried(firstboot->root))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(markers); i++) {
		_cleanup_free_ char *path = xasprintf(MARKER, markers[i].unit);
		int r;

		if (fsroot_exists(firstboot->root, path) || !markers[i].is_done(firstboot))
			continue;
		r = fsroot_write_text(firstboot->root, path, "", 0644);
		if (r < 0)
			return error_errno(err, ERROR_INTERNAL, r, "cannot write %s", path);
	}
	return 0;
}
