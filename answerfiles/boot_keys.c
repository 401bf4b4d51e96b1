/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/boot_keys.h"

#include "answerfiles/types.h"
#include "common/bootline.h"
#include "common/str.h"

/* Neither a type nor base64 has any. */
static void blanks_for_colons(char *text)
{
	for (char *colon = strchr(text, ':'); colon; colon = strchr(colon, ':'))
		*colon = ' ';
}

char **boot_keys_read(const char *command_line, struct findings *findings)
{
	_cleanup_strv_ char **values = bootline_get_all(command_line, BOOT_KEYS_PARAMETER);
	const struct reading reading = {.where = BOOT_KEYS_PARAMETER "=",
					.origin = {.kind = ORIGIN_CMDLINE},
					.findings = findings};
	char **keys = NULL;

	/* A type of the field table, without the field of the host's keys. */
	for (size_t i = 0; i < strv_length(values); i++) {
		if (!strchr(values[i], ' '))
			blanks_for_colons(values[i]);
		(void)type_ssh_key.parse(NULL, values[i], &keys, &reading);
	}
	return keys;
}
