/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time that only moves forward, for durations, rates and limits. Never the time of day: what is
 * written into plans and reports comes from elsewhere.
 */
#pragma once

#include <stdint.h>

/* Seconds since some fixed moment of this boot. */
double clock_seconds(void);
/* The same in whole milliseconds. */
int64_t clock_ms(void);
