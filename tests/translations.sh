#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The template is what the sources mark, and every language translates all of it: nothing open,
# nothing fuzzy, the same formats. Usage: tests/translations.sh; gettext's programs do the work.
set -eu
cd "$(dirname "$0")/.."
if ! command -v xgettext >/dev/null; then
	echo "translations: not run, gettext is not installed"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Words alone: versions of xgettext write heads and wrap lines in ways of their own.
words() {
	msgcat --no-wrap --sort-output "$1" | sed -n '/^msgid ""$/d; /^msgid/p'
}

sh installer/po/extract.sh "$work/xenhost.pot" 2>/dev/null
words "$work/xenhost.pot" >"$work/marked"
words installer/po/xenhost.pot >"$work/kept"
if ! diff -u "$work/kept" "$work/marked" >"$work/diff"; then
	cat "$work/diff"
	echo "translations: the sources' words are others: run \"make po\" and translate what is new" >&2
	exit 1
fi

# Beside the calls that extract.sh knows: every sentence of the plan, however it gets there.
# Files for the new host are none, and stand in files of their own.
sentences() {
	find installer/plan -name '*.c' ! -name 'files_*' | LC_ALL=C sort |
		xgettext --from-code=UTF-8 --language=C --extract-all -f - -o "$1.all" 2>/dev/null
	sed -i 's/charset=CHARSET/charset=UTF-8/' "$1.all"
	words "$1.all" | grep -E '[[:lower:]]+( [[:lower:]]+){2}' | sort -u >"$1"
}
sentences "$work/plan"
words "$work/xenhost.pot" | sed 's/^msgid_plural/msgid/' | sort -u >"$work/translated"
if [ ! -s "$work/plan" ] || comm -23 "$work/plan" "$work/translated" | grep .; then
	echo "translations: installer/po/extract.sh does not take these: mark them with N_()" >&2
	exit 1
fi

# The check itself is checked: a word without a translation, and a wrong format.
is_complete() {
	msgfmt --check -o /dev/null "$1" && msgcmp "$1" "$work/xenhost.pot"
}
first=$(ls installer/po/*.po | head -n 1)
sed '0,/^msgstr "[^"]/s/^msgstr "[^"].*/msgstr ""/' "$first" >"$work/open.po"
sed '0,/^msgstr .*%s/s/^\(msgstr .*\)%s/\1%d/' "$first" >"$work/format.po"
for planted in open format; do
	if is_complete "$work/$planted.po" >/dev/null 2>&1; then
		echo "translations: $planted.po should have been refused" >&2
		exit 1
	fi
done

for po in installer/po/*.po; do
	is_complete "$po" || exit 1
	if msgattrib --only-fuzzy --no-obsolete "$po" | grep -q .; then
		echo "$po: fuzzy" >&2
		exit 1
	fi
	echo "$po: $(msgattrib --translated --no-obsolete "$po" | grep -c '^msgid ') words"
done
