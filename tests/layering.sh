#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Reads every #include of ours against the table of docs/ARCHITECTURE.md ("Layering") and says
# where a layer reaches for one it must not know; and that each third-party header is included by
# the files named here only. Usage: tests/layering.sh
set -eu
cd "$(dirname "$0")/.."

# Folder, then what it may include beside its own headers; the longest folder that fits counts.
# The programs' own folder, installer/, ties the arrows together and may include any box.
layers='
common
common/tui              common/
fleet                   common/
hwdb                    common/
answerfiles             common/ hwdb/host.h
answerfiles/tool        common/ hwdb/host.h answerfiles/ installer/plan/plan.h installer/unattended/unattended.h
installer               common/ hwdb/ answerfiles/ installer/ firstboot/pool/
installer/payload       common/
installer/plan          common/ hwdb/host.h answerfiles/answers.h installer/payload/source.h
installer/network       common/ hwdb/host.h answerfiles/answers.h
installer/hardware      common/ hwdb/ installer/network/network.h installer/unattended/unattended.h
installer/unattended    common/ hwdb/host.h answerfiles/answers.h installer/network/network.h
installer/execute       common/ hwdb/host.h answerfiles/answers.h installer/plan/plan.h installer/payload/
installer/screens       common/ hwdb/host.h answerfiles/answers.h answerfiles/fields.h answerfiles/tool/draft.h installer/plan/plan.h installer/payload/source.h firstboot/pool/
firstboot               common/ hwdb/host.h hwdb/verdict.h answerfiles/answers.h installer/plan/plan.h firstboot/
firstboot/pool          common/ hwdb/host.h answerfiles/answers.h
firstboot/screens       common/ hwdb/host.h answerfiles/answers.h answerfiles/fields.h answerfiles/tool/draft.h firstboot/pool/
'

# Header or its folder, then the files that may include it: one, unless a reason stands beside it.
third_party='
json-c/                 common/json.c
qrencode.h              common/qr.c
libxml/                 common/xml.c
curl/                   common/http.c
crypt.h                 common/password.c
ini.h                   common/inifile.c
openssl/evp.h           common/digest.c
openssl/pem.h           common/signature.c
newt.h                  common/tui/newt.c
slang.h                 common/tui/newt.c
pci/                    hwdb/probe/pci.c
blkid/                  hwdb/probe/blkid.c
libudev.h               hwdb/database.c
parted/                 installer/execute/table.c
microhttpd.h            fleet/server.c
sqlite3.h               fleet/store.c
'
# OpenSSL's TLS: how a server is known, and how this machine is, are two things.
third_party="$third_party
openssl/ssl.h           common/http_pin.c common/http_identity.c
"
# zstd: the reader runs in the installer, the writer in the build tool; neither needs the other.
third_party="$third_party
zstd.h                  installer/payload/chunk.c installer/payload/image_pack.c
"
# libext2fs: the build tool reads the map of an image, detection a file on a disk.
third_party="$third_party
ext2fs/                 installer/payload/image_map.c hwdb/probe/ext.c
"

# Prints one line a violation; reads "file:line:#include ..." lines.
judge() {
	LAYERS=$layers THIRD=$third_party awk '
	function folder_of(path) { sub(/\/[^\/]*$/, "", path); return path }
	BEGIN {
		n = split(ENVIRON["LAYERS"], lines, "\n")
		for (i = 1; i <= n; i++) {
			k = split(lines[i], f, " ")
			if (k == 0) continue
			known[f[1]] = 1
			allowed[f[1]] = " " f[1] "/"
			for (j = 2; j <= k; j++) allowed[f[1]] = allowed[f[1]] " " f[j]
		}
		n = split(ENVIRON["THIRD"], lines, "\n")
		for (i = 1; i <= n; i++) {
			k = split(lines[i], f, " ")
			if (k == 0) continue
			owners[f[1]] = ""
			for (j = 2; j <= k; j++) owners[f[1]] = owners[f[1]] " " f[j] " "
		}
	}
	{
		split($0, at, ":")
		file = at[1]; line = at[2]
		match($0, /[<"][^>"]+[>"]/)
		quote = substr($0, RSTART, 1)
		header = substr($0, RSTART + 1, RLENGTH - 2)
		if (quote == "<") {
			for (h in owners) {
				if (index(header, h) != 1) continue
				if (h !~ /\/$/ && header != h) continue
				if (index(owners[h], " " file " ") == 0)
					print file ":" line ": <" header "> belongs to" owners[h] "alone"
			}
			next
		}
		layer = folder_of(file)
		while (!(layer in known) && layer ~ /\//) layer = folder_of(layer)
		if (!(layer in known)) { print file ":" line ": its folder is not in the table"; next }
		n = split(allowed[layer], f, " ")
		good = 0
		for (i = 1; i <= n; i++) {
			if (f[i] ~ /\/$/ ? index(header, f[i]) == 1 : header == f[i]) good = 1
		}
		# The toolkit is in common/, but only screens draw.
		if (header ~ /^common\/tui\// && layer !~ /screens$|^common\/tui$/) good = 0
		if (!good) print file ":" line ": " layer " must not include \"" header "\""
	}'
}

includes() {
	# shellcheck disable=SC2046  # names of ours hold no blanks
	grep -nE '^[[:space:]]*#[[:space:]]*include' $(find common hwdb answerfiles installer firstboot fleet \
		-name '*.[ch]') /dev/null
}

# The check itself is checked: each of these lines must be refused, each of those accepted.
refused=$(judge <<'END' | wc -l
common/str.c:1:#include "hwdb/host.h"
common/str.c:1:#include "common/tui/form.h"
hwdb/probe/cpu.c:1:#include "answerfiles/answers.h"
installer/plan/plan.c:1:#include "hwdb/probe/probe.h"
installer/plan/plan.c:1:#include "installer/execute/execute.h"
installer/screens/disk.c:1:#include "installer/execute/execute.h"
firstboot/pool/xapi.c:1:#include "installer/plan/plan.h"
answerfiles/load.c:1:#include "installer/plan/plan.h"
elsewhere/x.c:1:#include "common/str.h"
hwdb/probe/cpu.c:1:#include <json-c/json.h>
installer/plan/plan.c:1:#include <zstd.h>
END
)
accepted=$(judge <<'END'
common/str.c:1:#include "common/str.h"
hwdb/probe/cpu.c:1:#include "hwdb/host.h"
answerfiles/tool/judge.c:1:#include "installer/plan/plan.h"
installer/plan/plan.c:1:#include "hwdb/host.h"
installer/run.c:1:#include "installer/execute/execute.h"
installer/screens/disk.c:1:#include "common/tui/form.h"
common/json.c:1:#include <json-c/json.h>
common/json.c:1:#include <string.h>
END
)
if [ "$refused" -ne 11 ] || [ -n "$accepted" ]; then
	echo "layering: the check itself is broken ($refused of 11 refused; $accepted)" >&2
	exit 1
fi

found=$(includes | judge)
if [ -n "$found" ]; then
	printf '%s\n' "$found" >&2
	exit 1
fi
