/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenhost-firstboot: finishes an installed host at its first boots, and tells how far it is. */
#include "common/bootline.h"
#include "common/log.h"
#include "common/notifier.h"
#include "common/program.h"
#include "common/resident.h"
#include "common/str.h"
#include "firstboot/check.h"
#include "firstboot/consoles.h"
#include "firstboot/firstboot.h"
#include "firstboot/join_command.h"
#include "firstboot/network_try.h"
#include "firstboot/nic_names.h"
#include "firstboot/pool/engine.h"
#include "firstboot/wizard.h"

#define PROGRAM "xenhost-firstboot"

static const char usage[] =
	"Usage: xenhost-firstboot [wizard [--console] [--root DIR] [--machine M] [--socket PATH]]\n"
	"       xenhost-firstboot run | status [--json] | scripts MOMENT | nic-names [INDEX | "
	"wait]\n"
	"       xenhost-firstboot consoles | network-confirm | network-fallback\n"
	"       xenhost-firstboot join [--pool ADDRESS OPTION...]\n"
	"       xenhost-firstboot check --pool ADDRESS --password-file FILE [--user NAME]\n"
	"           [--fingerprint SHA256 | --ca-file FILE] [--force] [--json]\n"
	"       xenhost-firstboot check --pool-records FILE --host-records FILE ...\n"
	"       xenhost-firstboot check --list\n"
	"\n"
	"wizard     screens: how the host stands, its network, name and time; what a terminal\n"
	"           shows without a command. --console: a login prompt waits behind it.\n"
	"           --root: of a folder instead, where no program is run; --machine: as host\n"
	"           JSON or capture\n"
	"run        does what the installer left for the first boot (" FIRSTBOOT_DATA "):\n"
	"           makes the local storage that was asked for.\n"
	"           Done things are not done again; it is started at every boot.\n"
	"status     prints what was done and what failed; writes nothing\n"
	"join       joins this host to the pool of a coordinator, and says when it is a live and\n"
	"           enabled member:\n"
	"             --pool ADDRESS        the coordinator: name, name:port, [IPv6]; without it "
	"the\n"
	"                                   pool that the answers of the installation named\n"
	"             --fingerprint SHA256  of its certificate, as its console shows it; or\n"
	"             --ca-file FILE          certificates of the authority that signed it\n"
	"             --user NAME           root unless told\n"
	"             --password-file FILE  its first line; \"-\" is standard input\n"
	"             --force               also when processors or builds differ\n"
	"             --default-sr NAME     storage for new virtual disks, where the pool has "
	"none\n"
	"             --wait S, --retry S   for this host to be ready; for what may pass\n"
	"             --finish S            for the pool to have it live and enabled\n"
	"             --transport NAME      json-rpc or xml-rpc\n"
	"             --socket PATH         of this host's toolstack, where it is not the usual\n"
	"             --host ADDRESS        another host than this one joins, with\n"
	"             --host-fingerprint SHA256, --host-password-file FILE\n"
	"             --json                the result on stdout (xenhost.join/1)\n"
	"           without a pool to join: --name NAME and --default-sr NAME of the one that\n"
	"           this host began\n"
	"scripts    runs the answer file's scripts for first boot that have not run yet:\n"
	"           before-network, network-up, or joined (in its pool)\n"
	"consoles   the wizard instead of the login prompt on each console, where something is\n"
	"           open; a unit starts it\n"
	"network-confirm, network-fallback\n"
	"           a network that is being tried stays, or the one before it comes back\n"
	"nic-names  gives network cards the names they have borne since the installation\n"
	"           and new ones a free ethN. With the interface index of a link, prints\n"
	"           the name of that one; udev calls it for every card that appears.\n"
	"           \"wait\" comes back when all cards are there, at the latest in a minute.\n"
	"\n"
	"check      what stands against this host joining a pool; reads both, changes\n"
	"           neither. --save-host, --save-pool FILE keep what was read, to be judged\n"
	"           on any machine. --host as with join. --list: all that is looked at\n"
	"\n"
	"  --help, --version\n"
	"\n"
	"Exit codes: 0 done, 1 check found what stops the join, 2 wrong usage, 3 the wishes are "
	"wrong,\n"
	"4 a device is not fit, 6 network, 7 failed while changing the host, 8 the pool refused,\n"
	"130 cancelled. See xenhost-firstboot(8).\n";

static int print_json(const struct firstboot *firstboot)
{
	_cleanup_json_ struct json *json = state_to_json(firstboot);
	struct json *engines = json_new_array();
	_cleanup_free_ char *text = NULL;
	const struct join_engine *engine;

	for (size_t i = 0; (engine = join_engine_at(i)); i++) {
		if (engine->is_carried(firstboot->root))
			json_append_string(engines, engine->name);
	}
	json_set(json, "pool_engines", engines);
	text = json_to_text(json);
	fputs(text, stdout);
	return 0;
}

