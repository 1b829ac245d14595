# SPDX-License-Identifier: EUPL-1.2
"""Settings that an administrator changes on a page: which, checked how, entered and shown how, and what is never changed there."""

import datetime as dt
import json
import tomllib

import pytest
from django.core.signals import request_started
from django.db import connection
from django.db.utils import ProgrammingError
from django.test import Client

from rollkeeper.access.errors import (
    SETTING_CHANGED_MEANWHILE,
    SETTING_FIXED,
    SETTING_NOT_ON_PAGES,
    SETTING_WOULD_HARM,
    SETTINGS_READ_ONLY,
)
from rollkeeper.access.roles import STAFF_ROLES, StaffRole
from rollkeeper.access.setting_changes import change_settings, changeable_settings, check_changes
from rollkeeper.backoffice import administration
from rollkeeper.backoffice.setting_changes import LABELS
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows
from rollkeeper.kernel.errors import SETTING_FAULT, Faults
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import FIXED, FORMER, forget_settings
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.settings import settings as notices_settings
from rollkeeper.operations.settings import all_tables
from tests.builders.staff import employ, enter
from tests.builders.workers import attend
from tests.refusals import refusing

ADDRESS = "/administration/settings/change/"
FORM = {
    "instance-operator_name": "Invented Telecom", "lines-hardship_evidence_days": "30", "notices-quiet_from": "21:00",
    "notices-quiet_until": "08:00", "notices-post_from": "09:00", "notices-post_until": "10:00",
}  # fmt: skip


@pytest.fixture
def file(register, tmp_path, monkeypatch):
    """A settings file that is this test's alone."""
    all_tables()
    written = tmp_path / "settings.toml"
    written.write_text(
        '# by hand\n[instance]\nkind = "demo"\ndemo_date = 2012-03-20\n[campaign]\npilot_hours = 6\n'
    )
    for module in ("rollkeeper.kernel.settings", administration.__name__):
        monkeypatch.setattr(f"{module}.settings_file", lambda: written)
    forget_settings()
    yield written
    monkeypatch.undo()
    forget_settings()


@pytest.fixture
def asked(file, app, as_role, monkeypatch):
    app("backoffice")
    attend(monkeypatch, as_role)
    employ(StaffRole.ADMINISTRATOR, username="admin-1")

    def asking(method="post", data=None, address=ADDRESS, username="admin-1", language="en"):
        client = Client(SERVER_NAME="localhost")
        with as_role("backoffice"):
            enter(client, username)
        with as_role("backoffice"):
            answer = getattr(client, method)(
                address, data or {}, HTTP_ACCEPT="text/html", HTTP_ACCEPT_LANGUAGE=language
            )
        for _, write, _ in connection.run_on_commit:
            write()
        connection.run_on_commit.clear()
        answer.text_ = answer.content.decode()
        return answer

    return asking


def entered():
    return [
        json.loads(row.body)["facts"]
        for row in rows(
            "SELECT body FROM ledger_entry WHERE verb = 'access:setting:changed' ORDER BY entry_id"
        )
    ]


def test_what_pages_change_is_this_list_and_no_limit_number_or_secret(file):
    assert sorted(changeable_settings()) == sorted(LABELS) == [
        ("instance", "languages"), ("instance", "operator_name"), ("lines", "hardship_evidence_days"), ("notices", "post_from"),
        ("notices", "post_until"), ("notices", "quiet_from"), ("notices", "quiet_until"),
    ]  # fmt: skip


def test_a_change_is_written_entered_and_shown_with_who_and_when(asked, file):
    form = asked("get").text_
    answer = asked(data=FORM | {"instance-operator_name": "Plateau Telecom", "notices-quiet_from": "20:30"})
    shown = asked("get", address="/administration/settings/").text_
    content = tomllib.loads(file.read_text("utf-8"))

    assert answer.status_code == 302
    assert content == {
        "instance": {"kind": "demo", "demo_date": dt.date(2012, 3, 20), "operator_name": "Plateau Telecom"},
        "campaign": {"pilot_hours": 6},
        "notices": {"quiet_from": dt.time(20, 30)},
    }
    assert file.read_text("utf-8").startswith('# by hand\n[instance]\nkind = "demo"\n')
    assert "Comments in the file are not kept" not in form
    assert "Plateau" not in file.with_name(FORMER).read_text("utf-8")
    assert sorted((one["table"], one["setting"]) for one in entered()) == [
        ("instance", "operator_name"),
        ("notices", "quiet_from"),
    ]
    assert "Changed by admin-1" in shown
    assert shown.index("Plateau Telecom") < shown.index("hardship_evidence_days")
    assert "21:00" in shown
    assert "20:30" in shown


