#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The parts of the media's scripts that can be tried without booting: how init reads the boot line,
# what the list of files may hold, and what repack.sh refuses.
set -u
cd "$(dirname "$0")/../.." || exit 2
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
failed=0

expect() { # NAME WANTED GOT
	[ "$2" = "$3" ] && return
	printf 'test_initrd: %s: wanted "%s", got "%s"\n' "$1" "$2" "$3" >&2
	failed=1
}

refused() { # NAME TEXT COMMAND...
	name=$1
	text=$2
	shift 2
	if "$@" >"$WORK/out" 2>&1; then
		expect "$name" "a refusal" "success"
	elif ! grep -q "$text" "$WORK/out"; then
		expect "$name" "$text" "$(cat "$WORK/out")"
	fi
}

boot_line() {
	printf '%s\n' "$1" >"$WORK/cmdline"
	BOOT_LINE=$WORK/cmdline
}

# shellcheck source=initrd/installer/root/usr/lib/xenhost/init.sh
. initrd/installer/root/usr/lib/xenhost/init.sh

boot_line "quiet answerfile=http://a/x?y=1 console=tty0 console=ttyS1,9600n8 shell title=\"two words\""
expect "a value with signs in it" "http://a/x?y=1" "$(boot_value answerfile)"
expect "the last of several" "ttyS1,9600n8" "$(boot_value console)"
expect "blanks within quotes" "two words" "$(boot_value title)"
expect "what is not there" "absent" "$(boot_value atexit || echo absent)"
expect "a flag" "yes" "$(boot_flag shell && echo yes)"
expect "the beginning of a flag" "no" "$(boot_flag she || echo no)"
boot_line "noshell answerfile="
expect "the end of a flag" "no" "$(boot_flag shell || echo no)"
expect "an empty value" "absent" "$(boot_value answerfile || echo absent)"

# An empty battery: the clock is not before the installer was made.
BUILT=$WORK/built
clock_of() {
	echo "$1" >"$BUILT"
	(
		say() { :; }
		date() { [ "$1" != -s ] || printf 'set %s\n' "$2" >&3; [ "$1" != +%s ] || echo 86400; }
		clock_correct 3>&1
	)
}
expect "a clock of 1970" "set @1767225600" "$(clock_of 1767225600)"
expect "a clock that is right" "" "$(clock_of 3600)"

