# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What init does in order: the boot line, the hardware, the installation, its end.

# say TEXT: a line for the log, which every console shows.
say() {
	read -r now _ </proc/uptime
	printf '[%7.2f] %s\n' "$now" "$*" >>"$LOG"
}

# boot_words: the boot line, one argument a line. Quotes are taken off; blanks inside them stay.
# It is never given to a program as an argument, since it may hold secrets.
boot_words() {
	awk 'BEGIN { quote = "" }
	{
		count = split($0, letter, "")
		for (i = 1; i <= count; i++) {
			c = letter[i]
			if (quote == "" && (c == "\"" || c == "\047")) quote = c
			else if (quote != "" && c == quote) quote = ""
			else if (c == " " && quote == "") printf "\n"
			else printf "%s", c
		}
		printf "\n"
	}' "${BOOT_LINE:-/proc/cmdline}"
}

# boot_value NAME: the last value of NAME= on the boot line; fails when it is not there.
boot_value() {
	value=$(boot_words | sed -n "s/^$1=//p" | tail -n 1)
	[ -n "$value" ] && printf '%s\n' "$value"
}

boot_flag() {
	boot_words | grep -qxF "$1"
}

# A board with an empty battery starts in 1970 or 2000, when no certificate is valid yet. It is later than
# this installer was made; what time it is, a server that DHCP names tells (option 42).
BUILT=${BUILT:-/etc/xenhost/built}
clock_correct() {
	read -r made <"$BUILT" || return 0
	now=$(date +%s)
	[ "$now" -lt "$made" ] || return 0
	say "this machine's clock said $(date -u -d "@$now" '+%Y-%m-%d %H:%M'); it is set to when this installer was made, $(date -u -d "@$made" +%Y-%m-%d)"
	date -s "@$made" >/dev/null || say "the clock cannot be set"
}

# The kernel goes on with as much of an initrd as it got: a boot server's may have been cut when it was copied.
# The keys are the last of its archives; those that sites append come after them.
initrd_complete() {
	for key in "${KEYS:=/etc/xenhost/keys}"/*; do
		[ ! -s "$key" ] || return 0
	done
	return 1
}

# nfs_name: servers of NFS tell their clients apart by name, and would take machines that install at one
# time for one that started again, and end what the others have open.
nfs_name() {
	read -r name </proc/sys/kernel/random/uuid
	echo "options nfs nfs4_unique_id=$name" >"${MODPROBE_NFS:-/etc/modprobe.d/nfs.conf}"
}

hardware_find() {
	# Programs of the machine's own kind exist only where the firmware offers them.
	[ ! -d /sys/firmware/efi ] || {
		modprobe -q efivarfs
		mount -t efivarfs -o nosuid,nodev,noexec efivarfs /sys/firmware/efi/efivars
	}
	modprobe -qa loop msr cpuid iscsi_ibft ipmi_devintf ipmi_si 2>/dev/null
	/usr/lib/systemd/systemd-udevd --daemon --resolve-names=early 2>/run/xenhost/udevd.log
	udevadm trigger --type=subsystems --action=add
	udevadm trigger --type=devices --action=add
	udevadm settle --timeout=180 || say "some devices took longer than 180 s to answer"
	usb_wait
	say "hardware: $(count_disks) disks, all read-only; $(count_nics) network interfaces"
}

# USB storage is scanned some time after its driver is there, and udev does not wait for that.
usb_wait() {
	tries=40
	while [ $tries -gt 0 ] && usb_pending; do
		sleep 0.5
		tries=$((tries - 1))
	done
	[ $tries -eq 40 ] || udevadm settle --timeout=60
}

usb_pending() {
	for port in /sys/bus/usb/drivers/usb-storage/*:* /sys/bus/usb/drivers/uas/*:*; do
		[ -e "$port" ] || continue
		set -- "$port"/host*/target*/*/block
		[ -e "$1" ] || return 0
	done
	return 1
}

count_disks() {
	count=0
	for disk in /sys/block/*; do
		[ ! -e "$disk/device" ] || case ${disk##*/} in
		sr* | fd*) ;;
		*) count=$((count + 1)) ;;
		esac
	done
	echo "$count"
}

