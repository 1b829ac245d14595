# SPDX-License-Identifier: EUPL-1.2
"""Records the subscribers that a file declares, persons and companies: known by their document, sealed, with assurance *declared*.

One document is one person, for any number of lines and names. A file cannot show a document: a later check at the counter raises
the assurance.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.imports.registrations import DeclaredSubscriber
from rollkeeper.imports.rows import RowChunk
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import prepared_run, sql
from rollkeeper.kernel.ids import LineId, PersonId, TenureId, new_uuids
from rollkeeper.law.pack import Pack
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.writes import NewTenure, begin_tenures, mark_declared
from rollkeeper.subscribers.choices import PartyRole, pack_kind
from rollkeeper.subscribers.services import PresentedPerson, find_or_create_persons
from rollkeeper.vault.fields import Field
from rollkeeper.vault.services import PersonRecord, seal_persons

ASSURANCE: Final = "declared"
_NO_ONE: Final = (None, None)
type _People = dict[PartyRole, tuple[PersonId, str]]
"""The person in each part of a registration, and the commitment of the values sealed for this person."""


def register(chunk: RowChunk, *, authority: Authority, role: StaffRole, pack: Pack, on: dt.date) -> int:
    """Record the declared subscribers of a chunk's new lines, and of known lines without a subscriber; return how many.

    Precondition: inside an action. Ledger: line:tenure:registered a line.
    """
    declared = [
        (LineId(UUID(bytes=line)), who, given)
        for line, who, given in zip(
            chunk.columns["line_id"],
            chunk.columns.get("registration", [None] * len(chunk.rows)),
            chunk.columns.get("language", [None] * len(chunk.rows)),
            strict=True,
        )
        if isinstance(who, DeclaredSubscriber)
    ]
    completed = [
        (LineId(UUID(bytes=one.line_id)), one.subscriber, one.language)
        for one in chunk.completions
        if one.subscriber
    ]
    declared += completed
    if not declared:
        return 0
    mark_declared([line for line, _, _ in completed])
    ids = [TenureId(value) for value in new_uuids(len(declared))]
    people = _sealed([(who, given) for _, who, given in declared], ids, on=on)
    now = clock.now()
    begin_tenures(
        [
            NewTenure(
                line, tenure, who.kind.value, referred[PartyRole.SUBSCRIBER][0], ASSURANCE, referred[PartyRole.SUBSCRIBER][1],
                user_person_id=referred.get(PartyRole.USER, _NO_ONE)[0], bearer_person_id=referred.get(PartyRole.BEARER, _NO_ONE)[0],
            )
            for (line, who, _), tenure, referred in zip(declared, ids, people, strict=True)
        ],
        at=now,
    )  # fmt: skip
    prepared_run(
        sql("imports", "enter_registrations"),
        {
            "at": now, "day": on, "verb": Verb.TENURE_REGISTERED.value, "role": role.value,
            "actor": authority.commitment, "staff_id": authority.staff_id, "pack": pack.hash,
            "article": pack.act_article("register"), "assurance": ASSURANCE,
            "lines": [line for line, _, _ in declared], "parties": [who.kind.value for _, who, _ in declared],
            "persons": [one[PartyRole.SUBSCRIBER][0] for one in people],
            "commitments": [one[PartyRole.SUBSCRIBER][1] for one in people],
            "bearers": [one.get(PartyRole.BEARER, _NO_ONE)[1] for one in people],
            "users": [one.get(PartyRole.USER, _NO_ONE)[1] for one in people],
        },
    )  # fmt: skip
    return len(declared)


def _sealed(
    declared: Sequence[tuple[DeclaredSubscriber, str | None]], ids: Sequence[TenureId], *, on: dt.date
) -> list[_People]:
    """Return for each registration the person in each part, and the commitment of the values sealed for this person.

    The user of a line and the bearer of the company may be one person, who is sealed once, with the attributes of both parts.
    """
    parts = [
        (nth, role, part, said)
        for nth, (who, said) in enumerate(declared)
        for role, part in who.parts.items()
    ]
    found = find_or_create_persons(
        [
            PresentedPerson(pack_kind(declared[nth][0].kind.value, role), said, part.document)
            for nth, role, part, said in parts
        ],
        on=on,
    )
    values: list[dict[PersonId, Mapping[Field, str]]] = [{} for _ in declared]
    for (nth, _, part, _), person in zip(parts, found, strict=True):
        mine = values[nth]
        mine[person] = {**part.values, **mine[person]} if person in mine else part.values
    sealed = iter(
        seal_persons(
            [
                PersonRecord(person, tenure, said)
                for tenure, mine in zip(ids, values, strict=True)
                for person, said in mine.items()
            ]
        )
    )
    commitments = [{person: next(sealed) for person in mine} for mine in values]
    people: list[_People] = [{} for _ in declared]
    for (nth, role, _, _), person in zip(parts, found, strict=True):
        people[nth][role] = person, commitments[nth][person]
    return people
