# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer on terminals of every size, keys with gaps in them, and more keys than it can show."""

import random

import pytest
from installer_screens import THIRD, installer, to_disks, to_summary
from screen import KEYS

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
    in_time = False
    while not in_time:
        with installer("uefi-3disks") as screen:
            screen.see("Keyboard")
            in_time = screen.in_pieces(key, GAP)
            if in_time:
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


def noise_of(seed):
    """10 kB that a bad line sends, without the one byte that asks for a shell: no test writes into one."""
    return random.Random(seed).randbytes(10240).replace(b"\x18", b"\x80")


def back_to_the_first(screen):
    """Esc is always Back, wherever the first bytes of the noise led."""
    for _ in range(60):
        # The time after which an Esc is one.
        screen.quiet(0.7)
        if "── Keyboard ──" in screen.text():
            return
        screen.press("ESC")
    raise AssertionError(f"there is no way back\n{screen.text()}")


@pytest.mark.parametrize("where", ["first", "disks", "summary"])
def test_ten_kilobytes_of_noise(where):
    with installer("uefi-3disks") as screen:
        if where == "first":
            screen.see("Keyboard")
        elif where == "disks":
            to_disks(screen)
        else:
            to_summary(screen, THIRD)
        noise = noise_of(where)
        for at in range(0, len(noise), 256):
            screen.child.send(noise[at : at + 256])
            screen._read(0.01)
        back_to_the_first(screen)
        assert screen.child.isalive()
        # A busy machine may still be reading noise; keys count once it was quiet. Something may be searched for then.
        for _ in range(60):
            screen.press("^U", "F12")
            screen.quiet(1.2)
            if "── Keyboard ──" not in screen.text():
                break
        screen.see("Welcome")
