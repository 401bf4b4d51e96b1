# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The consoles of the machine: those of the boot line, else the screen and the serial port that the
# firmware names in its SPCR table. The last one is the primary. Every console shows the log until a
# program takes it over.

CONSOLES=

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

console_log() {
	tail -f -n +1 "$LOG" >"/dev/$1" 2>/dev/null </dev/null &
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
	setsid -c "$@" <"/dev/$name" >"/dev/$name" 2>&1
}

# console_wait NAME: until somebody presses Enter there.
console_wait() {
	read -r _ <"/dev/$1"
}

# consoles_shell: a shell for whoever presses Enter, on every console, for ever.
consoles_shell() {
	for name in $CONSOLES; do
		(
			while console_wait "$name" || sleep 1; do
				console_silence "$name"
				console_run "$name" sh -l
				echo "Press Enter for a shell." >"/dev/$name"
			done
		) &
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

# consoles_offer: the installer's screens, on the console where they are asked for; where there is
# only one, at once. The log stops there and goes on everywhere else.
consoles_offer() {
	case $CONSOLES in
	*" "*" "*)
		say "Press Enter to install from this console."
		for name in $CONSOLES; do
			(console_wait "$name" && console_installer "$name") &
		done
		;;
	*) console_installer "$(console_primary)" ;;
	esac
}

console_installer() {
	if ! mkdir /run/xenhost/installing 2>/dev/null; then
		say "the installer is in use on $(cat /run/xenhost/installing/console)"
		return
	fi
	echo "$1" >/run/xenhost/installing/console
	console_silence "$1"
	console_run "$1" xenhost-install
	code=$?
	console_log "$1"
	rm -r /run/xenhost/installing
	ended "$code"
}
