#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# host-packages.sh [--print|--bench|--native]: installs what the machine that builds needs, on Debian 12
# or 13, with sudo when not root; --native: what the programs alone need, and no media or tests.
# This is the only list of it. Does nothing when all of it is there.
set -eu

# compilers and libraries of the programs, and of their tests
NATIVE="build-essential pkg-config git libjson-c-dev libxml2-dev libcurl4-openssl-dev libssl-dev
	libcrypt-dev libzstd-dev libpci-dev libudev-dev libblkid-dev libparted-dev libext2fs-dev
	libinih-dev libnewt-dev libslang2-dev libqrencode-dev libmicrohttpd-dev libsqlite3-dev gettext libcmocka-dev pci.ids udev"
# the second compiler, its sanitizers' runtime, what reads the sources
CHECKS="clang clang-format clang-tidy libclang-rt-dev shellcheck"
# package trees, images, ISO
MEDIA="mmdebstrap debian-archive-keyring e2fsprogs zstd xz-utils cpio kmod xorriso mtools
	grub-common grub-pc-bin grub-efi-amd64-bin dosfstools dpkg-dev util-linux"
# virtual machines and what drives them
TESTS="qemu-system-x86 qemu-utils ovmf python3 python3-pytest python3-pytest-xdist python3-pexpect python3-pyte
	openssh-client openssl sshpass busybox-static dnsmasq-base xfsprogs squashfs-tools erofs-utils fdisk gdisk swtpm exfatprogs"
# the client that others wrote for pools; other builds of Node bring an npm of their own
command -v npm >/dev/null || TESTS="$TESTS nodejs npm"
# what figures are compared with: --bench alone
BENCH="lshw hwinfo inxi time"

# servers for the installer's own network and for network boot
TESTS="$TESTS dnsmasq-base nginx-light iproute2 ipxe-qemu pxelinux syslinux-common"
# a switch with VLANs and LACP that needs nothing of the kernel; its service is never used
TESTS="$TESTS openvswitch-switch"
# an NFS server that needs nothing of the kernel; its service is never used
TESTS="$TESTS nfs-ganesha nfs-ganesha-vfs"

# a browser for the page that xenhost-hwinfo makes, what its burn-in runs, devices that are not there
TESTS="$TESTS chromium stress-ng fio iperf3 procps umockdev tmux"

if [ "${1:-}" = --bench ]; then
	TESTS="$TESTS $BENCH"
	shift
fi
if [ "${1:-}" = --native ]; then
	CHECKS='' MEDIA='' TESTS=''
	shift
fi
# shellcheck disable=SC2086 # one word each
set -- ${1:-} $NATIVE $CHECKS $MEDIA $TESTS
if [ "$1" = --print ]; then
	shift
	printf '%s\n' "$@"
	exit 0
fi

missing=
for package in "$@"; do
	dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
		missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "host-packages: root is needed to install:$missing" >&2
		echo "host-packages: run it as root, or install sudo" >&2
		exit 1
	fi
}

echo "host-packages: installing$missing" >&2
as_root apt-get -qq update
# shellcheck disable=SC2086 # one word each
as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
	-o Dpkg::Use-Pty=0 install $missing >&2
