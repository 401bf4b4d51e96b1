/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/nic_names.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/file.h>
#include <time.h>

#include "common/log.h"
#include "common/netdev.h"
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/firstboot.h"
#include "hwdb/host.h"

#define TAG     "nic-names"
#define WAIT_MS 60000
#define POLL_MS 1600 /* at last; cards that come soon are seen soon */

/* On the folder whose entries are about to change; closing it lets the next one in. */
static int lock(const struct fsroot *root, int *ret, struct error **err)
{
	_cleanup_close_ int fd = fsroot_open_fd(root, "/sys/class/net", O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return error_errno(err, ERROR_HARDWARE, fd, "cannot open /sys/class/net");
	if (flock(fd, LOCK_EX) < 0)
		return error_errno(err, ERROR_INTERNAL, errno, "cannot lock /sys/class/net");
	*ret = TAKE_FD(fd);
	return 0;
}

static int remember(const struct fsroot *root, char *const *rules, struct error **err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strbuf_ struct strbuf buf = {0};
	int r = fsroot_read_text(root, HOST_NIC_RULES_LATER, &text);

	if (r < 0 && r != -ENOENT)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read %s", HOST_NIC_RULES_LATER);
	strbuf_addf(&buf, "%s\n",
		    text ? text : "# Network cards that came after the installation.");
	for (size_t i = 0; rules[i]; i++)
		strbuf_addf(&buf, "%s\n", rules[i]);
	r = fsroot_write_text(root, HOST_NIC_RULES_LATER, buf.text, 0644);
	if (r == -EROFS)
		return 0;
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write %s", HOST_NIC_RULES_LATER);
	log_info(TAG, "%zu new in " HOST_NIC_RULES_LATER, strv_length(rules));
	return 0;
}

static int rename_nics(struct host *host, struct error **err)
{
	_cleanup_free_ struct netdev_name *names = xcalloc(host->n_nics + 1, sizeof(*names));

	for (size_t i = 0; i < host->n_nics; i++) {
		struct host_nic *nic = &host->nics[i];

		if (!str_eq(nic->kernel_name, nic->name))
			log_info(TAG, "%s (%s) becomes %s", nic->kernel_name, nic->mac, nic->name);
		names[i] = (struct netdev_name){&nic->kernel_name, nic->name};
	}
	return netdev_rename(names, host->n_nics, err);
}

void nic_names_done(struct nic_names *names)
{
	strv_free(names->names);
}

int nic_names_apply(const struct fsroot *root, struct nic_names *ret, struct error **err)
{
	_cleanup_close_ int fd = -1;
	_cleanup_host_ struct host *host = NULL;
	_cleanup_host_nic_rules_ struct host_nic_rules rules = {0};
	char **names = NULL;
	int r = lock(root, &fd, err);

	if (r == 0)
		r = host_detect_nics(root, &host, &rules, err);
	if (r < 0)
		return r;
	for (char **note = host->notes; note && *note; note++)
		log_warning(TAG, "%s", *note);
	r = rename_nics(host, err);
	if (r == 0 && rules.missing)
		r = remember(root, rules.missing, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < host->n_nics; i++)
		strv_add(&names, host->nics[i].name);
	*ret = (struct nic_names){names, rules.absent};
	return 0;
}

static bool udev_is_idle(void)
{
	return proc_runl(NULL, TAG, "udevadm", "settle", "--timeout=0", NULL) == 0;
}

int nic_names_wait(const struct fsroot *root, struct error **err)
{
	unsigned poll = 100;

	for (unsigned waited = 0; waited < WAIT_MS; waited += poll) {
		_cleanup_nic_names_ struct nic_names names = {0};
		/* Asked first: what it waits for must be there when the cards are counted. */
		bool idle = udev_is_idle();
		int r = nic_names_apply(root, &names, err);

		if (r < 0)
			return r;
		if (idle || names.absent == 0)
			return 0;
		poll = poll * 2 < POLL_MS ? poll * 2 : POLL_MS;
		nanosleep(&(struct timespec){poll / 1000, poll % 1000 * 1000000L}, NULL);
	}
	log_warning(TAG, "some devices take long; cards that come now are named when they come");
	return 0;
}

int nic_names_print(const struct fsroot *root, const char *index, struct error **err)
{
	_cleanup_nic_names_ struct nic_names names = {0};
	_cleanup_error_ struct error *error = NULL;
	char name[IF_NAMESIZE];
	unsigned number;

	if (str_to_uint(index, 1, INT32_MAX, &number) < 0)
		return error_set(err, ERROR_USAGE, "\"%s\" is no interface index", index);
	if (nic_names_apply(root, &names, &error) < 0) {
		_cleanup_free_ char *text = error_text(error);

		log_error(TAG, "%s", text);
	}
	if (!if_indextoname(number, name))
		return error_set(err, ERROR_HARDWARE, "there is no link with index %u", number);
	puts(name);
	return 0;
}

int task_nic_names(struct firstboot *firstboot, enum task_state *ret_state, char **ret_message,
		   struct error **err)
{
	_cleanup_nic_names_ struct nic_names names = {0};
	int r = nic_names_apply(firstboot->root, &names, err);

	if (r < 0)
		return r;
	*ret_state = names.names ? TASK_DONE : TASK_NOTHING;
	*ret_message =
		names.names ? strv_join(names.names, ", ") : xstrdup("there is no network card");
	return 0;
}
