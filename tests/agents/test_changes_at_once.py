# SPDX-License-Identifier: EUPL-1.2
"""Agents and their staff, changed by two people at the same instant: the second gets the refusal that a later one gets."""

import pytest

from rollkeeper.access.roles import StaffRole
from rollkeeper.agents import outlets, services
from rollkeeper.agents.errors import AGENT_CODE_TAKEN, ALREADY_ASSIGNED
from rollkeeper.agents.models import Agent, Assignment
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from tests.agents.conftest import AGENT, CONSOLE, ON
from tests.builders.staff import employ
from tests.registration.test_concurrency import together

PLACES = ("lhasa-01", "lhasa-02", "lhasa-03", "lhasa-04")


@pytest.fixture
def agent(committed):
    clock.set_demo_date(ON)
    services.add_agent(CONSOLE, AGENT, on=ON)
    for code in PLACES:
        outlets.open_outlet(CONSOLE, AGENT, code, hours="always", needs_device=False, on=ON)


def outcomes(*acts):
    return [one.code if isinstance(one, RollkeeperError) else one for one in together(*acts)]


def test_an_account_assigned_to_outlets_at_once_is_at_one_and_the_others_are_refused(agent):
    employ(StaffRole.CLERK, username="clerk-31")

    said = outcomes(*[
        lambda place=place: outlets.assign_staff(CONSOLE, "clerk-31", agent=AGENT, outlet=place, on=ON)
        for place in PLACES
    ])  # fmt: skip

    assert sorted(said, key=str) == sorted([None, *[ALREADY_ASSIGNED.code] * 3], key=str)
    assert Assignment.objects.filter(until__isnull=True).count() == 1


def test_an_agent_added_at_once_is_one_agent_and_the_others_are_refused(agent):
    said = outcomes(*[lambda: services.add_agent(CONSOLE, "agent-044", on=ON)] * 4)

    assert said.count(AGENT_CODE_TAKEN.code) == 3
    assert Agent.objects.filter(code="agent-044").count() == 1
