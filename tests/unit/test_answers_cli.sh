#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# xenhost-answers as people call it: exit codes, what goes to stdout, JSON, the examples and the
# reference. Usage: tests/unit/test_answers_cli.sh [--write]   (--write renews docs/ANSWERFILE.md)
set -eu
cd "$(dirname "$0")/../.."
answers=${XENHOST_BUILD:-build}/xenhost-answers
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "test_answers_cli: $*" >&2
	exit 1
}

# expect CODE ARGUMENTS...: output to $dir/out and $dir/err
expect() {
	want=$1
	shift
	got=0
	"$answers" "$@" >"$dir/out" 2>"$dir/err" || got=$?
	[ "$got" -eq "$want" ] || fail "$* ended with $got, not $want: $(cat "$dir/err")"
}

says() { # FILE WORDS
	grep -qF -e "$2" "$dir/$1" || fail "no \"$2\" in: $(cat "$dir/$1")"
}

# The reference in the documentation is the field table.
"$answers" reference >"$dir/reference"
sed '/^<!-- fields: begin -->$/,/^<!-- fields: end -->$/!d;//d' docs/ANSWERFILE.md >"$dir/documented"
if ! cmp -s "$dir/reference" "$dir/documented"; then
	[ "${1:-}" = --write ] || {
		diff -u "$dir/documented" "$dir/reference" >&2 || :
		fail "docs/ANSWERFILE.md is not the field table: run tests/unit/test_answers_cli.sh --write"
	}
	sed -e "/^<!-- fields: begin -->\$/r $dir/reference" \
		-e '/^<!-- fields: begin -->$/,/^<!-- fields: end -->$/{/^<!-- fields/!d}' \
		docs/ANSWERFILE.md >"$dir/new"
	cat "$dir/new" >docs/ANSWERFILE.md
fi

