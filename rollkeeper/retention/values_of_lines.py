# SPDX-License-Identifier: EUPL-1.2
"""Seals values about a line that a correction left out with the present record, before the former record is erased.

A counter opens nothing, so a correction cannot carry these values over. If the former record were kept for them, its wrong name would be
kept too. The process that erases opens each value once, in memory; the person's access history has the entry of it.
"""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.database import action, rows, sql
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import LineId, PersonId, TenureId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.attributes import LINE_ATTRIBUTES, OF_THE_SIM
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault.errors import TOO_MANY_OPENINGS, CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.services import add_values, open_sealed


def carry_values(pending: Sequence[Any], *, on: dt.date) -> None:
    """Seal values about lines from the records to be erased with the records that stay, where the law still asks for them. Again: nothing.

    Beyond the limit of openings a day nothing is carried: no record stays longer for it. Ledger: vault:sealed:opened for each.
    Refuses: SEAL_ONLY_PROCESS, NO_EPOCH.
    """
    try:
        _carry(pending, on=on)
    except RollkeeperError as fault:
        if fault.code != TOO_MANY_OPENINGS.code:
            raise


def _carry(pending: Sequence[Any], *, on: dt.date) -> None:
    pack = load_pack(instance().pack)
    if not pack.file.line_attributes:
        return
    for one in _found(pending):
        asked = {a.name for a in pack.line_attributes(one.service, party_kind=one.party_kind)}
        values = {}
        for field in sorted(asked & {*one.fields}):
            with suppress(CannotOpen):
                values[Field(field)] = open_sealed(
                    worker_authority(), person_id=PersonId(one.of_person), tenure_id=TenureId(one.gone), field=Field(field),
                    purpose=Purpose.CORRECTION, on=on, line_id=LineId(one.line_id),
                ).reveal()  # fmt: skip
        add_values(PersonId(one.person_id), TenureId(one.tenure_id), values)


def _found(pending: Sequence[Any]) -> list[Any]:
    with action():
        return rows(sql("retention", "values_of_lines"), {
            "line_ids": [one.line_id for one in pending], "erasure_ids": [one.erasure_id for one in pending],
            "of_line": list(LINE_ATTRIBUTES), "of_sim": list(OF_THE_SIM),
            "corrected": Verb.TENURE_CORRECTED.value, "replaced": Verb.SIM_REPLACED.value,
        })  # fmt: skip
