# SPDX-License-Identifier: EUPL-1.2
"""Words that were retired stay out of names and out of prose. `docs/glossary.md` says what is written instead.

Words are looked for in identifiers (components of snake_case, CamelCase and kebab-case) and in prose alike. Quotations of a law and
other people's names are allowed, each with its reason.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).relative_to(ROOT).as_posix()

RETIRED = {
    "home": "instance, data directory",
    "house": "Rollkeeper, this instance, the operator",
    "rooms": "packages",
    "floors": "layers",
    "face": "app",
    "lane": "job",
    "porter": "portal worker",
    "carrier": "offline worker",
    "sweep": "nightly run",
    "door": "portal sign-in",
    "knock": "code request",
    "deed": "action",
    "seconding": "dual control",
    "seconded": "approved by a second person",
    "untold": "not notified",
    "unreached": "unreachable",
    "holder": "subscriber",
    "holding": "tenure",
    "excuse": "waive",
    "capture": "offline registration",
    "keep_door": "run_portal_worker",
    "kept_code": "reserved code",
    "enrolment": "registration",
    "enrol": "register",
    "beat": "step",
    "own_up": "mark_suspension_wrongful",
    "let_go": "release",
    "put_right": "corrected",
    "take_back": "re-enter",
    "sayings": "error messages",
    "wanting": "missing",
}
"""What is retired, and what is written instead."""

PROSE = {
    "whoever": "the subscriber, the clerk, staff, an attacker",
    "nobody": "no one, no subscriber, no staff",
    "somebody": "a person, another process",
    "anew": "again",
    "beside": "next to, in addition to",
    "of its own": "its own, separate",
    "of their own": "their own, separate",
    "from afar": "remotely",
    "stands": "is",
}
"""Words that are hard to translate or do not name who acts, and what is written instead. Not in the program nor in documents."""

FORMS = {
    "home": "homes?", "house": "houses?", "face": "faces?", "lane": "lanes?",
    "porter": "porters?", "carrier": "carriers?", "sweep": "sweeps?|swept|sweeping", "door": "doors?", "knock": "knocks?|knocked",
    "deed": "deeds?", "holder": "holders?", "holding": "holdings?", "excuse": "excuses?|excused", "capture": "captures?|captured|capturing",
    "beat": "beats?", "enrol": "enrols?|enrolled|enrolling",
}  # fmt: skip

PROSE_FORMS = {"nobody": "nobody(?:['’]?s)?", "somebody": "somebody(?:['’]?s)?"}

PROSE_ALLOWED: dict[str, tuple[str, ...]] = {
    # The user of that name; a portrait of no person, as it is printed on specimens.
    "nobody": (r"`nobody`", r"\buser nobody\b", r"\"NOBODY\""),
    # Possessives before a noun: a pack's own tests, an app's own actions.
    "of its own": (r"of its own `?\w+",),
}
"""By word: patterns of what may stay, each with its reason next to it."""

MOST_LETTERS = 80

TEXTS = {
    ".py",
    ".sql",
    ".html",
    ".toml",
    ".yaml",
    ".js",
    ".scss",
    ".typ",
    ".md",
    ".sh",
    ".cfg",
    ".conf",
    ".service",
    ".timer",
    ".po",
    ".hcl",
}
PLAIN = {"rollkeeper", "ops", "bin"}
# Operators' exports have their own words.
LEFT_OUT = (
    "rollkeeper/site/static/built/", "LICENSE", "tests/data/",
    "rollkeeper/imports/column_dictionary.toml", "tests/imports/corpus.py",
)  # fmt: skip

ALLOWED: dict[str, tuple[str, ...]] = {
    # The variable keeps its name, as others keep JENKINS_HOME; a user's home directory is one; FreeRADIUS, systemd and venv have their own words.
    "home": (
        r"ROLLKEEPER_HOME",
        r"\bHOME\b",
        r"home_page|home page",
        r"home_server(_pool)?",
        r"ProtectHome",
        r"--no-create-home",
        r"[Aa][Tt]_[Hh][Oo][Mm][Ee]",
        r"\^home = |home = /usr/bin|--home-dir",
    ),
    "house": (
        r"Think of a house",
        r"printing[ _]house",
        r"Tea House",
        r"house[78]?['\"]",
    ),  # a printer; an invented company; text with odd signs
    "face": (
        r"@font-face",
        r"by name or face",
        r"finger\|face\|iris",
    ),  # CSS; what is never searched; what no column keeps
    # Subprocess and Django's tests; bytes of a format that browsers and the vault share.
    "capture": (
        r"capture_output",
        r"CaptureQueriesContext",
        r"captured_queries",
        r"rollkeeper/capture",
        r"symmetric=\"captures\"",
        r"\"captures?\"",
        r"captureBeyondViewport|Page\.captureScreenshot",
    ),
    "holding": (r"PaintHolding",),  # a feature of Chromium
}
"""By retired word: allowed patterns, each with its reason next to it."""


def files() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    for name in listed:
        path = ROOT / name
        if path.suffix in TEXTS and name != HERE and not name.startswith(LEFT_OUT) and path.is_file():
            yield path


def pattern_of(word: str) -> re.Pattern[str]:
    """Match a word as a component of an identifier or as a word of prose, in any spelling."""
    forms = FORMS.get(word, word)
    return re.compile(
        rf"(?<![A-Za-z])(?:{forms})(?![a-z])|(?<![A-Z])(?:{forms.title()})(?![a-z])|(?<![A-Za-z])(?:{forms.upper()})(?![A-Za-z])"
    )


def may_hold(path: Path, word: str) -> bool:
    """Look for the letters alone, which is a hundred times as fast as the pattern."""
    return any(form.removesuffix("s?") in SMALL_LETTERS_OF[path] for form in FORMS.get(word, word).split("|"))


QUOTED = re.compile(r"\bsource: (?!operator\b)\w+, text: \{.*?\}(?=[,}])")
"""An article's own wording in a pack. The operator's rules and every summary of the project are no quotations."""


def without_translations(path: Path) -> str:
    text = path.read_text("utf-8")
    if path.suffix == ".po":
        return re.sub(r'^msgstr.*(?:\n".*)*', "", text, flags=re.MULTILINE)
    return QUOTED.sub("", text) if path.parent.name == "packs" else text


TEXT_OF = {path: without_translations(path) for path in files()}
SMALL_LETTERS_OF = {path: text.lower() for path, text in TEXT_OF.items()}
PLAIN_TEXT_OF = {
    path: re.sub(r"`[^`\n]*`", "", text) if path.suffix == ".md" else text
    for path, text in TEXT_OF.items()
    if path.suffix == ".md" or path.relative_to(ROOT).parts[0] in PLAIN
}


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_stands_nowhere(word: str):
    retired, allowed = pattern_of(word), re.compile("|".join(ALLOWED.get(word, ())) or r"(?!)")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path, text in TEXT_OF.items()
        if may_hold(path, word) and retired.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if retired.search(allowed.sub("", line))
    ]

    assert found == [], f"write '{RETIRED[word]}'"


@pytest.mark.parametrize("word", PROSE)
def test_the_program_and_the_documents_use_no_word_that_is_hard_to_translate(word: str):
    found_word = re.compile(rf"\b(?:{PROSE_FORMS.get(word, word)})\b", re.IGNORECASE)
    allowed = re.compile("|".join(PROSE_ALLOWED.get(word, ())) or r"(?!)")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path, text in PLAIN_TEXT_OF.items()
        if found_word.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if found_word.search(allowed.sub("", line))
    ]

    assert found == [], f"write '{PROSE[word]}'"


def test_the_texts_of_packs_are_read_and_a_laws_own_wording_is_left_out():
    packs = {
        path.stem: text
        for path, text in TEXT_OF.items()
        if path.parent.name == "packs" and path.suffix == ".yaml"
    }

    assert len(packs) > 10
    assert "a number is not given to anyone else" in packs["eu-nis2-28"] + packs["none"]
    assert "legitimate access seekers" not in packs["eu-nis2-28"]


@pytest.mark.parametrize("word", RETIRED)
def test_no_file_is_named_by_a_retired_word(word: str):
    retired, allowed = pattern_of(word), re.compile("|".join(ALLOWED.get(word, ())) or r"(?!)")
    named = [path.relative_to(ROOT).as_posix() for path in TEXT_OF]

    assert [name for name in named if retired.search(allowed.sub("", name))] == []


def test_a_tests_name_is_a_claim_of_at_most_80_characters():
    names = [
        name
        for path, text in TEXT_OF.items()
        if path.name.startswith("test_")
        for name in re.findall(r"^[ \t]*(?:async )?def (test_\w+)", text, re.MULTILINE)
    ]

    assert [name for name in names if len(name) > MOST_LETTERS] == []