for example in answerfiles/examples/*.xml; do
	expect 0 check "$example"
	says out "0 errors, 0 warnings"
	expect 0 show "$example"
done

expect 0 schema
says out '<grammar xmlns="http://relaxng.org/ns/structure/1.0"'

expect 0 --help
says out "usage: xenhost-answers"
expect 0 --version
expect 2
expect 2 chek
says err "did you mean check?"
expect 2 check
expect 2 check a b
expect 2 check --jsno a
expect 2 check "$dir/missing.xml"
says err "No such file"
says err "hint:"
expect 2 check "$dir"
expect 2 check nfs://192.0.2.1/a.xml
says err "only be read by the installer"
expect 2 check gopher://192.0.2.1/a.xml
says err "tftp://"
expect 6 check http://127.0.0.1:1/a.xml
expect 2 check file:///nowhere/a.xml
# As in check <(program): a pipe whose writer takes its time.
mkfifo "$dir/pipe"
exec 3<>"$dir/pipe"
{ sleep 0.3 && cat answerfiles/examples/minimal.xml >&3; } &
exec 3>&-
expect 0 check "$dir/pipe"
wait
expect 0 check "file://$PWD/answerfiles/examples/minimal.xml"

expect 2 check 'http://192.0.2.1/${mac}.xml'
says err "means another file for each machine"
expect 2 show 'http://192.0.2.1/${mac}.xml'

# Wrong answers: check says 1, show 3, and show still shows.
cat >"$dir/wrong.xml" <<'END'
<installation sr-type="lvm">
  <primary-disk>sda</primary-disk>
  <source type="local"/>
  <admin-interface name="eth0" proto="dhcp"/>
  <hostnam>xen1</hostnam>
  <root-password>hunter2-secret</root-password>
</installation>
END
expect 1 check "$dir/wrong.xml"
says out "$dir/wrong.xml:5:3: error: unknown element <hostnam>"
says out "did you mean <hostname>?"
expect 3 show "$dir/wrong.xml"
says err "unknown element"
says out "$dir/wrong.xml:2"
expect 1 check --json "$dir/wrong.xml"
says out '"xenhost.findings/1"'
expect 3 show --json "$dir/wrong.xml"
says out '"xenhost.answers/1"'
! grep -rq hunter2 "$dir/out" "$dir/err" || fail "the password is shown"

# Where the system comes from may stand on the boot line: a file alone lacks nothing by that.
grep -v '<source' answerfiles/examples/minimal.xml >"$dir/sourceless.xml"
expect 0 check "$dir/sourceless.xml"
says out "note: <source> is missing: the boot line must name one with xenhost.source="
expect 0 check "$dir/sourceless.xml" --boot-line "quiet xenhost.source=http://192.0.2.1/xenhost/"
! grep -q "<source>" "$dir/out" || fail "a source on the boot line is not seen: $(cat "$dir/out")"
expect 1 check "$dir/sourceless.xml" --boot-line quiet
says out "error: <source> is missing"
expect 0 show "$dir/sourceless.xml" --boot-line "xenhost.source=http://192.0.2.1/xenhost/"
says out "boot line"
expect 2 check "$dir/sourceless.xml" --boot-line

printf 'not an answer file\n' >"$dir/text"
expect 1 check "$dir/text"
says out "<installation>"

# Judged against recorded machines: one line each, a summary, exit codes; JSON holds everything.
machines=tests/machines
cat >"$dir/nvme.xml" <<'END'
<installation sr-type="lvm">
  <primary-disk match="transport=nvme"/>
  <source type="local"/>
  <admin-interface name="eth0" proto="dhcp"/>
  <root-password type="hash">!!</root-password>
</installation>
END
expect 0 check "$dir/nvme.xml" --machine $machines/uefi-nvme.json
says out "$machines/uefi-nvme.json: fits: nvme0n1 (465.8 GiB, Samsung SSD 970 EVO 500GB, S3XNNX0K712345); erases nothing recognised on it; managed by eth0, "
says out "1 machine: 1 fit, 0 do not fit, 0 could not be read; 0 with warnings"
expect 1 check "$dir/nvme.xml" --machine $machines/uefi-nvme.json --machine $machines/bios-virtio.json
says out "$machines/bios-virtio.json: does not fit: primary-disk \"transport=nvme\" fits no disk of this machine"
! grep -q "^  note: vda" "$dir/out" || fail "details came unasked"
says out "2 machines: 1 fit, 1 do not fit"
expect 1 check "$dir/nvme.xml" --machine $machines/bios-virtio.json --details
says out "  note: vda: "
says out "  error: disks: primary-disk"
expect 1 check "$dir/nvme.xml" --machine tests/machines --json
python3 - "$dir/out" <<'END' || fail "the JSON of a fleet"
import json, pathlib, sys
result = json.load(open(sys.argv[1], encoding="utf-8"))
assert result["schema"] == "xenhost.findings/1"
recorded = {str(path) for path in pathlib.Path("tests/machines").rglob("*.json")}
recorded |= {str(path) for path in pathlib.Path("tests/machines").rglob("*.tar.gz")}
assert {machine["machine"] for machine in result["machines"]} == recorded
one = next(m for m in result["machines"] if m["machine"].endswith("/uefi-nvme.json"))
assert one["verdict"] == "fit" and one["management"]["name"] == "eth0"
assert [disk["name"] for disk in one["disks"]] == ["nvme0n1"] and one["disks"][0]["target"]
refused = {f["file"] for f in result["findings"] if f["severity"] == "error"}
assert refused == {m["machine"] for m in result["machines"] if m["verdict"] != "fit"}
assert result["summary"]["fit"] == len(recorded) - len(refused)
END
mkdir -p "$dir/rack/1" "$dir/none"
cp $machines/uefi-nvme.json "$dir/rack/1/a.json"
cp $machines/uefi-nvme.json "$dir/rack/b.json"
echo '{"schema": "xenhost.host/1", "disks": 5}' >"$dir/rack/c.json"
echo hello >"$dir/rack/README"
expect 1 check "$dir/nvme.xml" --machine "$dir/rack"
says out "c.json: unreadable: "
says out "3 machines: 2 fit, 0 do not fit, 1 could not be read"
rm "$dir/rack/c.json"
sed 's|<source|<hostname>xen1</hostname><source|' "$dir/nvme.xml" >"$dir/named.xml"
expect 0 check "$dir/named.xml" --machine "$dir/rack"
says out "warning: 2 machines would all be named xen1"
expect 2 check "$dir/nvme.xml" --machine "$dir/none"
expect 2 check "$dir/nvme.xml" --machine "$dir/absent.json" --json
[ ! -s "$dir/out" ] || fail "half a document: $(cat "$dir/out")"
expect 2 show "$dir/nvme.xml" --machine $machines/uefi-nvme.json
sed 's|lvm|zfs|' "$dir/nvme.xml" >"$dir/fatal.xml"
expect 1 check "$dir/fatal.xml" --machine $machines/uefi-nvme.json
says err "no machine was judged"

# A URL that means another file for each machine: each is judged by the one that it would ask for.
mkdir "$dir/web"
cp "$dir/nvme.xml" "$dir/web/ac:1f:6b:10:20:30.xml"
sed 's/<root-password.*/<hostnam>x<\/hostnam>/' "$dir/nvme.xml" >"$dir/web/52:54:00:12:34:56.xml"
echo '{"schema": "xenhost.host/1", "disks": 5}' >"$dir/web/broken.json"
mkfifo "$dir/stop"
/usr/bin/python3 tests/unit/answer_server.py "$dir/web" <"$dir/stop" >"$dir/ports" &
exec 4>"$dir/stop"
for _ in $(seq 300); do
	[ ! -s "$dir/ports" ] || break
	sleep 0.1