count_nics() {
	count=0
	for nic in /sys/class/net/*/device; do
		[ ! -e "$nic" ] || count=$((count + 1))
	done
	echo "$count"
}

# start: what the boot line asks for. `shell` wins, so that a broken answer file can be looked at.
start() {
	if boot_flag shell || boot_flag bash-shell; then
		say "rescue shell; the installer is started by: xenhost-install"
		consoles_shell
		remote_hands
		return
	fi
	# With xenhost.ask= somebody is there, who is asked for what the answers lack.
	if boot_value xenhost.ask >/dev/null; then
		attended
	elif boot_value answerfile >/dev/null || boot_value rt_answerfile >/dev/null ||
		boot_value answerfile_generator >/dev/null; then
		unattended
	else
		attended
	fi
}

# remote_hands: whom the boot line lets in by ssh, by key or by a password that is made here.
remote_hands() {
	boot_value xenhost.sshkey >/dev/null || boot_flag xenhost.ssh || return 0
	say "bringing up the network for ssh"
	xenhost-install remote </dev/null >>"$LOG" 2>&1 || say "nobody can log in by ssh"
	consoles_password
}

# hardware_report: what the machine is and whether it is fit, on every console; nothing is installed.
# With atexit= on the boot line nobody needs to be there; what could not be delivered stays a minute.
hardware_report() {
	say "hardware report; nothing is written to any disk"
	remote_hands
	xenhost-install hardware-report </dev/null >>"$LOG" 2>&1
	code=$?
	if action=$(boot_value atexit) && [ "$action" != shell ]; then
		leave "$action" $((code == 0 ? 5 : 60))
	else
		say "Keys: v reads the whole report, s is a shell, r restarts, p powers off"
		consoles_keys
	fi
}

# unattended: the installer reads the boot line itself and writes plain lines into the log, which every
# console shows, with the screens of its progress between them. Its exit code is the only thing that counts as
# success. Answers that want to be confirmed are left to the screens that ask.
unattended() {
	say "unattended installation"
	: >"${UNATTENDED:=/run/xenhost/unattended}"
	# It lets in by key itself, since its answers may name more of them.
	! boot_flag xenhost.ssh || remote_hands
	consoles_watch
	xenhost-install run --consoles "$CONSOLES" </dev/null >>"$LOG" 2>&1 &
	wait $!
	code=$?
	if [ -e "${ASK:=/run/xenhost/ask}" ]; then
		consoles_watched
		rm -f "$UNATTENDED"
		attended
	else
		ended "$code"
	fi
}

attended() {
	remote_hands
	say "starting the installer; it asks before it writes"
	consoles_offer
}

# ended CODE: an installation is over. A failed one stays where it can be read, unless the boot
# line says what to do: a machine that starts over by itself after a failure never stops doing so.
# Even then it does not when disks were changed: it would write to them for ever. The installer's
# word for how it ended is missing when it was killed, which counts as changed. What an operator chose
# on the screen stands above all of that.
ended() {
	: "${NEXT:=/run/xenhost/next}"
	action=$(cat "$NEXT" 2>/dev/null) || action=$(boot_value atexit)
	chosen=$([ ! -e "$NEXT" ] || echo yes)
	rm -f "$NEXT"
	: "${OUTCOME:=/run/xenhost/outcome}"
	outcome=$(cat "$OUTCOME" 2>/dev/null)
	rm -f "$OUTCOME"
	case $1:$outcome in
	0:complete) already_complete ;;
	0:*)
		say "installation finished"
		leave "${action:-reboot}" 5
		;;
	130:*)
		say "the installation was cancelled"
		leave "${action:-stay}" 60
		;;
	*)
		say "INSTALLATION FAILED (exit code $1). The messages above say why."
		if [ "$action" = reboot ] && [ "$outcome" != unchanged ] && [ -z "$chosen" ]; then
			say "A disk was changed, so this machine does not start over by itself."
			action=stay
		fi
		leave "${action:-stay}" 60
		;;
	esac
}

# already_complete: the host was installed before, and yet its firmware started the installer. It restarts
# by itself only where the next boot will be another one.
already_complete() {
	say "installation finished before: this host is complete"
	if next_boot_is_disk; then
		leave "${action:-reboot}" 5
	else
		say "Put the host's disk first in the firmware's boot order, or take the medium out, and restart."
		leave "${action:-stay}" 60
	fi
}

# The firmware was told so, or the disc can be ejected.
next_boot_is_disk() {
	[ ! -e "${EFIVARS:-/sys/firmware/efi/efivars}/BootNext-8be4df61-93ca-11d2-aa0d-00e098032b8c" ] || return 0
	case $MEDIUM_DEVICE in
	/dev/sr*) return 0 ;;
	esac
	return 1
}

# leave ACTION SECONDS: the medium is ejected where that is possible, because a machine that
# starts its optical drive first would install again.
leave() {
	case $1 in
	reboot | poweroff)
		say "$1 in $2 seconds"
		sleep "$2"
		[ "$2" -ne 5 ] || medium_eject
		sync
		umount -a -r 2>/dev/null
		"$1" -f
		;;
	*)
		consoles_password
		say "Press Enter for a shell."
		: >"${STAYS:=/run/xenhost/stays}"
		consoles_shell
		next_word &
		;;
	esac
}

# next_word: what somebody wants who saw on a screen how the installation ended. The medium stays in.
next_word() {
	: "${NEXT:=/run/xenhost/next}"
	until word=$(cat "$NEXT" 2>/dev/null); do
		sleep 1
	done
	rm "$NEXT"
	leave "$word" 3
}
