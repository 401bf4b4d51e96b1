/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/boot_parameters.h"

#include "common/bootline.h"
#include "common/str.h"

/* A warning where something would be missing that was asked for, a note where nothing is. */
const struct boot_parameter boot_parameters_unused[] = {
	{"mount", SEVERITY_WARNING, "mounts nothing",
	 "answers and scripts name files of a stick or partition as label://LABEL/folder/file"},
	{"extrarepo", SEVERITY_WARNING, "adds no repository of RPM packages",
	 "a script of stage filesystem-populated can add packages with apt"},
	{"make-ramdisk", SEVERITY_NOTE, "copies nothing: media are never held in memory", NULL},
	{"xsinst", SEVERITY_NOTE, "belongs to make-ramdisk=, which does nothing here", NULL},
	{"use_ibft", SEVERITY_WARNING,
	 "attaches no iSCSI disks: the host could not start from them yet",
	 "install on a disk of the machine, or of Fibre Channel by its WWN"},
	{"sshpassword", SEVERITY_WARNING,
	 "starts no ssh server in the installer: everybody can read the password",
	 "name your public key instead: <ssh-key> in the answers, or xenhost.sshkey="},
	{"cc-preparations", SEVERITY_WARNING, "has no Common Criteria mode to choose", NULL},
	{"kernel-alt", SEVERITY_WARNING, "installs no second kernel",
	 "a script of stage filesystem-populated can add one with apt"},
	{"netinstall", SEVERITY_NOTE,
	 "has no effect: xenhost.source= or the answers name the source", NULL},
	{"no-repo-gpgcheck", SEVERITY_WARNING, "turns nothing off: sources are always verified",
	 NULL},
	{"no-gpgcheck", SEVERITY_WARNING, "turns nothing off: sources are always verified", NULL},
	{"blacklist", SEVERITY_WARNING, "keeps no driver away", "write modprobe.blacklist=NAME"},
	{"extramodules", SEVERITY_WARNING, "loads no drivers",
	 "drivers load by themselves; a missing one shows in xenhost-hwinfo check"},
	{"start", SEVERITY_NOTE, "has no effect, as with the other installers by now", NULL},
	{"virtual", SEVERITY_NOTE, "has no effect: virtual machines are recognised", NULL},
	{"onecd", SEVERITY_NOTE, "has no effect: nothing asks for further discs", NULL},
	{"enable-ide", SEVERITY_NOTE, "has no effect: IDE disks are always found", NULL},
	{"disable-uefi", SEVERITY_NOTE, "has no effect: the firmware's own way of starting counts",
	 NULL},
	{NULL, SEVERITY_NOTE, NULL, NULL},
};

#define OURS "xenhost."

/* All that begin so, wherever they are read; init's too. */
static const char *const own[] = {
	"answers-fingerprint",
	"ask",
	"ca",
	"client-certificate",
	"client-key",
	"generator-timeout",
	"hardware-report",
	"identify",
	"install-again",
	"install-id",
	"keep",
	"lang",
	"last-call",
	"lldp",
	"medium",
	"profile",
	"proxy",
	"report",
	"report-fingerprint",
	"source",
	"source-fingerprint",
	"ssh",
	"sshkey",
	"test-xen",
	"time",
	"ui",
	NULL,
};

static bool is_own(const char *name)
{
	for (const char *const *known = own; *known; known++)
		if (str_eq(*known, name))
			return true;
	return false;
}

/* Words of others may be anything; what begins like ours and is none of them was meant for us. */
static void check_own(const char *command_line, struct findings *findings)
{
	_cleanup_strv_ char **words = bootline_split(command_line);

	for (size_t i = 0; i < strv_length(words); i++) {
		struct finding *finding;
		const char *near;

		words[i][strcspn(words[i], "=")] = '\0';
		if (!str_starts(words[i], OURS) || is_own(words[i] + strlen(OURS)))
			continue;
		near = str_nearest(words[i] + strlen(OURS), own);
		finding = findings_add(findings, SEVERITY_WARNING, words[i],
				       "boot line: there is no %s, it has no effect", words[i]);
		if (near)
			finding_set_hint(finding, "did you mean " OURS "%s?", near);
		else
			finding_set_hint(finding, "xenhost-install(8) has those that there are");
	}
}

/* A word that is none would leave the screens where somebody wanted lines. */
static void check_ui(const char *command_line, struct findings *findings)
{
	_cleanup_free_ char *word = bootline_get(command_line, OURS "ui");
	struct finding *finding;

	if (!word || str_eq(word, "text") || str_eq(word, "screens"))
		return;
	finding = findings_add(findings, SEVERITY_WARNING, OURS "ui",
			       "boot line: " OURS "ui=%s has no effect", word);
	finding_set_hint(finding, "write text, or screens, which is what there is without it");
}

void boot_parameters_check(const char *command_line, struct findings *findings)
{
	for (const struct boot_parameter *row = boot_parameters_unused; row->name; row++) {
		struct finding *finding;

		if (!bootline_has(command_line, row->name))
			continue;
		finding = findings_add(findings, row->severity, row->name, "boot line: %s %s",
				       row->name, row->why);
		if (row->hint)
			finding_set_hint(finding, "%s", row->hint);
	}
	check_own(command_line, findings);
	check_ui(command_line, findings);
}
