# SPDX-License-Identifier: GPL-3.0-or-later
# Packages, the dom0 image and the payload. Each script knows by digests what it has made already
# and does nothing then, so these targets are always asked and take a second when nothing changed.

MEDIA := $(B)/media
# Empty ones would hide the scripts' defaults.
$(foreach v,MIRROR SECURITY_MIRROR SOURCE_DATE_EPOCH SIGNING_KEY REFRESH,$(if $($v),$(eval export $v)))
export SUITE
export BUILD := $(abspath $(B))

.PHONY: buildroot
buildroot: ## the clean Debian root that packages are built in
	@initrd/buildroot.sh >/dev/null

.PHONY: debs
debs: ## our .deb packages into build/media/debs
	@initrd/debs.sh $(MEDIA)/debs

.PHONY: hwdb-data
hwdb-data: ## what the suite's kernel drives, anew: hwdb/data/20-xenhost-kernel.hwdb
	@hwdb/data/generate.sh

.PHONY: dom0
dom0: debs ## the image of the installed host: build/media/dom0/root.ext4
	@DEBS=$(MEDIA)/debs initrd/dom0/image.sh $(MEDIA)/dom0

.PHONY: keys
keys: $(B)/xenhost-mkpayload
	@initrd/payload.sh keys $(MEDIA)

.PHONY: payload
payload: dom0 keys ## the image cut, compressed and signed: build/media/payload
	@initrd/payload.sh pack $(MEDIA)
