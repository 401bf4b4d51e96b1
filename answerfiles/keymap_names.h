/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Console keymaps of Debian 13's console-data 1.12 for PC keyboards, which an installed host has,
 * and names that other systems use for one of them. Included by types_lists.c alone.
 */
#pragma once

#include <stddef.h>

/* clang-format off */
static const char *const keymap_names[] = {
	"ANSI-dvorak", "ar", "azerty", "be-latin1", "be2-latin1", "bg", "bg-cp1251", "br-abnt2",
	"br-latin1", "by", "ca-multi", "cf", "croat", "cz-lat2", "cz-lat2-prog", "cz-us-qwerty",
	"cz-us-qwertz", "de", "de-latin1", "de-latin1-nodeadkeys", "dk", "dk-latin1", "dvorak",
	"dvorak-classic", "dvorak-de", "dvorak-fr", "dvorak-fr-bepo", "dvorak-fr-bepo-utf8",
	"dvorak-l", "dvorak-lisp", "dvorak-r", "dvorak-ru", "dvorak-uk", "es", "es-cp850", "et",
	"et-nodeadkeys", "fa", "fi", "fi-latin1", "fr", "fr-latin0", "fr-latin1", "fr-latin9",
	"fr-pc", "fr-x11", "fr_CH", "fr_CH-latin1", "gr", "gr-pc", "gr-utf8", "hebrew", "hu",
	"hu101", "il", "il-heb", "il-phonetic", "is-latin1", "is-latin1-us", "it", "it-ibm",
	"it2", "jp106", "kg", "kk", "la-latin1", "lt", "lt.l4", "lv-latin4", "lv-latin7", "mk",
	"nl", "no", "no-latin1", "no-standard", "pc-dvorak-latin1", "pl", "pl-qwertz", "pl1",
	"pt-latin1", "pt-old", "ro", "ro-academic", "ro-comma", "ru", "ru-cp1251", "ru-ms",
	"ru-yawerty", "ru1", "ru2", "ru3", "ru4", "ru_win", "se-fi-ir209", "se-fi-lat6",
	"se-ir209", "se-lat6", "se-latin1", "sg", "sg-latin1", "sg-latin1-lk450", "sk-prog",
	"sk-prog-qwerty", "sk-prog-qwertz", "sk-qwerty", "sk-qwertz", "slovene", "sr", "sr-cy",
	"th-tis", "tr_f-latin5", "tr_q-latin5", "tralt", "trf", "trfu", "trq", "trqu", "ua",
	"ua-utf", "ua-utf-ws", "ua-ws", "uaw", "uaw_uni", "uk", "us", "us-intl.iso01",
	"us-intl.iso15", "us-latin1", "wo",
	NULL,
};

static const struct {
	const char *other, *name;
} keymap_aliases[] = {
	{"arabic", "ar"}, {"be", "be-latin1"}, {"br", "br-abnt2"}, {"br-abnt", "br-abnt2"},
	{"br-latin1-abnt2", "br-abnt2"}, {"br-latin1-us", "br-latin1"}, {"ca", "cf"},
	{"ch", "sg"}, {"cz", "cz-lat2"}, {"cz-qwerty", "cz-us-qwerty"},
	{"cz-qwertz", "cz-us-qwertz"}, {"de-ch", "sg"}, {"de_CH", "sg"},
	{"de_CH-latin1", "sg-latin1"}, {"ee", "et"}, {"en-us", "us"}, {"fi-latin9", "fi-latin1"},
	{"fi-old", "fi"}, {"fr-ch", "fr_CH"}, {"fr-old", "fr"}, {"gb", "uk"}, {"gr-old", "gr"},
	{"hr", "croat"}, {"is", "is-latin1"}, {"jp", "jp106"}, {"la", "la-latin1"},
	{"latam", "la-latin1"}, {"lv", "lv-latin7"}, {"lv-tilde", "lv-latin7"}, {"nl2", "nl"},
	{"pl2", "pl"}, {"pl3", "pl"}, {"pl4", "pl"}, {"pt", "pt-latin1"},
	{"pt-latin9", "pt-latin1"}, {"ro_std", "ro"}, {"ro_win", "ro-comma"}, {"se", "se-latin1"},
	{"si", "slovene"}, {"sk", "sk-qwertz"}, {"sr-latin", "sr"}, {"sv", "se-latin1"},
	{"sv-latin1", "se-latin1"}, {"tr", "trq"}, {"ua-utf-8", "ua-utf"},
	{"us-acentos", "us-intl.iso15"}, {"us-intl", "us-intl.iso15"},
};
/* clang-format on */
