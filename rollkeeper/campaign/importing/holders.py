# SPDX-License-Identifier: EUPL-1.2
"""The holders that a file declares: referred to by their document, sealed one by one, recorded as *declared*.

One document is one person, however many lines stand under it and whatever name is written beside it. A file cannot show
a document: whoever checks it later at the counter raises the assurance.
"""

import datetime as dt
from typing import Final
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign.importing.registrations import PARTY, Declared
from rollkeeper.campaign.importing.rows import Taken
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import run, sql
from rollkeeper.kernel.ids import HoldingId, LineId, new_uuids
from rollkeeper.law.pack import Pack
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.changes import NewHolding, begin_holdings
from rollkeeper.subscribers.acts import Shown, refer_to
from rollkeeper.vault.acts import PersonRecord, seal_persons

ASSURANCE: Final = "declared"


def register(chunk: Taken, *, authority: Authority, role: StaffRole, pack: Pack, on: dt.date) -> int:
    """Record the declared holders of a chunk's lines, which are in already; return how many there are.

    Precondition: inside an act. Ledger: line:holding:registered a line.
    """
    declared = [
        (LineId(UUID(bytes=line)), who, told)
        for line, who, told in zip(
            chunk.columns["line_id"],
            chunk.columns.get("registration", [None] * len(chunk.rows)),
            chunk.columns.get("language", [None] * len(chunk.rows)),
            strict=True,
        )
        if isinstance(who, Declared)
    ]
    if not declared:
        return 0
    persons = refer_to([Shown(PARTY.value, told, who.document) for _, who, told in declared], on=on)
    ids = [HoldingId(value) for value in new_uuids(len(declared))]
    commitments = seal_persons(
        [PersonRecord(p, h, who.values) for p, h, (_, who, _) in zip(persons, ids, declared, strict=True)]
    )
    now = clock.now()
    begin_holdings(
        [
            NewHolding(line, holding, PARTY.value, person, ASSURANCE, commitment)
            for (line, _, _), holding, person, commitment in zip(
                declared, ids, persons, commitments, strict=True
            )
        ],
        at=now,
    )
    run(
        sql("campaign", "import_enter_registrations"),
        {
            "at": now, "day": on, "verb": Verb.HOLDING_REGISTERED.value, "role": role.value,
            "actor": authority.commitment, "staff_id": authority.staff_id, "pack": pack.hash,
            "article": pack.act_article("register"), "assurance": ASSURANCE, "party": PARTY.value,
            "lines": [line for line, _, _ in declared], "persons": persons, "commitments": commitments,
        },
    )  # fmt: skip
    return len(declared)
