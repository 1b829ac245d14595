# SPDX-License-Identifier: EUPL-1.2
"""The subscribers that a file declares: referred to by their document, sealed one by one, recorded as *declared*.

One document is one person, for any number of lines and names. A file cannot show a document: a later check at the counter raises
the assurance.
"""

import datetime as dt
from typing import Final
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.imports.registrations import PARTY, DeclaredSubscriber
from rollkeeper.imports.rows import RowChunk
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import run, sql
from rollkeeper.kernel.ids import LineId, TenureId, new_uuids
from rollkeeper.law.pack import Pack
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.writes import NewTenure, begin_tenures, mark_declared
from rollkeeper.subscribers.services import PresentedPerson, find_or_create_persons
from rollkeeper.vault.services import PersonRecord, seal_persons

ASSURANCE: Final = "declared"


def register(chunk: RowChunk, *, authority: Authority, role: StaffRole, pack: Pack, on: dt.date) -> int:
    """Record the declared subscribers of a chunk's lines, new ones and known ones without one; return how many there are.

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
    persons = find_or_create_persons(
        [PresentedPerson(PARTY.value, given, who.document) for _, who, given in declared], on=on
    )
    ids = [TenureId(value) for value in new_uuids(len(declared))]
    commitments = seal_persons(
        [PersonRecord(p, h, who.values) for p, h, (_, who, _) in zip(persons, ids, declared, strict=True)]
    )
    now = clock.now()
    begin_tenures(
        [
            NewTenure(line, tenure, PARTY.value, person, ASSURANCE, commitment)
            for (line, _, _), tenure, person, commitment in zip(
                declared, ids, persons, commitments, strict=True
            )
        ],
        at=now,
    )
    run(
        sql("imports", "enter_registrations"),
        {
            "at": now, "day": on, "verb": Verb.TENURE_REGISTERED.value, "role": role.value,
            "actor": authority.commitment, "staff_id": authority.staff_id, "pack": pack.hash,
            "article": pack.act_article("register"), "assurance": ASSURANCE, "party": PARTY.value,
            "lines": [line for line, _, _ in declared], "persons": persons, "commitments": commitments,
        },
    )  # fmt: skip
    return len(declared)