done
web=http://127.0.0.1:$(sed 's/http=\([0-9]*\) .*/\1/' "$dir/ports")
expect 0 check "$web/\${mac}.xml" --machine $machines/uefi-nvme.json
says err "answers: $web/ac:1f:6b:10:20:30.xml"
says out "$machines/uefi-nvme.json: fits: nvme0n1 "
says out "1 machine: 1 fit"
expect 1 check "$web/\${mac}.xml" --machine $machines/uefi-nvme.json --machine $machines/bios-virtio.json \
	--machine $machines/sas-san.json --machine $machines/no-nic.json --machine "$dir/web/broken.json" --details
says out "$machines/uefi-nvme.json: fits: nvme0n1 "
says out "$machines/bios-virtio.json: its answers are wrong: unknown element <hostnam>"
says out "$machines/sas-san.json: its answers are wrong: no answer file: $web/e4:43:4b:aa:10:40.xml"
says out "$machines/no-nic.json: its answers are wrong: this machine has nothing to put in the place of \${mac}"
says out 'hint: Here ${mac} is not known, '
says out "$dir/web/broken.json: unreadable: "
says out "5 machines: 1 fit, 3 do not fit, 1 could not be read"
expect 1 check "$web/\${mac}.xml" --machine $machines/bios-virtio.json --json
grep -q '"verdict": *"unfit"' "$dir/out" || fail "not unfit: $(cat "$dir/out")"
grep -q '"file": *"http://127.0.0.1:.*/52:54:00:12:34:56.xml"' "$dir/out" || fail "no file: $(cat "$dir/out")"
# By the boot line's NIC, not by that of the machine's record.
expect 1 check "$web/\${mac}.xml" --machine $machines/uefi-nvme.json --boot-line network_device=eth1
says err "answers: $web/ac:1f:6b:10:20:31.xml"
exec 4>&-
wait

# What cannot be done yet is right in a file, and ends an installation on any machine.
sed 's|<source|<fcoe-interface name="eth0"/><source|' "$dir/nvme.xml" >"$dir/later.xml"
expect 0 check "$dir/later.xml"
says out "warning: not yet supported"
expect 1 check "$dir/later.xml" --machine $machines/uefi-nvme.json
says out "error: not yet supported"
says err "no machine was judged"

# new: what --set says, read back; secrets by standard input alone; nothing half-made on stdout.
expect 0 new --set primary-disk@match=transport=nvme --set guest-disk=sdb --set guest-disk=sdc \
	--set hostname=xen1 </dev/null
cp "$dir/out" "$dir/made.xml"
expect 0 check "$dir/made.xml"
says out "0 errors, 1 warning"
expect 0 show "$dir/made.xml"
says out "transport=nvme"
says out "sdc"
expect 3 new --set hostname=a_b --set primary-disk=sda </dev/null
says err "a_b"
[ ! -s "$dir/out" ] || fail "a wrong file was written"
expect 2 new --set primary-dsk=sda </dev/null
says err "Did you mean primary-disk?"
expect 2 new --set root-password=hunter2 </dev/null
says err "--password"
printf 'hunter2\n' | "$answers" new --password --set primary-disk=sda >"$dir/out" 2>"$dir/err"
says out '<root-password type="hash">$y$'
# As on a terminal: an empty line takes the default, a wrong one is asked again.
if command -v script >/dev/null; then
	printf 'transport=nvm\n\n\n\nethX\neth1\n\n\nxen1\n\n\n\n' |
		sed 's/nvm$/nvme/' >"$dir/typed"
	script -qec "$answers new 2>$dir/err" /dev/null <"$dir/typed" >"$dir/out" || :
	grep -q '<hostname>xen1</hostname>' "$dir/out" || fail "answers on a terminal: $(cat "$dir/out" "$dir/err")"
	says err "ethX"
fi

# diff: values with their lines; 1 when there are any.
sed 's|xen1|xen2|' "$dir/made.xml" >"$dir/other.xml"
expect 0 diff "$dir/made.xml" "$dir/made.xml"
expect 1 diff "$dir/made.xml" "$dir/other.xml"
says out "hostname"
says out "- xen1 ($dir/made.xml:"
says out "+ xen2 ($dir/other.xml:"
[ "$(grep -c '^[^ ]' "$dir/out")" -eq 1 ] || fail "more than the host name differs: $(cat "$dir/out")"
expect 1 diff "$dir/made.xml" "$dir/other.xml" --json
says out '"xenhost.answers-diff/1"'
expect 2 diff "$dir/made.xml"

