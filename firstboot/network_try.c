/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/network_try.h"

#include <errno.h>

#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"

#define TAG      "network"
#define NETWORKS "/etc/systemd/network/"
#define OVS_UNIT "xenhost-openvswitch.service"
#define OVS_PATH "/etc/systemd/system/" OVS_UNIT
#define TIMER    "xenhost-network-fallback"
/* More than the operator has, so that the timer never takes back what is just being confirmed. */
#define TIMER_S (NETWORK_TRY_S + 60)

/* "/etc/systemd/network/20-eth0.network" is about eth0; NULL for other files. */
static char *link_of(const char *path, const char *kind)
{
	const char *name = path + strlen(NETWORKS);

	if (!str_starts(path, NETWORKS) || !str_ends(path, kind) || !strchr(name, '-'))
		return NULL;
	name = strchr(name, '-') + 1;
	return xstrndup(name, strlen(name) - strlen(kind));
}

static bool link_exists(const struct fsroot *root, const char *name)
{
	return fsroot_existsf(root, "/sys/class/net/%s", name);
}

static bool has_line(const struct changes_state *state, const char *line)
{
	return state->content && strstr(state->content, line);
}

/* Guests that run have a link each, "vif1.0", which Open vSwitch loses with its bridge. */
int network_try_check(const struct fsroot *root, const struct changes *changes, struct error **err)
{
	_cleanup_strv_ char **links = NULL;
	bool bridge = false;

	for (size_t i = 0; i < changes->count; i++)
		bridge |= str_eq(changes->list[i].path, OVS_PATH);
	if (!bridge || fsroot_list(root, "/sys/class/net", &links) < 0)
		return 0;
	for (char **link = links; link && *link; link++) {
		if (!str_starts(*link, "vif"))
			continue;
		error_set(err, ERROR_USER, "guests run, and would lose their network");
		return error_hint(err, "Shut them down first: xl list.");
	}
	return 0;
}

/* A link that is made anew gets another shape; one of a kind that stays is told what differs. */
static int drop_link(const struct fsroot *root, const struct change *change, struct error **err)
{
	_cleanup_free_ char *name = link_of(change->path, ".netdev");
	const char *mac;
	_cleanup_free_ char *address = NULL;

	if (!name || !change->before.there || !link_exists(root, name))
		return 0;
	if (!has_line(&change->after, "Kind=bridge"))
		return proc_runl(err, TAG, "ip", "link", "delete", "dev", name, NULL);
	mac = strstr(change->after.content, "MACAddress=");
	if (!mac)
		return 0;
	mac += strlen("MACAddress=");
	address = xstrndup(mac, strcspn(mac, "\n"));
	return proc_runl(err, TAG, "ip", "link", "set", "dev", name, "address", address, NULL);
}

/* networkd takes a link into a bridge or bond, but not out of it. */
static int release_link(const struct fsroot *root, const struct change *change, struct error **err)
{
	_cleanup_free_ char *name = link_of(change->path, ".network");
	bool was = has_line(&change->before, "\nBridge=") || has_line(&change->before, "\nBond=");

	if (!name || !was || !link_exists(root, name) ||
	    !fsroot_existsf(root, "/sys/class/net/%s/master", name))
		return 0;
	return proc_runl(err, TAG, "ip", "link", "set", "dev", name, "nomaster", NULL);
}

/* The bridge of Open vSwitch is made anew by its unit. */
static int drop_open_vswitch(const struct changes *changes, struct error **err)
{
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->list[i];
		const char *bridge =
			change->before.content ? strstr(change->before.content, "add-br ") : NULL;

		if (!str_eq(change->path, OVS_PATH) || !bridge)
			continue;
		bridge += strlen("add-br ");
		_cleanup_free_ char *name = xstrndup(bridge, strcspn(bridge, " \n"));
		return proc_runl(err, TAG, "ovs-vsctl", "--if-exists", "del-br", name, NULL);
	}
	return 0;
}

