/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenhost-install: installs this machine, or shows what would be done to another one. */
#include <errno.h>

#include "common/notifier.h"
#include "common/program.h"
#include "common/str.h"
#include "installer/follow.h"
#include "installer/hardware/hardware.h"
#include "installer/options.h"
#include "installer/remote.h"

#define PROGRAM "xenhost-install"

static const char usage[] =
	"Usage: xenhost-install [--machine MACHINE] [--source FOLDER|MANIFEST|URL] [--save FILE]\n"
	"                       [--answers FILE|URL [--ask SCREENS]] [--last-call SECONDS]\n"
	"       xenhost-install plan --answers FILE|URL --machine live|HOST.json|FOLDER|TARBALL\n"
	"                            [--source FOLDER|MANIFEST|URL] [--seed HEX] [--time TIME]\n"
	"                            [--client-certificate FILE [--client-key FILE]] [--json]\n"
	"       xenhost-install run [--answers FILE|URL] [--source FOLDER|URL] [--seed HEX]\n"
	"                           [--time TIME] [--events json] [--yes]\n"
	"                           [--consoles NAMES] [--last-call SECONDS]\n"
	"       xenhost-install watch [--console NAME]\n"
	"       xenhost-install hardware-report\n"
	"       xenhost-install remote\n"
	"\n"
	"Without a command it asks on screens, shows the plan, and installs this machine when\n"
	"that is confirmed; with --machine it ends with the plan of the recorded machine.\n"
	"plan shows everything that an installation would do to a machine and writes nothing.\n"
	"run installs this machine: it checks, shows the plan, and erases the chosen disks.\n"
	"watch shows an installation that run carries out elsewhere: its lines, progress and end.\n"
	"hardware-report says whether this machine can be a Xen host; it writes to no disk, saves\n"
	"the report on a USB stick labelled XENHOST, and sends it to the boot line's\n"
	"xenhost.report=URL.\n"
	"remote lets the boot line's xenhost.sshkey= log in to the running installer by ssh.\n"
	"\n"
	"  --answers   answer file; run: without it the boot line's answerfile=; on screens only\n"
	"              what is missing in it is asked for\n"
	"  --ask       screens that are opened all the same, with commas between\n"
	"  --machine   this machine, or what xenhost-hwinfo show --json or capture made elsewhere\n"
	"  --source    where the system comes from; without it what the answers or the boot line\n"
	"              name, else the install medium\n"
	"  --seed      32 hex digits: with --time repeats the plan of a report\n"
	"  --time      seconds since 1970, or 2026-11-21T20:15:00Z\n"
	"  --save      the answers that the screens made, as an answer file\n"
	"  --json      the plan as JSON (xenhost.plan/1)\n"
	"  --client-certificate, --client-key\n"
	"              PEM files that https servers are shown who ask who wants the answers\n"
	"  --events    json: progress as JSON lines on stdout (xenhost.event/1)\n"
	"  --yes       do not ask, although the answers want confirmation\n"
	"  --consoles  names below /dev, with blanks between, on which it can still be halted\n"
	"  --last-call for how many seconds, before the disks are erased: 10; 0 is none\n"
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
	fprintf(stderr, PROGRAM ": there is no command \"%s\"\n", command);
	fprintf(stderr, "  Without a command it asks on screens; commands are plan, run, watch,\n"
			"  hardware-report and remote.\n"
			"  More: " PROGRAM " --help\n");
	return error_kind_exit_code(ERROR_USAGE);
}

static int call(enum install_command command, const struct install_options *options,
		struct error **err)
{
	switch (command) {
	case COMMAND_PLAN:
		return install_plan(options, err);
	case COMMAND_RUN:
		return install_run(options, err);
	case COMMAND_SCREENS:
		return install_screens(options, err);
	}
	return -EINVAL;
}

static int watch(int count, char **arguments)
{
	int r = follow_command(count, arguments);

	if (r == -EINVAL) {
		fprintf(stderr, PROGRAM ": watch takes --console NAME and --folder FOLDER alone\n");
		return error_kind_exit_code(ERROR_USAGE);
	}
	if (r < 0) {
		fprintf(stderr,
			PROGRAM ": nothing is installed here: %s\n"
				"  watch belongs into the running installer, as root.\n",
			strerror(-r));
		return error_kind_exit_code(ERROR_USAGE);
	}
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_error_ struct error *error = NULL;
	struct install_options options;
	const char *word = argc > 1 ? argv[1] : NULL;
	enum install_command command = COMMAND_SCREENS;
	int skipped = 0, r;

	if (program_told_about(PROGRAM, usage, word))
		return program_ended(PROGRAM, 0);
	if (str_eq(word, NOTIFIER_COMMAND) && argc == 2)
		return notifier_main();
	if (str_eq(word, "hardware-report") && argc == 2)
		return hardware_report();
	if (str_eq(word, "remote") && argc == 2)
		return remote_main();
	if (str_eq(word, "watch"))
		return watch(argc - 1, argv + 1);
	if (word && !str_starts(word, "--")) {
		if (!str_eq(word, "plan") && !str_eq(word, "run"))
			return no_command(word);
		command = str_eq(word, "run") ? COMMAND_RUN : COMMAND_PLAN;
		skipped = 1;
	}
	r = install_options_parse(command, argc - skipped, argv + skipped, &options, &error);
	if (r == 0 && command == COMMAND_RUN) {
		int code;

		switch (follow_fork(&options, &code)) {
		case FOLLOW_INSTALL:
			break;
		case FOLLOW_ASK:
			command = COMMAND_SCREENS;
			options.ask = "missing";
			break;
		case FOLLOW_ENDED:
			return code;
		}
	}
	if (r == 0)
		r = call(command, &options, &error);
	r = finish(r, error);
	/* Of an installation the code tells what became of the machine, whoever reads along. */
	return command == COMMAND_PLAN ? program_ended(PROGRAM, r) : r;
}