# convert: what was written can be used, what was not taken over is listed.
expect 0 convert tests/fuzz/corpus/proxmox/answer.toml
says err "answer.toml:5:1: warning: global.mailto is not converted"
cp "$dir/out" "$dir/converted.xml"
expect 0 check "$dir/converted.xml"
says out "0 errors"
expect 0 convert tests/fuzz/corpus/kickstart/ks.cfg
says err "warning: %post is not converted"
cp "$dir/out" "$dir/converted.xml"
expect 0 check "$dir/converted.xml"
echo 'reboot' >"$dir/empty.cfg"
expect 3 convert "$dir/empty.cfg"
says err "<primary-disk> is missing"
expect 2 convert "$dir/empty.cfg" --from preseed
expect 2 convert "$dir/absent.cfg"
echo '[global' >"$dir/broken.toml"
expect 3 convert "$dir/broken.toml"
says err "broken.toml:1: "

# What is too small is said in units that show it; a file's name cannot look like a line of its own.
mkdir "$dir/odd"
cp tests/machines/captured/qemu-numa-tpm-bmc.json "$dir/odd/a
b.json"
sed 's|>sda<|>nvme0n1<|' answerfiles/examples/minimal.xml >"$dir/nvme.xml"
expect 1 check "$dir/nvme.xml" --machine "$dir/odd"
says out "/odd/a b.json: does not fit: disk nvme0n1 is too small: it has 100.0 MiB, the xenserver"

expect 2 new --set primary-disk=sda --set primary-disk=sdb
says err "primary-disk is set twice: sda and sdb"

# A misspelt parameter of ours is said, and all that are read anywhere are known.
expect 0 check "$dir/nvme.xml" --boot-line "quiet xenhost.sorce=http://192.0.2.1/ xenhosting=1"
says out "warning: xenhost.sorce: boot line: there is no xenhost.sorce, it has no effect"
says out "did you mean xenhost.source?"
says out "0 errors, 1 warning"
for name in $(grep -rhoE '"xenhost\.[a-z-]+"' --include='*.c' answerfiles common hwdb installer) \
	$(grep -rhoE 'xenhost\.[a-z][a-z-]+' initrd/installer/root | grep -v '^xenhost.ipxe'); do
	name=$(echo "$name" | tr -d '"')
	expect 0 check "$dir/nvme.xml" --boot-line "$name"
	! grep -q "there is no $name" "$dir/out" || fail "answerfiles/boot_parameters.c lacks $name"
done

# A hash made here is one that check accepts.
hash=$(printf 'a password\n' | "$answers" hash-password)
case $hash in
\$y\$*) ;;
*) fail "hash-password printed $hash" ;;
esac
sed "s|>!!<|>$hash<|" answerfiles/examples/minimal.xml >"$dir/hashed.xml"
expect 0 check "$dir/hashed.xml"
says out "0 errors, 0 warnings"
printf 'with a carriage return\r\n' | "$answers" hash-password >"$dir/out" || fail "a line of Windows was refused"

# Typed at a terminal: not shown, the same twice, and Ctrl-C leaves the terminal as it was.
python3 - "$answers" <<'END' || fail "hash-password at a terminal"
import os, pty, sys, termios

def typed(*keys, command="hash-password"):
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(sys.argv[1], [sys.argv[1], command])
    seen = b""
    at = 0
    for question, key in keys:
        while question not in seen[at:]:
            seen += os.read(fd, 4096)
        at = seen.index(question, at) + len(question)
        os.write(fd, key)
    while True:
        try:
            more = os.read(fd, 4096)
        except OSError:
            break
        if not more:
            break
        seen += more
        shown = bool(termios.tcgetattr(fd)[3] & termios.ECHO)
    os.close(fd)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert b"secret" not in seen, seen
    return status, seen, shown

first, again = b"Password: ", b"Once more: "
status, seen, _ = typed((first, b"secret1\n"), (again, b"secret1\n"))
assert status == 0 and b"$y$" in seen, (status, seen)
status, seen, _ = typed((first, b"secret1\n"), (again, b"secret2\n"))
assert status == 2 and b"not the same" in seen, (status, seen)
status, seen, shown = typed((first, b"secret\x03"))
assert status == 130 and shown, (status, seen, shown)

# All that new asks, each with an empty line; the password comes last, and may be left out.
empty = [(b"]: ", b"\n"), (b"primary-disk []: ", b"sda\n")] + 9 * [(b"]: ", b"\n")]
status, seen, _ = typed(*empty, (b"Root's password", b"secret1\n"), (again, b"secret1\n"), command="new")
assert status == 0 and b'<root-password type="hash">$y$' in seen, (status, seen)
status, seen, _ = typed(*empty, (b"Root's password", b"\n"), command="new")
assert status == 0 and b"<root-password" not in seen, (status, seen)
END
[ "$(printf '' | "$answers" hash-password 2>/dev/null || echo $?)" = 2 ] || fail "no password was accepted"

[ ! -e /dev/full ] || ! "$answers" reference >/dev/full 2>&1 || fail "a full disk went unseen"
