# SPDX-License-Identifier: EUPL-1.2
"""An attacker has a session of an app and listens to what others notify: it hears that something is asked for, and not what."""

import pytest

from rollkeeper.access import staff_requests
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import Role, action
from rollkeeper.selfcare import portal_client
from tests.builders.staff import employ


@pytest.mark.usefixtures("committed")
def test_who_listens_hears_that_something_is_asked_for_and_not_what() -> None:
    with database.connect(stores.REGISTER, Role.COUNTER) as counter:
        for channel in (staff_requests.CHANNEL, portal_client.CHANNEL):
            counter.execute(f"LISTEN {channel}".encode())
        with action():
            staff_requests.ask(employ(StaffRole.CAMPAIGN_MANAGER), "test-stop", payload={"batch": "one"})
        portal_client.request_code("+8613908910001", source="203.0.113.9", language="en")

        heard = list(counter.notifies(timeout=1, stop_after=2))

    assert sorted(one.channel for one in heard) == sorted([staff_requests.CHANNEL, portal_client.CHANNEL])
    assert {one.payload for one in heard} == {""}
