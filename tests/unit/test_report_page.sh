#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of "report --html" as a browser lays it out: as wide as a desk and as a phone, light and
# dark, one machine and several. Needs Chromium, which "make test" installs; says so where it is not.
set -eu
cd "$(dirname "$0")/../.."
hwinfo=${XENHOST_BUILD:-build}/xenhost-hwinfo
chromium=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$chromium" ]; then
	echo "test_report_page: SKIPPED, there is no chromium (apt-get install chromium)"
	exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
machines=tests/machines

cat >"$dir/result.json" <<'EOF'
{"schema": "xenhost.burnin/1", "started": "2026-01-02T03:04:05Z", "serial": "7XKQ2M3",
"uuid": null, "name": null, "seconds": 3540, "wanted_seconds": 3600, "cancelled": true, "rows": [
{"name": "disks", "title": "Disks read", "result": "pass", "measured": "sda: 512 MB/s, nvme0n1: 3.1 GB/s",
"hint": null}, {"name": "temperature", "title": "Highest temperature", "result": "fail", "measured":
"coretemp Package id 0 101 °C, its limit is 100 °C", "hint": "Check fans and heat sinks"},
{"name": "memory-corrected", "title": "Memory errors, corrected", "result": "warn", "measured":
"mc0 3 -> 5", "hint": "Reseat or replace the module if the count keeps growing"},
{"name": "network", "title": "Network", "result": "unknown", "measured": "no --peer was named",
"hint": null}]}
EOF
"$hwinfo" report --html "$dir/one.html" "$machines/two-socket.json" \
	--burn-in "$dir/result.json" 2>"$dir/err"
"$hwinfo" report --html "$dir/two.html" "$machines/captured/qemu-uefi-raid-paths.json" \
	"$machines/captured/qemu-sriov.json" 2>"$dir/err"
"$hwinfo" report --html "$dir/four.html" "$machines/busy.json" "$machines/usb-only.json" \
	"$machines/vmfs.json" "$machines/tiny.json" 2>"$dir/err"
# A control: a page with each mistake, which must be found.
sed -e 's|</style>|.name{width:100rem}.facts dd{color:#777;background:#888}&|' "$dir/one.html" \
	>"$dir/bad.html"
cp tests/unit/report_page.html "$dir/look.html"

# look SCHEME PAGES: what the browser found to $dir/found
look() {
	scheme=1
	[ "$1" = light ] || scheme=0
	# Root may not have Chromium's sandbox; what is opened is a page of our own.
	HOME=$dir "$chromium" --headless=new --no-sandbox --disable-gpu --no-first-run \
		--user-data-dir="$dir/profile" --window-size=1400,2000 --allow-file-access-from-files \
		--blink-settings=preferredColorScheme=$scheme --virtual-time-budget=20000 \
		--dump-dom "file://$dir/look.html?$2" >"$dir/dom" 2>"$dir/log" ||
		{ cat "$dir/log" >&2; exit 1; }
	sed -n '/<body>/,$p' "$dir/dom" | sed 's/<[^>]*>//g' | grep . >"$dir/found"
	grep -q "^LOOKED [1-9][0-9]* $1" "$dir/found" || {
		echo "test_report_page: the browser looked at nothing:" >&2
		cat "$dir/dom" "$dir/log" >&2
		exit 1
	}
}

for scheme in light dark; do
	look "$scheme" one.html,two.html,four.html
	if grep -v "^LOOKED" "$dir/found"; then
		echo "test_report_page: a reader would stumble over these" >&2
		exit 1
	fi
done
look light bad.html
for mistake in "at 390 light: wider than the window" "contrast"; do
	grep -qF "$mistake" "$dir/found" || {
		echo "test_report_page: \"$mistake\" was not found where it is" >&2
		exit 1
	}
done