# To an NFS server each boot of each machine is another client.
MODPROBE_NFS=$WORK/nfs.conf
nfs_name
first=$(cat "$MODPROBE_NFS")
nfs_name
expect "an NFS client's name" "options nfs nfs4_unique_id=36" "${first%=*}=$(printf %s "${first##*=}" | wc -c)"
expect "another client's name" "another" "$([ "$first" = "$(cat "$MODPROBE_NFS")" ] || echo another)"

# An initrd that was cut lacks the archive that is its last.
KEYS=$WORK/keys
came_whole() { initrd_complete && echo yes; }
expect "an initrd without its end" "" "$(came_whole)"
mkdir "$KEYS"
: >"$KEYS/cut.pem"
expect "an initrd whose last file is empty" "" "$(came_whole)"
echo key >"$KEYS/site.pem"
expect "a whole initrd" "yes" "$(came_whole)"

# How it ended, and what the boot line wants, decide what the machine does next.
say() { :; }
leave() { printf '%s %s\n' "$1" "$2"; }
OUTCOME=$WORK/outcome
UNATTENDED=$WORK/unattended
EFIVARS=$WORK/efivars
mkdir "$EFIVARS"

# after CODE OUTCOME ATEXIT MEDIUM
after() {
	boot_line "quiet $3"
	printf '%s\n' "$2" >"$OUTCOME"
	[ -n "$2" ] || rm "$OUTCOME"
	MEDIUM_DEVICE=$4
	ended "$1"
}
expect "success restarts" "reboot 5" "$(after 0 installed "" /dev/sr0)"
expect "success by the boot line" "poweroff 5" "$(after 0 installed atexit=poweroff "")"
expect "a failure stays" "stay 60" "$(after 3 unchanged "" "")"
expect "a failure that changed nothing may try again" "reboot 60" "$(after 6 unchanged atexit=reboot "")"
expect "a failure that changed a disk does not start over" "stay 60" "$(after 7 changed atexit=reboot "")"
expect "nor does one that left no word" "stay 60" "$(after 7 "" atexit=reboot "")"
expect "it may be switched off" "poweroff 60" "$(after 7 changed atexit=poweroff "")"
expect "a complete host that would come here again stays" "stay 60" "$(after 0 complete "" /dev/sda)"
expect "a complete host whose disc is ejected restarts" "reboot 5" "$(after 0 complete "" /dev/sr0)"
: >"$EFIVARS/BootNext-8be4df61-93ca-11d2-aa0d-00e098032b8c"
expect "a complete host that the firmware starts next" "reboot 5" "$(after 0 complete "" /dev/sda)"
expect "the word is read once" "gone" "$([ -e "$OUTCOME" ] || echo gone)"

# What was chosen on the screen stands above the boot line, once.
NEXT=$WORK/next
echo poweroff >"$NEXT"
expect "a choice on the screen" "poweroff 5" "$(after 0 installed atexit=reboot "")"
expect "it is read once" "reboot 5" "$(after 0 installed "" "")"
echo reboot >"$NEXT"
expect "who was told of a failure may restart" "reboot 60" "$(after 7 changed "" "")"

# Answers are asked for where somebody is said to be there.
begins() {
	boot_line "quiet $1"
	(
		unattended() { echo unattended; }
		attended() { echo attended; }
		start
	)
}
expect "answers leave nobody to ask" unattended "$(begins answerfile=http://192.0.2.1/a.xml)"
expect "unless the boot line says so" attended "$(begins "answerfile=http://192.0.2.1/a.xml xenhost.ask=missing")"
expect "without answers somebody is asked" attended "$(begins "")"

# Every console is watched, unless lines are enough; answers that want to be confirmed are asked for.
watched() {
	(
		. initrd/installer/root/usr/lib/xenhost/consoles.sh
		boot_line "quiet answerfile=http://192.0.2.1/a.xml $1"
		WATCHED=$WORK/watched ASK=$WORK/ask CONSOLES=" tty1 ttyS0" LOG=$WORK/log WATCHERS=
		rm -f "$ASK"
		console_silence() { :; }
		console_log() { :; }
		console_run() { echo "$1: $2 $3 $4 $5" >>"$WORK/runs"; }
		attended() { echo attended; }
		ended() { echo "ended $1"; }
		mkdir -p "$WORK/run"
		printf '#!/bin/sh\n%s\n' "$2" >"$WORK/run/xenhost-install"
		chmod +x "$WORK/run/xenhost-install"
		: >"$WORK/runs"
		PATH=$WORK/run:$PATH
		unattended
		consoles_watched
		sort "$WORK/runs" | tr '\n' ';'
		find "$WORK" -name 'watched-*' | wc -l
	)
}
expect "two consoles watch" "ended 7
tty1: xenhost-install watch --console tty1;ttyS0: xenhost-install watch --console ttyS0;0" "$(watched "" "exit 7")"
expect "who comes by ssh watches too" "there" "$([ ! -e "$UNATTENDED" ] || echo there)"
expect "lines are enough" "ended 0
0" "$(watched xenhost.ui=text "exit 0")"
expect "who is to confirm is asked" "attended
tty1: xenhost-install watch --console tty1;ttyS0: xenhost-install watch --console ttyS0;0" \
	"$(watched "" ": >$WORK/ask; exit 130")"
expect "then who comes by ssh is asked too" "" "$([ ! -e "$UNATTENDED" ] || echo there)"

# Where the machine stays, a word from a screen is what comes next.
NEXT=$WORK/next
echo poweroff >"$NEXT"
expect "a word from the end's screen" "poweroff 3" "$(next_word)"
expect "which is taken" "gone" "$([ -e "$NEXT" ] || echo gone)"

# A hardware report ends by the boot line, else with keys on the consoles.
LOG=$WORK/log
consoles_keys() { echo keys; }
consoles_password() { :; }
mkdir "$WORK/bin"
printf '#!/bin/sh\nexit "$REPORTED"\n' >"$WORK/bin/xenhost-install"
chmod +x "$WORK/bin/xenhost-install"
# reported CODE WORDS
reported() {
	boot_line "quiet xenhost.hardware-report $2"
	REPORTED=$1 PATH=$WORK/bin:$PATH hardware_report
}
expect "a report that was delivered" "poweroff 5" "$(reported 0 atexit=poweroff)"
expect "one that was not can be read for a minute" "reboot 60" "$(reported 6 atexit=reboot)"
expect "one that somebody waits for" "keys" "$(reported 0 "")"
expect "one for a shell" "keys" "$(reported 6 atexit=shell)"

# By ssh comes in whom the boot line names, before anybody is waited for; nothing of it ends anything.
# let_in CODE BOOT-LINE
let_in() {
	boot_line "$2"
	printf '#!/bin/sh\necho "called $*" >>"%s"\nexit %s\n' "$WORK/called" "$1" >"$WORK/bin/xenhost-install"
	: >"$WORK/called"
	(
		say() { echo "$*"; }
		consoles_offer() { :; }
		LOG=/dev/null PATH=$WORK/bin:$PATH start
	)
	cat "$WORK/called"
}
expect "nobody is let in unasked" "starting the installer; it asks before it writes" "$(let_in 0 quiet)"
expect "whom the boot line names" "bringing up the network for ssh
starting the installer; it asks before it writes
called remote" "$(let_in 0 'quiet "xenhost.sshkey=ssh-ed25519 AAAA a@b"')"
expect "the screens come without a network too" "bringing up the network for ssh
nobody can log in by ssh
starting the installer; it asks before it writes
called remote" "$(let_in 6 'xenhost.sshkey=x')"
consoles_password() { echo "the password is shown"; }
expect "a password is shown" "bringing up the network for ssh
the password is shown
starting the installer; it asks before it writes
called remote" "$(let_in 0 'xenhost.ssh')"
CONSOLES=" ttyS0"
consoles_watch() { :; }
ended() { :; }
expect "so it is before an installation without questions" "unattended installation
bringing up the network for ssh
the password is shown
called remote
called run --consoles  ttyS0" "$(let_in 0 'xenhost.ssh answerfile=http://192.0.2.1/a.xml')"
expect "which lets in by key itself" "unattended installation
called run --consoles  ttyS0" "$(let_in 0 'xenhost.sshkey=x answerfile=http://192.0.2.1/a.xml')"

# The screens are on the console where Enter was pressed, also after its terminal was lost; when they are
# over nobody listens on the others.
# shellcheck source=initrd/installer/root/usr/lib/xenhost/consoles.sh
. initrd/installer/root/usr/lib/xenhost/consoles.sh
offered() {
	mkfifo "$WORK/a.keys" "$WORK/b.keys"
	printf '#!/bin/sh\n[ "$1" != running ] || [ -e "%s/started" ]\n' "$WORK" >"$WORK/bin/shared"
	chmod +x "$WORK/bin/shared"
	CONSOLES=" a b" OFFER=$WORK/offer SCREENS=$WORK/screens SHARED=$WORK/bin/shared PASSWORD=$WORK/none
	say() { echo "$*"; }
	console_wait() { read -r _ <"$WORK/$1.keys"; }
	console_silence() { :; }
	console_log() { echo "the log is back on $1" >>"$WORK/story"; }
	console_run() {
		echo "$1 $3" >>"$WORK/story"
		[ "$3" != start ] || : >"$WORK/started"
		case $3:$(grep -c "^$1 $3" "$WORK/story") in
		view:2) rm "$WORK/started" && echo 7 >"$SCREENS.over" ;;
		esac
	}
	ended() { echo "ended $1" >>"$WORK/story"; }
	consoles_offer
	echo >"$WORK/b.keys"
	until grep -q "the log is back" "$WORK/story" 2>/dev/null && [ -e "$OFFER/b" ]; do sleep 0.1; done
	echo >"$WORK/b.keys"
	wait
	sort "$WORK/story"
	ls "$OFFER" 2>/dev/null
}
expect "screens that are offered" "Press Enter to install from this console.
b shows the screens no longer. Press Enter there to see them again.
b start
b start
b view
b view
ended 7
the log is back on b
the log is back on b" "$( (offered) 2>/dev/null)"

