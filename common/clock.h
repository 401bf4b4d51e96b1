/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time that only moves forward, for durations, rates and limits. Never the time of day: what is
 * written into plans and reports comes from elsewhere.
 */
#pragma once

/* Seconds since some fixed moment of this boot. */
double clock_seconds(void);
