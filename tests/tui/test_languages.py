# SPDX-License-Identifier: GPL-3.0-or-later
"""The screens in every language: the whole way over all of them, with nothing cut and no help missing."""

import ast
import os
import re
import shutil
import subprocess

import pytest
from installer_screens import INSTALL, SEED, SOURCE, THIRD, machine
from screen import BUILD, TOP, Screen
from test_firstboot import FIRSTBOOT, MACHINE, fixture_host  # noqa: F401
from test_progress import start

LOCALES = os.path.join(BUILD, "locale")
LANGUAGES = [name[:-3] for name in sorted(os.listdir(os.path.join(TOP, "installer", "po")))
             if name.endswith(".po")]
# Of 80 columns without the window's borders; the line of keys has none.
INSIDE, WHOLE = 76, 80

pytestmark = pytest.mark.skipif(not os.path.isdir(LOCALES), reason="built without gettext")


def words(language):
    """What stands in the language's file, by its English."""
    found, key, into = {}, "", None
    path = os.path.join(TOP, "installer", "po", language + ".po")
    with open(path, encoding="utf-8") as file:
        for line in file:
            match = re.match(r'(msgid|msgstr)?\s*("[^\n]*")$', line)
            if not match:
                into = None
                continue
            text = ast.literal_eval(match[2])
            if match[1] == "msgid":
                key, into = text, "key"
            elif match[1] == "msgstr":
                found[key], into = text, "value"
            elif into == "key":
                key += text
            elif into == "value":
                found[key] += text
    return found


@pytest.fixture(name="say", params=["en", *LANGUAGES])
def fixture_say(request):
    found = {} if request.param == "en" else words(request.param)

    def say(english):
        return found[english] if found else english
    say.language = request.param
    return say


def spoken(argv, language, rows=60, columns=132, **options):
    return Screen(argv, rows=rows, columns=columns,
                  env={"TEXTDOMAINDIR": LOCALES, "LANGUAGE": language}, **options)


def installer(language, *more, name="uefi-3disks", **options):
    return spoken([INSTALL, "--machine", machine(name), "--source", SOURCE, *SEED, *more],
                  language, **options)


def window(screen):
    """The lines within the window's borders, which is in the middle of a wide screen."""
    lines = screen.lines()
    left = lines[1].index("┌")
    return [line[left + 2:left + 98].rstrip() for line in lines[2:-2]], lines[1], lines[-1]


def fits(screen):
    """On a wide screen nothing is cut; whatever takes one line must have room in 80 columns too."""
    screen.until(lambda: [line.strip()[:1] for line in screen.lines()].count("├") == 1, "a window")
    screen.quiet(0.1)
    inside, title, keys = window(screen)
    below = next(i for i, line in enumerate(inside) if line.startswith("──"))
    assert len(re.search("┌── (.*?) ──", title)[1]) <= INSIDE - 20, title
    assert len(keys.strip()) < WHOLE, keys
    for line in inside[below + 1:below + 3]:
        assert len(line) <= INSIDE, line
    for line in inside[:below]:
        if re.match(r" (\([* ]\)|\[[x ]\]| - ) ", line):
            assert len(line) <= INSIDE, line
        # A label keeps half of a window at most.
        if "[" in line and line.endswith("]"):
            assert line.index("[") <= INSIDE // 2, line
    return inside[below + 1]


def walk_rows(screen, stops):
    """Through all rows of a screen, each with its line of help."""
    for _ in range(stops):
        seen = screen.text()
        line = fits(screen)
        on_button = re.search(r"> [^<]+ <", seen)
        assert on_button or line.strip(), seen
        screen.press("TAB")
        screen.until(lambda: screen.text() != seen or screen.view.cursor, "a move")
        screen.quiet(0.05)
    screen.press("F1")
    screen.until(lambda: "<" in screen.text(), "help")
    screen.press("^B")


