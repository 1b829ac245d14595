# SPDX-License-Identifier: EUPL-1.2
"""The menu of the counter: where a clerk begins, and what waits. The page of a line offers the actions for it."""

from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rollkeeper.access.navigation import Entry, Group
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.counter.approvals import count_pending


def _alone(entry: Entry) -> Group:
    return Group(entry.label, (entry,))


def _count_pending(request: HttpRequest) -> int:
    """Return how many actions wait for this user's confirmation."""
    return count_pending(authority_in(request))


GROUPS: Final = (
    _alone(Entry("counter:find", _("Find a line"), below=("counter:by_code", "counter:find_again"))),
    _alone(Entry("counter:record", _("Register"), arguments={"action_kind": "register"})),
    _alone(Entry("counter:record", _("Transfer"), arguments={"action_kind": "transfer"})),
    _alone(
        Entry(
            "counter:pending_approvals", _("To be confirmed"), frozenset({Permission.APPROVE_ACTION}),
            count=_count_pending,
        )
    ),
    _alone(Entry("counter:receipts", _("Receipts"), below=("counter:receipt_by_code",))),
    _alone(Entry("counter:figures", _("My figures"))),
)  # fmt: skip
