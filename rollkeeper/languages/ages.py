# SPDX-License-Identifier: EUPL-1.2
"""How old each translation is against its English: `site/locale/ages.json`, written for developers by one command.

    python -m rollkeeper.languages.ages             after texts were written (`make docs` does it too)
    python -m rollkeeper.languages.ages --reread bo the stale texts of a language were read again and hold

For each text the file has three things: a digest of the English that it was translated from, a digest of the text, and the day on which it
was written. A text whose English has changed since then is *stale* until it is written again. In the catalogue the English is the key
itself: if a new key has the same text as a key that is gone, it is the same translation, and stale.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from rollkeeper.kernel import clock
from rollkeeper.languages.texts import Said, digest, is_of_pack, shipped_texts, texts_of, translated_languages

FILE: Final = Path(__file__).parents[1] / "site" / "locale" / "ages.json"

type Recorded = tuple[str, str, str]
"""Digest of the English, digest of the text, day."""


class Age(StrEnum):
    """The state of a translation, compared with its English."""

    FRESH = "fresh"
    STALE = "stale"
    """The English changed after it was written."""
    UNRECORDED = "unrecorded"
    """Written after the file of ages was; a test refuses such a text."""
    OF_PACK = "of the pack"
    """A text of the rule pack, which is the law's own words or written with them."""


@dataclass(frozen=True, slots=True)
class TextAge:
    """One text, and when it was written against which English."""

    key: str
    text: str
    english: str
    written_on: dt.date | None
    state: Age


def ages_of(language: str) -> list[TextAge]:
    """Return every text of a language with its age."""
    recorded = recorded_ages().get(language, {})
    return [
        TextAge(key, said.text, said.english, None, Age.OF_PACK)
        if is_of_pack(key)
        else _age(key, said, recorded.get(key))
        for key, said in sorted(texts_of(language).items())
    ]


@cache
def recorded_ages() -> Mapping[str, Mapping[str, Recorded]]:
    """Return what the file says, by language and key."""
    raw = json.loads((files("rollkeeper") / "site" / "locale" / "ages.json").read_text("utf-8"))
    return {
        language: {key: tuple(line.split()) for key, line in texts.items()} for language, texts in raw.items()
    }


def brought_up_to_date(
    recorded: Mapping[str, Recorded], texts: Mapping[str, Said], *, today: str, reread: bool = False
) -> dict[str, Recorded]:
    """Return the file's entries for one language with these texts; `reread`: the stale texts were read again and still hold."""
    moved = {text: (english, text, day) for key, (english, text, day) in recorded.items() if key not in texts}
    fresh = {}
    for key, said in sorted(texts.items()):
        english, text = digest(said.english), digest(said.text)
        before = recorded.get(key) or moved.get(text)
        is_as_before = before is not None and before[1] == text
        holds = not is_as_before or (reread and before is not None and before[0] != english)
        fresh[key] = (english, text, today) if before is None or holds else before
    return fresh


def write_ages(*, reread: str | None = None) -> None:
    """Compile the catalogues, which are what pages show, and bring the file up to date with all texts."""
    _compile()
    before = recorded_ages() if FILE.exists() else {}
    today = dt.datetime.fromtimestamp(clock.true_seconds(), dt.UTC).date().isoformat()
    after = {
        language: brought_up_to_date(
            before.get(language, {}), shipped_texts(language), today=today, reread=language == reread
        )
        for language in translated_languages()
    }
    FILE.write_text("".join(_lines(after)), "utf-8")
    recorded_ages.cache_clear()


def _age(key: str, said: Said, recorded: Recorded | None) -> TextAge:
    if recorded is None or recorded[1] != digest(said.text):
        return TextAge(key, said.text, said.english, None, Age.UNRECORDED)
    state = Age.FRESH if recorded[0] == digest(said.english) else Age.STALE
    return TextAge(key, said.text, said.english, dt.date.fromisoformat(recorded[2]), state)


def _lines(ages: Mapping[str, Mapping[str, Recorded]]) -> Iterator[str]:
    whole = {language: {key: " ".join(one) for key, one in texts.items()} for language, texts in ages.items()}
    yield json.dumps(whole, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def _compile() -> None:
    # Only developers run this: an installed version has compiled catalogues.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for catalogue in FILE.parent.glob("*/LC_MESSAGES/django.po"):
        with catalogue.open("rb") as written:
            read = read_po(written)
        with catalogue.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read)


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            write_ages()
        case ["--reread", language]:
            write_ages(reread=language)
        case _:
            sys.exit(__doc__)
