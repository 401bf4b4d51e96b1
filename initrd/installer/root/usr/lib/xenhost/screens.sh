#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The installer's screens, of which there is one set however many look at them: the machine's screen,
# its serial line, whoever logged in by ssh. The first to come leads; others watch, and take over with
# Ctrl-T, whereupon who led watches. tmux lets them share one terminal, whose size is that of who leads.
#
#   screens.sh running    whether there are any
#   screens.sh start      starts the installer unless it runs, for a terminal like this one
#   screens.sh view WHO   shows them here until they end; the others read WHO. Fails where it cannot
#   screens.sh run        the installer itself; tells init how it ended
#
# SCREENS is tmux's socket. Called by consoles.sh on every console, and by login.sh.

FILES=$(dirname "$0")
SCREENS=${SCREENS:-/run/xenhost/screens}
INSTALLER=${INSTALLER:-xenhost-install}

# A terminal whose name begins with vt gets no UTF-8: what is behind a serial line is not known.
shared() {
	case $TERM in
	vt*) LC_ALL=C tmux -S "$SCREENS" -f "$FILES/tmux.conf" "$@" ;;
	*) tmux -S "$SCREENS" -f "$FILES/tmux.conf" "$@" ;;
	esac
}

running() {
	shared has-session -t =installer 2>/dev/null
}

# What the installer draws is plain when a serial terminal asks first. Two may ask at the same time.
start() {
	running && return
	kind=screen
	case $TERM in
	vt*) kind=vt220 ;;
	esac
	# shellcheck disable=SC2046 # rows and columns, where they are known
	set -- $(stty size 2>/dev/null)
	shared start-server \; set -s default-terminal "$kind" \; \
		new-session -d -s installer -x "${2:-80}" -y "${1:-24}" "$FILES/screens.sh" run 2>/dev/null ||
		running
}

view() {
	take=
	while running; do
		if [ -n "$take" ] || [ -z "$(shared list-clients -t =installer)" ]; then
			take=
			shared set -g @leader "$1" \; attach-session -d -t =installer || return
		else
			watch || return
			take=yes
		fi
	done
}

# watch: returns when Ctrl-T was pressed, or when the screens have ended.
watch() {
	name=watch-$$-$(date +%s)
	shared new-session -t =installer -s "$name" -f read-only,ignore-size \; \
		set -t "=$name:" destroy-unattached on \; \
		set -t "=$name:" key-table watch \; \
		set -t "=$name:" status on \; \
		set -t "=$name:" status-style reverse \; \
		set -t "=$name:" status-left-length 80 \; \
		set -t "=$name:" status-left " You watch; #{@leader} leads. Ctrl-T takes over." \; \
		set -t "=$name:" status-right ""
}

# run: there is one installer; whose terminal goes away ends it, and init learns of that too.
run() {
	trap '' HUP
	if ! mkdir "$SCREENS.lock" 2>/dev/null; then
		echo "The installer runs already."
		return 1
	fi
	(trap - HUP && exec "$INSTALLER")
	code=$?
	rmdir "$SCREENS.lock"
	[ ! -p "$SCREENS.over" ] || echo "$code" >"$SCREENS.over"
}

"$@"
