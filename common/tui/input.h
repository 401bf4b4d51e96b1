/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signals that input.c listens to; terminal_key() itself is in terminal.h. */
#pragma once

void input_open(void);
