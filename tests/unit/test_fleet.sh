#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# xenhost-fleet as machines and people meet it: over HTTP and HTTPS, with and without the right token,
# in a browser as wide as a desk and as a phone, under a hundred machines at once. Needs openssl and
# python3; without nginx or Chromium it leaves their part out and says so.
set -eu
cd "$(dirname "$0")/../.."
build=${XENHOST_BUILD:-build}
dir=$(mktemp -d)
fleet=
trap '[ -z "$fleet" ] || kill "$fleet" 2>/dev/null; rm -rf "$dir"' EXIT

fail() {
	echo "test_fleet: $*" >&2
	cat "$dir/fleet.err" "$dir/out" >&2 2>/dev/null || true
	exit 1
}

# start ARGUMENT...: a fresh one at any free port, to $url
start() {
	[ -z "$fleet" ] || { kill "$fleet"; wait "$fleet" || fail "it did not end well"; }
	# Here, not by the redirection of what runs beside: the port of the one before is not to be read.
	: >"$dir/fleet.err"
	"$build/xenhost-fleet" --listen 127.0.0.1:0 --database "$dir/fleet.db" "$@" 2>>"$dir/fleet.err" &
	fleet=$!
	for _ in $(seq 1200); do
		url=$(sed -n 's/.*listening at \(.*\) port \(.*\)/\1:\2/p' "$dir/fleet.err")
		[ -z "$url" ] || return 0
		sleep 0.1
	done
	fail "it does not start"
}

# ask WANTED-STATUS METHOD PATH [HEADER...] <body: the answer to $dir/out
ask() {
	status=$(python3 -c '
import ssl, sys, urllib.error, urllib.request
out, url, method, headers = sys.argv[1], sys.argv[2], sys.argv[3], dict(h.split(": ", 1) for h in sys.argv[4:])
body = sys.stdin.buffer.read() if method == "POST" else None
open_ = ssl._create_unverified_context() if url.startswith("https") else None
try:
	answer = urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), context=open_)
except urllib.error.HTTPError as error:
	answer = error
open(out, "wb").write(answer.read())
print(answer.status if hasattr(answer, "status") else answer.code)
' "$dir/out" "$url$3" "$2" ${4:+"$4"})
	[ "$status" = "$1" ] || fail "$2 $3 gave $status, not $1"
}

# event KIND MACHINE SEQUENCE [MEMBERS]
event() {
	printf '{"schema": "xenhost.event/1", "event": "%s", "id": "%s/r1/%s", "machine": {"key": "%s",
"hostname": "%s.example.org", "product": "PowerEdge R740", "serial": "SN%s", "macs": ["52:54:00:12:34:56"]},
"run": "r1", "sequence": %s, "time": "2026-11-22T09:00:00Z"%s}' "$1" "$2" "$3" "$2" "$2" "$2" "$3" "${4:-}"
}

printf 'open-sesame\n' >"$dir/token"
printf 'reader\n' >"$dir/password"
auth="Authorization: Bearer open-sesame"

"$build/xenhost-fleet" --database "$dir/fleet.db" 2>"$dir/out" && fail "it starts without a word on who may send"
grep -q "who may send is to be said" "$dir/out" || fail "it does not say that a token is missing"
: >"$dir/empty"
"$build/xenhost-fleet" --database "$dir/fleet.db" --token-file "$dir/empty" 2>"$dir/out" && fail "an empty token is none"

"$build/xenhost-fleet" --no-token --keep-days abc 2>"$dir/out" && fail "abc days are none"
grep -q -e '--keep-days cannot be "abc"' "$dir/out" || fail "it does not say what is wrong with the days"

