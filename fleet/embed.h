/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files beside this one that a browser loads, as parts of the program. For server.c. */
#pragma once

extern const char fleet_style[], fleet_script[]; /* NUL-terminated */
