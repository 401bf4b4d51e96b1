# SPDX-License-Identifier: GPL-3.0-or-later
# Checks that need no root and no virtual machine; the top Makefile includes this.

SOURCES = $(shell find common hwdb answerfiles installer firstboot fleet tests -name '*.[ch]' | sort)
SCRIPTS = $(shell grep -rlE '^\#!/bin/sh|^\# shellcheck shell=' .ci debian hwdb initrd tests | sort)
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
UNIT_SH := $(sort $(wildcard tests/unit/*.sh))
GOLDEN := $(wildcard tests/golden/run.sh)

.PHONY: check
check: unit unit-sh pool translations layering purity $(if $(shell command -v clang),clang) ## unit tests, layering and purity, gcc and clang; no root
	@echo "check: all passed"

.PHONY: unit-sh
unit-sh: all $(B)/tests/tui-gallery $(B)/tests/tui-progress $(B)/tests/tui-board $(B)/tests/network-up
	@for t in $(UNIT_SH); do echo "sh $$t"; XENHOST_BUILD=$(B) sh $$t || exit 1; done
	$(if $(GOLDEN),XENHOST_BUILD=$(B) sh $(GOLDEN))

.PHONY: pool
pool: $(B)/tests/xapi-client all ## the test pool's own tests, our client and check against it; Python and openssl
	@XENHOST_BUILD=$(B) PYTHONDONTWRITEBYTECODE=1 python3 tests/pool/run.py --quick >$(B)/pool.log 2>&1 || { cat $(B)/pool.log; exit 1; }
	@tail -n 1 $(B)/pool.log

.PHONY: pool-clients
pool-clients: ## the test pool against the npm client xen-api, and a hundred joins at once
	@PYTHONDONTWRITEBYTECODE=1 XENHOST_BUILD=$(B) python3 tests/pool/run.py --long

.PHONY: pool-recorded
pool-recorded: $(B)/tests/xapi-client ## the test pool and our client against the recorded conversations of the folder RECORDED=
	@[ -n "$(RECORDED)" ] || { echo "name the folder: make $@ RECORDED=/path" >&2; exit 2; }
	@XENHOST_BUILD=$(B) PYTHONDONTWRITEBYTECODE=1 python3 tests/pool/recorded.py "$(RECORDED)"

.PHONY: test-xapi
test-xapi: $(if $(COORDINATOR),$(B)/tests/xapi-client all) ## check and join against real hosts: COORDINATOR=URL JOINER=URL, see docs/TESTPOOL.md; SKIPPED without
	@XENHOST_BUILD=$(B) PYTHONDONTWRITEBYTECODE=1 \
		COORDINATOR_FINGERPRINT="$(COORDINATOR_FINGERPRINT)" JOINER_FINGERPRINT="$(JOINER_FINGERPRINT)" \
		PASSWORD_FILE="$(PASSWORD_FILE)" JOINER_PASSWORD_FILE="$(JOINER_PASSWORD_FILE)" \
		python3 tests/pool/real.py "$(COORDINATOR)" "$(JOINER)"

.PHONY: pairs
pairs: $(B)/pairs/.made ## the pairs of hosts of tests/pool/pairs as whole records

$(B)/pairs/.made: $(wildcard tests/pool/pairs/*.json) tests/pool/model.txt tests/pool/furnish.py tests/pool/pairs.py
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/pool/pairs.py --out $(@D)
	@touch $@

.PHONY: layering
layering:
	tests/layering.sh

.PHONY: purity
purity: $(LIB)
	CC='$(CC)' tests/purity.sh $(B)

.PHONY: built
built: all $(UNIT) $(B)/tests/xapi-client

.PHONY: clang
clang: ## build everything with clang too, warnings as errors
	@$(MAKE) --no-print-directory B=$(B)/clang CC=clang built

.PHONY: asan
asan: ## the unit tests under the address and undefined-behaviour sanitizers
	@ASAN_OPTIONS=suppressions=tests/asan.supp \
		$(MAKE) --no-print-directory B=$(B)/asan CFLAGS='-O1 -g' SANITIZE='$(SANITIZERS)' unit

.PHONY: asan-tui
asan-tui: ## the screens' tests under the same sanitizers
	@$(MAKE) --no-print-directory B=$(B)/asan CFLAGS='-O1 -g' SANITIZE='$(SANITIZERS)' \
		all $(B)/asan/tests/tui-gallery $(B)/asan/tests/tui-progress $(B)/asan/tests/tui-board
	@ASAN_OPTIONS=suppressions=$(CURDIR)/tests/asan.supp XENHOST_BUILD=$(B)/asan sh tests/unit/test_tui.sh

# One file a process, so that both cores work; a finding in a header shows with its file.
.PHONY: tidy
tidy: ## clang-format, clang-tidy and shellcheck over all sources; must be clean
	shellcheck --severity=warning $(SCRIPTS)
	clang-format --dry-run -Werror $(SOURCES)
	printf '%s\n' $(filter %.c,$(SOURCES)) | xargs -P 2 -I @@ clang-tidy --quiet \
		--warnings-as-errors='*' @@ -- $(filter-out -MMD -MP -W%,$(ALL_CFLAGS))

# libFuzzer needs the whole library built with its own instrumentation.
.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZ_SECONDS each
	@$(MAKE) --no-print-directory B=$(B)/fuzzing CC=clang CFLAGS='-O1 -g' \
		SANITIZE='-fsanitize=fuzzer-no-link,address' -j$(FUZZ_JOBS) -O -k fuzz-run

$(B)/fuzz/%: tests/fuzz/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $< $(LIB) $(LIBS)

# New inputs go to the build folder; what belongs into the tree is added to the seeds by hand.
FUZZ_RUN := $(FUZZ:%=%-run)
.PHONY: fuzz-run $(FUZZ_RUN)
fuzz-run: $(FUZZ_RUN)
$(FUZZ_RUN): $(B)/fuzz/fuzz_%-run: $(B)/fuzz/fuzz_%
	@found=$(B)/found/$*; seeds=tests/fuzz/corpus/$*; [ -d $$seeds ] || seeds=; \
	mkdir -p $$found; echo "$*: $(FUZZ_SECONDS) s"; \
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=8192 -rss_limit_mb=1024 -timeout=10 \
		-verbosity=0 -print_final_stats=0 -artifact_prefix=$$found- $$found $$seeds \
		>$<.log 2>&1 || { cat $<.log; echo "FAILED: fuzz_$*"; exit 1; }

.PHONY: answers-collection
answers-collection: all ## judge the answer files of the folder COLLECTION= against its INDEX.tsv
	@[ -n "$(COLLECTION)" ] || { echo "name the folder: make $@ COLLECTION=/path" >&2; exit 2; }
	@XENHOST_BUILD=$(B) sh tests/answers/collection.sh "$(COLLECTION)"

.PHONY: xapi-recorded
xapi-recorded: $(B)/tests/xapi_recorded ## decode the conversations recorded from a XAPI in the folder RECORDED=
	@[ -n "$(RECORDED)" ] || { echo "name the folder: make $@ RECORDED=/path" >&2; exit 2; }
	@$< "$(RECORDED)"

.PHONY: golden
golden: all ## rewrite the golden files; review their diff
	sh tests/golden/run.sh --write

.PHONY: bench
bench: ## figures as ratios of one run on this machine, for docs/PERFORMANCE.md
	@initrd/host-packages.sh --bench
	@$(MAKE) --no-print-directory all iso
	@XENHOST_BUILD=$(B) tests/bench/bench.py

.PHONY: test
test: ## everything, virtual machines included; installs what it needs
	@tests/run.sh

.PHONY: test-all
test-all: ## the same, with the rarer machines and every medium built twice
	@tests/run.sh --all

.PHONY: demo
demo: ## install a virtual machine unattended, boot it, show what it became
	@initrd/host-packages.sh
	@$(MAKE) --no-print-directory iso
	@tests/vm/demo.py

.PHONY: screenshots
screenshots: all $(B)/tests/tui-progress ## write docs/screens/ anew, by the screens over recorded machines
	@XENHOST_BUILD=$(B) PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/tui/shots.py
