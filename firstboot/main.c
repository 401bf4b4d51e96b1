/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenhost-firstboot: finishes an installed host at its first boots, and tells how far it is. */
#include "common/bootline.h"
#include "common/log.h"
#include "common/str.h"
#include "firstboot/firstboot.h"

#define PROGRAM "xenhost-firstboot"

static const char usage[] =
	"Usage: xenhost-firstboot run | status\n"
	"\n"
	"run     does what the installer left for the first boot (" FIRSTBOOT_DATA "):\n"
	"        makes the local storage that was asked for and missing ssh host keys.\n"
	"        Done things are not done again; it is started at every boot.\n"
	"status  prints what was done and what failed; writes nothing\n"
	"\n"
	"  --help, --version\n"
	"\n"
	"Exit codes: 0 done, 2 wrong usage, 3 the wishes are wrong, 4 a device is not fit,\n"
	"7 failed while changing the host. See xenhost-firstboot(8).\n";

static int print_status(const struct firstboot *firstboot)
{
	_cleanup_free_ char *line = NULL;
	_cleanup_free_ char *fallback = NULL;
	_cleanup_free_ char *text = firstboot_to_text(firstboot);

	if (fsroot_read_text(firstboot->root, "/proc/cmdline", &line) == 0)
		fallback = bootline_get(line, "xenhost.fallback");
	if (fallback)
		printf("boot: plain Linux, because Xen did not come up (%s)\n", fallback);
	fputs(*text ? text : "the first boot has not been finished\n", stdout);
	return 0;
}

static int run_command(const char *command, struct error **err)
{
	_cleanup_(firstboot_done) struct firstboot firstboot = {0};
	int r = fsroot_open("/", &firstboot.root);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot open /");
	r = state_load(&firstboot, err);
	if (r < 0)
		return r;
	if (str_eq(command, "status"))
		return print_status(&firstboot);
	if (geteuid() != 0)
		return error_set(err, ERROR_USAGE, "only root can run this");
	log_to_stderr(LOG_INFO);
	return firstboot_run(&firstboot, err);
}

static int no_command(const char *command)
{
	if (command)
		fprintf(stderr, PROGRAM ": there is no command \"%s\"\n", command);
	else
		fprintf(stderr, PROGRAM ": this version has no wizard and joins no pool\n");
	fprintf(stderr, "  Finish the host with: " PROGRAM " run; see how far it is with: " PROGRAM
			" status\n");
	return error_kind_exit_code(ERROR_USAGE);
}

int main(int argc, char **argv)
{
	_cleanup_error_ struct error *error = NULL;
	const char *command = argc == 2 ? argv[1] : NULL;
	_cleanup_free_ char *text = NULL;

	if (str_eq(command, "--help") || str_eq(command, "-h")) {
		fputs(usage, stdout);
		return 0;
	}
	if (str_eq(command, "--version")) {
		puts(PROGRAM " " XENHOST_VERSION);
		return 0;
	}
	if (!str_eq(command, "run") && !str_eq(command, "status"))
		return no_command(argc > 1 ? argv[1] : NULL);
	if (run_command(command, &error) >= 0)
		return 0;
	text = error_text(error);
	fprintf(stderr, PROGRAM ": %s\n", text);
	if (error_get_hint(error))
		fprintf(stderr, "  %s\n", error_get_hint(error));
	return error_kind_exit_code(error->kind);
}
