# SPDX-License-Identifier: GPL-3.0-or-later
"""A running installation on the screen: where it is, that it can be stopped, and its end."""

import os

import pytest
from screen import BUILD, TOP, Screen

TESTS = os.path.join(TOP, "tests")


@pytest.fixture
def running(tmp_path):
    control = tmp_path / "control"
    control.write_text("0")
    with Screen([os.path.join(BUILD, "tests", "tui-progress"),
                 os.path.join(TESTS, "machines", "bios-virtio.json"),
                 os.path.join(TESTS, "answers", "golden", "virtio.xml"),
                 os.path.join(TESTS, "golden", "manifest.json"), str(control)]) as screen:
        yield screen, control


def go_to(control, step):
    new = control.with_suffix(".new")
    new.write_text(str(step))
    new.rename(control)


def test_steps_and_bytes(running):
    screen, control = running
    screen.see("Installing", "->   Check that every program needed is there", "  0 %")
    go_to(control, 8)
    screen.see("3.0 MiB of 12.0 MiB, 1.0 MiB/s, 9 s left", "done  Partition", "->   Write the system")
    go_to(control, 99)
    screen.see("The host is installed", "All is done.")
    screen.press("RIGHT", "ENTER")
    assert "stopped 0 chosen 1" in screen.end()


def test_log_while_it_runs(running):
    screen, control = running
    screen.see("Installing")
    screen.press("^O")
    screen.see("Close")
    screen.press("ESC")
    screen.see("Installing")
    go_to(control, 99)
    screen.see("The host is installed")


@pytest.mark.parametrize("key", ["^C", "^B", "ENTER"])
def test_stop_asks_and_says_what_became_of_the_disks(running, key):
    screen, control = running
    screen.see("Installing")
    screen.press(key)
    screen.see("No disk was changed so far")
    screen.press("ENTER")
    screen.see("Installing")
    go_to(control, 5)
    screen.see("->   Erase")
    screen.press(key)
    screen.see("were already written to")
    screen.press("RIGHT", "ENTER")
    screen.see("The installation failed")
    screen.press("ENTER")
    assert "stopped 1 chosen 0" in screen.end()