# Looking never writes: rules that start arrays, volume groups or caches have no place in the initrd.
for rule in 64-md-raid-assembly 69-lvm 69-bcache 60-multipath 66-azure 90-bcache; do
	expect "$rule is left out" "" "$(sed 's/#.*//' initrd/installer/files.list | grep -F "$rule")"
done

: >"$WORK/iso"
refused "an answer file that is not there" "cannot read" \
	initrd/iso/repack.sh "$WORK/iso" "$WORK/none.xml" "$WORK/out.iso"
# shellcheck disable=SC2016 # it is meant as it stands
refused "arguments that GRUB would expand" "quotes, dollars" \
	initrd/iso/repack.sh "$WORK/iso" - "$WORK/out.iso" --append 'a=$b'
refused "an image that is no medium" "not an install medium" \
	initrd/iso/repack.sh "$WORK/iso" - "$WORK/out.iso"

# The boot menu of the medium knows the id that the installation will have.
printf '#!/bin/sh\nwhile [ "$1" != -map ]; do shift; done\ncp "$2" "%s/boot.cfg"\n' "$WORK" >"$WORK/xorriso"
chmod +x "$WORK/xorriso"
{ dd if=/dev/zero bs=$((16 * 2048 + 830)) count=1 && printf 2026112200000000 && dd if=/dev/zero bs=4096 count=1; } \
	>"$WORK/iso" 2>/dev/null
