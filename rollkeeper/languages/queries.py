# SPDX-License-Identifier: EUPL-1.2
"""Which languages were accepted, by whom, and what changed since."""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError

from rollkeeper.kernel.accepted_languages import has_reader, is_spoken
from rollkeeper.kernel.database import rows
from rollkeeper.languages.ages import Age, ages_of
from rollkeeper.languages.errors import LANGUAGE_UNREAD
from rollkeeper.languages.models import Acceptance
from rollkeeper.languages.texts import Said, digests_of, texts_hash, texts_of, translated_languages

KNOWN_FOR_S: Final = 30
"""For so many seconds a process may not know yet that a language was accepted, or that its acceptance was withdrawn."""


@dataclass(frozen=True, slots=True)
class LanguageView:
    """A language, and whether its texts were accepted as they are now."""

    language: str
    texts: int
    texts_hash: str
    is_accepted: bool
    stale: int
    """Texts whose English changed after they were written."""
    changed: int
    """Texts that are new, changed or gone since the acceptance; all texts if there is none."""
    reader: str | None
    read_on: dt.date | None
    accepted_hash: str | None


@dataclass(slots=True)
class _Known:
    until: float = 0.0
    languages: frozenset[str] = frozenset()


_known = _Known()


def accepted_languages() -> frozenset[str]:
    """Return the languages whose present texts were accepted, as they were known at most half a minute ago."""
    if time.monotonic() >= _known.until:
        try:
            _known.languages = frozenset(_read())
        except DatabaseError:
            # The page that says that the database is not available needs a language, too: use what was known before, at first only English.
            return _known.languages
        _known.until = time.monotonic() + KNOWN_FOR_S
    return _known.languages


def forget_accepted_languages() -> None:
    """Make this process read the acceptances again when it is next asked."""
    _known.until = 0.0


def require_spoken(language: str) -> None:
    """Refuse a language in which this instance may not speak. Refuses: LANGUAGE_UNREAD."""
    if not is_spoken(language):
        raise LANGUAGE_UNREAD(language=language)


def list_languages() -> list[LanguageView]:
    """Return every language that has texts, except English."""
    return [_view(language) for language in translated_languages()]


def changed_since_acceptance(language: str) -> set[str]:
    """Return the keys of the texts that are new, changed or gone since the acceptance."""
    return _changed(newest_acceptance(language), texts_of(language))


def _changed(newest: Acceptance | None, texts: Mapping[str, Said]) -> set[str]:
    accepted = newest.texts if newest else {}
    return {key for key, _ in accepted.items() ^ digests_of(texts).items()}


def newest_acceptance(language: str) -> Acceptance | None:
    """Return the newest acceptance of a language; None if there is none or it was withdrawn."""
    newest = Acceptance.objects.filter(language=language).order_by("-accepted_at", "-acceptance_id").first()
    return None if newest is None or newest.withdrawn_on else newest


def _view(language: str) -> LanguageView:
    newest, texts = newest_acceptance(language), texts_of(language)
    return LanguageView(
        language,
        len(texts),
        texts_hash(language),
        has_reader(language),
        sum(age.state is Age.STALE for age in ages_of(language)),
        len(_changed(newest, texts)),
        newest.reader if newest else None,
        newest.read_on if newest else None,
        newest.texts_hash if newest else None,
    )


def _read() -> list[str]:
    newest = rows(
        "SELECT DISTINCT ON (language) language, texts_hash, withdrawn_on FROM languages_acceptance"
        " ORDER BY language, accepted_at DESC, acceptance_id DESC"
    )
    known = translated_languages()
    return [
        row.language
        for row in newest
        if row.withdrawn_on is None and row.language in known and row.texts_hash == texts_hash(row.language)
    ]
