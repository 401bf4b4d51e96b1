/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>

#include "answerfiles/boot_keys.h"
#include "answerfiles/boot_parameters.h"
#include "answerfiles/fields.h"
#include "common/bootline.h"
#include "common/str.h"

/*
 * The tokens of the boot line that answer a question of the installation. Other tokens are the
 * kernel's, hwdb's (map_netdev) or the installer's own, and junk is common: none is a finding,
 * unless another installer would have obeyed it.
 */

static bool take_baud(const char *text, char **ret)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 7)
		return false;
	*ret = xstrndup(text, digits);
	return true;
}

/* "ttyS1,115200n8" and "uart,io,0x2f8,115200n8" give "ttyS1,115200"; NULL when it is no serial. */
static char *serial_console(const char *console)
{
	static const struct {
		const char *port;
		unsigned number;
	} ports[] = {{"0x3f8", 0}, {"0x2f8", 1}, {"0x3e8", 2}, {"0x2e8", 3}};
	_cleanup_strv_ char **parts = strv_split(console, ",");
	size_t count = strv_length(parts);
	_cleanup_free_ char *baud = NULL, *name = NULL;
	unsigned number;

	if (count && str_starts(parts[0], "ttyS") &&
	    str_to_uint(parts[0] + 4, 0, 255, &number) == 0) {
		name = xstrdup(parts[0]);
		if (count > 1)
			take_baud(parts[1], &baud);
	}
	for (size_t i = 0; !name && count > 2 && str_starts(parts[0], "uart") &&
			   str_eq(parts[1], "io") && i < ARRAY_SIZE(ports);
	     i++) {
		if (!str_eq_nocase(parts[2], ports[i].port))
			continue;
		name = xasprintf("ttyS%u", ports[i].number);
		if (count > 3)
			take_baud(parts[3], &baud);
	}
	if (!name)
		return NULL;
	return baud ? xasprintf("%s,%s", name, baud) : TAKE_PTR(name);
}

/* The last serial console= counts; if it is the last console= at all, it is the default one. */
static void apply_consoles(struct answers *answers, const char *command_line)
{
	_cleanup_strv_ char **consoles = bootline_get_all(command_line, "console");
	_cleanup_free_ char *boot_console = NULL;

	for (size_t i = 0; i < strv_length(consoles); i++) {
		char *serial = serial_console(consoles[i]);

		answers->serial_default = serial != NULL;
		if (!serial)
			continue;
		free(answers->serial_console);
		answers->serial_console = serial;
	}
	boot_console = bootline_get(command_line, "boot-console");
	if (!boot_console)
		boot_console = bootline_get(command_line, "boot_console");
	if (answers->serial_console || !boot_console)
		return;
	answers->serial_console = serial_console(boot_console);
	answers->serial_default = answers->serial_console != NULL;
}

/* A value of the boot line through the field table, as if the file had said it. */
static void apply_field(struct answers *answers, const char *command_line, const char *key,
			const char *name, struct findings *findings)
{
	_cleanup_free_ char *value = bootline_get(command_line, key),
			    *where = xasprintf("%s=", key);
	const struct field *field = field_find(name);
	struct reading reading = {.where = where,
				  .origin = {.kind = ORIGIN_CMDLINE},
				  .fatal = true,
				  .findings = findings};

	if (str_empty(value))
		return;
	if (field->type->parse(field, value, field_member(field, answers), &reading))
		*field_origin(answers, field) = reading.origin;
}

static void apply_multipath(struct answers *answers, const char *command_line)
{
	static const char *const yes[] = {"enabled", "true", "1", "yes", "force"};
	_cleanup_free_ char *value = bootline_get(command_line, "device_mapper_multipath");

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		answers->multipath = answers->multipath || str_eq_nocase(value, yes[i]);
}

/* Certificate and key are one thing: the file's key does not belong to another certificate. */
static void apply_client_certificate(struct answers *answers, const char *command_line,
				     struct findings *findings)
{
	if (!bootline_has(command_line, "xenhost.client-certificate"))
		return;
	free(answers->client_key);
	answers->client_key = NULL;
	apply_field(answers, command_line, "xenhost.client-certificate", "client-certificate",
		    findings);
	apply_field(answers, command_line, "xenhost.client-key", "client-certificate@key",
		    findings);
}

/* The file's certificate is that of the file's source. */
static void apply_source(struct answers *answers, const char *command_line,
			 struct findings *findings)
{
	if (bootline_has(command_line, "xenhost.source")) {
		free(answers->xenhost_source_certificate);
		answers->xenhost_source_certificate = NULL;
	}
	apply_field(answers, command_line, "xenhost.source", "xenhost-source", findings);
	apply_field(answers, command_line, "xenhost.source-fingerprint",
		    "xenhost-source@certificate-sha256", findings);
}

void answers_apply_report(struct answers *answers, struct secrets *secrets,
			  const char *command_line, struct findings *findings)
{
	if (!bootline_has(command_line, "xenhost.report"))
		return;
	if (secrets->report_token)
		explicit_bzero(secrets->report_token, strlen(secrets->report_token));
	free(secrets->report_token);
	free(answers->report_certificate);
	secrets->report_token = answers->report_certificate = NULL;
	answers->report_proof = REPORT_TOKEN;
	apply_field(answers, command_line, "xenhost.report", "report", findings);
	apply_field(answers, command_line, "xenhost.report-fingerprint",
		    "report@certificate-sha256", findings);
}

int answers_apply_cmdline(struct answers *answers, struct secrets *secrets,
			  const char *command_line, struct findings *findings)
{
	apply_field(answers, command_line, "keymap", "keymap", findings);
	apply_source(answers, command_line, findings);
	apply_field(answers, command_line, "xenhost.proxy", "proxy", findings);
	apply_client_certificate(answers, command_line, findings);
	answers_apply_report(answers, secrets, command_line, findings);
	apply_field(answers, command_line, "xenhost.install-id", "install-id", findings);
	boot_parameters_check(command_line, findings);
	strv_free(boot_keys_read(command_line, findings));
	apply_consoles(answers, command_line);
	apply_multipath(answers, command_line);
	/* Without a screen nobody could answer. */
	if (bootline_has(command_line, "rt_answerfile"))
		answers->confirm = false;
	return 0;
}
