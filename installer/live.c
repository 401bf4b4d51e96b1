/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/live.h"

#include "common/log.h"
#include "common/program.h"
#include "installer/network/network.h"
#include "installer/result.h"

#define TAG "install"

int live_start(struct fsroot **root, char **command_line, struct host **host, struct error **err)
{
	int r;

	if (geteuid() != 0) {
		error_set(err, ERROR_USAGE, "only root can install");
		return error_hint(err, "Boot the install medium; \"plan\" works for everybody.");
	}
	program_cancel_on_signals();
	r = fsroot_open("/", root);
	if (r == 0)
		r = fsroot_mkdir(*root, RESULT_FOLDER, 0755);
	if (r == 0)
		r = log_to_file(LOG_DEBUG, RESULT_LOG);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write below %s", RESULT_FOLDER);
	log_info(TAG, "xenhost-install " XENHOST_VERSION);
	r = fsroot_read_text(*root, "/proc/cmdline", command_line);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read /proc/cmdline");
	r = host_detect(*root, NULL, host, err);
	if (r == 0)
		r = network_rename(*host, err);
	return r;
}