def test_all_faults_of_a_form_are_said_at_once_and_nothing_is_written(asked, file):
    before = file.read_bytes()

    answer = asked(
        data=FORM
        | {
            "instance-operator_name": "www.example.com",
            "lines-hardship_evidence_days": "0",
            "notices-quiet_from": "23:00",
        }
    )
    valid_for_the_file = asked(
        data=FORM | {"instance-operator_name": "www.example.com", "notices-quiet_from": "23:00"}
    )

    assert (answer.status_code, valid_for_the_file.status_code) == (422, 422)
    assert "hardship_evidence_days" in answer.text_
    assert "something like a link" in valid_for_the_file.text_
    assert "between 21:00 and 08:00" in valid_for_the_file.text_
    assert file.read_bytes() == before
    assert entered() == []


@pytest.mark.parametrize(
    ("changes", "refusals"),
    [
        ({"campaign": {"pilot_share": 1.0}}, [SETTING_NOT_ON_PAGES]),
        ({"instance": {"care_number": "1"}, "vault": {"opens_per_day": 10**6}}, [SETTING_NOT_ON_PAGES, SETTING_NOT_ON_PAGES]),
        ({"instance": {"languages": ["en", "zh-hans"]}}, [SETTING_WOULD_HARM]),
        ({"instance": {"languages": ["en", "zh-hans", "bo", "xx"]}}, [SETTING_FAULT]),
        ({"instance": {"operator_name": ""}, "lines": {"hardship_evidence_days": 0}}, [SETTING_FAULT, SETTING_FAULT]),
        ({"instance": {"operator_name": " "}}, [SETTING_WOULD_HARM]),
        ({"instance": {"operator_name": "Police, ring 0891-63"}}, [SETTING_WOULD_HARM]),
        ({"instance": {"operator_name": "Ring １３９０8"}}, [SETTING_WOULD_HARM]),
        ({"instance": {"operator_name": "Ring 1390_0891_0003"}}, [SETTING_WOULD_HARM]),
        ({"instance": {"operator_name": "Ring ①③⑨⓪⑧"}}, [SETTING_WOULD_HARM]),
        ({"instance": {"operator_name": "请致电一三九零八"}}, [SETTING_WOULD_HARM]),
        ({"instance": {"operator_name": "Go to help\u200b.example"}}, [SETTING_WOULD_HARM]),
        ({"instance": {"operator_name": "Plateau Telecom 201"}}, []),
        ({"instance": {"operator_name": "Plateau Telecom 2012"}}, []),
        ({"instance": {"operator_name": "Plateau Telecoms 2012"}}, [SETTING_FAULT]),
        ({"notices": {"quiet_from": "21:01"}}, [SETTING_WOULD_HARM]),
        ({"notices": {"quiet_from": "21:00"}}, []),
        ({"notices": {"quiet_from": "20:59"}}, []),
        ({"notices": {"quiet_until": "07:59"}}, [SETTING_WOULD_HARM]),
        ({"notices": {"quiet_until": "13:00"}}, []),
        ({"notices": {"quiet_until": "13:01"}}, [SETTING_WOULD_HARM]),
        ({"notices": {"quiet_from": "08:00"}}, [SETTING_WOULD_HARM]),
        ({"notices": {"quiet_from": "25:00"}}, [SETTING_FAULT]),
    ],
)  # fmt: skip
def test_what_could_weaken_a_protection_is_refused_at_its_limits(file, changes, refusals):
    found = []
    try:
        check_changes(changes)
    except Faults as many:
        found = list(many.faults)
    except Exception as fault:  # noqa: BLE001 - which one is compared below
        found = [fault]

    assert [one.code for one in found] == [one.code for one in refusals]


