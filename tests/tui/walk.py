# SPDX-License-Identifier: GPL-3.0-or-later
"""The way through the screens, over a recorded machine and in a virtual one: one list each, so that the quick test
knows of every screen that the long one would stumble over.

The installer's is that of a person without wishes, on a machine with one disk and one NIC. The wizard's changes
everything that a host without a toolstack can be asked for: on one with three NICs, whose second disk is not empty.
"""

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

# The text that is typed stands on the screen before the next is: a console below Xen loses keys that come too fast.
WIZARD_WAY = [
    ("This host", ("ENTER",)),
    ("Who is there?", (PASSWORD, "^N")),
    ("How the host is reached", ("^T",)),
    ("Testing the network", ("ENTER",)),
    ("How the host is reached", ("DOWN", "SPACE")),
    ("(*) eth1", ("TAB", "DOWN", "SPACE")),
    ("IPv4 address [", ("TAB", "192.0.2.10")),
    ("[192.0.2.10 ", ("TAB", "255.255.255.0")),
    ("[255.255.255.0 ", ("TAB", "192.0.2.1")),
    ("[192.0.2.1 ", ("TAB", "TAB", "42")),
    ("[42 ", ("TAB", "TAB", "DOWN", "DOWN", "SPACE")),
    ("[x] eth2", ("TAB", "DOWN", "SPACE")),
    ("(*) one works", ("^N",)),
    ("May hold a domain", ("wizard.example.net", "^N")),
    ("Region/City", ("berlin", "ENTER")),
    ("Hosts of a pool need the same time", ("HOME", "DOWN", "DOWN", "SPACE")),
    ("(*) servers of your own", ("TAB", "192.0.2.1", "^N")),
    ("EVERYTHING ON A MARKED DISK IS ERASED", ("DOWN", "SPACE")),
    ("WILL BE ERASED: ", ("^N",)),
    ("THIS DISK WILL BE ERASED", ("ENTER",)),
    ('Nothing happens until the word "erase" stands here', ("erase", "TAB", "ENTER")),
]


def part(begin=None, end=None):
    """WAY from the screen with the words of begin to before that of end."""
    words = [words for words, _ in WAY]
    return WAY[words.index(begin) if begin else 0 : words.index(end) if end else None]


def walk(screen, password, leave_out=(), way=tuple(WAY)):
    for words, keys in way:
        if words in leave_out:
            continue
        # What is not fit on a machine this small is said on a screen of its own.
        screen.until(lambda w=words: w in screen.text() or "should be known" in screen.text(), words)
        if "should be known" in screen.text():
            screen.press("^N")
            screen.see(words)
        screen.press(*[password if key is PASSWORD else key for key in keys])
