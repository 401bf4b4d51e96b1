/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several links as one, and each for itself again. */
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>

#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/network/links.h"

#define TAG    "network"
#define FOLDER NETWORK_STATE_FOLDER
/* A client has nothing to do when it is told to end. */
#define END_MS 2000

bool link_lacks_lacp(const struct fsroot *root, const char *name)
{
	_cleanup_free_ char *partner = NULL;

	/* The kernel's bonding documentation: of LACP bonds alone; zeros until somebody answers. */
	return fsroot_read_textf(root, &partner, "/sys/class/net/%s/bonding/ad_partner_mac",
				 name) == 0 &&
	       str_eq(str_trim(partner), "00:00:00:00:00:00");
}

static void stop_client(const struct fsroot *root, const char *pid_file)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_close_ int fd = -1;
	struct pollfd end = {.events = POLLIN};
	unsigned pid;

	if (fsroot_read_textf(root, &text, FOLDER "/%s", pid_file) < 0 ||
	    str_to_uint(text, 1, INT32_MAX, &pid) < 0)
		return;
	end.fd = fd = pidfd_open((pid_t)pid, 0);
	if (fd < 0 || pidfd_send_signal(fd, SIGTERM, NULL, 0) < 0 || poll(&end, 1, END_MS) <= 0)
		log_debug(TAG, "%s: its client does not run any more, or does not end", pid_file);
}

static void drop(const struct fsroot *root, const char *file)
{
	_cleanup_free_ char *path = xasprintf(FOLDER "/%s", file);
	int r = fsroot_unlink(root, path);

	if (r < 0)
		log_warning(TAG, "%s cannot be removed: %s", path, strerror(-r));
}

static bool is_of(const char *file, const char *link)
{
	return str_starts(file, link) && file[strlen(link)] == '.';
}

/* What the link and the VLANs on it were told, and the clients that renew it. */
static void forget(const struct fsroot *root, const char *name)
{
	_cleanup_free_ char *preferred = NULL;
	_cleanup_strv_ char **files = NULL;

	if (fsroot_read_text(root, FOLDER "/preferred", &preferred) == 0 &&
	    (str_eq(str_trim(preferred), name) || is_of(preferred, name)))
		drop(root, "preferred");
	if (fsroot_list(root, FOLDER, &files) < 0)
		return;
	for (char **file = files; file && *file; file++)
		if (is_of(*file, name) && (str_ends(*file, ".pid") || str_ends(*file, ".pid6")))
			stop_client(root, *file);
	for (char **file = files; file && *file; file++)
		if (is_of(*file, name))
			drop(root, *file);
}

static int remove_bond(const struct fsroot *root, const char *name, struct error **err)
{
	log_info(TAG, "%s is taken apart", name);
	forget(root, name);
	return proc_runl(err, TAG, "ip", "link", "delete", "dev", name, NULL);
}

int link_leave_bond(const struct fsroot *root, const char *name, struct error **err)
{
	_cleanup_free_ char *path = NULL;
	const char *slash, *bond;

	if (fsroot_readlinkf(root, &path, "/sys/class/net/%s/master", name) < 0)
		return 0;
	slash = strrchr(path, '/');
	bond = slash ? slash + 1 : path;
	return fsroot_existsf(root, "/sys/class/net/%s/bonding", bond)
		       ? remove_bond(root, bond, err)
		       : 0;
}

static int add_port(const struct fsroot *root, const char *bond, const char *port,
		    struct error **err)
{
	int r = link_leave_bond(root, port, err);

	forget(root, port);
	if (r == 0)
		r = proc_runl(err, TAG, "ip", "addr", "flush", "dev", port, NULL);
	if (r == 0)
		r = proc_runl(err, TAG, "ip", "link", "set", "dev", port, "down", NULL);
	if (r == 0)
		r = proc_runl(err, TAG, "ip", "link", "set", "dev", port, "master", bond, NULL);
	return r;
}

static int make_bond(const struct fsroot *root, const char *name, const char *mode,
		     char *const *ports, struct error **err)
{
	bool is_lacp = str_eq(mode, "802.3ad");
	/* A port without link is noticed within 100 ms; the partner is asked every second, not
	 * every 30. Without LACP the words end at that NULL. */
	int r = proc_runl(err, TAG, "ip", "link", "add", name, "type", "bond", "mode", mode,
			  "miimon", "100", is_lacp ? "lacp_rate" : NULL, "fast", "xmit_hash_policy",
			  "layer2+3", NULL);

	for (; r == 0 && ports && *ports; ports++)
		r = add_port(root, name, *ports, err);
	return r < 0 ? r : link_set_up(name, err);
}

/* The kernel's files say "802.3ad 4" and "eth0 eth1". */
static bool is_made_so(const struct fsroot *root, const char *name, const char *mode,
		       char *const *ports)
{
	_cleanup_free_ char *mode_now = NULL, *ports_now = NULL;
	_cleanup_strv_ char **now = NULL;

	if (fsroot_read_textf(root, &mode_now, "/sys/class/net/%s/bonding/mode", name) < 0 ||
	    fsroot_read_textf(root, &ports_now, "/sys/class/net/%s/bonding/slaves", name) < 0)
		return false;
	mode_now[strcspn(mode_now, " \n")] = '\0';
	now = strv_split(ports_now, " \n");
	if (!str_eq(mode_now, mode) || strv_length(now) != strv_length(ports))
		return false;
	for (char *const *port = ports; *port; port++)
		if (!strv_contains(now, *port))
			return false;
	return true;
}

int link_add_bond(const struct fsroot *root, const char *name, const char *mode, char *const *ports,
		  bool anew, struct error **err)
{
	_cleanup_error_ struct error *problem = NULL;
	_cleanup_free_ char *list = NULL, *why = NULL;
	bool stands = link_exists(root, name);
	int r = 0;

	if (stands && (!anew || is_made_so(root, name, mode, ports)))
		return 0;
	if (stands)
		r = remove_bond(root, name, &problem);
	if (r == 0)
		r = make_bond(root, name, mode, ports, &problem);
	if (r == 0)
		return 0;
	list = strv_join(ports, ", ");
	why = error_text(problem);
	error_set(err, ERROR_NETWORK, "%s cannot be made a bond: %s", list, why);
	return error_hint(err, "Name Ethernet ports that are in no other bond.");
}
