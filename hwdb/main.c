/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenhost-hwinfo: what this machine is, and whether it can be a Xen host. Writes to no device. */
#include <getopt.h>

#include "common/program.h"
#include "common/str.h"
#include "hwdb/capture.h"
#include "hwdb/commands.h"
#include "hwdb/probe/lldp.h"

#define PROGRAM "xenhost-hwinfo"

#define LLDP_SECONDS_MAX    3600
#define REPORT_MACHINES_MAX 64
#define MINUTES_MIN         0.05  /* three seconds: to see whether everything is there */
#define MINUTES_MAX         10080 /* a week */

struct options {
	const char *root;    /* --root, or NULL for the running machine */
	const char *machine; /* check's and show's M, or NULL */
	const char *second;  /* diff's B, or NULL */
	const char *html;    /* report's page, or NULL */
	char **machines;     /* report's */
	size_t n_machines;
	const char *out;     /* capture's */
	const char *lookup;  /* database's modalias, or NULL */
	const char *profile; /* check's and report's, by name or file; NULL: host */
	const char *peer;    /* burn-in's, or NULL */
	char **burnins;      /* report's results of burn-ins */
	unsigned seconds;    /* burn-in's; 0: not given */
	const char *junit;   /* where check writes JUnit's XML, or NULL */
	bool json, mask, stats, model;
	struct host_options detect;
};

struct command {
	const char *name;
	int max_arguments;
	const char *allowed; /* short options that it knows */
	int (*run)(const struct options *options);
};

static int report_error(const struct error *error)
{
	return program_failed(PROGRAM, error, "hint: ");
}

static int load(const struct options *options, struct host **ret, struct error **err)
{
	return host_load_with(options->root ?: options->machine ?: "live", &options->detect, ret,
			      err);
}

static int run_show(const struct options *options)
{
	_cleanup_host_ struct host *host = NULL;
	_cleanup_error_ struct error *error = NULL;
	_cleanup_json_ struct json *json = NULL;
	_cleanup_free_ char *text = NULL;

	if (load(options, &host, &error) < 0)
		return report_error(error);
	json = host_to_json(host);
	text = options->json ? json_to_text(json) : host_to_text(host);
	fputs(text, stdout);
	return 0;
}

static int run_check(const struct options *options)
{
	_cleanup_host_ struct host *host = NULL;
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_error_ struct error *error = NULL;
	int r;

	/* A mistake in the profile shows before the machine is looked at. */
	r = profile_load(options->profile ?: "host", &profile, &error);
	if (r == 0)
		r = load(options, &host, &error);
	if (r == 0)
		r = command_check(host, profile, options->junit, options->json, &error);
	return r < 0 ? report_error(error) : r;
}

static int run_capture(const struct options *options)
{
	const struct capture_options capture = {.mask = options->mask, .detect = &options->detect};
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_error_ struct error *error = NULL;
	int r;

	if (!options->out) {
		error_set(&error, ERROR_USAGE, "capture needs the name of a folder or tarball");
		error_hint(&error, "xenhost-hwinfo capture machine.tar.gz");
		return report_error(error);
	}
	r = fsroot_open(options->root ?: "/", &root);
	if (r < 0)
		error_errno(&error, ERROR_USAGE, r, "Cannot open %s", options->root ?: "/");
	else
		r = capture_write(root, options->out, &capture, &error);
	if (r < 0)
		return report_error(error);
	fprintf(stderr, "xenhost-hwinfo: wrote %s\n", options->out);
	return 0;
}

static int run_database(const struct options *options)
{
	_cleanup_error_ struct error *error = NULL;
	int r;

	if (options->stats == (options->lookup != NULL)) {
		error_set(&error, ERROR_USAGE, "database needs either --stats or --lookup");
		error_hint(&error, "xenhost-hwinfo database --stats");
		return report_error(error);
	}
	r = command_database(options->lookup, options->json, &error);
	return r < 0 ? report_error(error) : r;
}

static int run_diff(const struct options *options)
{
	_cleanup_error_ struct error *error = NULL;
	int r;

	if (!options->machine) {
		error_set(&error, ERROR_USAGE, "diff needs a machine, and one to hold against it");
		error_hint(&error, "xenhost-hwinfo diff golden.json live");
		return report_error(error);
	}
	r = command_diff(options->machine, options->second ?: "live", &options->detect,
			 options->model, options->json, &error);
	return r < 0 ? report_error(error) : r;
}