WAY = [("Keyboard", 2, ()), ("Welcome", 3, ()), ("Disks", 3, THIRD),
       ("Layout and storage", 4, ()), ("Password of root", 4, ("Secret-1", "TAB", "Secret-1")),
       ("Management network", 5, ()), ("Address of the host", 8, ()),
       ("Name of the host", 4, ("node3.example.org",)), ("Keys for ssh", 3, ()),
       ("Time zone", 3, ("berlin",)), ("Time", 4, ())]


def test_the_installer_from_screen_to_screen(say):
    with installer(say.language) as screen:
        for title, stops, keys in WAY:
            screen.until(lambda t=title: f" {say(t)} " in screen.lines()[1], say(title))
            fits(screen)
            screen.press(*keys)
            screen.quiet(0.1)
            walk_rows(screen, stops)
            screen.until(lambda t=title: f" {say(t)} " in screen.lines()[1], say(title))
            screen.press("F12")
        screen.until(lambda: f" {say('Summary')} " in screen.lines()[1], "summary")
        screen.see("node3.example.org", say("Host name"), say("servers that DHCP names"))
        fits(screen)
        screen.press("F12")
        screen.see(say("What will be done"), say("THIS DISK WILL BE ERASED"),
                   say("Check that every program needed is there"))
        fits(screen)


def test_warnings_of_the_plan_and_their_hints(say, tmp_path):
    manifest = tmp_path / "manifest.json"
    with open(SOURCE, encoding="utf-8") as source:
        manifest.write_text(source.read().replace('"development": false', '"development": true'))
    with installer(say.language, "--source", str(manifest)) as screen:
        for title, _, keys in WAY:
            screen.until(lambda t=title: f" {say(t)} " in screen.lines()[1], say(title))
            screen.press(*keys, "F12")
        screen.until(lambda: f" {say('Summary')} " in screen.lines()[1], "summary")
        screen.press("F12")
        screen.see(say("the source is signed with a development key"), say("do not put this host into production"))


def test_first_boot_from_screen_to_screen(say, host):
    host.write("etc/shadow", "root:*:20000:0:99999:7:::\n")
    with spoken([FIRSTBOOT, "wizard", "--root", host.folder, "--machine", MACHINE],
                say.language) as screen:
        screen.see(say("This host"), say("root has no password and no ssh key"))
        fits(screen)
        screen.press("ENTER")
        for title, stops, keys in (
                ("Management network", 8, ()), ("Name of the host", 3, ()),
                ("Password of root", 4, ("Secret-1", "TAB", "Secret-1")), ("Time zone", 3, ()),
                ("Time", 3, ()), ("Local storage", 4, ())):
            screen.until(lambda t=title: f" {say(t)} " in screen.lines()[1], say(title))
            screen.press(*keys)
            screen.quiet(0.1)
            walk_rows(screen, stops)
            screen.until(lambda t=title: f" {say(t)} " in screen.lines()[1], say(title))
            screen.press("F12")
        screen.until(lambda: f" {say('Summary')} " in screen.lines()[1], "summary")
        fits(screen)


def test_what_is_kept_stays_english(say, tmp_path):
    """The plan of German screens, byte by byte, is that of the answer file that they leave."""
    answers = tmp_path / "answers.xml"
    with installer(say.language, "--save", str(answers), rows=200) as screen:
        for title, _, keys in WAY:
            screen.until(lambda t=title: f" {say(t)} " in screen.lines()[1], say(title))
            screen.press(*keys, "F12")
        screen.until(lambda: f" {say('Summary')} " in screen.lines()[1], "summary")
        screen.press("F12")
        screen.see(say("What will be done"))
        screen.press("F12")
        shown = screen.end()
        assert screen.status == 0
    text = answers.read_text()
    assert "Made by the screens" in text
    plan = subprocess.run([INSTALL, "plan", "--machine", machine("uefi-3disks"), "--source", SOURCE,
                           "--answers", str(answers), *SEED], check=True, capture_output=True,
                          text=True, env={**os.environ, "TEXTDOMAINDIR": LOCALES,
                                          "LANGUAGE": say.language}).stdout
    assert "THIS DISK WILL BE ERASED" in plan
    for line in plan.splitlines():
        assert line in shown, line


