/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/options.h"

#include <errno.h>
#include <getopt.h>
#include <time.h>

#include "common/str.h"

static int usage_error(struct error **err, const char *option, const char *value, const char *hint)
{
	error_set(err, ERROR_USAGE, "%s cannot be \"%s\"", option, value);
	return error_hint(err, "%s", hint);
}

static int parse_seed(const char *text, uint8_t *ret, struct error **err)
{
	if (strlen(text) != 2 * PLAN_SEED_BYTES || text[strspn(text, "0123456789abcdefABCDEF")])
		return usage_error(err, "--seed", text,
				   "Give the 32 hex digits of a report's or plan's \"seed\".");
	for (size_t i = 0; i < PLAN_SEED_BYTES; i++) {
		char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};

		ret[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return 0;
}

static int parse_time(const char *text, int64_t *ret, struct error **err)
{
	struct tm tm = {0};
	uint64_t seconds;
	const char *end;

	if (str_to_u64(text, 10, &seconds) == 0 && seconds <= INT64_MAX) {
		*ret = (int64_t)seconds;
		return 0;
	}
	end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (!end || *end)
		return usage_error(err, "--time", text,
				   "Give seconds since 1970 or a UTC time: 2026-11-21T20:15:00Z.");
	*ret = (int64_t)timegm(&tm);
	return 0;
}

/* Which commands an option belongs to. */
#define OF(command) (1U << COMMAND_##command)

static int check_command(enum install_command command, const struct install_options *options,
			 struct error **err)
{
	static const char *const names[] = {"plan", "run", "the screens"};
	const struct {
		bool given;
		const char *name;
		unsigned commands;
	} all[] = {
		{options->answers, "--answers", OF(PLAN) | OF(RUN) | OF(SCREENS)},
		{options->machine, "--machine", OF(PLAN) | OF(SCREENS)},
		{options->json, "--json", OF(PLAN)},
		{options->client_certificate, "--client-certificate", OF(PLAN)},
		{options->client_key, "--client-key", OF(PLAN)},
		{options->events, "--events", OF(RUN)},
		{options->yes, "--yes", OF(RUN)},
		{options->save, "--save", OF(SCREENS)},
		{options->consoles, "--consoles", OF(RUN)},
		{options->last_call, "--last-call", OF(RUN) | OF(SCREENS)},
		{options->ask, "--ask", OF(SCREENS)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!all[i].given || all[i].commands & 1U << command)
			continue;
		error_set(err, ERROR_USAGE, "%s does not belong to \"%s\"", all[i].name,
			  names[command]);
		return error_hint(err, "See xenhost-install --help.");
	}
	if (command == COMMAND_PLAN && (!options->answers || !options->machine)) {
		error_set(err, ERROR_USAGE, "plan needs --answers and --machine");
		return error_hint(err, "For this machine: xenhost-install plan --answers FILE "
				       "--machine live");
	}
	if (options->client_key && !options->client_certificate) {
		error_set(err, ERROR_USAGE, "--client-key belongs to a --client-certificate");
		return error_hint(err, "Name the certificate's file too.");
	}
	return 0;
}

static int take_option(int option, const char *value, struct install_options *options,
		       struct error **err)
{
	switch (option) {
	case 'a':
		options->answers = value;
		return 0;
	case 'm':
		options->machine = value;
		return 0;
	case 's':
		options->source = value;
		return 0;
	case 'S':
		options->has_seed = true;
		return parse_seed(value, options->seed, err);
	case 't':
		options->has_time = true;
		return parse_time(value, &options->time, err);
	case 'o':
		options->save = value;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'e':
		options->events = true;
		if (!str_eq(value, "json"))
			return usage_error(err, "--events", value, "Events are written as json.");
		return 0;
	case 'y':
		options->yes = true;
		return 0;
	case 'c':
		options->consoles = value;
		return 0;
	case 'k':
		options->ask = value;
		return 0;
	case 'l':
		options->last_call = value;
		return 0;
	case 'C':
		options->client_certificate = value;
		return 0;
	case 'K':
		options->client_key = value;
		return 0;
	default:
		return -EINVAL;
	}
}

int install_options_parse(enum install_command command, int argc, char **argv,
			  struct install_options *ret, struct error **err)
{
	static const struct option long_options[] = {
		{"answers", required_argument, NULL, 'a'},
		{"machine", required_argument, NULL, 'm'},
		{"source", required_argument, NULL, 's'},
		{"seed", required_argument, NULL, 'S'},
		{"time", required_argument, NULL, 't'},
		{"save", required_argument, NULL, 'o'},
		{"json", no_argument, NULL, 'j'},
		{"events", required_argument, NULL, 'e'},
		{"yes", no_argument, NULL, 'y'},
		{"ask", required_argument, NULL, 'k'},
		{"consoles", required_argument, NULL, 'c'},
		{"last-call", required_argument, NULL, 'l'},
		{"client-certificate", required_argument, NULL, 'C'},
		{"client-key", required_argument, NULL, 'K'},
		{0},
	};
	struct install_options options = {0};
	int option, r;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == '?') {
			error_set(err, ERROR_USAGE, "\"%s\" is unknown or lacks its value",
				  argv[optind - 1]);
			return error_hint(err, "See xenhost-install --help.");
		}
		r = take_option(option, optarg, &options, err);
		if (r < 0)
			return r;
	}
	if (optind < argc) {
		error_set(err, ERROR_USAGE, "\"%s\" is not expected here", argv[optind]);
		return error_hint(err, "See xenhost-install --help.");
	}
	r = check_command(command, &options, err);
	if (r == 0)
		*ret = options;
	return r;
}
