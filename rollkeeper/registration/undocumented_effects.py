# SPDX-License-Identifier: EUPL-1.2
"""What follows a registration without a document: a ledger entry and, if accepted for a time, a paused clock and a notice.

Separate from `persistence`, which writes what all registrations need.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rollkeeper.access.authority import Authority
from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.law.kinds import RouteRule
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.services import pause_clock
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.services import enqueue_notice


@dataclass(frozen=True, slots=True)
class UndocumentedRegistration:
    """One line recorded for a subscriber without a document."""

    line_id: LineId
    person_id: PersonId
    commitment: str
    rule: RouteRule
    until: dt.date | None
    language: str | None
    role: str
    pack_hash: str
    on: dt.date


def apply_undocumented_effects(authority: Authority, taken: Sequence[UndocumentedRegistration]) -> None:
    """Record each way in the ledger with its article. If a way is accepted for a time, the clock is paused and the subscriber is
    notified of the last day.

    Ledger: line:route:used, line:clock:paused.
    """
    for one in taken:
        append_entry(
            authority, verb=Verb.ROUTE_USED, role=one.role, on=one.on, line_id=one.line_id, person_id=one.person_id,
            commitment=one.commitment, pack=one.pack_hash, article=one.rule.article,
            facts={"route": one.rule.way} | ({"through": one.until.isoformat()} if one.until else {}),
        )  # fmt: skip
        if one.until:
            pause_clock(
                authority, one.line_id, one.on, one.until, PauseReason.NO_DOCUMENT, one.on, article=one.rule.article
            )  # fmt: skip
            enqueue_notice(
                one.line_id, kind=NoticeKind.DOCUMENT_BY, language=one.language, promised_on=one.until,
                pack_hash=one.pack_hash, on=one.on,
            )  # fmt: skip