def test_the_language_is_chosen_on_the_second_screen():
    german, french = words("de"), words("fr")
    with installer("en", rows=24, columns=80) as screen:
        screen.see("Keyboard")
        screen.press("F12")
        screen.see("Welcome", "(*) English", "( ) Deutsch", "( ) Français", "It is fit to be a Xen host.")
        screen.press("SHIFT-TAB", "DOWN", "SPACE")
        screen.see(german["Welcome"], german["It is fit to be a Xen host."], "(*) Deutsch")
        screen.press("DOWN", "SPACE")
        screen.see(french["Welcome"], french["It is fit to be a Xen host."], "(*) Français")
        screen.press("UP", "SPACE")
        screen.see(german["Welcome"])
        screen.golden("welcome-de")
        screen.press("F12")
        screen.see(german["System: Xen and its control domain"])
        screen.press("^B", "^B")
        screen.until(lambda: german["Keyboard"] in screen.lines()[1], "the first one")


@pytest.mark.parametrize("settings, title", [
    ({"LANGUAGE": "xx:fr_CA:de"}, "Clavier"), ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "Tastatur"),
    ({"LC_MESSAGES": "fr_FR", "LC_ALL": "", "LANG": "de_DE"}, "Clavier"),
    ({"LANGUAGE": "xx"}, "Keyboard"), ({"LANGUAGE": "de", "TEXTDOMAINDIR": "/nowhere"}, "Keyboard")])
def test_whose_language_it_is(settings, title):
    with Screen([INSTALL, "--machine", machine("uefi-3disks"), "--source", SOURCE, *SEED],
                env={"TEXTDOMAINDIR": LOCALES, **settings}) as screen:
        screen.until(lambda: f" {title} " in screen.lines()[1], title)


def test_plain_terminals_have_no_umlauts_and_lose_no_column():
    with installer("de", rows=24, columns=80, term="vt220") as screen:
        screen.see("Tastatur")
        screen.press("F12")
        screen.see("< Zurueck Esc/^B >", "Arbeitsspeicher")
        screen.press("F12")
        screen.see("WIRD GELOESCHT: nichts. Bleibt, wie es ist: sda, sdb, sdc.")
        assert all(line.isascii() for line in screen.lines())
        for line in screen.lines()[2:-2]:
            assert len(line) == 80 and line[0] in "|+" and line[-1] in "|+", line


def test_an_installation_and_its_ends(say, tmp_path):
    """The program of that test has another name, and so has its catalogue."""
    for language in LANGUAGES:
        folder = tmp_path / "locale" / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        shutil.copy(os.path.join(LOCALES, language, "LC_MESSAGES", "xenhost-install.mo"),
                    folder / "tui-progress.mo")
    screen, told = start(tmp_path, rows=60, columns=132, env={
        "TEXTDOMAINDIR": str(tmp_path / "locale"), "LANGUAGE": say.language})
    with screen:
        screen.see(f" {say('Installing')} ")
        fits(screen)
        told.set(step=8, received=10**7)
        screen.see("->   Write the system")
        for time, clock in ((110, "0:10 min"), (175, "1:15 min")):
            told.set(time=time, received=10**7 + (time - 100) * 40_000)
            screen.see(clock)
        screen.see(say("Wait"), say("Retry"), say("Other source"), say("Stop"))
        fits(screen)
        told.set(received=10**9, time=300, failure="the source sent nothing for 600 seconds")
        screen.see(say("A step failed"), say("Try again"), say("Give up"))
        fits(screen)
        told.set(failure=None)
        screen.press("ENTER")
        screen.see(f" {say('Installing')} ")
        told.set(step=99, stick=str(tmp_path))
        screen.see(say("The host is installed"), say("Address   "), say("Reboot"), say("Power off"))
        fits(screen)
        screen.press("F3")
        screen.see(say("Keep the answers"), say("Where to"), say("Save"))
        fits(screen)
