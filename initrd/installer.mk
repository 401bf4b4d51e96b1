# SPDX-License-Identifier: GPL-3.0-or-later
# The installer's initrd, the install medium and the tree for network boot. What takes long is kept
# by digests of what went in (initrd/installer/build.sh); the medium itself is written in seconds.

PAYLOAD := $(MEDIA)/payload
TREE := $(B)/initrd/tree
# What an unattended medium is made from: make iso ANSWERFILE=answers.xml APPEND="console=ttyS0,115200"
ANSWERFILE ?=
APPEND ?=

.PHONY: initrd
initrd: debs keys ## the installer's kernel and initrd: build/media/vmlinuz, initrd.img
	@initrd/installer/build.sh $(MEDIA)/debs $(MEDIA)/keys $(MEDIA)

.PHONY: iso
iso: initrd payload ## the install medium build/media/xenhost.iso [ANSWERFILE= APPEND=]
	@initrd/iso/mkiso.sh $(TREE) $(MEDIA) $(PAYLOAD) $(MEDIA)/xenhost.iso
	@if [ -n "$(ANSWERFILE)$(APPEND)" ]; then \
		XORRISO="$(TREE)/usr/lib64/ld-linux-x86-64.so.2 --library-path \
			$(TREE)/usr/lib/x86_64-linux-gnu $(TREE)/usr/bin/xorriso" \
		initrd/iso/repack.sh $(MEDIA)/xenhost.iso "$(or $(ANSWERFILE),-)" \
			$(MEDIA)/xenhost-unattended.iso --append "$(APPEND)" && \
		echo "$(MEDIA)/xenhost-unattended.iso installs without questions"; fi

.PHONY: pxe
pxe: initrd payload ## the tree for network boot: build/media/pxe [PXE_URL=http://...]
	@PXE_URL="$(PXE_URL)" initrd/iso/mkpxe.sh $(TREE) $(MEDIA) $(PAYLOAD) $(MEDIA)/pxe
