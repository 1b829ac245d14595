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

FORMS = {
    "home": "homes?", "house": "houses?", "face": "faces?", "lane": "lanes?",
    "porter": "porters?", "carrier": "carriers?", "sweep": "sweeps?|swept|sweeping", "door": "doors?", "knock": "knocks?|knocked",
    "deed": "deeds?", "holder": "holders?", "holding": "holdings?", "excuse": "excuses?|excused", "capture": "captures?|captured|capturing",
    "beat": "beats?", "enrol": "enrols?|enrolled|enrolling",
}  # fmt: skip

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
LEFT_OUT = ("rollkeeper/law/packs/", "rollkeeper/site/static/built/", "LICENSE", "tests/data/")

ALLOWED: dict[str, tuple[str, ...]] = {
    # The variable keeps its name, as others keep JENKINS_HOME; a user's home directory is one; FreeRADIUS and systemd have their own words.
    "home": (
        r"ROLLKEEPER_HOME",
        r"\bHOME\b",
        r"home_page|home page",
        r"home_server(_pool)?",
        r"ProtectHome",
        r"--no-create-home",
        r"[Aa][Tt]_[Hh][Oo][Mm][Ee]",
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


def without_translations(text: str) -> str:
    return re.sub(r'^msgstr.*(?:\n".*)*', "", text, flags=re.MULTILINE)


TEXT_OF = {path: without_translations(path.read_text("utf-8")) for path in files()}


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_stands_nowhere(word: str):
    retired, allowed = pattern_of(word), re.compile("|".join(ALLOWED.get(word, ())) or r"(?!)")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path, text in TEXT_OF.items()
        if retired.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if retired.search(allowed.sub("", line))
    ]

    assert found == [], f"write '{RETIRED[word]}'"


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
        for name in re.findall(r"^\s*(?:async )?def (test_\w+)", text, re.MULTILINE)
    ]

    assert [name for name in names if len(name) > MOST_LETTERS] == []


DIFFICULT = re.compile(r"\b(whoever|nobody|somebody|anew|beside|stands)\b", re.IGNORECASE)


def test_documents_name_who_acts_and_use_no_word_that_is_hard_to_translate():
    pages = {path: re.sub(r"`[^`]*`", "", text) for path, text in TEXT_OF.items() if path.suffix == ".md"}

    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path, text in pages.items()
        for word in DIFFICULT.findall(text)
    ]
    assert len(pages) > 60
    assert found == []
