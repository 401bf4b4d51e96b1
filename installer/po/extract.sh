#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# extract.sh FILE: writes the template of all translations: what the sources mark for translation,
# and the sentences of errors, findings and checks, which need no mark.
# No dates and no places in it, so that it changes when words change alone.
set -eu
out=$(realpath -m "$1")
cd "$(dirname "$0")/../.."

# Commands alone say what these do, in English: no screen shows it.
COMMANDS='/(main|command_[a-z]*|options|load|capture|mkpayload|image_pack|join_command)\.c$
^answerfiles/(tool/|boot_|cmdline|c[ho]|load|markup|names|reader|records|reference|schema|show|wishes|writer)
^hwdb/(burnin|database|fact_path|profile|rule|report|host_json|verdict|detect|probe/lldp)
^installer/(hardware/|unattended/|known|last_call|run|inputs|install_id|remote)
^firstboot/(check|pool_options|pool_wish|consoles|devices|scripts|state|changes|markers|nic_names)\.c$
^firstboot/pool/(settings|engine|join_host|side|xapi_json|xapi_xml)
^common/(notice|notifier|ask|inifile|json|json_stream|xml|script|netdev)\.c$'

# Sentences that are no C: what hardware profiles and the hardware database say, and libc's words
# for what files and networks refuse.
others() {
	awk '
		function say() { if (text != "") printf "N_(\"%s\")\n", text; text = "" }
		/^[ \t]+[^ \t]/ && text != "" { sub(/^[ \t]+/, " "); text = text $0; next }
		{ say() }
		/^(problem|hint) = / { sub(/^[a-z]+ = /, ""); text = $0; gsub(/["\\]/, "\\\\&", text) }
		END { say() }' hwdb/profiles/*.ini
	sed -n 's/^ XENHOST_NOTE=\(.*\)/N_("\1")/p' hwdb/data/*.hwdb
	sed 's/^.*$/N_("&")/' installer/po/system.txt
}

sources() {
	find common answerfiles hwdb installer firstboot -name '*.[ch]' ! -name i18n.h |
		grep -vE "$COMMANDS" | LC_ALL=C sort
}

extract() {
	xgettext --from-code=UTF-8 --language=C --no-location --package-name=xenhost \
		--copyright-holder='The xenhost developers' --msgid-bugs-address= \
		--add-comments=translators: --keyword --keyword=N_ "$@"
}

others >"$out.c"
extract -o "$out.new" "$out.c"
rm -f "$out.c"
# shellcheck disable=SC2046 # names of sources hold no blanks
extract --join-existing --keyword=_ --keyword=D_ --keyword=P_:1,2 --keyword=DP_:1,2 \
	--keyword=tui_complain:2 --keyword=error_set:3 --keyword=error_errno:4 \
	--keyword=error_prefix:2 --keyword=error_hint:2 --keyword=findings_add:4 \
	--keyword=finding_set_hint:2 --keyword=value_refuse:3 --keyword=reading_complain:3 \
	--keyword=build_warn:3 --keyword=explanation_add:4 \
	--keyword=found:4 --keyword=obstacle_fix:2 \
	--flag=error_set:3:c-format --flag=error_errno:4:c-format --flag=error_prefix:2:c-format \
	--flag=error_hint:2:c-format --flag=findings_add:4:c-format \
	--flag=finding_set_hint:2:c-format --flag=explanation_add:4:c-format \
	--flag=found:4:c-format --flag=reading_complain:3:c-format \
	--flag=obstacle_fix:2:c-format \
	--flag=tui_complain:2:c-format --flag=_:1:pass-c-format \
	--flag=D_:1:pass-c-format --flag=P_:1:pass-c-format --flag=P_:2:pass-c-format \
	--flag=DP_:1:pass-c-format --flag=DP_:2:pass-c-format \
	--flag=xasprintf:1:c-format --flag=strbuf_addf:2:c-format --flag=strv_addf:2:c-format \
	-o "$out.new" $(sources)
# Of a call that holds a sentence and its hint xgettext takes one at a time.
# shellcheck disable=SC2046
extract --join-existing --keyword=build_warn:4 --flag=build_warn:4:c-format \
	-o "$out.new" $(sources)
sed -i '/^"POT-Creation-Date/d; s/^# SOME DESCRIPTIVE TITLE\./# The screens of xenhost./
	/^# Copyright (C) YEAR/d; /^# FIRST AUTHOR/d; s/charset=CHARSET/charset=UTF-8/' "$out.new"
mv "$out.new" "$out"
