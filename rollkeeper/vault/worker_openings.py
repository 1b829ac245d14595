# SPDX-License-Identifier: EUPL-1.2
"""Openings that no member of staff asks for: each has a purpose, rows of the register that justify it, and a limit a day.

A worker that an attacker controls gets only values that are due to be opened anyway, and no more of them than the settings allow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.kernel.database import rows, sql
from rollkeeper.law.rules import Decision
from rollkeeper.vault.fields import Purpose
from rollkeeper.vault.hooks import JUSTIFICATIONS, OFFLINE
from rollkeeper.vault.rules import may_workers_open_more
from rollkeeper.vault.settings import settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worker wants to open: values of lines, what was recorded of one person, or what a browser sealed."""

    authority: Authority
    lines: frozenset[UUID] = frozenset()
    person_id: UUID | None = None
    tenure_id: UUID | None = None
    field: str = ""
    submission_key: str = ""
    ticket_id: UUID | None = None
    sealed: bytes = b""

    def has_all_lines(self, found: Iterable[UUID]) -> bool:
        """Tell whether lines are wanted, and each of them was found."""
        return bool(self.lines) and self.lines <= set(found)


def is_justified(purpose: str, wanted: Wanted) -> bool:
    """Tell whether rows of the register justify all that is wanted."""
    return any(check(wanted) for key, check in JUSTIFICATIONS.each_by_key() if key == purpose)


def count_worker_openings(purpose: str, *, asked: int) -> Decision:
    """Count what is about to be opened, in the present transaction, and decide by the limit of the purpose."""
    (found,) = rows(
        sql("vault", "count_worker_openings"), {"purpose": purpose, "asked": asked}, using="vault"
    )
    limit = _limits().get(purpose, settings().portal_opens_per_day)
    return may_workers_open_more(purpose=purpose, opened=found.opened - asked, asked=asked, limit=limit)


def _limits() -> Mapping[str, int]:
    return {
        Purpose.NOTICE.value: settings().notice_opens_per_day,
        Purpose.NETWORK.value: settings().network_opens_per_day,
        OFFLINE: settings().offline_opens_per_day,
    }
