# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What somebody sees who logs in to the running installer by ssh: its screens where it has some, the
# same as on its consoles, and where nobody is asked, what these show; then a shell.

shared=/usr/lib/xenhost/screens.sh
[ -e "/usr/share/terminfo/$(echo "$TERM" | cut -c1)/$TERM" ] || export TERM=xterm

if "$shared" running || { [ -e /run/xenhost/offer ] && "$shared" start; }; then
	"$shared" view "ssh from ${SSH_CLIENT%% *}"
elif [ -e /run/xenhost/unattended ]; then
	# Ctrl-C ends it, not this shell.
	trap : INT
	xenhost-install watch --name "ssh from ${SSH_CLIENT%% *}"
	trap - INT
fi
tail -n 15 /run/xenhost/installer.log
cat <<-EOF

	The lines above are the installer's; it goes on whether or not you stay.
	  xenhost-install watch                 shows an installation without questions
	  tail -f /run/xenhost/installer.log    follows it
	  less /run/xenhost/install.log         has every step and tool

EOF