/* What nobody finds out by a join that fails. */
static void print_engines(const struct fsroot *root)
{
	const struct join_engine *engine;

	for (size_t i = 0; (engine = join_engine_at(i)); i++) {
		if (engine->join && !engine->is_carried(root))
			printf("pools: this system does not carry %s, so it cannot be in %s\n",
			       engine->name, engine->title);
	}
}

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
	print_engines(firstboot->root);
	return 0;
}

static int nic_names(const struct fsroot *root, const char *index, struct error **err)
{
	_cleanup_nic_names_ struct nic_names names = {0};

	if (str_eq(index, "wait"))
		return nic_names_wait(root, err);
	return index ? nic_names_print(root, index, err) : nic_names_apply(root, &names, err);
}

static int scripts(struct firstboot *firstboot, const char *word, struct error **err)
{
	enum script_moment moment;

	if (firstboot_moment_from_string(word, &moment) < 0) {
		error_set(err, ERROR_USAGE, "no script runs at \"%s\"", word);
		return error_hint(err, "before-network, network-up or joined");
	}
	return firstboot_scripts(firstboot, moment, err);
}

static int network_fallback(const struct fsroot *root, struct error **err)
{
	bool done = false;

	return network_take_back(root, &done, err);
}

static int run_command(const char *command, const char *argument, struct error **err)
{
	_cleanup_(firstboot_done) struct firstboot firstboot = {0};
	int r = fsroot_open("/", &firstboot.root);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot open /");
	if (!str_eq(command, "status")) {
		if (geteuid() != 0)
			return error_set(err, ERROR_USAGE, "only root can run this");
		log_to_stderr(LOG_INFO);
	}
	if (str_eq(command, "nic-names"))
		return nic_names(firstboot.root, argument, err);
	if (str_eq(command, "network-confirm"))
		return network_confirm(firstboot.root, err);
	if (str_eq(command, "network-fallback"))
		return network_fallback(firstboot.root, err);
	r = state_load(&firstboot, err);
	if (r < 0)
		return r;
	if (str_eq(command, "consoles"))
		return consoles_start(&firstboot, err);
	if (str_eq(command, "scripts"))
		return scripts(&firstboot, argument, err);
	if (str_eq(command, "status"))
		return argument ? print_json(&firstboot) : print_status(&firstboot);
	return firstboot_run(&firstboot, err);
}

static int no_command(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : NULL;

	if (argc > 2)
		fprintf(stderr, PROGRAM ": these arguments are not understood\n");
	else if (command)
		fprintf(stderr, PROGRAM ": there is no command \"%s\"\n", command);
	else
		fprintf(stderr, PROGRAM ": the wizard needs a terminal\n");
	fprintf(stderr, "  Finish the host with: " PROGRAM " run; see how far it is with: " PROGRAM
			" status\n");
	return error_kind_exit_code(ERROR_USAGE);
}

static bool is_command(int argc, char **argv)
{
	if (argc == 2)
		return str_eq(argv[1], "run") || str_eq(argv[1], "status") ||
		       str_eq(argv[1], "nic-names") || str_eq(argv[1], "consoles") ||
		       str_eq(argv[1], "network-confirm") || str_eq(argv[1], "network-fallback");
	if (argc == 3 && str_eq(argv[1], "status"))
		return str_eq(argv[2], "--json");
	return argc == 3 && (str_eq(argv[1], "nic-names") || str_eq(argv[1], "scripts"));
}

static bool on_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int main(int argc, char **argv)
{
	_cleanup_error_ struct error *error = NULL;
	const char *command = argc == 2 ? argv[1] : NULL;
	int code = 0;

	if (str_eq(command, NOTIFIER_COMMAND))
		return notifier_main();
	if (program_told_about(PROGRAM, usage, command))
		return program_ended(PROGRAM, 0);
	if (argc > 1 && (str_eq(argv[1], "check") || str_eq(argv[1], "join")))
		resident_give_back();
	if (argc > 1 && str_eq(argv[1], "check"))
		return check_command(argc - 1, argv + 1, &code, &error) < 0
			       ? program_failed(PROGRAM, error, "")
			       : program_ended(PROGRAM, code);
	if (argc > 1 && str_eq(argv[1], "join")) {
		log_to_stderr(LOG_INFO);
		return join_command(argc - 1, argv + 1, &error) >= 0
			       ? 0
			       : program_failed(PROGRAM, error, "");
	}
	if ((argc > 1 && str_eq(argv[1], "wizard")) || (argc == 1 && on_terminal()))
		return wizard_command(argc > 1 ? argc - 1 : argc, argc > 1 ? argv + 1 : argv,
				      &error) >= 0
			       ? 0
			       : program_failed(PROGRAM, error, "");
	if (!is_command(argc, argv))
		return no_command(argc, argv);
	if (run_command(argv[1], argc > 2 ? argv[2] : NULL, &error) >= 0)
		return str_eq(argv[1], "status") ? program_ended(PROGRAM, 0) : 0;
	return program_failed(PROGRAM, error, "");
}