initrd/iso/entries.sh medium "a b/c" <initrd/iso/grub.cfg >"$WORK/grub.cfg"
cat "$WORK/grub.cfg" >>"$WORK/iso"
refused "an entry that is not there" "no menu entry" \
	initrd/iso/repack.sh "$WORK/iso" - "$WORK/out.iso" --default nothing

# medium_id ANSWERS APPEND
medium_id() {
	printf '%s\n' "<installation>$1</installation>" >"$WORK/answers.xml"
	XORRISO=$WORK/xorriso initrd/iso/repack.sh "$WORK/iso" "$WORK/answers.xml" "$WORK/out.iso" --append "$2"
	sed -n 's/^set install_id=//p' "$WORK/boot.cfg"
}
expect "an id of the answers" "rack7-42" "$(medium_id "<install-id>
  rack7-42 </install-id>" "")"
expect "an id in a comment" "b" "$(medium_id "<!-- <install-id>a</install-id>
--><x/><!-- --><install-id>b</install-id>" "")"
expect "an id of the boot arguments" "c" "$(medium_id "<install-id>b</install-id>" "quiet xenhost.install-id=c")"
expect "what is no id" "" "$(medium_id "<install-id>a b;c</install-id>" "")"
expect "no id" "" "$(medium_id "" "quiet")"

# Every menu has every entry of the list.
for menu in medium:grub.cfg grub:pxe/grub.cfg pxelinux:pxe/pxelinux.cfg ipxe-menu:pxe/xenhost.ipxe; do
	initrd/iso/entries.sh "${menu%%:*}" Brand <"initrd/iso/${menu#*:}" >"$WORK/menu"
	while IFS='|' read -r id title arguments; do
		case $id in "#"*) continue ;; esac
		for part in "$id" "$(echo "$title" | sed 's/@BRAND@/Brand/')"; do
			expect "$part in ${menu#*:}" "found" "$(grep -qF -e "$part" "$WORK/menu" && echo found)"
		done
		[ "${menu%%:*}" = ipxe-menu ] ||
			expect "arguments of $id in ${menu#*:}" "found" "$(grep -qF -e "$arguments" "$WORK/menu" && echo found)"
	done <initrd/iso/menu.list
