# SPDX-License-Identifier: GPL-3.0-or-later
"""The toolkit by itself: every kind of row, every key, every size, what hurts terminals."""

import os
import random
import signal

import pytest
from screen import BUILD, Screen

GALLERY = os.path.join(BUILD, "tests", "tui-gallery")


def gallery(**options):
    return Screen([GALLERY, *options.pop("args", [])], **options)


def test_first_screen():
    with gallery() as screen:
        screen.golden("gallery")


def test_ascii_and_monochrome():
    with gallery(term="vt220", locale="C") as screen:
        screen.golden("gallery-vt220")
        colours = {(c.fg, c.bg) for row in screen.view.buffer.values() for c in row.values()}
        assert colours == {("default", "default")}
        # What has the focus is told apart without colours.
        assert screen.view.buffer[5][2].reverse


def test_large():
    with gallery(rows=50, columns=132) as screen:
        screen.golden("gallery-132x50")


def test_problem_is_said_at_once():
    with gallery() as screen:
        screen.see("Forward")
        assert "six characters" not in screen.text()
        screen.press("DOWN", "abc")
        screen.see("! The password needs six characters or more", "weak")
        screen.press("defgh9X")
        screen.see_not("! The password")
        screen.see("fair")


def test_forward_goes_to_what_is_wrong():
    with gallery() as screen:
        screen.see("Forward")
        screen.press("F12")
        screen.see("! The password needs six characters or more")
        screen.press("secret", "F12")
        screen.see("A long list", "Type to search")


def test_password_is_masked_until_shown():
    with gallery() as screen:
        screen.see("Forward")
        screen.press("DOWN", "secret1")
        screen.see("*******")
        assert "secret1" not in screen.text()
        screen.press("^V")
        screen.see("secret1")
        screen.press("F6")
        screen.see_not("secret1")


def test_row_appears_with_a_choice():
    with gallery() as screen:
        screen.see("Forward")
        assert "IPv4 address" not in screen.text()
        screen.press("TAB", "TAB", "DOWN", "SPACE")
        screen.see("IPv4 address")
        screen.press("TAB", "1x92.z0.2.1")
        screen.see("[192.0.2.1 ")


def walk_back(screen):
    """From the list back to the first form, which lost nothing."""
    screen.see("A long list")
    screen.press("^B")
    screen.see("Everything")


def test_back_loses_nothing_and_the_end_tells_all():
    with gallery() as screen:
        screen.see("Forward")
        screen.press("-a", "DOWN", "secret1", "F12")
        walk_back(screen)
        screen.see("xen1-a", "*******")
        screen.press("F12")
        screen.see("Type to search")
        screen.press("city 07", "ENTER")
        text = screen.end()
        assert "end 0" in text
        assert "name=xen1-a" in text
        assert "zone: 7 1" in text


def test_list_searches_and_scrolls():
    with gallery() as screen:
        screen.see("Forward")
        screen.press("DOWN", "secret1", "F12")
        screen.see("(*) Region/City_40")
        screen.press("HOME")
        screen.see("Region/City_00")
        screen.press("PGDN", "UP", "END")
        screen.see("Region/City_59")
        screen.press("_3")
        screen.golden("gallery-search")
        screen.press("x")
        screen.see("Nothing has that in it")
        screen.press("ENTER", "BS", "BS", "BS")
        screen.see("Region/City_00")


def test_two_columns_and_what_cannot_be_chosen():
    with gallery(rows=40) as screen:
        screen.see("Forward", "too small")
        screen.press("DOWN", "secret1", "TAB", "TAB", "TAB", "DOWN", "SPACE")
        screen.see("(*) [ ] sdb")
        screen.press("RIGHT", "SPACE")
        screen.see("(*) [x] sdb", "( ) [x] sda")
        screen.press("DOWN", "SPACE")
        screen.see(" -   -  sdc")
        screen.press("F12", "ENTER")
        text = screen.end()
        assert "disks: 0 2" in text
        assert "disks: 1 3" in text


def test_foreign_bytes_do_nothing_to_the_terminal():
    with gallery(rows=40) as screen:
        screen.see("sdb  40.0 GiB  Köln ??[2J")


