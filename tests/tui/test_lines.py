# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer on terminals of every size, keys with gaps in them, and more keys than it can show."""

import time

import pytest
from screen import KEYS
from test_screens import THIRD, installer, to_disks, to_summary

SIZES = {"24x80": {}, "25x80-serial": {"rows": 25, "term": "vt220"},
         "50x132": {"rows": 50, "columns": 132}, "60x200": {"rows": 60, "columns": 200}}
# A key's bytes as a BMC or a slow line hands them over; shorter than the time of a lone Esc.
GAP = 0.3


@pytest.mark.parametrize("name", SIZES)
def test_whole_way_on_every_size(name):
    size = SIZES[name]
    with installer("uefi-3disks", **size) as screen:
        to_summary(screen, THIRD)
        if name != "24x80":
            screen.golden(f"summary-{name}")
        screen.press("F12")
        screen.see("What will be done", "ERASED")
        # A frame that is closed above and below, whatever the size.
        top, bottom = (screen.lines()[row].strip() for row in (1, -2))
        assert top[0] + top[-1] in ("┌┐", "++") and bottom[0] + bottom[-1] in ("└┘", "++")


@pytest.mark.parametrize("key,words", [("F1", "Help"), ("F2", "Nothing is logged"),
                                       ("F5", "This machine"), ("F12", "Welcome")])
def test_function_keys_with_gaps_in_them(key, words):
    with installer("uefi-3disks") as screen:
        screen.see("Keyboard")
        for byte in KEYS[key]:
            screen.raw(byte)
            # The line's own time, not a wait for the program.
            time.sleep(GAP)
        screen.see(words)


def test_storm_of_keys():
    with installer("uefi-3disks") as screen:
        to_disks(screen)
        before = screen.received
        screen.raw((KEYS["DOWN"] + KEYS["UP"] + KEYS["TAB"] + KEYS["SHIFT-TAB"]) * 500)
        screen.press(*["UP"] * 9, *THIRD)
        screen.see("WILL BE ERASED: sdc. Left alone: sda, sdb.")
        # Not one frame a key: on a serial line they would be drawn for minutes.
        assert screen.received - before < 200_000