static int run_report(const struct options *options)
{
	static char word[] = "live", *live[] = {word};
	bool none = options->n_machines == 0;
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_error_ struct error *error = NULL;
	int r;

	if (!options->html) {
		error_set(&error, ERROR_USAGE, "report needs --html and the name of a new file");
		error_hint(&error, "xenhost-hwinfo report --html report.html");
		return report_error(error);
	}
	r = profile_load(options->profile ?: "host", &profile, &error);
	if (r == 0)
		r = command_report(options->html, none ? live : options->machines,
				   none ? 1 : options->n_machines, options->burnins, profile,
				   &options->detect, &error);
	if (r < 0)
		return report_error(error);
	fprintf(stderr, "xenhost-hwinfo: wrote %s\n", options->html);
	return 0;
}

static int run_burnin(const struct options *options)
{
	_cleanup_error_ struct error *error = NULL;
	int r;

	if (!options->seconds) {
		error_set(&error, ERROR_USAGE, "burn-in needs --minutes");
		error_hint(&error, "xenhost-hwinfo burn-in --minutes 60");
		return report_error(error);
	}
	r = command_burnin(options->seconds, options->peer, options->json, &error);
	return r < 0 ? report_error(error) : r;
}

static const struct command commands[] = {
	{"show", 1, "rjn", run_show},
	{"check", 1, "rjpu", run_check},
	{"capture", 1, "rmn", run_capture},
	{"diff", 2, "jM", run_diff},
	{"report", REPORT_MACHINES_MAX, "HpB", run_report},
	{"burn-in", 0, "jbP", run_burnin},
	{"database", 0, "jsl", run_database},
};

static void print_help(void)
{
	puts("Usage: xenhost-hwinfo [show] [MACHINE] [--json]\n"
	     "       xenhost-hwinfo check [MACHINE] [--profile P] [--json] [--junit FILE]\n"
	     "       xenhost-hwinfo capture OUT [--mask]\n"
	     "       xenhost-hwinfo diff A [B] [--model] [--json]\n"
	     "       xenhost-hwinfo report --html FILE [MACHINE...] [--profile P]\n"
	     "                             [--burn-in RESULT]...\n"
	     "       xenhost-hwinfo burn-in --minutes N [--peer ADDRESS] [--json]\n"
	     "       xenhost-hwinfo database --stats|--lookup MODALIAS [--json]\n"
	     "\n"
	     "Tells what a machine is and whether it can be a Xen host. Changes nothing on it.\n"
	     "\n"
	     "  show           firmware, processor, memory, network interfaces, disks\n"
	     "  check          whether it fits a profile, and what to change; exit code 1 if not\n"
	     "  capture OUT    store the machine in a folder or tarball (.tar.gz, .tar.zst)\n"
	     "  diff A [B]     what differs between two machines; exit code 1 if anything does\n"
	     "  report         one page for a browser, with several machines side by side\n"
	     "  burn-in        load on everything, errors counted; disks are only read\n"
	     "  database       what the hardware database has on a device, or how much it knows\n"
	     "\n"
	     "MACHINE is \"live\" (the default), a file made by \"show --json\", or what\n"
	     "\"capture\" made.\n"
	     "\n"
	     "      --root DIR   the folder DIR in place of the running machine\n"
	     "      --json       results as JSON\n"
	     "      --lldp N     listen N seconds at most for what switches say (root's right)\n"
	     "      --mask       made-up serial numbers, MACs and UUIDs in the capture\n"
	     "      --html FILE  the page to make\n"
	     "      --burn-in F  the result of \"burn-in --json\" for the page; may be repeated\n"
	     "      --minutes N  how long; parts of minutes too, as 0.5\n"
	     "      --peer A     where \"iperf3 -s\" waits for the network's part\n"
	     "      --model      serial numbers and other things of a single piece do not count\n"
	     "      --profile P  host (the default), pool-member, passthrough, or a file of yours\n"
	     "      --junit FILE write the verdicts as JUnit XML too\n"
	     "      --stats      network and storage devices of pci.ids, by what is known of them\n"
	     "      --lookup M   the database's record for the modalias M\n"
	     "      --help       this text\n"
	     "      --version    the version");
}