def test_what_the_environment_sets_is_not_offered_and_is_refused(asked, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_NOTICES__QUIET_FROM", "20:00")

    form, page = asked("get").text_, asked("get", address="/administration/settings/").text_

    assert "notices-quiet_until" in form
    assert "notices-quiet_from" not in form
    assert "The environment sets it" in page
    with refusing(SETTING_FIXED):
        check_changes({"notices": {"quiet_from": "19:00"}})


def test_a_file_that_is_read_only_offers_no_change(asked, monkeypatch):
    monkeypatch.setattr("rollkeeper.kernel.settings.os.access", lambda *_: False)

    form, page = asked("get").text_, asked("get", address="/administration/settings/").text_

    assert '<form method="post" novalidate' not in form
    assert ADDRESS not in page
    assert "no setting is changed on a page" in page
    with refusing(SETTINGS_READ_ONLY):
        check_changes({"notices": {"quiet_from": "20:00"}})


def test_an_app_knows_from_what_it_was_handed_what_is_fixed(file, tmp_path, monkeypatch):
    monkeypatch.setattr("rollkeeper.kernel.settings.data_dir", lambda: tmp_path)
    (tmp_path / FIXED).write_text("notices.quiet_from")

    with refusing(SETTING_FIXED):
        check_changes({"notices": {"quiet_from": "20:00"}})
    check_changes({"notices": {"quiet_until": "09:00"}})


@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {StaffRole.ADMINISTRATOR, StaffRole.CLERK}))
def test_no_one_but_an_administrator_changes_a_setting(asked, file, role):
    employ(role, username="other-1")
    before = file.read_bytes()

    assert asked("get", username="other-1").status_code == 403
    assert asked(data=FORM | {"notices-quiet_from": "20:00"}, username="other-1").status_code == 403
    assert file.read_bytes() == before


def test_an_administrator_confirms_first_that_it_is_they(asked, file, monkeypatch):
    monkeypatch.setattr("rollkeeper.access.services.is_recent", lambda _: False)
    before = file.read_bytes()

    assert asked("get").status_code in {302, 403}
    asked(data=FORM | {"notices-quiet_from": "20:00"})

    assert file.read_bytes() == before


def test_what_changed_since_the_page_was_opened_is_not_overwritten(file):
    with refusing(SETTING_CHANGED_MEANWHILE):
        change_settings(
            employ(StaffRole.ADMINISTRATOR), {"notices": {"quiet_from": "19:00"}}, was={"notices": {"quiet_from": "20:00"}}, on=clock.today()
        )  # fmt: skip


def test_an_entry_that_does_not_stay_leaves_the_file_as_it_was(file):
    before = file.read_bytes()

    change_settings(
        employ(StaffRole.ADMINISTRATOR), {"notices": {"quiet_from": "20:00"}}, was={"notices": {"quiet_from": "21:00"}}, on=clock.today()
    )  # fmt: skip

    assert len(connection.run_on_commit) == 1
    assert file.read_bytes() == before


def test_the_workers_role_enters_no_change_that_no_one_asked_for(file, as_role):
    facts = {"table": "notices", "setting": "quiet_from", "value": "ab" * 32}
    administrator = employ(StaffRole.ADMINISTRATOR)

    with as_role("worker"), pytest.raises(ProgrammingError, match="access_no_person_asked_for_it"), action():
        append_entry(
            administrator,
            verb=Verb.SETTING_CHANGED,
            role=StaffRole.ADMINISTRATOR,
            on=clock.today(),
            facts=facts,
        )


def test_a_running_app_takes_over_these_settings_and_no_other(file):
    assert (instance().operator_name, notices_settings().tries) == ("Invented Telecom", 5)
    file.write_text('[instance]\nkind = "demo"\noperator_name = "Plateau Telecom"\n[notices]\ntries = 9\n')

    request_started.send(sender=None)

    assert (instance().operator_name, notices_settings().tries) == ("Plateau Telecom", 5)


def test_a_running_app_does_not_take_over_a_file_with_a_fault(file, caplog):
    assert instance().operator_name == "Invented Telecom"
    file.write_text('[instance]\nkind = "demo"\noperator_name = "Plateau Telecom"\n[notices]\ntries = 0\n')

    request_started.send(sender=None)

    assert instance().operator_name == "Invented Telecom"
    assert "setting_fault" in caplog.text


@pytest.mark.parametrize(
    ("days", "status"), [("0", 422), ("1", 302), ("3650", 302), ("3651", 422), ("99999999999", 422)]
)
def test_no_pause_falls_on_a_day_that_the_calendar_does_not_have(asked, days, status):
    answer = asked(data=FORM | {"lines-hardship_evidence_days": days})

    assert answer.status_code == status
    if status == 422:
        assert f'value="{days}"' in answer.content.decode()
        assert "settings.toml:" not in answer.content.decode()


def test_a_fault_of_a_setting_does_not_say_where_its_file_lies(asked, file):
    answer = asked(data=FORM | {"instance-operator_name": "Invented Telecom of far too many letters"})

    assert answer.status_code == 422
    assert "at most 20" in answer.content.decode()
    assert str(file.parent) not in answer.content.decode()
