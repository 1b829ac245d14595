# SPDX-License-Identifier: EUPL-1.2
"""Dual control: some actions need several people. Each person approves, and the action is done once there are enough.

All kinds of approvals are rows of one table. An approval names its subject by a reference, and by its content if that can change;
`permissions.toml` says how many people must approve. No one counts twice, no one approves their own submission, and a role counts
only after some hours. The service that carries out the action may check again with `has_enough_decisions`.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.utils.functional import Promise

from rollkeeper.access.authority import Authority, require, require_recent, rule_for
from rollkeeper.access.errors import (
    ALREADY_APPROVED,
    APPROVER_IS_SUBMITTER,
    APPROVER_UNKNOWN,
    NO_PENDING_APPROVAL,
    ROLE_TOO_RECENT,
)
from rollkeeper.access.hooks import PENDING_SUBJECTS
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import ROLE_TITLES, Permission, StaffRole
from rollkeeper.access.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.database import action, prepared_rows, prepared_run, sql
from rollkeeper.kernel.ids import EntryId, StaffId
from rollkeeper.kernel.instance import InstanceKind, instance

_REFERENCE_LETTERS: Final = 6


@dataclass(frozen=True, slots=True)
class Approvals:
    """Who has approved something so far, including the present person, and whether that is enough."""

    people: frozenset[StaffId]
    enough: bool


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """One person's approval of something."""

    subject: UUID
    staff_id: StaffId
    username: str
    content: str | None
    approved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PendingSubject:
    """Something that waits for approvers, as the package that owns it describes it."""

    subject: UUID
    action_kind: str
    requested_at: dt.datetime
    about: str
    """The key that leads to its page: the reference of a batch, a disclosure request or an incident, or a submission key."""
    content: str | None = None
    is_judged: bool = False
    """Whether each approval says what that person found: then the number of people with the same newest finding counts."""
    requested_by: StaffId | None = None
    submitted_by: tuple[StaffId, ...] = ()
    """Who entered or submitted it and cannot approve it."""
    level: str = ""
    """What it would bar, if it would not bar everything (kernel.choices.BarLevel)."""
    lines: int | None = None
    title: Mapping[str, str] = field(default_factory=dict)
    """What the law calls it, by language."""
    needs: Permission | None = None
    """Another permission that a person needs to see that it waits."""


