# SPDX-License-Identifier: GPL-3.0-or-later
# Every entry point of the project; `make help` lists them.

B ?= build
CC ?= cc
PREFIX ?= /usr/local
DESTDIR ?=
SUITE ?= trixie
VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog 2>/dev/null || echo 0)

PKGS := json-c libxml-2.0 libcurl libssl libcrypto libcrypt libzstd libpci libudev blkid libparted inih libnewt slang libqrencode libmicrohttpd sqlite3
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wformat-nonliteral \
	-Wswitch-enum -Wimplicit-fallthrough -Wcast-qual
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DXENHOST_VERSION='"$(VERSION)"' \
	-I. $(WARNINGS) -fno-common -ffunction-sections -fdata-sections -MMD -MP \
	$(PKG_CFLAGS) $(CFLAGS) $(SANITIZE)
ALL_LDFLAGS = -Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro,-z,now $(LDFLAGS) $(SANITIZE)

# V=1 shows whole commands.
ifeq ($(V),)
Q := @
say = @echo '  $(1) $(2)'
endif

# What each program is made of: its folders in layering order. main.c of a folder is a program.
LIB_SRC := $(filter-out %/main.c %/mkpayload.c,$(wildcard common/*.c common/tui/*.c hwdb/*.c hwdb/probe/*.c \
	fleet/*.c answerfiles/*.c answerfiles/tool/*.c installer/payload/*.c installer/plan/*.c installer/network/*.c \
	installer/unattended/*.c installer/hardware/*.c installer/execute/*.c \
	installer/screens/*.c installer/*.c firstboot/*.c firstboot/pool/*.c firstboot/screens/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
LIB := $(B)/libxenhost.a
# libext2fs alone: its pkg-config file puts the headers' own folder on the path.
LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lext2fs -lcom_err -lresolv

PROGRAMS := $(foreach p,hwinfo:hwdb answers:answerfiles install:installer firstboot:firstboot fleet:fleet,\
	$(if $(wildcard $(lastword $(subst :, ,$p))/main.c),$(B)/xenhost-$(firstword $(subst :, ,$p))))
TOOLS := $(if $(wildcard installer/payload/mkpayload.c),$(B)/xenhost-mkpayload)

UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT := $(UNIT_SRC:tests/unit/%.c=$(B)/tests/%)
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 5
FUZZ_JOBS ?= 2

.PHONY: all
all: $(PROGRAMS) $(TOOLS) ## build the programs natively into build/

# Said in words, and not by the compiler for each file.
.PHONY: libraries
libraries:
	@pkg-config --exists $(PKGS) || { \
		echo "make: these libraries are missing or cannot be looked for with pkg-config:" >&2; \
		for p in $(PKGS); do pkg-config --exists $$p 2>/dev/null || echo "  $$p" >&2; done; \
		echo "make: initrd/host-packages.sh --native installs them" >&2; exit 1; }

$(B)/%.o: %.c | libraries
	@mkdir -p $(@D)
	$(call say,CC  ,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Where the host has the translations of the screens.
$(B)/common/tui/language.o: ALL_CFLAGS += -DXENHOST_LOCALES='"$(PREFIX)/share/xenhost/locale"'

# Embedded, which the compiler's list of headers does not tell.
$(B)/hwdb/profile_builtin.o: $(wildcard hwdb/profiles/*.ini)

$(B)/fleet/embed.o: fleet/style.css fleet/script.js

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(call say,AR  ,$@)
	$(Q)$(AR) rcs $@ $^

$(B)/xenhost-hwinfo: $(B)/hwdb/main.o $(LIB)
$(B)/xenhost-answers: $(B)/answerfiles/main.o $(LIB)
$(B)/xenhost-install: $(B)/installer/main.o $(LIB)
$(B)/xenhost-firstboot: $(B)/firstboot/main.o $(LIB)
$(B)/xenhost-fleet: $(B)/fleet/main.o $(LIB)
$(PROGRAMS):
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/xenhost-mkpayload: $(B)/installer/payload/mkpayload.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/tests/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS) -lcmocka

# The client of pools as the test pool's tests drive it.
$(B)/tests/xapi-client: tests/pool/client.c $(LIB)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS)

# What the tests of the installer's network drive.
$(B)/tests/network-%: tests/network/%.c $(LIB)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS)

# What the tests of the screens drive.
$(B)/tests/tui-%: tests/tui/%.c $(LIB)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS)

.PHONY: unit
unit: $(UNIT) $(PROGRAMS) $(TOOLS)
	@passed=0; failed=0; for t in $(UNIT); do \
		XENHOST_BUILD=$(B) $$t >$$t.log 2>&1 || \
			{ cat $$t.log; echo "FAILED: $$t"; failed=$$((failed + 1)); }; \
		passed=$$((passed + $$(grep -c '^\[       OK \]' $$t.log))); \
	done; echo "$$passed passed, $$failed failed"; [ $$failed -eq 0 ]

.PHONY: install install-programs
install: install-programs ## install the programs below DESTDIR PREFIX
	for p in hwinfo.8 answers.1 pxe.1 install.8 firstboot.8 fleet.8; do install -D -m 644 -t \
		$(DESTDIR)$(PREFIX)/share/man/man$${p##*.} docs/man/xenhost-$$p; done
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/bash-completion/completions docs/completions/*

# Without what packages take from docs/ by themselves.
install-programs: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin
	for p in hwinfo answers; do install -m 755 $(B)/xenhost-$$p $(DESTDIR)$(PREFIX)/bin; done
	install -m 755 initrd/iso/pxe/xenhost-pxe $(DESTDIR)$(PREFIX)/bin
	for p in install firstboot fleet; do install -m 755 $(B)/xenhost-$$p $(DESTDIR)$(PREFIX)/sbin; done
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/udev/hwdb.d hwdb/data/*.hwdb

.PHONY: clean
clean: ## remove what was built; downloads stay in build/cache
	find $(B) -mindepth 1 -maxdepth 1 ! -name cache ! -name media -exec rm -rf {} + 2>/dev/null || true

.PHONY: help
help: ## list the entry points
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | sed 's/:.*## /\t/' | expand -t 16

-include initrd/media.mk initrd/installer.mk tests/tests.mk installer/po/po.mk
-include $(shell find $(B)/common $(B)/hwdb $(B)/answerfiles $(B)/installer $(B)/firstboot $(B)/fleet \
	$(B)/tests -name '*.d' 2>/dev/null)