done
expect "what iPXE boots for it" "set arguments xenhost.hardware-report console=ttyS0,115200 console=tty0" \
	"$(initrd/iso/entries.sh ipxe-boot Brand <initrd/iso/pxe/xenhost.ipxe | sed -n '/^:hardware-report$/{n;p}')"

# The folder of a boot server, out of what looks like a mounted medium.
medium=$WORK/medium
mkdir -p "$medium/boot" "$medium/xenhost" "$medium/netboot/grub" "$medium/netboot/pxelinux.cfg" "$medium/netboot/hosts"
for file in boot/vmlinuz boot/initrd.img xenhost/manifest.json xenhost/boot.cfg xenhost/medium.id; do
	echo "$file" >"$medium/$file"
done
for file in README dnsmasq.conf nginx.conf hosts/example.ipxe hosts/example.pxelinux; do
	cp "initrd/iso/pxe/$file" "$medium/netboot/$file"
done
initrd/iso/entries.sh ipxe-menu Brand <initrd/iso/pxe/xenhost.ipxe |
	initrd/iso/entries.sh ipxe-boot Brand >"$medium/netboot/xenhost.ipxe"
initrd/iso/entries.sh grub Brand <initrd/iso/pxe/grub.cfg >"$medium/netboot/grub/grub.cfg"
initrd/iso/entries.sh pxelinux Brand <initrd/iso/pxe/pxelinux.cfg >"$medium/netboot/pxelinux.cfg/default"
initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/tree" --url http://198.51.100.7:8080 --interface lan0
expect "sums of the folder" "" "$(cd "$WORK/tree" && sha256sum -c --quiet SHA256SUMS 2>&1)"
expect "places that nobody filled in" "@BRAND@" \
	"$(grep -rhoE '@[A-Z]+@' "$WORK/tree" | sort -u)"
expect "what is of the medium alone" "" "$(find "$WORK/tree/xenhost" -type f ! -name manifest.json)"
expect "addresses for DHCP" "dhcp-range=198.51.100.100,198.51.100.200,1h" "$(grep ^dhcp-range "$WORK/tree/dnsmasq.conf")"
expect "its interface" "interface=lan0" "$(grep ^interface "$WORK/tree/dnsmasq.conf")"
expect "where nginx listens" "listen 198.51.100.7:8080;" "$(grep -o 'listen .*' "$WORK/tree/nginx.conf")"
# pxe URL: the folder for another address, anew
pxe() {
	rm -rf "$WORK/other"
	initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/other" --url "$1" || failed=1
}
# listens NAME URL WANTED: where nginx would
listens() {
	pxe "$2"
	expect "$1" "$3" "$(sed -n 's/.*listen \([^;]*\);.*/\1/p' "$WORK/other/nginx.conf")"
}
listens "IPv6" "http://[2001:db8::1]" "[2001:db8::1]:80"
listens "IPv6 and a port" "http://[2001:db8::1]:8080/" "[2001:db8::1]:8080"
listens "TLS" "https://boot.example.org" "boot.example.org:443 ssl"
expect "its certificate" "ssl_certificate /etc/nginx/xenhost.pem;" \
	"$(grep -o 'ssl_certificate [^;]*;' "$WORK/other/nginx.conf")"
listens "TLS at a port" "https://boot.example.org:8443" "boot.example.org:8443 ssl"
server=127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
listens "a folder of a server" "http://$server/a/b" "$server"
expect "what GRUB fetches from such a folder" "(http,$server)/a/b/vmlinuz" \
	"$(grep -om1 '(http[^ ]*vmlinuz' "$WORK/other/grub/grub.cfg")"