@pytest.mark.parametrize("keys", ["\x1bOQ", "\x1b[12~", "\x1b[[B", "\x1b2", "\x0f"])
def test_log_by_every_way_to_press_its_key(keys, tmp_path):
    log = tmp_path / "log"
    log.write_text("".join(f"line {i}\n" for i in range(200)))
    with gallery(args=[str(log)]) as screen:
        screen.see("Forward")
        screen.raw(keys)
        screen.see("line 199")
        with log.open("a") as file:
            file.write("line that is new\n")
        screen.see("line that is new")
        screen.press("PGUP")
        screen.see_not("line that is new")
        screen.press("ESC")
        screen.see("Everything")


def test_shell_and_back_to_the_same_screen():
    with gallery() as screen:
        screen.see("Forward")
        screen.press("-b", "F10")
        screen.see("Type exit to return.")
        screen.press("echo a$((40+2))z\r")
        screen.see("a42z")
        screen.press("exit\r")
        screen.see("Everything", "xen1-b")


def test_help_for_the_field():
    with gallery() as screen:
        screen.see("Forward")
        screen.press("F1")
        screen.see("Close", "May hold a domain.")
        screen.press("ENTER")
        screen.see("Everything")
        screen.press("SHIFT-TAB", "^G")
        screen.see("nothing is lost")
        screen.press("ESC")
        screen.see("Everything")


def test_pieces_of_a_key_are_no_escape():
    in_time = False
    while not in_time:
        with gallery() as screen:
            screen.see("Forward")
            # A gap that a slow line makes; the toolkit waits longer before it takes Esc for a key.
            in_time = screen.in_pieces("F9", 0.3)
            if in_time:
                screen.raw("-c")
                screen.see("xen1-c", "Everything")


def test_lone_escape_goes_back():
    with gallery() as screen:
        screen.see("Forward")
        screen.press("ESC")
        assert "end 1" in screen.end()


def test_resize_and_back():
    with gallery() as screen:
        screen.see("Forward")
        before = screen.text()
        screen.resize(10, 40)
        screen.see("Who")
        screen.press("DOWN", "DOWN", "UP", "UP")
        screen.resize(24, 80)
        screen.until(lambda: screen.text() == before, "the screen of before")


def test_small_screen_scrolls_to_everything():
    with gallery(rows=10, columns=40) as screen:
        screen.see("Forward")
        for word in ("Root password", "fixed address", "VLAN", "sda", "sdb"):
            for _ in range(3):
                if word in screen.text():
                    break
                screen.press("DOWN")
                screen.until(lambda: True, "")
                screen._read(0.2)
            screen.see(word)


def test_random_bytes_do_not_harm():
    noise = random.Random(7)
    with gallery() as screen:
        screen.see("Forward")
        # Without ^B, ^C, Esc, Enter, Tab and keys that leave the form on purpose.
        allowed = [b for b in range(0x1c, 256) if b != 0x20]
        for _ in range(20):
            screen.child.send(bytes(noise.choice(allowed) for _ in range(500)))
            # What does not fit into the terminal's buffer would be lost, and keys with it.
            screen.quiet()
        # Keys count again once the line was quiet for half a second.
        screen.press_until("done", "^U", "^L", "done")
        screen.see("Everything")


def test_a_stray_control_s_freezes_nothing():
    with gallery() as screen:
        screen.see("Forward")
        screen.press("^S")
        screen.quiet()
        screen.press("a")
        screen.press("bc")
        screen.see("abc")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_signal_ends_it(number):
    with gallery() as screen:
        screen.see("Forward")
        os.kill(screen.child.pid, number)
        assert "end 6" in screen.end()


def test_control_c_stops():
    with gallery() as screen:
        screen.see("Forward")
        screen.press("^C")
        assert "end 4" in screen.end()


def test_a_key_costs_little_on_a_slow_line():
    with gallery(term="vt220") as screen:
        screen.see("Forward")
        screen.quiet()
        before = screen.received
        screen.press("DOWN")
        screen.see("Six characters or more.")
        screen._read(0.3)
        assert screen.received - before < 400
