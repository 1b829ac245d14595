# SPDX-License-Identifier: EUPL-1.2
"""An agent with a place and somebody who works there, and people who come to be registered."""

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator

from rollkeeper.access.acts import authority_of
from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.agents import acts, capturing, places
from rollkeeper.agents.checklist import checklist
from rollkeeper.agents.models import Device, Place
from rollkeeper.enrolment.acts import register_subscriber
from rollkeeper.enrolment.submissions import Receipt, Submission
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.states import Service
from rollkeeper.subscribers.kinds import Part, PartyKind
from rollkeeper.vault.acts import begin_first_epoch
from tests.enrolment.people import fresh_number

ON = dt.date(2012, 3, 2)
"""A Friday."""
AGENT, PLACE = "agent-017", "lhasa-03"
CONSOLE = console_authority()


@dataclass
class Shop:
    """An agent's counter: who works there, with which passkey, and registering somebody at it."""

    authority: Authority
    username: str
    passkey: int

    def register(
        self,
        *,
        document=None,
        number=None,
        key=None,
        at=None,
        late=False,
        passkey=None,
        kind=None,
        copies=(),
    ) -> Receipt:
        key = key or str(new_uuid())
        submission = Submission(
            submission_key=key, number=number or fresh_number(), kind=PartyKind.INDIVIDUAL,
            parts={Part.HOLDER: {
                "name": "Invented Person", "address": "1 Invented Street", "document_type": "passport-npl",
                "document_number": document or f"X{new_uuid().int % 10**7:07d}",
            }},
            service=Service.MOBILE, language="en", looked_twice=True,
        )  # fmt: skip
        return capturing.take_registration(
            self.authority, submission_key=key, devices=[passkey or self.passkey], on=clock.today(), at=at, late=late,
            copies=copies, do=lambda: register_subscriber(self.authority, submission, on=clock.today()),
        )  # fmt: skip


def employ(username: str, *roles: StaffRole) -> Authority:
    staff = Staff.objects.create(username=username, salt=os.urandom(32), password="!")
    for role in roles:
        RoleGrant.objects.create(staff=staff, role=role.value, since=dt.date(2011, 1, 1))
    return authority_of(staff)


def admitted(code=AGENT, *, cap=40, on=ON) -> None:
    """An agent that shows everything and is let in."""
    acts.enter_agent(CONSOLE, code, daily_cap=cap, on=on)
    for requirement in checklist():
        acts.show_requirement(CONSOLE, code, requirement, evidence="ab" * 32, on=on)
    acts.admit_agent(CONSOLE, code, on=on)


def shop(username="clerk-07", *, agent=AGENT, place=PLACE, hours="always") -> Shop:
    """A place with an account and a passkey that is enrolled there."""
    who = employ(username, StaffRole.CLERK)
    places.open_place(CONSOLE, agent, place, hours=hours, on=ON)
    places.post_staff(CONSOLE, username, agent=agent, place=place, on=ON)
    passkey = Authenticator.objects.create(user_id=who.staff_id, type="webauthn", data={})
    Device.objects.create(
        device_id=new_uuid(), place_id=Place.objects.get(code=place).place_id, authenticator_id=passkey.pk,
        enrolled_on=ON,
    )  # fmt: skip
    return Shop(who, username, passkey.pk)


def at_time(text: str) -> dt.datetime:
    """An instant of the day, in the zone of the law."""
    return dt.datetime.combine(ON, dt.time.fromisoformat(text), clock.zone())


@pytest.fixture
def vaulted(register: None) -> None:
    begin_first_epoch()
    clock.give_day(ON)


@pytest.fixture
def counter(vaulted) -> Shop:
    """A counter of an agent that is let in."""
    admitted()
    return shop()


@pytest.fixture
def supervisor(vaulted) -> Authority:
    return employ("supervisor-1", StaffRole.SUPERVISOR)


@pytest.fixture
def set_settings(monkeypatch) -> Callable[..., None]:
    """Give this house other settings for the length of a test, in this room's modules."""
    from rollkeeper.agents import capturing, holding, rechecking
    from rollkeeper.kernel.settings import settings

    def given(**changes):
        changed = settings().model_copy(update=changes)
        for module in (capturing, holding, rechecking):
            monkeypatch.setattr(module, "settings", lambda: changed)

    return given
