/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A new management network on the running host, for as long as nobody has confirmed it: the old
 * one comes back by a timer of systemd, by the next boot, or at once when it is taken back. For
 * the wizard and "run". Knows networkd and Open vSwitch as the planner sets them up.
 */
#pragma once

#include "firstboot/changes.h"

/* How long an operator is asked; the timer waits a little longer. */
#define NETWORK_TRY_S 90

/* What forbids these changes on this host as it is now, as an error; 0 when nothing does. */
int network_try_check(const struct fsroot *root, const struct changes *changes,
		      struct error **err) _must_check_;
/* Keeps the old files, starts the timer, writes the new ones and makes them work. */
int network_try(const struct fsroot *root, const struct changes *changes,
		struct error **err) _must_check_;
bool network_is_tried(const struct fsroot *root);
/* The new one stays. Fails when none is being tried any more. */
int network_confirm(const struct fsroot *root, struct error **err) _must_check_;
/* What was there before, files and links; nothing happens when nothing is being tried. *ret_done
 * tells which. */
int network_take_back(const struct fsroot *root, bool *ret_done, struct error **err) _must_check_;
/* Makes written files work: reload, and the links that they are about. */
int network_activate(const struct fsroot *root, const struct changes *changes,
		     struct error **err) _must_check_;
