# SPDX-License-Identifier: EUPL-1.2
"""Where an agent registers people: outlets with their hours, assigned accounts and devices.

A device is a passkey that an account added at the outlet itself and that is bound to the device. A passkey that moves between
devices (backup-eligible in WebAuthn) does not prove a place and is not accepted.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.errors import STAFF_UNKNOWN
from rollkeeper.access.models import Staff
from rollkeeper.access.passwords import canonical_username
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import commitment_of
from rollkeeper.agents.choices import AgentState
from rollkeeper.agents.errors import (
    AGENT_CODE_TAKEN,
    ALREADY_ASSIGNED,
    INVALID_OPENING_HOURS,
    NO_DEVICE,
    NOT_ASSIGNED,
    OUTLET_UNKNOWN,
)
from rollkeeper.agents.models import Agent, Assignment, Device, Outlet
from rollkeeper.agents.rules import parse_hours
from rollkeeper.agents.services import is_of_agent, locked_agent, require_code
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

BACKUP_ELIGIBLE = 0x08
_FLAGS_AT = 32  # of the authenticator's data (WebAuthn, 6.1): a 32-byte hash comes first


def open_outlet(
    authority: Authority, agent: str, code: str, *, hours: str, needs_device: bool = True, on: dt.date
) -> UUID:
    """Open an outlet of an agent. Ledger: agents:outlet:opened.

    Refuses: NOT_ALLOWED, AGENT_UNKNOWN, AGENT_NOT_IN_STATE, INVALID_AGENT_CODE, AGENT_CODE_TAKEN, INVALID_OPENING_HOURS.
    """
    role, outlet_id = require(authority, Permission.APPROVE_AGENT), new_uuid()
    require_code(code)
    read = _hours(hours)
    with action():
        found = locked_agent(agent, unless=AgentState.TERMINATED)
        if Outlet.objects.filter(agent_id=found.agent_id, code=code).exists():
            raise AGENT_CODE_TAKEN(called=code)
        outlet = Outlet.objects.create(
            outlet_id=outlet_id, agent_id=found.agent_id, code=code, hours=read, needs_device=needs_device, opened_on=on
        )  # fmt: skip
        append_entry(authority, verb=Verb.OUTLET_OPENED, role=role, on=on, facts=_facts(outlet))
    return outlet_id


def change_hours(authority: Authority, agent: str, code: str, *, hours: str, on: dt.date) -> None:
    """Give an outlet other hours, from now. Ledger: agents:outlet:changed. Refuses: NOT_ALLOWED, OUTLET_UNKNOWN, INVALID_OPENING_HOURS."""
    role, read = require(authority, Permission.APPROVE_AGENT), _hours(hours)
    with action():
        outlet = _locked_outlet(agent, code)
        outlet.hours = read
        outlet.save()
        append_entry(authority, verb=Verb.OUTLET_CHANGED, role=role, on=on, facts=_facts(outlet))


def close_outlet(authority: Authority, agent: str, code: str, *, on: dt.date) -> None:
    """Close an outlet permanently: no one can be registered there from now. Ledger: agents:outlet:closed. Refuses: NOT_ALLOWED,
    OUTLET_UNKNOWN.
    """
    role = require(authority, Permission.APPROVE_AGENT)
    with action():
        outlet = _locked_outlet(agent, code)
        outlet.closed_on = on
        outlet.save()
        append_entry(authority, verb=Verb.OUTLET_CLOSED, role=role, on=on, facts=_facts(outlet))


def assign_staff(authority: Authority, username: str, *, agent: str, outlet: str, on: dt.date) -> None:
    """Bind an account to an outlet: from `on` it registers people there and nowhere else.

    Ledger: agents:staff:assigned. Refuses: NOT_ALLOWED, STAFF_UNKNOWN, OUTLET_UNKNOWN, ALREADY_ASSIGNED.
    """
    role = require(authority, Permission.APPROVE_AGENT)
    with action():
        staff_id, there = _account(username), _locked_outlet(agent, outlet)
        lock_matter("agent", f"staff {staff_id}")  # two outlets at once: the second finds the first
        if Assignment.objects.filter(staff_id=staff_id, until__isnull=True).exists():
            raise ALREADY_ASSIGNED(username=username)
        Assignment.objects.create(
            assignment_id=new_uuid(), staff_id=staff_id, outlet_id=there.outlet_id, since=on
        )
        facts = _facts(there) | {"staff": commitment_of(staff_id)}
        append_entry(authority, verb=Verb.STAFF_ASSIGNED, role=role, on=on, facts=facts)


def unassign_staff(authority: Authority, username: str, *, agent: str | None = None, on: dt.date) -> None:
    """Remove an account and its devices from its outlet; with `agent`, only from an outlet of that agent.

    The account itself stays as it is. Until it is assigned again, it remains an agent's account and can register no one from `on`;
    what it recorded offline on that day still counts.
    Ledger: agents:staff:unassigned. Refuses: NOT_ALLOWED, STAFF_UNKNOWN, NOT_ASSIGNED.
    """
    role = require(authority, Permission.APPROVE_AGENT)
    with action():
        staff_id = _account(username)
        assignment = _locked_assignment(staff_id, username)
        outlet = _outlet_of(assignment, username, agent=agent)
        assignment.until = on
        assignment.save()
        for device in _devices_of(staff_id):
            _end(authority, device, outlet=outlet, role=role, on=on)
        facts = _facts(outlet) | {"staff": commitment_of(staff_id)}
        append_entry(authority, verb=Verb.STAFF_UNASSIGNED, role=role, on=on, facts=facts)


def register_device(authority: Authority, username: str, *, agent: str | None = None, on: dt.date) -> UUID:
    """Register the newest passkey of an account, which its owner added on the outlet's device, as a device of that outlet.

    With `agent`, only if the outlet is that agent's. Ledger: agents:device:registered. Refuses: NOT_ALLOWED, STAFF_UNKNOWN, NOT_ASSIGNED, NO_DEVICE.
    """
    role, device_id = require(authority, Permission.APPROVE_AGENT), new_uuid()
    with action():
        staff_id = _account(username)
        assignment = _locked_assignment(staff_id, username)
        outlet = _outlet_of(assignment, username, agent=agent)
        passkey = _newest_passkey(staff_id)
        if passkey is None:
            raise NO_DEVICE(username=username)
        Device.objects.create(
            device_id=device_id, outlet_id=outlet.outlet_id, authenticator_id=passkey.pk, registered_on=on
        )
        facts = _facts(outlet) | {"device": str(device_id)}
        append_entry(authority, verb=Verb.DEVICE_REGISTERED, role=role, on=on, facts=facts)
    return device_id


def remove_devices(authority: Authority, username: str, *, agent: str | None = None, on: dt.date) -> int:
    """Remove every registered device of an account, for example a lost one; return how many.

    With `agent`, only if the account's outlet is that agent's. Ledger: agents:device:removed for each.
    Refuses: NOT_ALLOWED, STAFF_UNKNOWN, and with an agent NOT_ASSIGNED.
    """
    role = require(authority, Permission.SUSPEND_AGENT)
    with action():
        staff_id = _account(username)
        if agent is not None:
            _outlet_of(_locked_assignment(staff_id, username), username, agent=agent)
        devices = _devices_of(staff_id)
        for device in devices:
            _end(authority, device, outlet=Outlet.objects.get(outlet_id=device.outlet_id), role=role, on=on)
    return len(devices)


def stays_in_one_device(credential: Any) -> bool:
    """Tell whether a passkey, as django-allauth keeps it, stays in the device that made it; False if it cannot be read."""
    from fido2.utils import websafe_decode
    from fido2.webauthn import AttestationObject

    try:
        attested = AttestationObject(websafe_decode(credential["response"]["attestationObject"]))
        return not attested.auth_data[_FLAGS_AT] & BACKUP_ELIGIBLE
    except (KeyError, TypeError, ValueError):
        return False


def _newest_passkey(staff_id: StaffId) -> Authenticator | None:
    """Return the newest passkey that was never a device's: one that was removed may be in a thief's hands."""
    registered = Device.objects.values_list("authenticator_id", flat=True)
    passkeys = (
        Authenticator.objects.filter(user_id=staff_id, type=Authenticator.Type.WEBAUTHN)
        .exclude(pk__in=list(registered))
        .order_by("-created_at")
    )
    return next((one for one in passkeys if stays_in_one_device(one.data.get("credential"))), None)


def _devices_of(staff_id: StaffId) -> list[Device]:
    passkeys = Authenticator.objects.filter(user_id=staff_id).values_list("pk", flat=True)
    return list(
        Device.objects.select_for_update().filter(
            authenticator_id__in=list(passkeys), removed_on__isnull=True
        )
    )


def _end(authority: Authority, device: Device, *, outlet: Outlet, role: str, on: dt.date) -> None:
    device.removed_on = on
    device.save()
    facts = _facts(outlet) | {"device": str(device.device_id)}
    append_entry(authority, verb=Verb.DEVICE_REMOVED, role=role, on=on, facts=facts)


def _locked_outlet(agent: str, code: str) -> Outlet:
    found = Agent.objects.filter(code=agent).values_list("agent_id", flat=True)
    outlet = (
        Outlet.objects.select_for_update()
        .filter(agent_id__in=list(found), code=code, closed_on__isnull=True)
        .first()
    )
    if outlet is None:
        raise OUTLET_UNKNOWN(agent=agent, outlet=code)
    return outlet


def _locked_assignment(staff_id: StaffId, username: str) -> Assignment:
    assignment = Assignment.objects.select_for_update().filter(staff_id=staff_id, until__isnull=True).first()
    if assignment is None:
        raise NOT_ASSIGNED(username=username)
    return assignment


def _outlet_of(assignment: Assignment, username: str, *, agent: str | None) -> Outlet:
    outlet = Outlet.objects.get(outlet_id=assignment.outlet_id)
    if not is_of_agent(outlet.agent_id, agent):
        raise NOT_ASSIGNED(username=username)
    return outlet


def _account(username: str) -> StaffId:
    name = canonical_username(username)
    found = Staff.objects.filter(username=name).first()
    if found is None:
        raise STAFF_UNKNOWN()
    return StaffId(found.staff_id)


def _hours(text: str) -> dict[str, list[list[str]]]:
    try:
        return parse_hours(text)
    except ValueError:
        raise INVALID_OPENING_HOURS() from None


def _facts(outlet: Outlet) -> dict[str, str]:
    return {"agent": str(outlet.agent_id), "outlet": str(outlet.outlet_id)}
