# SPDX-License-Identifier: EUPL-1.2
"""The one list of what staff asked for and is not done: who asked, what, since when, who may decide, and where."""

import datetime as dt
import re

import pytest

from rollkeeper.access.authority import rule_for
from rollkeeper.access.hooks import LONG_REQUESTS, STAFF_REQUESTS
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.staff_requests import ask
from rollkeeper.backoffice.approvals import REQUESTS
from rollkeeper.campaign.models import Batch
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid
from tests.builders.staff import employ, sign_in

PAGE = "/pending-approvals/"


@pytest.fixture
def ask_page(app):
    """Read the page as a person with a role, in the role of the back office."""
    app("backoffice")

    def asking(role):
        answer = sign_in(role).get(PAGE)
        return answer.status_code, answer.content.decode()

    return asking


def test_every_kind_of_request_has_a_line_on_the_page_or_waits_for_a_person():
    kinds = {key for hook in (STAFF_REQUESTS, LONG_REQUESTS) for key, _ in hook.each_by_key()}

    assert kinds == set(REQUESTS)


def test_who_sees_a_request_has_a_permission_that_is_someones():
    assert all(rule_for(permission).roles for _, permission, _ in REQUESTS.values())


@pytest.mark.parametrize("kind", sorted(REQUESTS))
def test_a_request_is_listed_with_who_asked_for_those_with_its_permission_alone(ask_page, as_role, kind):
    who = employ(StaffRole.CAMPAIGN_MANAGER, username="asker-1")
    with as_role("backoffice"):
        ask(who, kind, payload={"line": "0190aaaa-0000-7000-8000-000000000000", "number": "+8613900001234"})
    permission = REQUESTS[kind][1]

    seen = {
        role: ask_page(role)
        for role in (StaffRole.CAMPAIGN_MANAGER, StaffRole.SUPERVISOR, StaffRole.DATA_PROTECTION_OFFICER, StaffRole.ADMINISTRATOR)
    }  # fmt: skip

    assert {role for role, (code, page) in seen.items() if code == 200 and "asker-1" in page} == {
        role for role, (code, _) in seen.items() if code == 200 and role in rule_for(permission).roles
    }
    assert not any("13900001234" in page or "0190aaaa" in page for _, page in seen.values())


def test_a_stopped_erasure_is_listed_for_who_may_approve_it_with_the_roles_that_may(ask_page):
    run(
        "INSERT INTO retention_brake (brake_id, stopped_at, due, approvable) VALUES (uuidv7(), now(), 12, 12)"
    )

    code, page = ask_page(StaffRole.DATA_PROTECTION_OFFICER)

    assert code == 200
    assert "Erasure of much of the register" in page
    assert "Data protection officer · Administrator" in page


@pytest.mark.parametrize(
    ("bars", "title"),
    [
        (Bars.OUTGOING, "Outgoing calls and messages barred"), (Bars.OUTGOING | Bars.DATA, "Outgoing calls, messages and data barred"),
        (Bars.ALL, "Suspend"),
    ],
)  # fmt: skip
def test_a_batch_is_listed_with_what_its_stage_bars_and_its_lines(ask_page, bars, title):
    Batch.objects.create(
        batch_id=new_uuid(), campaign_id=new_uuid(), action="suspend", bars=bars, due_on=dt.date(2012, 3, 1), state="waiting", line_count=1726,
        pack_hash="a" * 64, max_lines_per_hour=1, pilot_count=1, prepared_at=clock.now(), content="b" * 64,
    )  # fmt: skip

    _, page = ask_page(StaffRole.SUPERVISOR)

    (card,) = re.findall(r'<section class="govuk-summary-card".*?</section>', page, re.DOTALL)
    assert re.search(rf">{title}</a>", card)
    assert re.search(r">Lines</dt><dd[^>]*>1,726</dd>", card)
