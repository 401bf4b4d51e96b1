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
	findings_sort(findings);
}
