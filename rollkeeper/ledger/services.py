# SPDX-License-Identifier: EUPL-1.2
"""Append an entry in the transaction of the act, integrate later. No entry, no act."""

import datetime as dt
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from django.db import connections

from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.database import prepared_rows
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, StaffId
from rollkeeper.ledger.entry_schema import validate_entry
from rollkeeper.ledger.sequencer import IntegrationResult, integrate
from rollkeeper.ledger.verbs import Verb

__all__ = ["Actor", "IntegrationResult", "append_entry", "entry_body", "integrate", "withhold_accesses"]


class Actor(Protocol):
    """What the ledger needs to know about an Authority."""

    @property
    def staff_id(self) -> StaffId | None: ...  # noqa: D102
    @property
    def commitment(self) -> str: ...  # noqa: D102


def append_entry(
    actor: Actor,
    *,
    verb: Verb,
    role: str,
    on: dt.date,
    line_id: LineId | None = None,
    person_id: PersonId | None = None,
    commitment: str | None = None,
    pack: str | None = None,
    article: str | None = None,
    facts: Mapping[str, str | int | bool] | None = None,
    using: str = "default",
) -> EntryId:
    """Append one entry inside the act's transaction and return its number.

    `person_id` is for the operator's own queries and is not published; `commitment` represents the person in the published body.
    `facts` are counts, dates, codes and references according to the verb's schema: never personal data.
    """
    at = clock.now()
    body = entry_body(
        verb=verb, at=at, on=on, role=role, actor=actor.commitment, line_id=line_id, commitment=commitment,
        pack=pack, article=article, facts=facts or {},
    )  # fmt: skip
    (found,) = prepared_rows(
        "INSERT INTO ledger_entry (at, day, verb, line_id, person_id, staff_id, body)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING entry_id",
        [at, on, verb.value, line_id, person_id, actor.staff_id, body.decode()],
        using=using,
    )
    return EntryId(found.entry_id)


def withhold_accesses(disclosure_id: UUID, *, until: dt.date, on: dt.date) -> None:
    """Show the person what is opened for a disclosure request only after `until`; a later day replaces an earlier one, never the reverse.

    Precondition: the caller's action leaves a ledger entry that names disclosure request and day, and keeps to what the pack allows.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_deferreddisclosuremark (disclosure_id, until, begun_on) VALUES (%s, %s, %s)"
            " ON CONFLICT (disclosure_id) DO UPDATE SET until = greatest(ledger_deferreddisclosuremark.until, excluded.until)",
            [disclosure_id, until, on],
        )


def entry_body(
    *,
    verb: Verb,
    at: dt.datetime,
    on: dt.date,
    role: str,
    actor: str,
    line_id: LineId | None,
    commitment: str | None,
    pack: str | None,
    article: str | None,
    facts: Mapping[str, str | int | bool],
) -> bytes:
    """Return the canonical bytes of an entry; values that are None or empty are left out. Raises InvalidEntry.

    ::

        {
            "actor": "<64 hex>|console|worker",
            "article": "...",
            "at": "2012-03-02T01:00:00.123Z",
            "day": "2012-03-02",
            "facts": {...},
            "line": "<UUID>",
            "pack": "<64 hex>",
            "person": "<64 hex>",
            "role": "...",
            "v": 1,
            "verb": "package:thing:done",
        }

    on one line, without spaces, keys in this order at every depth (RFC 8785), UTF-8.
    """
    validate_entry(
        verb, verb.schema, role=role, actor=actor, line=line_id, person=commitment, pack=pack, article=article, facts=facts
    )  # fmt: skip
    whole: dict[str, object] = {
        "actor": actor, "article": article, "at": at, "day": on, "facts": dict(facts) or None, "line": line_id,
        "pack": pack, "person": commitment, "role": role, "v": 1, "verb": verb.value,
    }  # fmt: skip
    return canonical_bytes({key: value for key, value in whole.items() if value is not None})