# What is written for nginx is served by nginx, at the address that all files name.
if PATH=$PATH:/usr/sbin command -v nginx >/dev/null; then
	echo "<installation/>" >"$WORK/other/answers.xml"
	mkdir "$WORK/other/answers" && mv "$WORK/other/answers.xml" "$WORK/other/answers/a.xml"
	cat >"$WORK/served.conf" <<-CONF
		daemon off; master_process off; pid $WORK/nginx.pid; error_log stderr;
		events {}
		http {
			access_log off;
			client_body_temp_path $WORK/tmp; proxy_temp_path $WORK/tmp; fastcgi_temp_path $WORK/tmp;
			uwsgi_temp_path $WORK/tmp; scgi_temp_path $WORK/tmp;
			include $WORK/other/nginx.conf;
		}
	CONF
	chmod 755 "$WORK"
	PATH=$PATH:/usr/sbin nginx -p "$WORK" -c "$WORK/served.conf" 2>"$WORK/nginx.err" &
	nginx=$!
	expect "what nginx serves" "boot/vmlinuz 206 text/xml" "$(python3 -c '
import sys, time, urllib.request
def ask(path, **headers):
	for _ in range(1200):
		try:
			return urllib.request.urlopen(urllib.request.Request(sys.argv[1] + path, headers=headers))
		except ConnectionError:
			pass
		except urllib.error.URLError as error:
			if isinstance(error, urllib.error.HTTPError):
				raise
		time.sleep(0.1)
part = ask("/vmlinuz", Range="bytes=0-11")
print(part.read().decode(), part.status, ask("/answers/a.xml").headers["Content-Type"])
' "http://$server/a/b" 2>&1 || cat "$WORK/nginx.err")"
	kill "$nginx"
	wait "$nginx" 2>/dev/null || true
fi
expect "what iPXE starts from" "set base http://198.51.100.7:8080" "$(grep '^set base' "$WORK/tree/xenhost.ipxe")"
if PATH=$PATH:/usr/sbin command -v dnsmasq >/dev/null; then
	expect "what dnsmasq says of its file" "dnsmasq: syntax check OK." \
		"$(PATH=$PATH:/usr/sbin dnsmasq --test --conf-file="$WORK/tree/dnsmasq.conf" 2>&1)"
fi
refused "a folder that is there" "is there already" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/tree"
refused "no address" "no address of an HTTP server" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b" --url ftp://h
refused "an address that sed would take apart" "cannot hold" \
	initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b" --url 'http://h/a,b'
refused "an address without a server" "names no server" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b" --url http:///x
refused "no port" "has no port from 1 to 65535" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b" --url http://h:99999
refused "a password that no boot loader sends" "leave them out of the URL" \
	initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b" --url http://u:p@h
refused "an unknown option" "unknown option --port" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b" --port
refused "an option cut short" "url needs a value" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b" --url
refused "a third name" "$WORK/c is one name too many" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b" "$WORK/c"
refused "a medium that is not there" "$WORK/none cannot be read" initrd/iso/pxe/xenhost-pxe "$WORK/none" "$WORK/b"
refused "a folder in none" "no folder in which" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/none/b"
# Media of other versions: with what is known, and with what is not.
cp "$medium/netboot/nginx.conf" "$WORK/nginx.conf"
sed 's/@LISTEN@/@SERVER@:@PORT@/' "$WORK/nginx.conf" >"$medium/netboot/nginx.conf"
listens "a medium of before" "http://192.0.2.1:8080" "192.0.2.1:8080"
sed 's/@LISTEN@/@FUTURE@/' "$WORK/nginx.conf" >"$medium/netboot/nginx.conf"
refused "a medium of a newer version" "is of a newer version (@FUTURE@)" \
	initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b"
cp "$WORK/nginx.conf" "$medium/netboot/nginx.conf"
rm "$medium/xenhost/manifest.json"
refused "what is no medium" "it has no xenhost/manifest.json" initrd/iso/pxe/xenhost-pxe "$medium" "$WORK/b"
expect "leftovers" "" "$(ls -d "$WORK"/b "$WORK"/*.new.* 2>/dev/null)"

if command -v grub-script-check >/dev/null; then
	initrd/iso/entries.sh grub "a b/c" <initrd/iso/pxe/grub.cfg >"$WORK/pxe.cfg"
	for config in "$WORK/grub.cfg" "$WORK/pxe.cfg" initrd/iso/early.cfg; do
		refusal=$(grub-script-check "$config" 2>&1)
		expect "$config" "" "$refusal"
	done
fi
exit $failed
