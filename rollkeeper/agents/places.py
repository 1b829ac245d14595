# SPDX-License-Identifier: EUPL-1.2
"""Where an agent registers people: places with their hours, the accounts posted there, the devices that stand there.

A device is a passkey that an account added at the place itself, in the device's own keeping. A passkey that travels between
devices (backup-eligible, in the words of WebAuthn) says nothing about where somebody is, and is not taken.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator

from rollkeeper.access.acts import commitment_of
from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.errors import StaffUnknown
from rollkeeper.access.models import Staff
from rollkeeper.access.passwords import canonical_username
from rollkeeper.access.roles import Power
from rollkeeper.agents.acts import demand_code, locked_agent
from rollkeeper.agents.errors import (
    AgentCodeTaken,
    HoursNotRead,
    NoDevice,
    NotPosted,
    PlaceUnknown,
    PostedAlready,
)
from rollkeeper.agents.kinds import AgentState
from rollkeeper.agents.models import Agent, Device, Place, Post
from rollkeeper.agents.rules import read_hours
from rollkeeper.kernel.database import act
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb

BACKUP_ELIGIBLE = 0x08
_FLAGS_AT = 32  # of the authenticator's data (WebAuthn, 6.1): a hash of 32 bytes stands before them


def open_place(
    authority: Authority, agent: str, code: str, *, hours: str, needs_device: bool = True, on: dt.date
) -> UUID:
    """Open a place of an agent. Ledger: agents:place:opened.

    Refuses: NotAllowed, AgentUnknown, AgentNotInState, AgentCodeNotRead, AgentCodeTaken, HoursNotRead.
    """
    role, place_id = demand(authority, Power.ADMIT_AGENT), new_uuid()
    demand_code(code)
    read = _hours(hours)
    with act():
        found = locked_agent(agent, unless=AgentState.ENDED)
        if Place.objects.filter(agent_id=found.agent_id, code=code).exists():
            raise AgentCodeTaken(called=code)
        place = Place.objects.create(
            place_id=place_id, agent_id=found.agent_id, code=code, hours=read, needs_device=needs_device, opened_on=on
        )  # fmt: skip
        append_entry(authority, verb=Verb.PLACE_OPENED, role=role, on=on, facts=_facts(place))
    return place_id


def change_hours(authority: Authority, agent: str, code: str, *, hours: str, on: dt.date) -> None:
    """Give a place other hours, from now. Ledger: agents:place:changed. Refuses: NotAllowed, PlaceUnknown, HoursNotRead."""
    role, read = demand(authority, Power.ADMIT_AGENT), _hours(hours)
    with act():
        place = _locked_place(agent, code)
        place.hours = read
        place.save()
        append_entry(authority, verb=Verb.PLACE_CHANGED, role=role, on=on, facts=_facts(place))


def close_place(authority: Authority, agent: str, code: str, *, on: dt.date) -> None:
    """Close a place for good: nobody is registered there from now. Ledger: agents:place:closed. Refuses: NotAllowed, PlaceUnknown."""
    role = demand(authority, Power.ADMIT_AGENT)
    with act():
        place = _locked_place(agent, code)
        place.closed_on = on
        place.save()
        append_entry(authority, verb=Verb.PLACE_CLOSED, role=role, on=on, facts=_facts(place))


def post_staff(authority: Authority, username: str, *, agent: str, place: str, on: dt.date) -> None:
    """Bind an account to a place: from `on` it registers people there and nowhere else.

    Ledger: agents:staff:posted. Refuses: NotAllowed, StaffUnknown, PlaceUnknown, PostedAlready.
    """
    role = demand(authority, Power.ADMIT_AGENT)
    with act():
        staff_id, there = _account(username), _locked_place(agent, place)
        if Post.objects.filter(staff_id=staff_id, until__isnull=True).exists():
            raise PostedAlready(username=username)
        Post.objects.create(post_id=new_uuid(), staff_id=staff_id, place_id=there.place_id, since=on)
        facts = _facts(there) | {"staff": commitment_of(staff_id)}
        append_entry(authority, verb=Verb.STAFF_POSTED, role=role, on=on, facts=facts)


def withdraw_staff(authority: Authority, username: str, *, on: dt.date) -> None:
    """Take an account away from its place, with its devices there. The account itself stays as it is.

    An account without a post is the operator's own. Close it with 'rollkeeper staff suspend' where it should register nobody.
    Ledger: agents:staff:withdrawn. Refuses: NotAllowed, StaffUnknown, NotPosted.
    """
    role = demand(authority, Power.ADMIT_AGENT)
    with act():
        staff_id = _account(username)
        post = _locked_post(staff_id, username)
        post.until = on
        post.save()
        place = Place.objects.get(place_id=post.place_id)
        for device in _devices_of(staff_id):
            _end(authority, device, place=place, role=role, on=on)
        facts = _facts(place) | {"staff": commitment_of(staff_id)}
        append_entry(authority, verb=Verb.STAFF_WITHDRAWN, role=role, on=on, facts=facts)


def enrol_device(authority: Authority, username: str, *, on: dt.date) -> UUID:
    """Enrol at their place the newest passkey of an account, which its owner added in the device that stands there.

    Ledger: agents:device:enrolled. Refuses: NotAllowed, StaffUnknown, NotPosted, NoDevice.
    """
    role, device_id = demand(authority, Power.ADMIT_AGENT), new_uuid()
    with act():
        staff_id = _account(username)
        post = _locked_post(staff_id, username)
        place = Place.objects.get(place_id=post.place_id)
        passkey = _newest_passkey(staff_id)
        if passkey is None:
            raise NoDevice(username=username)
        Device.objects.create(
            device_id=device_id, place_id=place.place_id, authenticator_id=passkey.pk, enrolled_on=on
        )
        facts = _facts(place) | {"device": str(device_id)}
        append_entry(authority, verb=Verb.DEVICE_ENROLLED, role=role, on=on, facts=facts)
    return device_id


def end_devices(authority: Authority, username: str, *, on: dt.date) -> int:
    """End every enrolled device of an account, such as one that was lost; return how many.

    Ledger: agents:device:ended for each. Refuses: NotAllowed, StaffUnknown.
    """
    role = demand(authority, Power.SUSPEND_AGENT)
    with act():
        devices = _devices_of(_account(username))
        for device in devices:
            _end(authority, device, place=Place.objects.get(place_id=device.place_id), role=role, on=on)
    return len(devices)


def stays_in_one_device(credential: Any) -> bool:
    """Tell whether a passkey, as django-allauth keeps it, stays in the device that made it; what cannot be read does not."""
    from fido2.utils import websafe_decode
    from fido2.webauthn import AttestationObject

    try:
        attested = AttestationObject(websafe_decode(credential["response"]["attestationObject"]))
        return not attested.auth_data[_FLAGS_AT] & BACKUP_ELIGIBLE
    except (KeyError, TypeError, ValueError):
        return False


def _newest_passkey(staff_id: StaffId) -> Authenticator | None:
    enrolled = Device.objects.filter(ended_on__isnull=True).values_list("authenticator_id", flat=True)
    passkeys = (
        Authenticator.objects.filter(user_id=staff_id, type=Authenticator.Type.WEBAUTHN)
        .exclude(pk__in=list(enrolled))
        .order_by("-created_at")
    )
    return next((one for one in passkeys if stays_in_one_device(one.data.get("credential"))), None)


def _devices_of(staff_id: StaffId) -> list[Device]:
    passkeys = Authenticator.objects.filter(user_id=staff_id).values_list("pk", flat=True)
    return list(
        Device.objects.select_for_update().filter(authenticator_id__in=list(passkeys), ended_on__isnull=True)
    )


def _end(authority: Authority, device: Device, *, place: Place, role: str, on: dt.date) -> None:
    device.ended_on = on
    device.save()
    facts = _facts(place) | {"device": str(device.device_id)}
    append_entry(authority, verb=Verb.DEVICE_ENDED, role=role, on=on, facts=facts)


def _locked_place(agent: str, code: str) -> Place:
    found = Agent.objects.filter(code=agent).values_list("agent_id", flat=True)
    place = (
        Place.objects.select_for_update()
        .filter(agent_id__in=list(found), code=code, closed_on__isnull=True)
        .first()
    )
    if place is None:
        raise PlaceUnknown(agent=agent, place=code)
    return place


def _locked_post(staff_id: StaffId, username: str) -> Post:
    post = Post.objects.select_for_update().filter(staff_id=staff_id, until__isnull=True).first()
    if post is None:
        raise NotPosted(username=username)
    return post


def _account(username: str) -> StaffId:
    name = canonical_username(username)
    found = Staff.objects.filter(username=name).first()
    if found is None:
        raise StaffUnknown
    return StaffId(found.staff_id)


def _hours(text: str) -> dict[str, list[list[str]]]:
    try:
        return read_hours(text)
    except ValueError:
        raise HoursNotRead from None


def _facts(place: Place) -> dict[str, str]:
    return {"agent": str(place.agent_id), "place": str(place.place_id)}