static int usage(const char *format, const char *word)
{
	_cleanup_error_ struct error *error = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	error_set(&error, ERROR_USAGE, format, word);
#pragma GCC diagnostic pop
	error_hint(&error, "See \"xenhost-hwinfo --help\"");
	return report_error(error);
}

/* "60", "0.5" */
static bool read_minutes(const char *text, unsigned *ret_seconds)
{
	char *end;
	double minutes = strtod(text, &end);

	if (end == text || *end || !(minutes >= MINUTES_MIN && minutes <= MINUTES_MAX))
		return false;
	*ret_seconds = (unsigned)(minutes * 60 + 0.5);
	return true;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (str_eq(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/* Said at once, not when everything else was looked at. */
static int check_lldp(const struct options *options, struct error **err)
{
	const char *machine = options->root ?: options->machine ?: "live";

	if (str_eq(machine, "live") || str_eq(machine, "/"))
		return lldp_may_listen(err);
	error_set(err, ERROR_USAGE, "Nothing can be heard on a recorded machine: %s", machine);
	return error_hint(err, "Give --lldp on the machine itself, to \"capture\" too");
}

static int run(const struct command *command, struct options *options, const char *used,
	       char **arguments, int n)
{
	_cleanup_error_ struct error *error = NULL;

	for (const char *c = used; *c; c++)
		if (!strchr(command->allowed, *c))
			return usage("%s does not know one of the options given", command->name);
	if (n > command->max_arguments)
		return usage("There is an argument too many: %s",
			     arguments[command->max_arguments]);
	if (command->run == run_capture)
		options->out = arguments[0];
	else
		options->machine = arguments[0];
	options->second = n > 1 ? arguments[1] : NULL;
	options->machines = arguments;
	options->n_machines = (size_t)n;
	if (options->root && options->machine)
		return usage("Give either --root or a machine, not both: %s", options->machine);
	if (options->detect.lldp_seconds && check_lldp(options, &error) < 0)
		return report_error(error);
	return command->run(options);
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"root", required_argument, NULL, 'r'},    {"json", no_argument, NULL, 'j'},
		{"mask", no_argument, NULL, 'm'},          {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},       {"stats", no_argument, NULL, 's'},
		{"lookup", required_argument, NULL, 'l'},  {"lldp", required_argument, NULL, 'n'},
		{"html", required_argument, NULL, 'H'},    {"model", no_argument, NULL, 'M'},
		{"profile", required_argument, NULL, 'p'}, {"junit", required_argument, NULL, 'u'},
		{"minutes", required_argument, NULL, 'b'}, {"peer", required_argument, NULL, 'P'},
		{"burn-in", required_argument, NULL, 'B'}, {0},
	};
	const struct command *command = NULL;
	struct options options = {.detect.health = true};
	char used[ARRAY_SIZE(long_options)] = "";
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "hV", long_options, NULL)) != -1) {
		if (c == 'h') {
			print_help();
			return program_ended(PROGRAM, 0);
		}
		if (c == 'V') {
			puts(PROGRAM " " XENHOST_VERSION);
			return program_ended(PROGRAM, 0);
		}
		if (c == '?')
			return usage("There is no option %s, or it lacks its value",
				     argv[optind - 1]);
		if (c == 'n' &&
		    str_to_uint(optarg, 1, LLDP_SECONDS_MAX, &options.detect.lldp_seconds) < 0)
			return usage("--lldp wants 1 to 3600 seconds, not %s", optarg);
		if (c == 'b' && !read_minutes(optarg, &options.seconds))
			return usage("--minutes wants 0.05 to 10080, not %s", optarg);
		if (c == 'B')
			strv_add(&options.burnins, optarg);
		options.peer = c == 'P' ? optarg : options.peer;
		options.root = c == 'r' ? optarg : options.root;
		options.json |= c == 'j';
		options.mask |= c == 'm';
		options.stats |= c == 's';
		options.model |= c == 'M';
		options.html = c == 'H' ? optarg : options.html;
		options.lookup = c == 'l' ? optarg : options.lookup;
		options.profile = c == 'p' ? optarg : options.profile;
		options.junit = c == 'u' ? optarg : options.junit;
		if (!strchr(used, c))
			strncat(used, &(char){(char)c}, 1);
	}
	if (optind < argc)
		command = find_command(argv[optind]);
	if (command)
		optind++;
	c = run(command ?: find_command("show"), &options, used, argv + optind, argc - optind);
	strv_free(options.burnins);
	return program_ended(PROGRAM, c);
}
