# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# "Test Xen on this machine": the installer's initrd as dom0 of the Xen that hosts get. Says of each
# thing a host needs whether it works here, starts a small PVH guest, and writes nothing to a disk.
# The tools of Xen come from the medium, so that no other boot carries them.

GUEST=/run/xenhost/guest
FAILURES=0
CHECKS=0

# verdict CODE TEXT [HINT]
verdict() {
	CHECKS=$((CHECKS + 1))
	if [ "$1" -eq 0 ]; then
		say "OK      $2"
	else
		FAILURES=$((FAILURES + 1))
		say "FAILED  $2"
		[ -z "${3:-}" ] || say "        $3"
	fi
	return "$1"
}

test_xen() {
	say "testing Xen; nothing is written to any disk"
	medium_find
	xen_runs && xen_tools && xen_daemons && xen_info && xen_guest
	if [ "$FAILURES" -eq 0 ]; then
		say "TEST OK: Xen and a guest run on this machine ($CHECKS checks)"
	else
		say "TEST FAILED: $FAILURES of $CHECKS checks; what comes after a failed one was not tried"
	fi
	say "Press Enter for a shell."
	consoles_shell
}

xen_runs() {
	[ "$(cat /sys/hypervisor/type 2>/dev/null)" = xen ]
	verdict $? "Xen started and runs this kernel" \
		"boot the entry that tests Xen: Linux was started without it" || return
	version=$(cat /sys/hypervisor/version/major).$(cat /sys/hypervisor/version/minor)
	say "        Xen $version$(cat /sys/hypervisor/version/extra)"
}

xen_tools() {
	unxz -c "$MEDIUM/boot/xen-tools.cpio.xz" 2>/dev/null | (cd / && cpio -idu 2>/dev/null)
	[ -x /usr/lib/xen/bin/xl ]
	verdict $? "Xen's tools come from the medium" \
		"this test needs the disc or stick; over the network it cannot go on"
}

xen_daemons() {
	modprobe -qa xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs
	mount -t xenfs xenfs /proc/xen 2>/dev/null
	mkdir -p /run/xen /run/xenstored /var/lib/xen /var/log/xen/console
	export PATH="$PATH:/usr/lib/xen/bin"
	timeout 60 xenstored --pid-file /run/xen/xenstored.pid >>/run/xenhost/xen.log 2>&1
	timeout 60 xen-init-dom0 >>/run/xenhost/xen.log 2>&1 &&
		timeout 60 xenconsoled --log=guest --log-dir=/var/log/xen/console >>/run/xenhost/xen.log 2>&1
	verdict $? "Xen's daemons started" "$(tail -n 1 /run/xenhost/xen.log)"
}

xen_info() {
	timeout 60 xl info >/run/xenhost/xl-info 2>>/run/xenhost/xen.log
	verdict $? "xl info answers" "$(tail -n 1 /run/xenhost/xen.log)" || return
	grep -E '^(nr_cpus|total_memory|virt_caps|xen_caps|free_memory)' /run/xenhost/xl-info |
		while read -r line; do say "        $line"; done
	caps=$(sed -n 's/^virt_caps *: //p' /run/xenhost/xl-info)
	case " $caps " in *" hvm "*) true ;; *) false ;; esac
	verdict $? "the processor's virtualization is on" \
		"turn on VT-x or AMD-V (SVM) in the firmware setup" || return
	case " $caps " in *" hap "*) true ;; *) false ;; esac
	verdict $? "nested page tables (EPT, NPT) work" \
		"PVH and HVM guests need a processor with EPT or NPT"
	case " $caps " in
	*" directio "*) say "        IOMMU: on" ;;
	*) say "        IOMMU: off; guests run, but no device can be passed to them" ;;
	esac
	[ "$FAILURES" -eq 0 ]
}

# The guest is the kernel of the medium with a program that says one line and stops.
guest_files() {
	mkdir -p "$GUEST/root"
	for file in /usr/bin/busybox /usr/lib64/ld-linux-x86-64.so.2 /usr/lib/x86_64-linux-gnu/libc.so.6 \
		/usr/lib/x86_64-linux-gnu/libresolv.so.2; do
		mkdir -p "$GUEST/root${file%/*}"
		cp -L "$file" "$GUEST/root$file"
	done
	ln -s usr/lib "$GUEST/root/lib"
	ln -s usr/lib64 "$GUEST/root/lib64"
	cat >"$GUEST/root/init" <<-'EOF'
		#!/usr/bin/busybox sh
		echo "guest lives"
		/usr/bin/busybox poweroff -f
	EOF
	chmod +x "$GUEST/root/init"
	(cd "$GUEST/root" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$GUEST/initrd.img"
	cat >"$GUEST/guest.cfg" <<-EOF
		name = "test"
		type = "pvh"
		kernel = "$MEDIUM/boot/vmlinuz"
		ramdisk = "$GUEST/initrd.img"
		memory = 160
		vcpus = 1
		cmdline = "console=hvc0 quiet"
		on_poweroff = "destroy"
		on_crash = "destroy"
	EOF
}

xen_guest() {
	guest_files
	timeout 120 xl create "$GUEST/guest.cfg" >>/run/xenhost/xen.log 2>&1
	verdict $? "a PVH guest is created" "$(tail -n 1 /run/xenhost/xen.log)" || return
	tries=600
	while [ $tries -gt 0 ] && ! grep -q "guest lives" /var/log/xen/console/guest-test.log 2>/dev/null; do
		sleep 0.5
		tries=$((tries - 1))
	done
	[ $tries -gt 0 ]
	verdict $? "the guest's kernel starts and runs a program" "it said nothing within five minutes"
	xl destroy test 2>/dev/null
	[ "$FAILURES" -eq 0 ]
}
