# SPDX-License-Identifier: EUPL-1.2
"""The open cases, for the people who decide them: references and days, no names."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.selfcare.choices import CaseKind


@dataclass(frozen=True, slots=True)
class CaseView:
    """One open case."""

    case_id: UUID
    line_id: LineId
    kind: CaseKind
    about: str | None
    opened_on: dt.date
    due_on: dt.date
    claimant_is_named: bool | None
    """Whether the subscriber named the claimant; None: there is no claimant, or none with a document."""


def open_cases() -> list[CaseView]:
    """Return the open cases, the most urgent first."""
    found = rows(sql("selfcare", "open_cases"))
    return [
        CaseView(
            row.case_id,
            LineId(row.line_id),
            CaseKind(row.kind),
            row.about,
            row.opened_on,
            row.due_on,
            row.claimant_is_named,
        )
        for row in found
    ]
