# SPDX-License-Identifier: EUPL-1.2
"""A native reader's acceptance of a language: record it, withdraw it."""

import datetime as dt
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import action
from rollkeeper.languages.errors import (
    LANGUAGE_NOT_ACCEPTED,
    NO_SUCH_LANGUAGE,
    READ_IN_FUTURE,
    READER_NOT_NAMED,
)
from rollkeeper.languages.models import Acceptance
from rollkeeper.languages.queries import forget_accepted_languages, newest_acceptance
from rollkeeper.languages.texts import digests_of, texts_hash, texts_of, translated_languages
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb


def accept_language(
    authority: Authority, language: str, *, reader: str, read_on: dt.date, on: dt.date
) -> UUID:
    """Record that a named native reader accepted every text of a language as it is now.

    Ledger: languages:texts:accepted, which names no reader. Refuses: NOT_ALLOWED, NO_SUCH_LANGUAGE, READER_NOT_NAMED, READ_IN_FUTURE.
    """
    role = require(authority, Permission.ACCEPT_LANGUAGE)
    require_translated(language)
    if not reader.strip():
        raise READER_NOT_NAMED()
    if read_on > on:
        raise READ_IN_FUTURE(day=read_on)
    read = texts_hash(language)
    with action():
        accepted = Acceptance.objects.create(
            language=language, texts_hash=read, texts=digests_of(texts_of(language)), reader=reader.strip(), read_on=read_on
        )  # fmt: skip
        append_entry(
            authority, verb=Verb.TEXTS_ACCEPTED, role=role, on=on,
            facts={"acceptance": str(accepted.acceptance_id), "language": _code(language), "read_on": read_on.isoformat(), "texts": read},
        )  # fmt: skip
    forget_accepted_languages()
    return UUID(str(accepted.acceptance_id))


def withdraw_language(authority: Authority, language: str, *, on: dt.date) -> None:
    """Withdraw the acceptance of a language: nothing more is sent in it. Ledger: languages:texts:withdrawn. Refuses: NOT_ALLOWED, NO_SUCH_LANGUAGE, LANGUAGE_NOT_ACCEPTED."""
    role = require(authority, Permission.ACCEPT_LANGUAGE)
    require_translated(language)
    with action():
        newest = newest_acceptance(language)
        if newest is None:
            raise LANGUAGE_NOT_ACCEPTED(language=language)
        Acceptance.objects.filter(acceptance_id=newest.acceptance_id).update(withdrawn_on=on)
        facts = {"acceptance": str(newest.acceptance_id), "language": _code(language)}
        append_entry(authority, verb=Verb.TEXTS_WITHDRAWN, role=role, on=on, facts=facts)
    forget_accepted_languages()


def require_translated(language: str) -> None:
    """Refuse a language without texts. Refuses: NO_SUCH_LANGUAGE."""
    known = translated_languages()
    if language not in known:
        raise NO_SUCH_LANGUAGE(language=language, known=", ".join(known))


def _code(language: str) -> str:
    return language.replace("-", "_")
