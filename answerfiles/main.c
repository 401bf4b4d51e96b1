/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <termios.h>

#include "answerfiles/answers.h"
#include "answerfiles/show.h"
#include "common/password.h"
#include "common/program.h"
#include "common/str.h"

/* xenhost-answers: answer files, on any machine. Results on stdout, everything else on stderr. */

struct options {
	bool json;
	const char *boot_line; /* NULL: not known */
	char **arguments;
	int count;
};

struct command {
	const char *name, *arguments, *help;
	int n_arguments;
	int (*run)(const struct options *options);
};

static int report_error(const struct error *error)
{
	return program_failed("xenhost-answers", error, "hint: ");
}

static void print_json(struct json *json)
{
	_cleanup_free_ char *text = json_to_text(json);

	fputs(text, stdout);
}

static void print_findings(const struct findings *findings, FILE *file)
{
	_cleanup_free_ char *text = findings_to_text(findings);

	fputs(text, file);
}

static void print_verdict(const char *name, const struct findings *findings)
{
	size_t counts[3] = {0};

	for (size_t i = 0; i < findings->count; i++)
		counts[findings->list[i].severity]++;
	printf("%s: %zu error%s, %zu warning%s\n", name, counts[SEVERITY_ERROR],
	       counts[SEVERITY_ERROR] == 1 ? "" : "s", counts[SEVERITY_WARNING],
	       counts[SEVERITY_WARNING] == 1 ? "" : "s");
}

/* The answers of a file, with the boot line over them where one was given. */
struct loaded {
	struct answers *answers;
	struct secrets secrets;
	struct findings findings;
};

static void loaded_done(struct loaded *loaded)
{
	answers_free(loaded->answers);
	secrets_done(&loaded->secrets);
	findings_done(&loaded->findings);
}

static int load(const struct options *options, struct loaded *loaded, struct error **err)
{
	int r = answers_load(options->arguments[0], &loaded->answers, &loaded->secrets,
			     &loaded->findings, err);

	if (r == 0 && options->boot_line)
		r = answers_apply_cmdline(loaded->answers, &loaded->secrets, options->boot_line,
					  &loaded->findings);
	if (r == 0)
		answers_check_complete(loaded->answers,
				       options->boot_line ? ANSWERS_COMPLETE : ANSWERS_FILE,
				       &loaded->findings);
	return r < 0 && !*err ? error_errno(err, ERROR_USAGE, r, "the boot line cannot be used")
			      : r;
}

static int run_check(const struct options *options)
{
	_cleanup_(loaded_done) struct loaded loaded = {0};
	_cleanup_error_ struct error *error = NULL;

	if (load(options, &loaded, &error) < 0)
		return report_error(error);
	if (options->json) {
		_cleanup_json_ struct json *json = findings_to_json(&loaded.findings);

		print_json(json);
	} else {
		print_findings(&loaded.findings, stdout);
		print_verdict(loaded.answers->file, &loaded.findings);
	}
	return findings_has_errors(&loaded.findings) ? 1 : 0;
}

static int run_show(const struct options *options)
{
	_cleanup_(loaded_done) struct loaded loaded = {0};
	_cleanup_error_ struct error *error = NULL;

	if (load(options, &loaded, &error) < 0)
		return report_error(error);
	print_findings(&loaded.findings, stderr);
	if (options->json) {
		_cleanup_json_ struct json *json = answers_to_json(loaded.answers);

		print_json(json);
	} else {
		_cleanup_free_ char *text = answers_to_text(loaded.answers);

		fputs(text, stdout);
	}
	return findings_has_errors(&loaded.findings) ? error_kind_exit_code(ERROR_USER) : 0;
}

/* One line from stdin without its newline; not echoed on a terminal. */
static int read_password(char **ret, struct error **err)
{
	_cleanup_free_ char *line = NULL;
	struct termios before, quiet;
	bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	size_t allocated = 0;
	ssize_t length;

	if (terminal) {
		fputs("Password: ", stderr);
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	length = getline(&line, &allocated, stdin);
	if (terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (length > 0 && line[length - 1] == '\n')
		line[--length] = '\0';
	if (length <= 0) {
		error_set(err, ERROR_USAGE, "no password was given");
		return error_hint(err, "Type it, or give it on standard input.");
	}
	*ret = TAKE_PTR(line);
	return 0;
}

static int run_hash_password(const struct options *options _unused_)
{
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *hash = NULL;

	if (read_password(&secrets.root_password, &error) < 0 ||
	    password_hash(secrets.root_password, &hash, &error) < 0)
		return report_error(error);
	puts(hash);
	return 0;
}

static int run_reference(const struct options *options _unused_)
{
	_cleanup_free_ char *text = fields_to_markdown();

	fputs(text, stdout);
	return 0;
}

static int run_schema(const struct options *options _unused_)
{
	_cleanup_free_ char *text = fields_to_relaxng();

	fputs(text, stdout);
	return 0;
}

static const struct command commands[] = {
	{"check", "FILE", "report everything wrong with an answer file", 1, run_check},
	{"show", "FILE", "print each value and where it came from", 1, run_show},
	{"hash-password", "", "make a hash for root-password from a line of input", 0,
	 run_hash_password},
	{"schema", "", "print the RELAX NG grammar of answer files, for editors", 0, run_schema},
	{"reference", "", "print the table of every element, in Markdown", 0, run_reference},
};

static void print_help(FILE *file)
{
	fputs("usage: xenhost-answers COMMAND [FILE] [--boot-line TEXT] [--json]\n\n"
	      "Checks and explains answer files for unattended installations.\n"
	      "FILE is a path or an http:, https:, ftp: or file: URL.\n\n",
	      file);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(file, "  %-13s %-5s %s\n", commands[i].name, commands[i].arguments,
			commands[i].help);
	fputs("\n  --boot-line TEXT  what the file is used with, as in /proc/cmdline: it wins\n"
	      "  --json            print JSON\n"
	      "  --help            print this\n"
	      "  --version         print the version\n\n"
	      "Exit codes: 0 good, 1 check found errors, 2 wrong usage or unreadable path,\n"
	      "3 show: the answers are wrong, 6 network.\n",
	      file);
}

static int refuse_usage(const char *message, const char *word)
{
	fprintf(stderr, "xenhost-answers: %s%s%s\n  hint: see xenhost-answers --help\n", message,
		word ? " " : "", word ? word : "");
	return error_kind_exit_code(ERROR_USAGE);
}

static int run_command(const struct options *options, const char *name)
{
	const char *names[ARRAY_SIZE(commands) + 1] = {0};
	const char *near;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		names[i] = commands[i].name;
		if (!str_eq(name, commands[i].name))
			continue;
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

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"boot-line", required_argument, NULL, 'b'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	struct options options = {0};
	int option, code;

	while ((option = getopt_long(argc, argv, "hV", long_options, NULL)) != -1) {
		switch (option) {
		case 'b':
			options.boot_line = optarg;
			break;
		case 'j':
			options.json = true;
			break;
		case 'h':
			print_help(stdout);
			return 0;
		case 'V':
			puts("xenhost-answers " XENHOST_VERSION);
			return 0;
		default:
			return refuse_usage("that is not how it is called", NULL);
		}
	}
	if (optind == argc) {
		print_help(stderr);
		return error_kind_exit_code(ERROR_USAGE);
	}
	options.arguments = argv + optind + 1;
	options.count = argc - optind - 1;
	code = run_command(&options, argv[optind]);
	if (fflush(stdout) != 0 || ferror(stdout))
		return refuse_usage("standard output cannot be written", NULL);
	return code;
}
