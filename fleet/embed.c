/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fleet/embed.h"

#define EMBED(symbol, file)                                                                        \
	__asm__(".section .rodata\n"                                                               \
		".global " #symbol "\n"                                                            \
		".hidden " #symbol "\n" #symbol ":\n"                                              \
		".incbin \"" file "\"\n"                                                           \
		".byte 0\n"                                                                        \
		".previous\n")

EMBED(fleet_style, "fleet/style.css");
EMBED(fleet_script, "fleet/script.js");
