# SPDX-License-Identifier: EUPL-1.2
"""What is approved by a command waits on the page too: a version of the law, and an erasure that was stopped."""

import datetime as dt

import pytest

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lawbook.services import adopt_law
from rollkeeper.retention.models import ErasureBrake
from tests.builders.packs import REFERENCE, write_pack
from tests.builders.staff import employ, sign_in

ON = dt.date(2012, 3, 2)


@pytest.fixture
def officer(register, app):
    clock.set_demo_date(ON)
    app("backoffice")
    return sign_in(StaffRole.DATA_PROTECTION_OFFICER)


def test_a_version_of_the_law_waits_on_the_page(officer):
    text = write_pack(REFERENCE.replace("version: 1\n", "version: 2\n", 1))
    adopt_law(employ(StaffRole.SUPERVISOR), str(text), on=ON)

    assert "Another version of the law" in officer.get("/pending-approvals/").content.decode()


def test_an_erasure_that_was_stopped_waits_on_the_page(officer):
    ErasureBrake.objects.create(brake_id=new_uuid(), stopped_at=clock.now(), due=5000, approvable=5500)

    assert "Erasure of much of the register" in officer.get("/pending-approvals/").content.decode()
