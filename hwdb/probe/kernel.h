/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's command line as it may be shown and stored: secrets replaced. Used by the kernel
 * probe and its test; no I/O.
 */
#pragma once

/*
 * A copy in which the value of any argument whose key speaks of a password, secret or token, such
 * query parameters of URLs, and the password part of URLs are "********".
 */
char *command_line_mask(const char *line);
