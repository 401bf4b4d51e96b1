/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/str.h"
#include "firstboot/firstboot.h"
#include "firstboot/join_command.h"
#include "firstboot/settings.h"

/* Not "xenhost.issue": that name belongs to the boot package's notice of a fallback. */
#define ISSUE "/etc/issue.d/xenhost-host.issue"
#define MOTD  "/etc/motd.d/xenhost"

/* Without a file of networkd it is a toolstack's: "eth0" is bridged as "xenbr0", a name of another
 * form as "br" + name. */
static char *management_bridge(const struct fsroot *root)
{
	_cleanup_free_ char *nic = data_get(root, "management.conf", "LABEL");
	char *device = settings_device(root);

	if (device)
		return device;
	if (str_empty(nic))
		return NULL;
	return str_starts(nic, "eth") ? xasprintf("xenbr%s", nic + 3) : xasprintf("br%s", nic);
}

/* How the last join ended, for who stands before the console. */
static void add_pool(struct strbuf *issue, const struct firstboot *firstboot)
{
	for (size_t i = 0; i < firstboot->n_results; i++) {
		const struct task_result *result = &firstboot->results[i];
		_cleanup_free_ char *text = NULL;

		if (!str_eq(result->name, JOIN_TASK) || !result->message)
			continue;
		text = xstrdup(result->message);
		/* getty takes what follows one for an order. */
		for (char *c = text; (c = strchr(c, '\\'));)
			*c = '/';
		strbuf_addf(issue, "pool: %s%s\n",
			    result->state == TASK_FAILED ? "NOT JOINED: " : "", text);
	}
}

static int write_file(const struct fsroot *root, const char *path, const struct strbuf *text,
		      struct error **err)
{
	int r = fsroot_write_text(root, path, text->text, 0644);

	return r < 0 ? error_errno(err, ERROR_INTERNAL, r, "cannot write %s", path) : 0;
}

int greeting_write(const struct firstboot *firstboot, struct error **err)
{
	_cleanup_free_ char *bridge = management_bridge(firstboot->root);
	_cleanup_free_ char *tasks = firstboot_to_text(firstboot);
	_cleanup_strbuf_ struct strbuf issue = {0};
	_cleanup_strbuf_ struct strbuf motd = {0};
	int r;

	strbuf_add(&issue, "xenhost " XENHOST_VERSION " on \\n\n");
	/* getty fills in the addresses when it shows this, not when it was written. */
	if (bridge)
		strbuf_addf(&issue, "management address: \\4{%s} \\6{%s}\n", bridge, bridge);
	add_pool(&issue, firstboot);
	strbuf_add(&issue, "network, name, time: log in as root, xenhost-firstboot\n");
	strbuf_add(&issue, "\n");
	strbuf_addf(&motd, "xenhost " XENHOST_VERSION "\n%s", tasks);
	r = write_file(firstboot->root, ISSUE, &issue, err);
	if (r == 0)
		r = write_file(firstboot->root, MOTD, &motd, err);
	return r;
}
