# SPDX-License-Identifier: EUPL-1.2
"""Accounts and roles: add, grant, end; and the Authority of a signed-in person.

The ledger keeps a salted commitment for each member of staff, never the user name.
"""

import datetime as dt
import os
import re
from collections.abc import Callable, Collection
from dataclasses import replace

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from rollkeeper.access.authority import Authority, require, staff_commitment
from rollkeeper.access.choices import SignInOutcome, SignInSource
from rollkeeper.access.errors import (
    INVALID_USER_NAME,
    NOT_FOR_OWN_ACCOUNT,
    PASSWORD_TOO_WEAK,
    ROLE_ALREADY_GRANTED,
    ROLE_NOT_FOR_PEOPLE,
    ROLE_NOT_GRANTED,
    STAFF_UNKNOWN,
    USER_NAME_TAKEN,
    NotSignedIn,
)
from rollkeeper.access.hooks import ACCOUNT_FINDERS, SERVICE_SIGN_IN, SIGN_OUTS
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.passwords import canonical_username, staff_with
from rollkeeper.access.queries import grants_on, roles_on
from rollkeeper.access.reauthentication import is_recent
from rollkeeper.access.roles import STAFF_ROLES, Permission, StaffRole
from rollkeeper.access.second_factor import can_check_second_factors, require_second_factor
from rollkeeper.access.sign_ins import record_sign_in
from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.database import action, prepared_rows, rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import StaffId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def add_staff(
    authority: Authority, *, username: str, password: str, roles: Collection[StaffRole], on: dt.date
) -> StaffId:
    """Make an account with its first roles.

    Ledger: access:staff:added, access:role:granted for each role.
    Refuses: NOT_ALLOWED, INVALID_USER_NAME, USER_NAME_TAKEN, PASSWORD_TOO_WEAK, ROLE_NOT_FOR_PEOPLE.
    """
    return StaffId(make_account(authority, username=username, password=password, roles=roles, on=on).staff_id)


def make_account(
    authority: Authority, *, username: str, password: str | None, roles: Collection[StaffRole], on: dt.date
) -> Staff:
    """Make an account with its first roles; without a password no one can sign in before an invitation is used.

    Ledger and refusals: as `add_staff`.
    """
    role = require(authority, Permission.MANAGE_STAFF)
    name = canonical_username(username)
    if not _USERNAME.fullmatch(name):
        raise INVALID_USER_NAME()
    if password is not None:
        require_good_password(password, name)
    _require_roles_for_people(roles)
    with action():
        lock_matter("account", name)  # of two at once, the second finds the account
        if Staff.objects.filter(username=name).exists():
            raise USER_NAME_TAKEN(username=name)
        staff = Staff(username=name, salt=os.urandom(32))
        staff.mark = _commitment(staff)
        staff.set_password(password)
        staff.save(force_insert=True)
        append_entry(authority, verb=Verb.STAFF_ADDED, role=role, on=on, facts={"staff": _commitment(staff)})
        for given in sorted(set(roles)):
            _grant(authority, staff, given, acting_as=role, on=on)
    return staff


def grant_role(authority: Authority, *, username: str, role: StaffRole, on: dt.date) -> None:
    """Give a member of staff a role from `on`.

    Ledger: access:role:granted. Refuses: NOT_ALLOWED, STAFF_UNKNOWN, ROLE_NOT_FOR_PEOPLE, ROLE_ALREADY_GRANTED, NOT_FOR_OWN_ACCOUNT.
    """
    acting_as = require(authority, Permission.MANAGE_STAFF)
    _require_roles_for_people([role])
    with action():
        staff = locked_account(username)
        if authority.staff_id == staff.staff_id:
            raise NOT_FOR_OWN_ACCOUNT()
        if grants_on(on).filter(staff=staff, role=role.value).exists():
            raise ROLE_ALREADY_GRANTED(username=staff.username, role=role.value)
        _grant(authority, staff, role, acting_as=acting_as, on=on)


def end_role(authority: Authority, *, username: str, role: StaffRole, on: dt.date) -> None:
    """End a role; `on` is the first day without it.

    Ledger: access:role:ended. Refuses: NOT_ALLOWED, STAFF_UNKNOWN, ROLE_NOT_GRANTED.
    """
    acting_as = require(authority, Permission.MANAGE_STAFF)
    with action():
        staff = locked_account(username)
        held = grants_on(on).filter(staff=staff, role=role.value)
        if not held.update(until=on - dt.timedelta(days=1)):
            raise ROLE_NOT_GRANTED(username=staff.username, role=role.value)
        facts = {"role": role.value, "staff": _commitment(staff)}
        append_entry(authority, verb=Verb.ROLE_ENDED, role=acting_as, on=on, facts=facts)


