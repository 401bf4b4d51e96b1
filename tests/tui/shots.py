#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The screenshots of docs/screens/, made by the screens themselves over recorded machines.

`make screenshots` writes them; a test of tests/tui/ says when one is no longer what is seen.
Each is a text for reading and an SVG with the colours; the same screen gives the same bytes.
"""

import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
from installer_screens import THIRD, installer, to_disks, to_summary
from screen import BUILD, TOP
from test_progress import stall, start

FOLDER = pathlib.Path(TOP) / "docs" / "screens"
# Of a character, in pixels, as browsers' monospaced fonts have it at this size.
WIDE, HIGH, SIZE = 8, 17, 13
# The Linux console's.
COLOURS = {"black": "#000000", "red": "#aa0000", "green": "#00aa00", "brown": "#aa5500",
           "blue": "#0000aa", "magenta": "#aa00aa", "cyan": "#00aaaa", "white": "#aaaaaa",
           "brightblack": "#555555", "brightwhite": "#ffffff", "brightred": "#ff5555"}


def colours(cell):
    front = COLOURS.get(cell.fg, COLOURS["white"])
    back = COLOURS.get(cell.bg, COLOURS["black"])
    if cell.bold and cell.fg == "white":
        front = COLOURS["brightwhite"]
    if cell.bold and cell.fg == "black":
        front = COLOURS["brightblack"]
    return (back, front) if cell.reverse else (front, back)


def runs(view, row):
    """Cells of one colour, as (column, text, front, back)."""
    found = []
    for column in range(view.columns):
        cell = view.buffer[row][column]
        front, back = colours(cell)
        if found and found[-1][2:] == [front, back]:
            found[-1][1] += cell.data
        else:
            found.append([column, cell.data, front, back])
    return found


def to_svg(view):
    width, height = view.columns * WIDE, view.lines * HIGH
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
             f' viewBox="0 0 {width} {height}" font-family="monospace" font-size="{SIZE}">',
             f'<rect width="{width}" height="{height}" fill="#000000"/>']
    for row in range(view.lines):
        for column, text, front, back in runs(view, row):
            x, y, wide = column * WIDE, row * HIGH, len(text) * WIDE
            lines.append(f'<rect x="{x}" y="{y}" width="{wide}" height="{HIGH}" fill="{back}"/>')
            if text.strip():
                clean = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
                lines.append(f'<text x="{x}" y="{y + SIZE}" textLength="{wide}" fill="{front}"'
                             f' xml:space="preserve">{clean}</text>')
    return "\n".join(lines + ["</svg>"]) + "\n"


def write(screen, name):
    """What is seen once nothing more comes."""
    end = time.monotonic() + 1
    while time.monotonic() < end:
        screen._read(0.2)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.txt").write_text(screen.text() + "\n", encoding="utf-8")
    (FOLDER / f"{name}.svg").write_text(to_svg(screen.view), encoding="utf-8")


def compare(screen, name):
    """Waits until the very same is seen."""
    wanted = [(FOLDER / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("txt", "svg")]
    screen.until(lambda: [screen.text() + "\n", to_svg(screen.view)] == wanted,
                 f"docs/screens/{name} is no longer what is seen: run `make screenshots`\n{wanted[0]}")


def questions(take):
    with installer("uefi-3disks") as screen:
        screen.see("Keyboard")
        screen.press("F12")
        screen.see("Welcome")
        take(screen, "welcome")
    with installer("uefi-3disks") as screen:
        to_disks(screen)
        screen.press(*THIRD)
        screen.see("WILL BE ERASED: sdc.")
        take(screen, "disks")
    with installer("uefi-3disks", env={"TEXTDOMAINDIR": os.path.join(BUILD, "locale"),
                                       "LANGUAGE": "de"}) as screen:
        screen.see("Tastatur")
        screen.press("F12")
        screen.see("Willkommen")
        screen.press("F12")
        screen.see("Platten")
        screen.press(*THIRD)
        screen.see("WIRD GELÖSCHT: sdc.")
        take(screen, "disks-de")
    with installer("uefi-3disks") as screen:
        to_summary(screen, THIRD)
        take(screen, "summary")
        screen.press("F12")
        screen.see("What will be done")
        take(screen, "plan")


def installation(take):
    with tempfile.TemporaryDirectory() as folder:
        screen, told = start(pathlib.Path(folder))
        with screen:
            screen.see("Installing")
            told.set(step=8)
            screen.see("->   Write the system")
            take(screen, "progress")
            stall(screen, told)
            screen.see("> Wait <")
            take(screen, "slow-source")
            told.set(received=10**9, time=300, failure="the source sent nothing for 600 seconds: eth0 "
                     "has no link")
            screen.see("A step failed")
            take(screen, "step-failed")
            told.set(failure=None)
            screen.press("ENTER")
            screen.see("Installing")
            told.set(step=99, stick=folder)
            screen.see("The host is installed")
            take(screen, "end")
            screen.press("F3")
            screen.see("> Save <")
            take(screen, "keep")


def main():
    begin = time.monotonic()
    questions(write)
    installation(write)
    print(f"{FOLDER}: {len(list(FOLDER.glob('*.svg')))} screens in {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
