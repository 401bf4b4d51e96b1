# SPDX-License-Identifier: GPL-3.0-or-later
"""The screenshots in the documentation show what an operator sees today."""

import inspect
import re

import shots


def test_questions():
    shots.questions(shots.compare)


def test_installation():
    shots.installation(shots.compare)


def test_every_screenshot_is_made_and_shown():
    made = set()
    for part in (shots.questions, shots.installation):
        made |= set(re.findall(r'take\(screen, "([a-z-]+)"\)', inspect.getsource(part)))
    kept = {path.stem for path in shots.FOLDER.glob("*")}
    guide = (shots.FOLDER.parent / "CONSOLE.md").read_text(encoding="utf-8")
    assert kept == made == set(re.findall(r"\]\(screens/([a-z-]+)\.svg\)", guide))
