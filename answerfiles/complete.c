/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/fields.h"
#include "answerfiles/types.h"

/* What only shows once every place that answers come from has been read. */

/* An error when nothing can follow; of a file alone, what has to follow. */
static void complain_source(const struct answers *answers, struct answers_origin origin,
			    enum answers_stage stage, struct findings *findings)
{
	struct reading reading = {.file = answers->file,
				  .where = "source",
				  .origin = origin,
				  .fatal = true,
				  .findings = findings};

	switch (stage) {
	case ANSWERS_WITH_SOURCE:
		return;
	case ANSWERS_FILE:
		finding_set_hint(reading_complain(&reading, SEVERITY_NOTE,
						  "<source> is missing: the boot line must name "
						  "one with xenhost.source="),
				 "for the medium itself: <source type=\"local\"/>");
		return;
	case ANSWERS_COMPLETE:
		finding_set_hint(reading_complain(&reading, SEVERITY_ERROR, "<source> is missing"),
				 "for the medium itself: <source type=\"local\"/>, else "
				 "xenhost.source= on the boot line");
		return;
	}
}

/* Whoever asks for one certificate must not get a source that has none. */
static void complain_pin(const struct answers *answers, struct findings *findings)
{
	const struct field *pin = field_find("xenhost-source@certificate-sha256");
	const char *named = answers->xenhost_source;
	_cleanup_strv_ char **places = NULL;
	struct reading reading = {.file = answers->file,
				  .where = "xenhost-source@certificate-sha256",
				  .origin = *field_origin(answers, pin),
				  .fatal = true,
				  .findings = findings};
	bool held = true;

	if (!named && answers->n_sources && answers->sources[0].type == SOURCE_URL)
		named = answers->sources[0].address;
	places = strv_split(named ?: "", " ");
	for (char **place = places; place && *place; place++)
		held = held && str_starts(*place, "https://");
	if (!held || !places || !*places)
		finding_set_hint(reading_complain(&reading, SEVERITY_ERROR,
						  "only https:// has certificates, and the source "
						  "is another one"),
				 "https:// in each URL of <xenhost-source>, or no "
				 "certificate-sha256");
}

/* What a check may pass, since the file is right, ends an installation. */
static void refuse_unsupported(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (findings->list[i].fatal)
			findings->list[i].severity = SEVERITY_ERROR;
	}
}

void answers_check_complete(const struct answers *answers, enum answers_stage stage,
			    struct findings *findings)
{
	const struct field *root = field_find("installation");
	struct answers_origin origin = *field_origin(answers, root);

	if (stage != ANSWERS_FILE)
		refuse_unsupported(findings);
	/* Text that could not be read lacks everything, which its own finding says. */
	if (origin.kind != ORIGIN_FILE || answers->mode == MODE_RESTORE)
		return;
	if (!answers->n_sources && !answers->xenhost_source)
		complain_source(answers, origin, stage, findings);
	if (answers->xenhost_source_certificate && stage != ANSWERS_WITH_SOURCE &&
	    (stage == ANSWERS_COMPLETE || answers->xenhost_source))
		complain_pin(answers, findings);
	findings_sort(findings);
}
