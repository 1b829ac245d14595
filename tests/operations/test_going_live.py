"""The doctor says what a production instance lacks before it serves real subscribers, and of a demo instance nothing of the kind."""

import datetime as dt

import pytest

from rollkeeper.access.queries import count_people_for
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.settings import Access
from rollkeeper.kernel import stores
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.instance import Instance, InstanceKind
from rollkeeper.notices.settings import Notices
from rollkeeper.operations import going_live, server_checks
from rollkeeper.operations.findings import Finding, Health, Urgency
from tests.builders.staff import employ
from tests.in_process import invoke

NAMED = {
    "operator_name": "Invented Mobile", "country_code": "CN", "pack": "cn-xz-2011", "zone": "Asia/Shanghai", "languages": ["en"],
    "care_number": "10086",
}  # fmt: skip


@pytest.fixture
def production(register, monkeypatch):
    """An instance that is taken for a production one with these settings."""

    def with_settings(**settings):
        here = Instance(kind=InstanceKind.PRODUCTION, **settings)
        monkeypatch.setattr(going_live, "instance", lambda: here)
        monkeypatch.setattr(going_live, "gateways", dict)
        monkeypatch.setattr(going_live, "unanswered", lambda: [key for key in NAMED if key not in settings])

    return with_settings


def lacking(check):
    return [found for found in check() if found.health is not Health.OK]


def test_a_demo_instance_lacks_nothing_before_going_live(register):
    found = [one for check in going_live.CHECKS for one in check()]

    assert {one.health for one in found} == {Health.OK}


def test_a_demo_is_said_to_have_no_mail_address_or_element_that_it_lacks(register):
    found = {one.sentence for check in going_live.CHECKS for one in check()}

    assert found >= {
        "This demo mails no alarm.", "This demo's commands go into a file.",
        "A demo's apps take their addresses from each request.",
    }  # fmt: skip


def test_the_names_for_demo_instances_are_named_before_the_ledger_is_published(production, monkeypatch):
    production(**NAMED)
    monkeypatch.setattr(going_live, "notice_settings", lambda: Notices(smtp_url="smtp://127.0.0.1"))

    said = [found.sentence for found in lacking(going_live._check_names)]

    assert said == [
        "'ledger.origin' is the default, 'ledger.operator.example'.",
        "'notices.email_from' is the default, 'register@operator.example'.",
    ]


def test_a_message_centre_whose_reports_are_not_believed_is_named(production, monkeypatch):
    production(**NAMED)
    monkeypatch.setattr(going_live, "gateways", lambda: {Channel.SMS: None})
    chosen = {"smpp_url": "smpp://us@127.0.0.1"}
    monkeypatch.setattr(going_live, "notice_settings", lambda: Notices(**chosen))

    (found,) = lacking(going_live._check_gateways)
    chosen["smpp_report_ids"] = "same"

    assert found.sentence.startswith("No delivery report of the message centre is believed")
    assert found.stops_going_live
    assert not lacking(going_live._check_gateways)


def test_a_password_that_was_not_kept_is_named_with_its_server(production, monkeypatch, tmp_path):
    production(**NAMED)
    monkeypatch.setattr(going_live, "data_dir", lambda: tmp_path)
    monkeypatch.setattr(going_live, "notice_settings", lambda: Notices(smpp_url="smpp://us@127.0.0.1"))

    (found,) = lacking(going_live._check_passwords)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "smpp.password").touch()

    assert (
        found.sentence
        == "'secrets/smpp.password' is missing: the server of 'notices.smpp_url' will refuse this instance."
    )
    assert not lacking(going_live._check_passwords)


def test_a_demo_with_a_server_is_not_told_that_the_secret_is_there(monkeypatch, tmp_path):
    monkeypatch.setattr(going_live, "data_dir", lambda: tmp_path)
    monkeypatch.setattr(going_live, "notice_settings", lambda: Notices(smtp_url="smtp://us@127.0.0.1"))

    (found,) = lacking(going_live._check_passwords)

    assert "'secrets/smtp.password' is missing" in found.sentence


