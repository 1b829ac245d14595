# SPDX-License-Identifier: EUPL-1.2
"""An agent with an outlet and a clerk, and people to register."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.agents import outlets, registrations, services
from rollkeeper.agents.checklist import checklist
from rollkeeper.agents.models import Device, Outlet
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.registration.services import register_subscriber
from rollkeeper.registration.submissions import Receipt, Submission
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.staff import employ
from tests.registration.people import fresh_number

ON = dt.date(2012, 3, 2)
"""A Friday."""
AGENT, PLACE = "agent-017", "lhasa-03"
CONSOLE = console_authority()


@dataclass
class Shop:
    """An agent's counter: its clerk, the clerk's passkey, and registering people at it."""

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
        act=register_subscriber,
    ) -> Receipt:
        key = key or str(new_uuid())
        submission = Submission(
            submission_key=key, number=number or fresh_number(), kind=PartyKind.INDIVIDUAL,
            parts={PartyRole.SUBSCRIBER: {
                "name": "Invented Person", "address": "1 Invented Street", "document_type": "passport-npl",
                "document_number": document or f"X{new_uuid().int % 10**7:07d}",
            }},
            service=Service.MOBILE, language="en", double_checked=True,
        )  # fmt: skip
        return registrations.register_at_outlet(
            self.authority, submission_key=key, devices=[passkey or self.passkey], on=clock.today(), at=at, late=late,
            copies=copies, do=lambda: act(self.authority, submission, on=clock.today()),
        )  # fmt: skip


def approved(code=AGENT, *, limit=40, on=ON) -> None:
    """Approve an agent that meets every requirement."""
    services.add_agent(CONSOLE, code, daily_limit=limit, on=on)
    for requirement in checklist():
        services.attest_requirement(CONSOLE, code, requirement, evidence="ab" * 32, on=on)
    services.approve_agent(CONSOLE, code, on=on)


def shop(username="clerk-07", *, agent=AGENT, outlet=PLACE, hours="always") -> Shop:
    """Open an outlet with an account and a passkey that is registered there."""
    who = employ(StaffRole.CLERK, username=username)
    outlets.open_outlet(CONSOLE, agent, outlet, hours=hours, on=ON)
    outlets.assign_staff(CONSOLE, username, agent=agent, outlet=outlet, on=ON)
    passkey = Authenticator.objects.create(user_id=who.staff_id, type="webauthn", data={})
    Device.objects.create(
        device_id=new_uuid(), outlet_id=Outlet.objects.get(code=outlet).outlet_id, authenticator_id=passkey.pk,
        registered_on=ON,
    )  # fmt: skip
    return Shop(who, username, passkey.pk)


def at_time(text: str) -> dt.datetime:
    """An instant of the day, in the zone of the law."""
    return dt.datetime.combine(ON, dt.time.fromisoformat(text), clock.zone())


@pytest.fixture
def vaulted(register: None) -> None:
    begin_first_epoch()
    clock.set_demo_date(ON)


@pytest.fixture
def counter(vaulted) -> Shop:
    """A counter of an approved agent."""
    approved()
    return shop()


@pytest.fixture
def supervisor(vaulted) -> Authority:
    return employ(StaffRole.SUPERVISOR, username="supervisor-1")


@pytest.fixture
def set_settings(monkeypatch) -> Callable[..., None]:
    """Give this instance other settings for one test, in this package's modules."""
    from rollkeeper.agents import registrations, reverification, review_cases
    from rollkeeper.agents.settings import settings

    def given(**changes):
        changed = settings().model_copy(update=changes)
        for module in (registrations, review_cases, reverification):
            monkeypatch.setattr(module, "settings", lambda: changed)

    return given
