/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>

#include "answerfiles/show.h"
#include "answerfiles/tool/tool.h"
#include "common/password.h"
#include "common/program.h"
#include "common/str.h"

#define PROGRAM "xenhost-answers"

/* xenhost-answers: answer files, on any machine. Results on stdout, everything else on stderr. */

struct command {
	const char *name, *arguments, *help;
	int n_arguments;
	const char *allowed; /* short options that it knows */
	int (*run)(const struct tool_options *options);
};

static void print_verdict(const char *name, const struct findings *findings)
{
	size_t counts[3] = {0};

	for (size_t i = 0; i < findings->count; i++)
		counts[findings->list[i].severity]++;
	printf("%s: %zu error%s, %zu warning%s\n", name, counts[SEVERITY_ERROR],
	       counts[SEVERITY_ERROR] == 1 ? "" : "s", counts[SEVERITY_WARNING],
	       counts[SEVERITY_WARNING] == 1 ? "" : "s");
}

static int run_check(const struct tool_options *options)
{
	_cleanup_tool_file_ struct tool_file file = {0};
	_cleanup_error_ struct error *error = NULL;
	bool judged = options->machines != NULL;
	int code = 0;

	if (judged && tool_is_asked_for(options->arguments[0]))
		return tool_judge(options, &file);
	if (tool_load(options, options->arguments[0], &file, &error) < 0)
		return tool_report(error);
	/* What an installation refuses needs no machine to be wrong. */
	if (findings_has_fatal(&file.findings))
		judged = false;
	if (!options->json) {
		tool_print_findings(&file.findings, stdout);
		print_verdict(file.answers->file, &file.findings);
	} else if (!judged) {
		_cleanup_json_ struct json *json = findings_to_json(&file.findings);

		tool_print_json(json);
	}
	if (judged)
		code = tool_judge(options, &file);
	else if (options->machines)
		fputs("xenhost-answers: no machine was judged: correct the errors first\n", stderr);
	return code ?: findings_has_errors(&file.findings) ? 1 : 0;
}

static int run_show(const struct tool_options *options)
{
	_cleanup_tool_file_ struct tool_file file = {0};
	_cleanup_error_ struct error *error = NULL;

	if (tool_load(options, options->arguments[0], &file, &error) < 0)
		return tool_report(error);
	tool_print_findings(&file.findings, stderr);
	if (options->json) {
		_cleanup_json_ struct json *json = answers_to_json(file.answers);

		tool_print_json(json);
	} else {
		_cleanup_free_ char *text = answers_to_text(file.answers);

		fputs(text, stdout);
	}
	return findings_has_errors(&file.findings) ? error_kind_exit_code(ERROR_USER) : 0;
}

static int run_hash_password(const struct tool_options *options _unused_)
{
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *hash = NULL;

	if (tool_read_password(&secrets.root_password, &error) < 0 ||
	    password_hash(secrets.root_password, &hash, &error) < 0)
		return tool_report(error);
	puts(hash);
	return 0;
}

static int run_reference(const struct tool_options *options _unused_)
{
	_cleanup_free_ char *text = fields_to_markdown();

	fputs(text, stdout);
	return 0;
}

static int run_schema(const struct tool_options *options _unused_)
{
	_cleanup_free_ char *text = fields_to_relaxng();

	fputs(text, stdout);
	return 0;
}

static const struct command commands[] = {
	{"check", "FILE", "report everything wrong with an answer file", 1, "bjmd", run_check},
	{"show", "FILE", "print each value and where it came from", 1, "bj", run_show},
	{"new", "", "write a file from --set NAME=VALUE, or from answers to questions", 0, "sp",
	 tool_new},
	{"diff", "A B", "print what two files say differently", 2, "bj", tool_diff},
	{"convert", "FILE", "make one of Proxmox's answer.toml or of a kickstart file", 1, "f",
	 tool_convert},
	{"hash-password", "", "make a hash for root-password from a line of input", 0, "",
	 run_hash_password},
	{"schema", "", "print the RELAX NG grammar of answer files, for editors", 0, "",
	 run_schema},
	{"reference", "", "print the table of every element, in Markdown", 0, "", run_reference},
};

