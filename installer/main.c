/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenhost-install: installs this machine, or shows what would be done to another one. */
#include "common/program.h"
#include "common/str.h"
#include "installer/hardware/hardware.h"
#include "installer/options.h"

#define PROGRAM "xenhost-install"

static const char usage[] =
	"Usage: xenhost-install plan --answers FILE|URL --machine live|HOST.json|FOLDER|TARBALL\n"
	"                            [--source FOLDER|MANIFEST|URL] [--seed HEX] [--time TIME]\n"
	"                            [--json]\n"
	"       xenhost-install run [--answers FILE|URL] [--source FOLDER|URL] [--seed HEX]\n"
	"                           [--time TIME] [--events json] [--yes]\n"
	"       xenhost-install hardware-report\n"
	"\n"
	"plan shows everything that an installation would do to a machine and writes nothing.\n"
	"run installs this machine: it checks, shows the plan, and erases the chosen disks.\n"
	"hardware-report says whether this machine can be a Xen host; it writes to no disk, saves\n"
	"the report on a USB stick labelled XENHOST, and sends it to the boot line's\n"
	"xenhost.report=URL.\n"
	"\n"
	"  --answers   answer file; run: without it the boot line's answerfile=\n"
	"  --machine   this machine, or what xenhost-hwinfo show --json or capture made elsewhere\n"
	"  --source    where the system comes from; without it what the answers or the boot line\n"
	"              name, else the install medium\n"
	"  --seed      32 hex digits: with --time repeats the plan of a report\n"
	"  --time      seconds since 1970, or 2026-11-21T20:15:00Z\n"
	"  --json      the plan as JSON (xenhost.plan/1)\n"
	"  --events    json: progress as JSON lines on stdout (xenhost.event/1)\n"
	"  --yes       do not ask, although the answers want confirmation\n"
	"  --help, --version\n"
	"\n"
	"Exit codes: 0 done, 2 wrong usage, 3 the answers are wrong, 4 the machine is not fit,\n"
	"5 the source is wrong or damaged, 6 network, 7 failed while changing the machine,\n"
	"130 cancelled. See xenhost-install(8).\n";

static int finish(int r, struct error *error)
{
	if (r >= 0)
		return 0;
	if (!error) {
		fprintf(stderr, PROGRAM ": %s\n", strerror(-r));
		return error_kind_exit_code(ERROR_INTERNAL);
	}
	return program_failed(PROGRAM, error, "");
}

static int no_command(const char *command)
{
	if (command)
		fprintf(stderr, PROGRAM ": there is no command \"%s\"\n", command);
	else
		fprintf(stderr, PROGRAM ": this version has no screens to install from\n");
	fprintf(stderr,
		"  Write an answer file and run: " PROGRAM " run --answers FILE\n"
		"  See what it would do first: " PROGRAM " plan --answers FILE --machine live\n"
		"  More: " PROGRAM " --help\n");
	return error_kind_exit_code(ERROR_USAGE);
}

int main(int argc, char **argv)
{
	_cleanup_error_ struct error *error = NULL;
	struct install_options options;
	const char *command = argc > 1 ? argv[1] : NULL;
	int r;

	if (program_told_about(PROGRAM, usage, command))
		return 0;
	if (str_eq(command, "hardware-report") && argc == 2)
		return hardware_report();
	if (!str_eq(command, "plan") && !str_eq(command, "run"))
		return no_command(command);
	r = install_options_parse(str_eq(command, "run"), argc - 1, argv + 1, &options, &error);
	if (r == 0)
		r = str_eq(command, "run") ? install_run(&options, &error)
					   : install_plan(&options, &error);
	return finish(r, error);
}
