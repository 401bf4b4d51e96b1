/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The profiles that are shipped, as they are in hwdb/profiles/: part of the program, so that it can
 * judge a machine wherever it is copied to. */
#include "common/str.h"
#include "hwdb/profile.h"

#define EMBED(symbol, file)                                                                        \
	__asm__(".section .rodata\n"                                                               \
		".balign 8\n"                                                                      \
		".global " #symbol "\n"                                                            \
		".hidden " #symbol "\n" #symbol ":\n"                                              \
		".incbin \"" file "\"\n"                                                           \
		".global " #symbol "_end\n"                                                        \
		".hidden " #symbol "_end\n" #symbol "_end:\n"                                      \
		".byte 0\n"                                                                        \
		".previous\n");                                                                    \
	extern const char symbol[], symbol##_end[]

EMBED(profile_text_host, "hwdb/profiles/host.ini");
EMBED(profile_text_pool_member, "hwdb/profiles/pool-member.ini");
EMBED(profile_text_passthrough, "hwdb/profiles/passthrough.ini");

static const struct {
	const char *name, *text, *end;
} profiles[] = {
	{"host", profile_text_host, profile_text_host_end},
	{"pool-member", profile_text_pool_member, profile_text_pool_member_end},
	{"passthrough", profile_text_passthrough, profile_text_passthrough_end},
};

const char *const profile_builtin_names[] = {"host", "pool-member", "passthrough", NULL};

const char *profile_builtin(const char *name, size_t *ret_length)
{
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
		if (str_eq(profiles[i].name, name)) {
			*ret_length = (size_t)(profiles[i].end - profiles[i].text);
			return profiles[i].text;
		}
	return NULL;
}
