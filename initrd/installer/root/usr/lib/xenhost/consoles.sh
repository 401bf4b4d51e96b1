# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The consoles of the machine: those of the boot line, else the screen and the serial port that the
# firmware names in its SPCR table. The last one is the primary. Every console shows the log until a
# program takes it over.

CONSOLES=
WATCHED=/run/xenhost/watched
WATCHERS=
SHARED=/usr/lib/xenhost/screens.sh
# Of root, for ssh, during this boot.
PASSWORD=${PASSWORD:-/run/xenhost/ssh/password}

consoles_find() {
	for name in $(boot_words | sed -n 's/^console=\([^,]*\).*/\1/p'); do
		[ "$name" != tty0 ] || name=tty1
		console_add "$name"
	done
	if [ -z "$CONSOLES" ]; then
		console_add tty1
		console_spcr
	fi
	for name in $CONSOLES; do
		console_log "$name"
	done
}

# console_add NAME: a port that does not answer is left out.
console_add() {
	case " $CONSOLES " in *" $1 "*) return ;; esac
	[ -c "/dev/$1" ] && stty -F "/dev/$1" sane 2>/dev/null || return
	CONSOLES="$CONSOLES $1"
}

# The firmware's own statement of where its serial console is: ACPI's Serial Port Console
# Redirection table. Offsets are those of its specification: 36 interface type (0, 1 and 18 are
# 16550s), 40 address space (1 is I/O), 44 address, 58 speed.
console_spcr() {
	table=/sys/firmware/acpi/tables/SPCR
	[ -r "$table" ] || return
	type=$(od -An -tu1 -j36 -N1 "$table" | tr -d ' ')
	space=$(od -An -tu1 -j40 -N1 "$table" | tr -d ' ')
	address=$(od -An -tx8 -j44 -N8 "$table" | tr -d ' ' | sed 's/^0*//')
	case $(od -An -tu1 -j58 -N1 "$table" | tr -d ' ') in
	3) speed=9600 ;;
	4) speed=19200 ;;
	6) speed=57600 ;;
	*) speed=115200 ;;
	esac
	case $type in 0 | 1 | 18) ;; *) return ;; esac
	attribute=iomem_base
	[ "$space" != 1 ] || attribute=port
	for port in /sys/class/tty/ttyS*; do
		read -r value <"$port/$attribute" 2>/dev/null || continue
		[ "$(echo "$value" | tr 'A-F' 'a-f' | sed 's/^0x0*//')" = "$address" ] || continue
		stty -F "/dev/${port##*/}" "$speed" 2>/dev/null
		console_add "${port##*/}"
		return
	done
}

console_primary() {
	echo "${CONSOLES##* }"
}

# console_log NAME [LINES]: all of the log, or its last lines, and what comes.
console_log() {
	tail -f -n "${2:-+1}" "$LOG" >"/dev/$1" 2>/dev/null </dev/null &
	echo $! >"/run/xenhost/log-$1.pid"
}

console_silence() {
	kill "$(cat "/run/xenhost/log-$1.pid")" 2>/dev/null
}

console_term() {
	case $1 in
	tty[0-9]*) echo linux ;;
	*) boot_value term || echo vt220 ;;
	esac
}

# console_run NAME COMMAND...: runs it there as a session of its own, so that ^C works.
console_run() {
	name=$1
	shift
	set -- env TERM="$(console_term "$name")" "$@"
	# A serial line knows no size; programs that draw screens need one.
	case $(stty -F "/dev/$name" size 2>/dev/null) in
	[1-9]*) ;;
	*) stty -F "/dev/$name" rows 24 cols 80 ;;
	esac
	# One descriptor for both ways, since tmux writes to what it reads from.
	setsid -c "$@" <>"/dev/$name" >&0 2>&1
}

# console_wait NAME: until somebody presses Enter there.
console_wait() {
	read -r _ <"/dev/$1"
}

# consoles_shell: a shell for whoever presses Enter, on every console, for ever.
consoles_shell() {
	for name in $CONSOLES; do
		(
			while [ -e "$WATCHED-$name" ]; do sleep 1; done
			while console_wait "$name" || sleep 1; do
				console_silence "$name"
				console_run "$name" sh -l
				echo "Press Enter for a shell." >"/dev/$name"
			done
		) &
	done
}