start --token-file "$dir/token"
ask 200 GET /
grep -q "One appears when its installation sends its first event" "$dir/out" || fail "an empty page says nothing"
event start m1 1 | ask 200 POST /events "$auth"
grep -qx kept "$dir/out" || fail "a new event was not kept"
event start m1 1 | ask 200 POST /events "$auth"
grep -qx known "$dir/out" || fail "the same event again was not known"
event phase m1 2 | ask 403 POST /events "Authorization: Bearer other"
event phase m1 2 | ask 403 POST /events
echo '{"schema": "xenhost.event/1"}' | ask 400 POST /events "$auth"
echo 'no json' | ask 400 POST /events "$auth"
# Too long a body is refused by its announced length, before any of it.
python3 -c '
import http.client, sys
to = http.client.HTTPConnection(sys.argv[1])
to.putrequest("POST", "/events")
to.putheader("Content-Length", "2000000")
to.endheaders()
sys.exit(to.getresponse().status != 413)' "${url#http://}" || fail "a body of 2 MB is not refused at once"
body=$(event progress m1 2 ', "permille": 412, "title": "write the system to sda3", "bytes": 400, "total_bytes": 1000, "bytes_per_second": 91226112, "seconds_left": 7')
signature=$(printf %s "$body" | openssl dgst -sha256 -hmac open-sesame -r | cut -d' ' -f1)
printf %s "$body" | ask 200 POST /events "X-Xenhost-Signature: sha256=$signature"
printf %s "$body" | ask 403 POST /events "X-Xenhost-Signature: sha256=$(printf %064d 0)"
event failed m2 1 ', "text": "disk sda does not answer", "hint": "Look at its cable.", "log_tail": ["one", "two", "\u001b[2Jthree"]' | ask 200 POST /events "$auth"
event "done" m3 1 | ask 200 POST /events "$auth"
ask 404 GET /machine/m9
ask 404 GET /machine/%2e%2e
ask 404 GET /../../etc/passwd
ask 404 GET /machine/m1/etc
ask 405 DELETE /machine/m1
ask 200 GET /log/m2/r1
grep -q "    two" "$dir/out" || fail "the log of a failure lacks the tail"
grep -q "    Look at its cable." "$dir/out" || fail "the log of a failure lacks the hint"
if LC_ALL=C grep -q "$(printf '\033')" "$dir/out"; then fail "the log gives orders to a terminal"; fi
ask 200 GET /metrics
grep -qx 'xenhost_fleet_machines{state="failed"} 1' "$dir/out" || fail "metrics count wrong"
ask 200 GET '/machines.json?q=sn&state=done'
[ "$(grep -c '"machine"' "$dir/out")" = 1 ] || fail "search and filter do not fit"
ask 200 GET '/machines.json?state=done,failed'
[ "$(grep -c '"machine"' "$dir/out")" = 2 ] || fail "two states do not fit their machines"
ask 400 GET '/machines.json?state=done,finished'
grep -q '"finished" is no state of a machine, which are installing, silent, failed, done, joined' "$dir/out" ||
	fail "a state that is none is not said to be none"
ask 200 GET '/?q=nobody-is-called-so'
grep -q "No machine fits this search" "$dir/out" || fail "a search without a result looks as if nothing had come"
ask 200 GET '/?state=joined&q='
grep -q "No machine fits this search" "$dir/out" || fail "a state without machines looks as if nothing had come"
ask 404 GET /log/m1/r9
ask 200 GET /events.json/m1/r1
[ "$(grep -c '"id"' "$dir/out")" = 2 ] || fail "the export has other events than came"

# What it knew, it knows after a restart; with a password nobody reads without.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=fleet \
	-keyout "$dir/key.pem" -out "$dir/crt.pem" 2>/dev/null
"$build/xenhost-fleet" --database "$dir/fleet.db" --no-token --certificate "$dir/crt.pem" --key "$dir/token" 2>"$dir/out" &&
	fail "what is no key is taken for one"
openssl genpkey -algorithm ed25519 -out "$dir/other.pem"
"$build/xenhost-fleet" --database "$dir/fleet.db" --no-token --certificate "$dir/crt.pem" --key "$dir/other.pem" 2>"$dir/out" &&
	fail "the key of another certificate is taken"
grep -q "are no certificate and its key" "$dir/out" || fail "it does not say that the key is another one's"
start --token-file "$dir/token" --password-file "$dir/password" --certificate "$dir/crt.pem" --key "$dir/key.pem"
ask 401 GET /
ask 401 GET /machines.json "Authorization: Basic $(printf x:wrong | base64)"
ask 200 GET /machines.json "Authorization: Basic $(printf x:reader | base64)"
grep -q '"m2"' "$dir/out" || fail "it forgot a machine"
event "done" m1 3 | ask 200 POST /events "$auth"

