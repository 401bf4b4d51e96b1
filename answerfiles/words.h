/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words an answer may be: one table for each enum of answers.h. The readers, the screens, the
 * documentation and the *_to_string() functions all use these. Pure data; no I/O.
 */
#pragma once

#include "answerfiles/answers.h"

/* Ends with a NULL word. The first word of a value is the one we write; later ones are aliases. */
struct word {
	const char *word;
	unsigned value;
};

extern const struct word mode_words[], sr_words[], layout_words[], proto_words[], proto6_words[],
	backend_words[], ntp_words[], stage_words[], property_words[], operator_words[],
	source_words[], preserve_words[], location_words[], password_words[], fs_words[],
	ssh_words[], service_words[], failure_words[], syslog_words[], proof_words[],
	report_words[], moment_words[], nic_property_words[], bond_words[], engine_words[];

/* The first word with this value, or NULL. */
const char *word_of(const struct word *words, unsigned value);
