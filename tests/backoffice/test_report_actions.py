# SPDX-License-Identifier: EUPL-1.2
"""A report is drafted, read and published by two people on pages, in the back office's database role."""

import pytest

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.reporting.errors import REPORT_NOT_FOUND
from rollkeeper.reporting.publishing import period_named
from tests.agents.conftest import ON, vaulted  # noqa: F401 - the same set-up
from tests.builders.backoffice import staffed_backoffice
from tests.refusals import refusing

PERIOD = "2011-Q4"
YES = {"confirmed": "yes"}


@pytest.fixture
def asked(vaulted, app, as_role, monkeypatch):  # noqa: F811
    clock.set_demo_date(ON)
    return staffed_backoffice(
        app, as_role, monkeypatch, anna=StaffRole.DATA_PROTECTION_OFFICER, bo=StaffRole.ADMINISTRATOR, cai=StaffRole.AUDITOR,
    )  # fmt: skip


def published():
    return [
        (row.period, row.published_on)
        for row in rows("SELECT period, published_on FROM reporting_report ORDER BY 1")
    ]


def test_a_report_is_drafted_read_and_published_by_two(asked):
    question = asked("anna", "post", "/report/draft/", {"period": PERIOD})
    nothing = published()
    drafted = asked("anna", "post", "/report/draft/", YES | {"period": PERIOD})
    hidden = asked("cai", "get", f"/reports/{PERIOD}/")
    waiting = asked("bo", "get", "/pending-approvals/")
    one = asked("anna", "post", f"/reports/{PERIOD}/publish/", YES)
    half = published()
    twice = asked("anna", "post", f"/reports/{PERIOD}/publish/", YES)
    asked("bo", "post", f"/reports/{PERIOD}/publish/", YES)
    shown = asked("cai", "get", f"/reports/{PERIOD}/")

    assert "counted once" in question.text_
    assert nothing == []
    assert "Read it, then two people publish it." in drafted.text_
    assert "0 of 2 people have approved" in drafted.text_
    assert hidden.status_code == 404
    assert f"/reports/{PERIOD}/" in waiting.text_
    assert "1 of 2 people have approved" in one.text_
    assert half == [(PERIOD, None)]
    assert twice.status_code == 409
    assert published() == [(PERIOD, ON)]
    assert shown.status_code == 200
    assert "Published" in shown.text_
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'reporting:report:published'")) == 1


@pytest.mark.parametrize("period", ["2012-Q1", "2012", "nothing", "1-Q1"])
def test_a_period_that_is_not_over_or_is_none_is_not_drafted(asked, period):
    answer = asked("anna", "post", "/report/draft/", YES | {"period": period})

    assert answer.status_code in {404, 409}
    assert published() == []


def test_an_auditor_drafts_and_publishes_nothing(asked):
    asked("anna", "post", "/report/draft/", YES | {"period": PERIOD})

    assert asked("cai", "post", "/report/draft/", YES | {"period": "2011-Q3"}).status_code == 403
    assert asked("cai", "post", f"/reports/{PERIOD}/publish/", YES).status_code == 403
    assert published() == [(PERIOD, None)]


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_a_draft_is_drawn_in_every_language(asked, language):
    empty = asked("anna", "get", "/reports/", language=language)
    asked("anna", "post", "/report/draft/", YES | {"period": PERIOD})

    assert empty.status_code == 200
    assert "rollkeeper " not in empty.text_
    assert asked("anna", "get", f"/reports/{PERIOD}/", language=language).status_code == 200


def test_a_period_is_found_by_its_name_alone():
    assert (period_named("2011").name, period_named(PERIOD).name) == ("2011", PERIOD)


@pytest.mark.parametrize("name", ["9999-12-31", "0000", "0000-Q1", "２０１１", "2011-Q5"])
def test_what_is_no_period_is_not_found(name):
    with refusing(REPORT_NOT_FOUND):
        period_named(name)
