/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `convert FILE`: what both converters share, and the command. */
#include "answerfiles/tool/convert.h"

#include "answerfiles/tool/tool.h"
#include "common/fsroot.h"
#include "common/str.h"

#define FILE_MAX MIB

void conversion_done(struct conversion *conversion)
{
	draft_done(&conversion->draft);
	findings_done(&conversion->findings);
}

struct finding *conversion_say(struct conversion *conversion, enum severity severity, unsigned line,
			       const char *where, const char *format, ...)
{
	_cleanup_free_ char *message = NULL;
	struct finding *finding;
	va_list args;

	va_start(args, format);
	message = xvasprintf(format, args);
	va_end(args);
	finding = findings_add(&conversion->findings, severity, where, "%s", message);
	finding->file = xstrdup(conversion->file);
	finding->line = line;
	finding->column = 1;
	return finding;
}

void conversion_match(struct conversion *conversion, unsigned line, const char *property,
		      const char *value)
{
	const char *before = draft_get(&conversion->draft, "primary-disk@match");
	const char *quote = strpbrk(value, " \t\r\n'") ? "\"" : strchr(value, '"') ? "'" : "";
	_cleanup_free_ char *match = xasprintf("%s%s%s=%s%s%s", before ?: "", before ? " " : "",
					       property, quote, value, quote);

	if (str_empty(value) || (*quote && strchr(value, *quote))) {
		conversion_say(conversion, SEVERITY_WARNING, line, "match",
			       "%s cannot be written as a term of match", property);
		return;
	}
	draft_set(&conversion->draft, "primary-disk@match", 0, match);
}

void conversion_address(struct conversion *conversion, const char *cidr)
{
	const char *slash = strchr(cidr, '/');
	_cleanup_free_ char *ip = slash ? xstrndup(cidr, (size_t)(slash - cidr)) : xstrdup(cidr);
	unsigned prefix;

	if (strchr(cidr, ':')) {
		draft_set(&conversion->draft, "admin-interface@protov6", 0, "static");
		draft_set(&conversion->draft, "admin-interface/ipv6", 0, cidr);
		return;
	}
	draft_set(&conversion->draft, "admin-interface/ip", 0, ip);
	if (slash && str_to_uint(slash + 1, 0, 32, &prefix) == 0) {
		uint32_t mask = prefix ? ~(uint32_t)0 << (32 - prefix) : 0;
		_cleanup_free_ char *text = xasprintf("%u.%u.%u.%u", mask >> 24, mask >> 16 & 255,
						      mask >> 8 & 255, mask & 255);

		draft_set(&conversion->draft, "admin-interface/subnet-mask", 0, text);
	}
}

/* What neither format can say, and a file here must. */
static void complete(struct draft *draft)
{
	draft_set(draft, "installation@sr-type", 0, "lvm");
	draft_set(draft, "source@type", 0, "local");
	if (!draft_get(draft, "admin-interface@name") &&
	    !draft_get(draft, "admin-interface@hwaddr"))
		draft_set(draft, "admin-interface@name", 0, "eth0");
	if (!draft_get(draft, "admin-interface@proto"))
		draft_set(draft, "admin-interface@proto", 0, "dhcp");
}

static int convert(struct conversion *conversion, const char *format, struct error **err)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_free_ char *text = NULL, *path = realpath(conversion->file, NULL);
	size_t length;
	bool toml = format ? str_eq(format, "proxmox") : str_ends(conversion->file, ".toml");
	int r = fsroot_open("/", &root);

	if (format && !toml && !str_eq(format, "kickstart")) {
		error_set(err, ERROR_USAGE, "there is no converter from %s", format);
		return error_hint(err, "--from takes proxmox or kickstart");
	}
	if (r == 0)
		r = fsroot_read(root, path ?: conversion->file, FILE_MAX, &text, &length);
	if (r < 0)
		error_errno(err, ERROR_USAGE, r, "Cannot read %s", conversion->file);
	if (r < 0)
		return error_hint(err, "Name a file of at most 1 MiB");
	return toml ? convert_proxmox(conversion, text, length, err)
		    : convert_kickstart(conversion, text, length, err);
}

int tool_convert(const struct tool_options *options)
{
	_cleanup_conversion_ struct conversion conversion = {.file = options->arguments[0]};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *text = NULL, *title = NULL;
	bool good;

	if (convert(&conversion, options->format, &error) < 0)
		return tool_report(error);
	complete(&conversion.draft);
	title = xasprintf("Converted from %s by xenhost-answers convert, which listed what has no "
			  "place here.",
			  conversion.file);
	text = draft_to_xml(&conversion.draft, title);
	good = tool_read_back(text, &findings);
	fputs(text, stdout);
	findings_sort(&conversion.findings);
	tool_print_findings(&conversion.findings, stderr);
	tool_print_findings(&findings, stderr);
	return good ? 0 : error_kind_exit_code(ERROR_USER);
}