def suspend_staff(authority: Authority, *, username: str, on: dt.date) -> StaffId:
    """Close an account at once: it cannot sign in, and its sessions and invitations end (`sql/closed_accounts.sql`). Again: nothing.

    Ledger: access:staff:suspended. Refuses: NOT_ALLOWED, STAFF_UNKNOWN.
    """
    return _set_active(authority, username, active=False, on=on)


def reinstate_staff(authority: Authority, *, username: str, on: dt.date) -> StaffId:
    """Open a closed account again; its roles count as new (`sql/closed_accounts.sql`). Again: nothing.

    Ledger: access:staff:reinstated. Refuses: NOT_ALLOWED, STAFF_UNKNOWN, NOT_FOR_OWN_ACCOUNT.
    """
    return _set_active(authority, username, active=True, on=on)


def renew_roles(authority: Authority, staff: Staff, *, on: dt.date) -> None:
    """End each role of an account and give it again, so that it counts as new and people are notified of it as of a new role.

    For the caller's action after which another person may have the account. Ledger: access:role:ended and access:role:granted for each role.
    Refuses: NOT_ALLOWED, NOT_FOR_OWN_ACCOUNT.
    """
    for one in grants_on(on).filter(staff=staff):
        end_role(authority, username=staff.username, role=StaffRole(one.role), on=on)
        grant_role(authority, username=staff.username, role=StaffRole(one.role), on=on)


def _set_active(authority: Authority, username: str, *, active: bool, on: dt.date) -> StaffId:
    role = require(authority, Permission.MANAGE_STAFF)
    with action():
        staff = locked_account(username)
        if active and authority.staff_id == staff.staff_id:
            raise NOT_FOR_OWN_ACCOUNT()
        _set(authority, staff, role=role, active=active, on=on)
    return StaffId(staff.staff_id)


def _set_all(
    authority: Authority, staff_ids: Collection[StaffId], *, role: StaffRole, active: bool, on: dt.date
) -> list[StaffId]:
    accounts = Staff.objects.select_for_update().filter(staff_id__in=staff_ids).order_by("staff_id")
    return [
        StaffId(staff.staff_id)
        for staff in accounts
        if _set(authority, staff, role=role, active=active, on=on)
    ]


def _set(authority: Authority, staff: Staff, *, role: StaffRole, active: bool, on: dt.date) -> bool:
    if staff.is_active is active:
        return False
    staff.is_active = active
    staff.save(update_fields=["is_active"])
    verb = Verb.STAFF_REINSTATED if active else Verb.STAFF_SUSPENDED
    append_entry(authority, verb=verb, role=role, on=on, facts={"staff": _commitment(staff)})
    return True


def close_accounts(
    authority: Authority, staff_ids: Collection[StaffId], *, permission: Permission, on: dt.date
) -> list[StaffId]:
    """Close these accounts at once, in the caller's action and by the caller's permission; return those that were open.

    Ledger: access:staff:suspended for each. Refuses: NOT_ALLOWED.
    """
    return _set_all(authority, staff_ids, role=require(authority, permission), active=False, on=on)


def open_accounts(
    authority: Authority, staff_ids: Collection[StaffId], *, permission: Permission, on: dt.date
) -> list[StaffId]:
    """Reopen accounts that `close_accounts` closed, but not the caller's own; return those that were closed. Their roles count as new.

    Ledger: access:staff:reinstated for each. Refuses: NOT_ALLOWED, NOT_FOR_OWN_ACCOUNT.
    """
    if authority.staff_id in staff_ids:
        raise NOT_FOR_OWN_ACCOUNT()
    return _set_all(authority, staff_ids, role=require(authority, permission), active=True, on=on)


def sign_in(username: str, password: str, *, ask_code: Callable[[], str] = str) -> Authority:
    """Return the Authority of the person with this password and second factor; `ask_code` is called if the account has one.

    A process that cannot read second factors asks the vault service. Refuses: NotSignedIn, TooManyAttempts, NO_SECOND_FACTOR,
    PASSKEY_ONLY, and VAULT_OUT_OF_REACH.
    """
    if not can_check_second_factors():
        staff_id = SERVICE_SIGN_IN.only()(username, password, ask_code)
        return authority_of(Staff.objects.get(staff_id=staff_id))
    staff = staff_with(username, password)
    try:
        require_second_factor(staff, ask_code)
    except RollkeeperError:
        record_sign_in(staff, SignInOutcome.WRONG_SECOND_FACTOR, source=SignInSource.CONSOLE)
        raise
    record_sign_in(staff, SignInOutcome.SUCCEEDED, source=SignInSource.CONSOLE)
    return authority_of(staff)


