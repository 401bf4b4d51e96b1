# SPDX-License-Identifier: GPL-3.0-or-later
# The screens in other languages. Words are marked where they stand in the sources (common/i18n.h),
# installer/po/LANGUAGE.po translates them; docs/HACKING.md says how.

LANGUAGES := $(patsubst installer/po/%.po,%,$(wildcard installer/po/*.po))
# Each program that has screens has a catalogue of its own name: packages cannot share a file.
SPEAKERS := xenhost-install xenhost-firstboot
CATALOGUES := $(foreach l,$(LANGUAGES),$(SPEAKERS:%=$(B)/locale/$l/LC_MESSAGES/%.mo))

all unit: $(CATALOGUES)

define CATALOGUE_OF
$(B)/locale/$1/LC_MESSAGES/%.mo: installer/po/$1.po
	@mkdir -p $$(@D)
	$$(call say,MO  ,$$@)
	$$(Q)msgfmt --check -o $$@ $$<
endef
$(foreach l,$(LANGUAGES),$(eval $(call CATALOGUE_OF,$l)))

.PHONY: po
po: ## take marked words from the sources into installer/po/; what is new is to be translated then
	sh installer/po/extract.sh installer/po/xenhost.pot
	for l in $(LANGUAGES); do \
		msgmerge --quiet --update --no-fuzzy-matching --backup=none --no-location \
			installer/po/$$l.po installer/po/xenhost.pot && \
		msgattrib --no-obsolete --no-location -o installer/po/$$l.po installer/po/$$l.po; done

.PHONY: translations
translations: ## every language has all words of the screens, with the same format strings
	@sh tests/translations.sh

install-programs: install-translations

.PHONY: install-translations
install-translations: $(CATALOGUES)
	for c in $(CATALOGUES:$(B)/locale/%=%); do \
		install -D -m 644 $(B)/locale/$$c $(DESTDIR)$(PREFIX)/share/xenhost/locale/$$c || exit 1; done