@dataclass(frozen=True, slots=True)
class PendingApproval:
    """Something that waits for approvers: which, since when, how many have approved it, and nothing of its content."""

    permission: Permission
    action_kind: str
    about: str
    requested_at: dt.datetime
    requested_by: str
    given: int
    needed: int
    is_own: bool
    """Whether the reader submitted or approved it, and so cannot approve it."""
    level: str = ""
    lines: int | None = None
    title: Mapping[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """Return the short reference by which two people know that they mean the same thing."""
        return reference_of(self.about)

    @property
    def may_decide(self) -> tuple[str | Promise, ...]:
        """Return the titles of the roles that approve it."""
        return tuple(ROLE_TITLES[role] for role in rule_for(self.permission).roles if role in ROLE_TITLES)


def reference_of(about: str) -> str:
    """Return the short reference of what waits."""
    return about[-_REFERENCE_LETTERS:].upper()


def require_approver(
    authority: Authority, permission: Permission, *, submitted_by: Collection[StaffId] = ()
) -> StaffRole:
    """Return the role under which a named person may approve something that `submitted_by` submitted.

    Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, APPROVER_IS_SUBMITTER, ROLE_TOO_RECENT, ReauthenticationNeeded.
    """
    role = require(authority, permission)
    if authority.staff_id is None:
        raise APPROVER_UNKNOWN()
    if authority.staff_id in submitted_by:
        raise APPROVER_IS_SUBMITTER()
    if submitted_by or rule_for(permission).people > 1:
        require_cooldown_over(authority, permission)
    require_recent(authority)
    return role


def approve(
    authority: Authority, permission: Permission, subject: UUID, *, on: dt.date, content: str | None = None,
    submitted_by: Collection[StaffId] = (), enter: Callable[[Approvals], EntryId | None] | None = None,
) -> Approvals:  # fmt: skip
    """Approve something as one person; return everyone who has approved by now, and whether they are enough.

    `enter` appends the ledger entry in the same action. Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, APPROVER_IS_SUBMITTER,
    ROLE_TOO_RECENT, ReauthenticationNeeded, NO_PENDING_APPROVAL, ALREADY_APPROVED.
    """
    require_approver(authority, permission, submitted_by=submitted_by)
    with action():
        lock_subject(subject)
        if is_withdrawn(permission, subject):
            raise NO_PENDING_APPROVAL()
        people = {*require_not_approved(authority, permission, subject, content=content), *_named(authority)}
        made = Approvals(frozenset(people), have_enough_approvers(permission, people, on=on))
        entry_id = enter(made) if enter else None
        _record(authority, permission, subject, content=content, approves=True, on=on, entry_id=entry_id)
    return made


def require_not_approved(
    authority: Authority, permission: Permission, subject: UUID, *, content: str | None = None
) -> frozenset[StaffId]:
    """Return who else approved this content, and approved no other content afterwards. Refuses: ALREADY_APPROVED."""
    given = approvals_of(permission, [subject])
    if authority.staff_id in {one.staff_id for one in given if one.content == content}:
        raise ALREADY_APPROVED()
    newest = {one.staff_id: one.content for one in given}
    return frozenset(who for who, approved in newest.items() if approved == content)


def withdraw(
    authority: Authority, permission: Permission, subject: UUID, *, on: dt.date, enter: Callable[[], EntryId | None] | None = None
) -> None:  # fmt: skip
    """Withdraw something from approval: it waits no longer, and no one can approve it. Refuses: NOT_ALLOWED, NO_PENDING_APPROVAL."""
    require(authority, permission)
    with action():
        lock_subject(subject)
        if is_withdrawn(permission, subject):
            raise NO_PENDING_APPROVAL()
        entry_id = enter() if enter else None
        _record(authority, permission, subject, content=None, approves=False, on=on, entry_id=entry_id)


def approvals_of(permission: Permission, subjects: Collection[UUID]) -> list[ApprovalView]:
    """Return who approved these, the earliest first."""
    found = prepared_rows(
        sql("access", "approvals_of"), {"permission": permission.value, "subjects": list(subjects)}
    )
    return [
        ApprovalView(row.subject, StaffId(row.staff_id), row.username, row.content, row.approved_at)
        for row in found
    ]


def is_withdrawn(permission: Permission, subject: UUID) -> bool:
    """Tell whether an approval request was withdrawn."""
    return bool(
        prepared_rows(
            "SELECT FROM access_approval WHERE subject = %s AND permission = %s AND NOT approves LIMIT 1",
            [subject, permission.value],
        )
    )


def pending_approvals(
    authority: Authority, permissions: Iterable[Permission] | None = None
) -> list[PendingApproval]:
    """Return what waits for approvers and this authority may approve, the longest waiting first; the console sees all of it.

    An app names the permissions whose tables it may read; None means all.
    """
    chosen = None if permissions is None else frozenset(permissions)
    found = [
        one
        for key, subjects in PENDING_SUBJECTS.each_by_key()
        if chosen is None or key in chosen
        if StaffRole.CONSOLE in authority.roles or authority.role_for(Permission(key))
        for one in _pending(authority, Permission(key), subjects())
    ]
    return sorted(found, key=lambda one: (one.requested_at, one.about))


def pending_among(
    authority: Authority, permission: Permission, subjects: Collection[PendingSubject]
) -> list[PendingApproval]:
    """Return which of these wait for approvers, if this authority may approve any, in their order."""
    return list(_pending(authority, permission, subjects)) if authority.role_for(permission) else []


def lock_subject(subject: UUID) -> None:
    """Wait until no other transaction approves or withdraws this; holds until the present transaction ends."""
    lock_matter("approval", str(subject))


def require_cooldown_over(authority: Authority, permission: Permission) -> None:
    """Refuse a person if every role that gives them this permission is too recent to approve with others. Refuses: ROLE_TOO_RECENT.

    A role that ended does not count, even if it was given again: then its new beginning counts.
    """
    who = dict.fromkeys(_named(authority), clock.today())
    if not _able(permission, who, hours=cooldown_hours()):
        raise ROLE_TOO_RECENT(hours=cooldown_hours())


def has_enough_decisions(permission: Permission, decisions: Mapping[StaffId, dt.date]) -> bool:
    """Tell whether these are enough different people, each of whom had the permission on the day of their decision.

    An account that is closed by now does not count.
    """
    needed = rule_for(permission).people
    return _able(permission, decisions, hours=cooldown_hours() if needed > 1 else None) >= needed


def have_enough_approvers(
    permission: Permission, deciders: Collection[StaffId], *, on: dt.date | None = None
) -> bool:
    """Tell whether these are enough different people, each with a role that has the permission (`permissions.toml`)."""
    return has_enough_decisions(permission, dict.fromkeys(deciders, on or clock.today()))


def roles_that_count(permission: Permission, people: Collection[StaffId]) -> dict[StaffId, list[StaffRole]]:
    """Return, for an action that needs one person of each role, the roles with this permission for which each person counts today.

    A role that was granted too recently does not count, but an older role of the same person does.
    """
    today, found = dict.fromkeys(people, clock.today()), {who: list[StaffRole]() for who in people}
    for role in rule_for(permission).roles:
        for who in _able_with([role], today, hours=cooldown_hours()):
            found[who].append(role)
    return found


def _able(permission: Permission, decisions: Mapping[StaffId, dt.date], *, hours: int | None) -> int:
    """Return how many of these people count for a decision on their day."""
    return len(_able_with(rule_for(permission).roles, decisions, hours=hours))


def _able_with(
    roles: Iterable[StaffRole], decisions: Mapping[StaffId, dt.date], *, hours: int | None
) -> list[StaffId]:
    if not decisions:
        return []
    values = {
        "people": list(decisions),
        "days": list(decisions.values()),
        "roles": [role.value for role in roles],
        "hours": hours,
    }
    return [StaffId(row.staff_id) for row in prepared_rows(sql("access", "able_deciders"), values)]


def cooldown_hours() -> int:
    """Return after how many hours a new role, or a changed password or second factor, counts in this instance."""
    chosen = settings()
    if chosen.approver_cooldown_hours is not None:
        return chosen.approver_cooldown_hours
    return 24 if instance().kind is InstanceKind.PRODUCTION else 0


def _pending(
    authority: Authority, permission: Permission, subjects: Collection[PendingSubject]
) -> Iterable[PendingApproval]:
    subjects = [one for one in subjects if one.needs is None or authority.role_for(one.needs)]
    if not subjects:
        return
    given = approvals_of(permission, [one.subject for one in subjects])
    asked = {one.requested_by for one in subjects if one.requested_by}
    names: dict[UUID | None, str] = dict(
        Staff.objects.filter(staff_id__in=asked).values_list("staff_id", "username")
    )
    for one in subjects:
        people = {
            a.staff_id: a.content
            for a in given
            if a.subject == one.subject and (one.is_judged or a.content == one.content)
        }
        yield PendingApproval(
            permission=permission, action_kind=one.action_kind, about=one.about, requested_at=one.requested_at,
            requested_by=names.get(one.requested_by, ""), given=max(Counter(people.values()).values(), default=0), needed=rule_for(permission).people,
            is_own=authority.staff_id in {*one.submitted_by, *people}, level=one.level, lines=one.lines, title=one.title,
        )  # fmt: skip


def _named(authority: Authority) -> list[StaffId]:
    return [authority.staff_id] if authority.staff_id else []


def _record(
    authority: Authority, permission: Permission, subject: UUID, *, content: str | None, approves: bool, on: dt.date,
    entry_id: EntryId | None,
) -> None:  # fmt: skip
    prepared_run(
        "INSERT INTO access_approval (permission, subject, content, staff_id, approves, day, entry_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [permission.value, subject, content, authority.staff_id, approves, on, entry_id],
    )