static int start_open_vswitch(const struct changes *changes, struct error **err)
{
	for (size_t i = 0; i < changes->count; i++)
		if (str_eq(changes->list[i].path, OVS_PATH) && changes->list[i].after.there)
			return proc_runl(err, TAG, "systemctl", "restart", OVS_UNIT, NULL);
	return 0;
}

/* Those that are there; networkd sees to the others when they appear. */
static int configure_links(const struct fsroot *root, const struct changes *changes,
			   struct error **err)
{
	for (size_t i = 0; i < changes->count; i++) {
		_cleanup_free_ char *name = link_of(changes->list[i].path, ".network");
		int r;

		if (!name || !changes->list[i].after.there || !link_exists(root, name))
			continue;
		r = proc_runl(err, TAG, "networkctl", "reconfigure", name, NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

int network_activate(const struct fsroot *root, const struct changes *changes, struct error **err)
{
	int r = drop_open_vswitch(changes, err);

	for (size_t i = 0; r == 0 && i < changes->count; i++) {
		r = drop_link(root, &changes->list[i], err);
		if (r == 0)
			r = release_link(root, &changes->list[i], err);
	}
	if (r == 0)
		r = proc_runl(err, TAG, "systemctl", "daemon-reload", NULL);
	if (r == 0)
		r = proc_runl(err, TAG, "networkctl", "reload", NULL);
	if (r == 0)
		r = start_open_vswitch(changes, err);
	return r == 0 ? configure_links(root, changes, err) : r;
}

static int start_timer(struct error **err)
{
	_cleanup_free_ char *after = xasprintf("--on-active=%u", TIMER_S);

	return proc_runl(err, TAG, "systemd-run", "--quiet", "--collect", "--unit=" TIMER, after,
			 "/usr/sbin/xenhost-firstboot", "network-fallback", NULL);
}

/* It is gone already when it has just run. */
static void stop_timer(void)
{
	if (proc_runl(NULL, TAG, "systemctl", "stop", TIMER ".timer", NULL) < 0)
		log_info(TAG, "the timer has run");
}

int network_try(const struct fsroot *root, const struct changes *changes, struct error **err)
{
	bool live = fsroot_is_live(root), done;
	int r = live ? network_try_check(root, changes, err) : 0;

	if (r == 0)
		r = changes_keep(root, changes, err);
	if (r == 0 && live)
		r = start_timer(err);
	if (r == 0)
		r = changes_write(root, changes, err);
	if (r == 0 && live)
		r = network_activate(root, changes, err);
	if (r < 0 && network_take_back(root, &done, NULL) < 0)
		log_error(TAG, "the old network could not be brought back");
	return r;
}

int network_confirm(const struct fsroot *root, struct error **err)
{
	int r;

	if (!network_is_tried(root)) {
		error_set(err, ERROR_USER, "no network is being tried");
		return error_hint(err, "The old one may have come back: xenhost-firstboot status.");
	}
	r = changes_forget(root, err);
	if (r == 0 && fsroot_is_live(root))
		stop_timer();
	return r;
}

bool network_is_tried(const struct fsroot *root)
{
	return fsroot_exists(root, CHANGES_PENDING);
}

int network_take_back(const struct fsroot *root, bool *ret_done, struct error **err)
{
	_cleanup_changes_ struct changes changes = {0};
	int r = changes_load(root, &changes, err);

	if (r == -ENOENT) {
		*ret_done = false;
		return 0;
	}
	if (r < 0)
		return r;
	log_warning(TAG, "the new network was not confirmed; the old one comes back");
	changes_turn(&changes);
	r = changes_write(root, &changes, err);
	if (r == 0 && fsroot_is_live(root))
		r = network_activate(root, &changes, err);
	/* What cannot be made to work now is right at the next boot: the files are the old ones. */
	if (changes_forget(root, r < 0 ? NULL : err) < 0)
		return -EIO;
	if (r == 0 && fsroot_is_live(root))
		stop_timer();
	*ret_done = true;
	return r;
}