def authority_of(staff: Staff) -> Authority:
    """Return the Authority of a member of staff with the roles that they have today."""
    day, roles = staff.known_roles or (None, frozenset())
    if day != clock.today():
        roles = roles_on(clock.today(), staff_id=staff.staff_id)
    return Authority(
        roles if staff.is_active else frozenset(), StaffId(staff.staff_id), _commitment(staff), is_of_agent=staff.is_of_agent
    )  # fmt: skip


def authority_on(staff_id: StaffId, *, day: dt.date) -> Authority:
    """Return the Authority that a member of staff had on a day, even if the account has changed since. Refuses: NotSignedIn."""
    staff = Staff.objects.filter(staff_id=staff_id).first()
    if staff is None:
        raise NotSignedIn
    return Authority(roles_on(day, staff_id=staff_id), staff_id, _commitment(staff))


def authority_in(request: HttpRequest) -> Authority:
    """Return the Authority of the person signed in on this page. Refuses: NotSignedIn."""
    if not isinstance(request.user, Staff):
        raise NotSignedIn
    known: Authority | None = getattr(request, "authority", None)
    if known is None or known.staff_id != request.user.staff_id:
        # The middleware and the page both ask: within one request the answer must be the same.
        known = replace(authority_of(request.user), is_recent=is_recent(request))
        request.authority = known  # type: ignore[attr-defined]
    return known


def _grant(
    authority: Authority, staff: Staff, given: StaffRole, *, acting_as: StaffRole, on: dt.date
) -> None:
    RoleGrant.objects.create(staff=staff, role=given.value, since=on)
    facts = {"role": given.value, "staff": _commitment(staff)}
    append_entry(authority, verb=Verb.ROLE_GRANTED, role=acting_as, on=on, facts=facts)


def locked_account(username: str) -> Staff:
    """Return an account, locked until the action ends. Refuses: STAFF_UNKNOWN."""
    name = canonical_username(username)
    staff = Staff.objects.select_for_update().filter(username=name).first()
    if staff is None:
        raise STAFF_UNKNOWN()
    return staff


def commitment_of(staff_id: StaffId) -> str:
    """Return the mark of a member of staff in the ledger."""
    (found,) = prepared_rows("SELECT salt FROM access_secrets_of(%s)", [staff_id])
    return staff_commitment(found.salt, staff_id)


def staff_with_role(username: str, role: StaffRole, *, on: dt.date) -> StaffId:
    """Return the account of this name, which must have the role on a day. Refuses: STAFF_UNKNOWN."""
    staff = Staff.objects.filter(username=canonical_username(username)).first()
    if staff is None or role not in roles_on(on, staff_id=staff.staff_id):
        raise STAFF_UNKNOWN()
    return StaffId(staff.staff_id)


def _commitment(staff: Staff) -> str:
    return staff_commitment(bytes(staff.salt), StaffId(staff.staff_id))


def require_good_password(password: str, username: str) -> None:
    """Refuse a password that others would try. Refuses: PASSWORD_TOO_WEAK."""
    if username in password.lower():
        raise PASSWORD_TOO_WEAK(why="It contains the user name.")
    try:
        validate_password(password)
    except ValidationError as fault:
        raise PASSWORD_TOO_WEAK(why=" ".join(fault.messages)) from fault


def _require_roles_for_people(roles: Collection[StaffRole]) -> None:
    for role in roles:
        if role not in STAFF_ROLES:
            raise ROLE_NOT_FOR_PEOPLE(role=role.value, roles=", ".join(sorted(STAFF_ROLES)))


def linked_accounts(what: str, called: str) -> list[StaffId]:
    """Return the accounts that belong to a thing. Refuses: the errors of the package that knows them."""
    return list(ACCOUNT_FINDERS.only(what)(called))


def sign_out_everyone() -> int:
    """End every session of staff and of the portal, and every invitation that was not used; return how many there were.

    Invitations end too, because a thief may have sent one to the thief's own mailbox. The caller's action records this.
    """
    with action():
        (invitations,) = rows("SELECT access_end_invitations() AS ended")
        return (
            run("DELETE FROM django_session")
            + int(invitations.ended)
            + sum(ends() for ends in SIGN_OUTS.each())
        )