if command -v nginx >/dev/null; then
	XENHOST_BUILD=$build tests/bench/fleet_load.py --machines 100 --events 8 --seconds 2
else
	echo "test_fleet: SKIPPED in part, there is no nginx (apt-get install nginx-light)"
fi

chromium=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$chromium" ]; then
	echo "test_fleet: SKIPPED in part, there is no chromium (apt-get install chromium)"
	exit 0
fi
# look ARGUMENT...: the document as the browser has it, to $dir/dom
look() {
	HOME=$dir "$chromium" --headless=new --no-sandbox --disable-gpu --no-first-run \
		--user-data-dir="$dir/profile" --window-size=1400,2000 --allow-file-access-from-files \
		--dump-dom "$@" >"$dir/dom" 2>"$dir/log" || { cat "$dir/log" >&2; exit 1; }
}

start --no-token
event start m4 1 | ask 200 POST /events
event progress m4 2 ', "permille": 412, "title": "write the system to sda3", "bytes": 400, "total_bytes": 1000, "bytes_per_second": 91226112, "seconds_left": 7' | ask 200 POST /events
event failed averyveryverylongnameofamachinewithoutanyblanksinitwhatsoever 1 ', "text": "a text of <b>markup</b> &amp; more"' | ask 200 POST /events
# The page as it was saved, beside what it loads: text that is cut off, too wide, too faint.
for page in "" machine/m2; do
	name=$(basename "page-$page").html
	ask 200 GET "/$page"
	sed 's|/style.css|style.css|; s|<script[^>]*></script>||' "$dir/out" >"$dir/$name"
done
cp fleet/style.css tests/unit/report_page.html "$dir"
mv "$dir/page-.html" "$dir/list.html"
for scheme in 1 0; do
	look --blink-settings=preferredColorScheme=$scheme --virtual-time-budget=20000 \
		"file://$dir/report_page.html?list.html,m2.html"
	sed -n '/<body>/,$p' "$dir/dom" | sed 's/<[^>]*>//g' | grep . >"$dir/found"
	grep -q "^LOOKED [1-9]" "$dir/found" || fail "the browser looked at nothing"
	if grep -v "^LOOKED" "$dir/found"; then fail "a reader would stumble over these"; fi
done
# A control: a page that is too wide must be found.
sed 's|</style>||; s|</head>|<style>.what{width:100rem}</style></head>|' "$dir/list.html" >"$dir/wide.html"
look --virtual-time-budget=20000 "file://$dir/report_page.html?wide.html"
grep -q "wider than the window" "$dir/dom" || fail "a page that is too wide was not found"
# The page moves by itself: served as it was before an event, it shows what happened since.
ask 200 GET "/?state=joined"
cp "$dir/out" "$dir/before.html"
grep -q m4.example.org "$dir/before.html" && fail "m4 has joined too early"
event joined m4 3 | ask 200 POST /events
python3 -c '
import http.server, sys, urllib.error, urllib.request
class Old(http.server.BaseHTTPRequestHandler):
	def do_GET(self):
		if self.path.startswith("/?"):
			body, kind = open(sys.argv[2], "rb").read(), "text/html"
		else:
			try:
				answer = urllib.request.urlopen(sys.argv[1] + self.path)
			except urllib.error.HTTPError as error:
				return self.send_error(error.code)
			body, kind = answer.read(), answer.headers["Content-Type"]
		self.send_response(200)
		self.send_header("Content-Type", kind)
		self.end_headers()
		self.wfile.write(body)
	def log_message(self, *_):
		pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Old)
print(server.server_address[1], flush=True)
server.serve_forever()' "$url" "$dir/before.html" >"$dir/port" &
old=$!
while [ ! -s "$dir/port" ]; do sleep 0.1; done
look --virtual-time-budget=8000 "http://127.0.0.1:$(cat "$dir/port")/?state=joined"
kill "$old"
grep -q "m4.example.org" "$dir/dom" || fail "the open page does not show what happened since"