static void print_help(FILE *file)
{
	fputs("usage: xenhost-answers COMMAND [FILE] [OPTIONS]\n\n"
	      "Checks and explains answer files for unattended installations.\n"
	      "FILE is a path or an http:, https:, ftp:, tftp: or file: URL.\n\n",
	      file);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(file, "  %-13s %-5s %s\n", commands[i].name, commands[i].arguments,
			commands[i].help);
	fputs("\n  --machine M       check: what the file would do to a recorded machine, or to\n"
	      "                    each one in a folder; may be given several times\n"
	      "  --details         check: all that was noticed of each machine\n"
	      "  --set NAME=VALUE  new: a value, by its name in \"reference\", such as\n"
	      "                    primary-disk@match or admin-interface/ip; again for more\n"
	      "  --password        new: read root's password from standard input, write a hash\n"
	      "  --from FORMAT     convert: proxmox or kickstart; without it by the file's name\n"
	      "  --boot-line TEXT  check, show, diff: what the file is used with, as in "
	      "/proc/cmdline:\n"
	      "                    it wins\n"
	      "  --json            check, show, diff: print JSON\n"
	      "  --help            print this\n"
	      "  --version         print the version\n\n"
	      "Exit codes: 0 good, 1 check found errors or diff differences, 2 wrong usage or "
	      "unreadable path,\n"
	      "3 show, new, convert: the answers are wrong, 6 network, 130 cancelled.\n",
	      file);
}

static int refuse_usage(const char *message, const char *word)
{
	fprintf(stderr, "xenhost-answers: %s%s%s\n  hint: see xenhost-answers --help\n", message,
		word ? " " : "", word ? word : "");
	return error_kind_exit_code(ERROR_USAGE);
}

static int run_command(const struct tool_options *options, const char *used, const char *name)
{
	const char *names[ARRAY_SIZE(commands) + 1] = {0};
	const char *near;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		names[i] = commands[i].name;
		if (!str_eq(name, commands[i].name))
			continue;
		if (used[strspn(used, commands[i].allowed)])
			return refuse_usage("one of the options is not for", name);
		if (options->count < commands[i].n_arguments)
			return refuse_usage("name an answer file after", name);
		if (options->count > commands[i].n_arguments)
			return refuse_usage("too much:",
					    options->arguments[commands[i].n_arguments]);
		return commands[i].run(options);
	}
	near = str_nearest(name, names);
	fprintf(stderr, "xenhost-answers: unknown command %s\n", name);
	if (near)
		fprintf(stderr, "  hint: did you mean %s?\n", near);
	return error_kind_exit_code(ERROR_USAGE);
}

/* 0, or the exit code of wrong usage; *ret_used gets the short names of the options given. */
static int parse_options(int argc, char **argv, struct tool_options *options, char ret_used[16])
{
	static const struct option long_options[] = {
		{"boot-line", required_argument, NULL, 'b'}, {"details", no_argument, NULL, 'd'},
		{"from", required_argument, NULL, 'f'},      {"json", no_argument, NULL, 'j'},
		{"machine", required_argument, NULL, 'm'},   {"password", no_argument, NULL, 'p'},
		{"set", required_argument, NULL, 's'},       {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},         {0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "hV", long_options, NULL)) != -1) {
		if (option == '?')
			return refuse_usage("that is not how it is called", NULL);
		options->boot_line = option == 'b' ? optarg : options->boot_line;
		options->details |= option == 'd';
		options->json |= option == 'j';
		options->password |= option == 'p';
		options->format = option == 'f' ? optarg : options->format;
		if (option == 'm')
			strv_add(&options->machines, optarg);
		if (option == 's')
			strv_add(&options->settings, optarg);
		if (!strchr(ret_used, option))
			strncat(ret_used, &(char){(char)option}, 1);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct tool_options options = {0};
	char used[16] = "";
	int code = parse_options(argc, argv, &options, used);

	if (code != 0)
		return code;
	if (strchr(used, 'h')) {
		print_help(stdout);
		return program_ended(PROGRAM, 0);
	}
	if (strchr(used, 'V')) {
		puts(PROGRAM " " XENHOST_VERSION);
		return program_ended(PROGRAM, 0);
	}
	if (optind == argc) {
		print_help(stderr);
		return error_kind_exit_code(ERROR_USAGE);
	}
	options.arguments = argv + optind + 1;
	options.count = argc - optind - 1;
	code = run_command(&options, used, argv[optind]);
	strv_free(options.machines);
	strv_free(options.settings);
	return program_ended(PROGRAM, code);
}