def test_apps_without_an_address_are_named(production, monkeypatch):
    production(**NAMED)
    chosen = Access(
        backoffice_address="https://backoffice.register.example",
        counter_address="https://counter.register.example",
    )
    monkeypatch.setattr(going_live, "access_settings", lambda: chosen)

    (found,) = lacking(going_live._check_addresses)

    assert found.sentence.endswith("lack addresses: 'access.portal_address', 'access.passkey_domain'.")
    assert found.health is Health.WARNING


def test_a_default_that_nobody_chose_is_named_with_its_value(production):
    production(**{key: value for key, value in NAMED.items() if key != "operator_name"})

    found = lacking(going_live._check_names)[0]

    assert "'instance.operator_name' was never set: it is 'Invented Telecom'" in found.sentence
    assert found.urgency is Urgency.BEFORE_GOING_LIVE


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (going_live._check_gateways, "No notice can be sent"),
        (going_live._check_alarms, "No one gets a mail of an alarm"),
        (going_live._check_network, "No network element is set"),
        (going_live._check_root_of_trust, "The root of trust is a file"),
    ],
)
def test_what_is_not_there_is_said_with_its_setting(production, check, says):
    production(**NAMED)

    (found,) = lacking(check)

    assert found.sentence.startswith(says)
    assert found.remedy
    assert found.stops_going_live


@pytest.mark.parametrize(
    ("url", "is_named"),
    [
        ("postgresql://db.example/register", True),
        ("postgresql://db.example/register?sslmode=require", True),
        ("postgresql://db.example/register?sslmode=verify-full", False),
        ("postgresql://127.0.0.1/register", False),
        (None, False),
    ],
)
def test_a_register_over_a_network_whose_server_is_not_verified_is_named(production, url, is_named):
    production(**NAMED, register_url=url, keys_url=url and "postgresql://127.0.0.1/keys")

    assert bool(lacking(going_live._check_connections)) is is_named


def test_one_approver_is_too_few_and_an_account_without_second_factor_is_counted(production):
    production(**NAMED)
    employ(StaffRole.SUPERVISOR)

    said = " ".join(found.sentence for found in lacking(going_live._check_people))

    assert "'Approve a batch'; 1 may do it" in said
    assert "1 accounts have no second factor" in said


def test_people_with_two_roles_are_counted_once(register):
    employ(StaffRole.SUPERVISOR, StaffRole.CAMPAIGN_MANAGER)

    assert count_people_for(Permission.APPROVE_BATCH, on=dt.date(2012, 1, 2)) == 1


@pytest.mark.parametrize(
    ("health", "stops", "urgency"),
    [
        (Health.OK, True, Urgency.NOTHING),
        (Health.WARNING, False, Urgency.SOON),
        (Health.ERROR, False, Urgency.NOW),
        (Health.ERROR, True, Urgency.BEFORE_GOING_LIVE),
    ],
)
def test_each_finding_stands_in_one_group(health, stops, urgency):
    assert Finding("x", health, "x", stops_going_live=stops).urgency is urgency


def test_a_server_that_is_down_is_said_once_in_its_own_words_and_nothing_else_is(data_dir, monkeypatch):
    here = Instance(register_url="postgresql://127.0.0.1:1/none", keys_url="postgresql://127.0.0.1:1/none")
    monkeypatch.setattr(server_checks, "instance", lambda: here)
    monkeypatch.setattr("rollkeeper.kernel.database.instance", lambda: here)

    answer = invoke("doctor")

    assert answer.exit_code == 2
    assert answer.output.count("does not answer") == len(stores.STORES)
    assert "refused" in answer.output.lower()
    assert "looked at" not in answer.output


def test_where_there_is_no_instance_the_doctor_makes_none(tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path / "none"))

    answer = invoke("doctor")

    assert answer.exception.code == "no_instance"
    assert not (tmp_path / "none").exists()
