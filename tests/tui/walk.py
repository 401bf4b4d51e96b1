# SPDX-License-Identifier: GPL-3.0-or-later
"""The way through the installer's screens on a machine with one disk and one NIC, of a person without wishes.
Over a recorded machine and from the medium in a virtual one: one list, so that the quick test knows of every
screen that the long one would stumble over."""

PASSWORD = object()

# The screens in their order, each by words that stand on no screen before it, and what is pressed on it.
WAY = [
    ("Type to search: ", ("^N",)),
    (" of memory", ("^N",)),
    ("WILL BE ERASED: vda.", ("^N",)),
    ("Storage type", ("^N",)),
    ("this install medium", ("^N",)),
    ("The same again", (PASSWORD, "TAB", PASSWORD, "^N")),
    ("How the host is reached, by administrators", ("^N",)),
    ("Address of the host", ("^N",)),
    ("May hold a domain", ("console.example.org", "^N")),
    ("Public keys that may log in as root", ("^N",)),
    ("Region/City", ("berlin", "ENTER")),
    ("Hosts of a pool need the same time", ("^N",)),
    ("All answers", ("^N",)),
    ("THIS DISK WILL BE ERASED", ("^N",)),
    ("Install now?", ("TAB", "ENTER")),
]


def walk(screen, password, leave_out=()):
    for words, keys in WAY:
        if words in leave_out:
            continue
        # What is not fit on a machine this small is said on a screen of its own.
        screen.until(lambda w=words: w in screen.text() or "should be known" in screen.text(), words)
        if "should be known" in screen.text():
            screen.press("^N")
            screen.see(words)
        screen.press(*[password if key is PASSWORD else key for key in keys])