# consoles_watch: on every console an unattended installation as xenhost-install shows it: its lines, its
# progress, its end. Where the boot line says that lines are enough, the log stays.
consoles_watch() {
	[ "$(boot_value xenhost.ui)" != text ] || return 0
	for name in $CONSOLES; do
		: >"$WATCHED-$name"
		console_watch "$name" &
		WATCHERS="$WATCHERS $!"
	done
}

console_watch() {
	console_silence "$1"
	console_run "$1" xenhost-install watch --console "$1"
	console_log "$1" 12
	rm "$WATCHED-$1"
}

# consoles_watched: returns when nobody watches any more.
consoles_watched() {
	for pid in $WATCHERS; do
		wait "$pid"
	done
}

# consoles_keys: on every console, for ever, one key for what can be done after a hardware report.
consoles_keys() {
	for name in $CONSOLES; do
		(
			while key=$(console_key "$name") || sleep 1; do
				case $key in
				v) console_show "$name" less /run/xenhost/hardware-report.txt ;;
				s) console_show "$name" sh -l ;;
				r) leave reboot 5 ;;
				p) leave poweroff 5 ;;
				esac
			done
		) &
	done
}

# console_key NAME: one key, which is not shown.
console_key() {
	before=$(stty -g <"/dev/$1") && stty -icanon -echo min 1 time 0 <"/dev/$1" || return
	dd bs=1 count=1 2>/dev/null <"/dev/$1"
	stty "$before" <"/dev/$1"
}

# console_show NAME COMMAND...: in place of the log, which comes back afterwards.
console_show() {
	console_silence "$1"
	console_run "$@"
	console_log "$1"
}

# consoles_offer: the installer's screens, the same on every console where they are asked for and for who
# comes by ssh; where there is only one console, at once, unless it has a password to show. Elsewhere the
# log goes on.
consoles_offer() {
	mkdir -p "${OFFER:=/run/xenhost/offer}"
	mkfifo "${SCREENS:=/run/xenhost/screens}.over"
	(read -r code <"$SCREENS.over" && consoles_over "$code") &
	if [ ! -e "$PASSWORD" ] && [ "$CONSOLES" = " $(console_primary)" ]; then
		console_screens "$(console_primary)" &
		return
	fi
	say "Press Enter to install from this console."
	for name in $CONSOLES; do
		(console_await "$name" && console_screens "$name") &
	done
}

# consoles_password: for everybody who stands before the machine; the log is for others too. Screens that
# watch show it by themselves.
consoles_password() {
	[ -e "$PASSWORD" ] || return 0
	for name in $CONSOLES; do
		[ ! -e "$WATCHED-$name" ] || continue
		printf '\n  By ssh the password of root is:  %s\n  It is made anew at each boot.\n\n' \
			"$(cat "$PASSWORD")" >"/dev/$name"
	done
}

# console_await NAME: until Enter is pressed there. While it waits its process stands in OFFER, for
# consoles_over; fails when that has been.
console_await() {
	# The shell itself opens it, so it is about this shell, which may be one of several.
	read -r pid _ </proc/self/stat
	echo "$pid" >"$OFFER/$1" || return
	until console_wait "$1"; do
		sleep 1
	done
	rm "$OFFER/$1"
}

# consoles_over CODE: the screens have ended. Where nobody asked for them nobody is listened to any more.
consoles_over() {
	for name in $CONSOLES; do
		[ ! -e "$OFFER/$name" ] || kill "$(cat "$OFFER/$name")"
	done
	rm -r "$OFFER"
	ended "$1"
}

# console_screens NAME: this console leads, or watches where another one does, until the screens end. Its
# terminal may be lost before, and come back. On a machine that cannot share them they are here alone.
console_screens() {
	console_silence "$1"
	if console_run "$1" "$SHARED" start; then
		console_run "$1" "$SHARED" view "$1"
	else
		console_run "$1" "$SHARED" run
	fi
	console_log "$1"
	"$SHARED" running || return 0
	say "$1 shows the screens no longer. Press Enter there to see them again."
	console_await "$1" && console_screens "$1"
}
