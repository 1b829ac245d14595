# SPDX-License-Identifier: EUPL-1.2
"""What the doctor says of commands that have waited for the network, where what is held on purpose does not count, and of the law's days."""

import datetime as dt
import errno
import uuid

import pytest
from psycopg.errors import QueryCanceled

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.errors import WEB_KEY_LOST
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import write_settings
from rollkeeper.operations import doctor, jobs
from rollkeeper.operations.credential_handover import AppCredentials
from rollkeeper.operations.doctor import Health, _check_holds, _check_law, _check_notices_and_commands
from rollkeeper.operations.findings import Finding
from rollkeeper.provisioning.choices import CommandKind
from rollkeeper.provisioning.services import push_due, queue_command
from rollkeeper.site.web_apps import app_named
from tests.builders.commands import change_commands
from tests.builders.lines import hold_line
from tests.command_server import common_server
from tests.provisioning.fakes import Element
from tests.refusals import refusing
from tests.vault.openbao import bao

__all__ = ["bao"]

OPEN, CLOSED = dt.date(2012, 3, 2), dt.date(2012, 3, 3)  # a Friday, a Saturday


@pytest.fixture(autouse=True)
def an_open_day(register):
    clock.set_demo_date(OPEN)


@pytest.mark.parametrize("left", [None, "*:*:*:portal:another\n"])
def test_a_role_whose_password_is_lost_is_named(data_dir, left):
    file = stores.password_file(stores.REGISTER, "portal")
    kept = file.read_text("utf-8")
    file.unlink() if left is None else file.write_text(left, "utf-8")

    try:
        (found,) = (one for one in doctor._check_secrets() if one.health is Health.ERROR)
    finally:
        file.write_text(kept, "utf-8")
        file.chmod(0o600)

    assert "register-portal.pgpass" in found.sentence
    assert "docs/runbook/lost-passwords.md" in found.remedy


def test_without_the_password_of_commands_the_doctor_says_so(data_dir):
    file = stores.password_file(stores.REGISTER, "console")
    kept = file.read_text("utf-8")
    file.unlink()

    try:
        answer = common_server().run("doctor", data_dir=data_dir)
    finally:
        file.write_text(kept, "utf-8")
        file.chmod(0o600)

    assert answer.returncode == 2
    assert "lost-passwords.md" in answer.stdout


@pytest.mark.parametrize(
    "name",
    [
        "secrets/receipts.key",
        "ledger/receipts",
        "ledger/vkey",
        "secrets/public-keys.key",
        "secrets/public-keys.pub",
        "secrets/web.key",
    ],
)
def test_a_file_without_which_the_apps_do_less_is_named_with_what_to_do(data_dir, name):
    file = data_dir / name
    kept = file.read_bytes()
    file.unlink()

    try:
        (found,) = (one for one in doctor._check_secrets() if one.health is Health.ERROR)
    finally:
        file.write_bytes(kept)
        file.chmod(0o600)

    assert f"{file} is missing: " in found.sentence
    assert "rollkeeper setup" in found.remedy


def test_another_web_key_is_made_by_setup_alone(data_dir):
    # Every code of an authenticator app was refused as wrong, and nothing said why.
    file = data_dir / "secrets" / "web.key"
    kept = file.read_bytes()
    file.unlink()

    try:
        with refusing(WEB_KEY_LOST):
            AppCredentials.to(app_named("counter"))
        is_made = file.exists()
    finally:
        file.write_bytes(kept)
        file.chmod(0o600)

    assert not is_made


def test_the_doctor_says_why_a_server_refuses_and_where_its_log_is(data_dir):
    file = stores.password_file(stores.KEYS, "vault")
    kept = file.read_text("utf-8")
    file.unlink()

    try:
        (found,) = doctor._run_check(doctor._check_keys)
    finally:
        file.write_text(kept, "utf-8")
        file.chmod(0o600)

    assert "password" in found.sentence
    assert "OperationalError" not in found.sentence
    assert str(stores.KEYS.log) in found.remedy


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/srv/x"), "/srv/x: Permission denied"),
        (QueryCanceled("Tashi Dorje"), "for too long"),
        (RuntimeError("Tashi Dorje"), "RuntimeError in "),
    ],
)
def test_a_check_that_breaks_says_why_in_words_and_names_no_log_that_is_none(fault, says):
    def broken():
        raise fault

    (found,) = doctor._run_check(broken)

    assert says in found.sentence
    assert "Tashi" not in found.sentence
    assert "log" not in found.remedy
    assert "rollkeeper doctor" not in found.remedy


def asked(*, hours_ago, kind=CommandKind.BAR, attempts=0, wait=dt.timedelta()):
    """Ask the network for something some hours ago, to be tried next after a while."""
    line = uuid.uuid4()
    queue_command(line, kind=kind, reason="registration", at=clock.now() - dt.timedelta(hours=hours_ago))
    change_commands(line_id=line, attempts=attempts, next_try_at=clock.now() + wait)


def said():
    (found,) = _check_notices_and_commands()
    return found.health


@pytest.mark.parametrize(("hours", "health"), [(23, Health.OK), (25, Health.WARNING)])
def test_a_command_that_nobody_carried_out_for_a_day_is_said(hours, health):
    asked(hours_ago=hours)

    assert said() is health


def test_a_command_that_is_tried_in_vain_for_a_day_is_said_between_two_tries():
    asked(hours_ago=25, kind=CommandKind.RESTORE, attempts=90, wait=dt.timedelta(minutes=15))

    assert said() is Health.WARNING


def test_what_a_stay_or_a_stopped_batch_holds_does_not_wait_for_the_network():
    asked(hours_ago=25, wait=dt.timedelta(days=1))

    assert said() is Health.OK


def test_what_was_put_off_since_the_desks_are_shut_does_not_wait_for_the_network():
    clock.set_demo_date(CLOSED)
    asked(hours_ago=25)
    not_looked_at = said()

    push_due(worker_authority(), on=CLOSED, gateway=Element())

    assert (not_looked_at, said()) == (Health.WARNING, Health.OK)


def test_who_is_to_be_restored_waits_for_the_network_on_every_day():
    clock.set_demo_date(CLOSED)
    asked(hours_ago=25, kind=CommandKind.RESTORE)

    assert said() is Health.WARNING


@pytest.mark.parametrize(
    ("pack", "zone", "health"),
    [
        ("cn-xz-2011", "Asia/Shanghai", [Health.OK]),
        ("cn-xz-2011", "Asia/Macau", [Health.OK]),
        ("cn-xz-2011", "Asia/Urumqi", [Health.OK, Health.ERROR]),
        ("none", "Asia/Urumqi", [Health.OK]),
    ],
)
def test_an_instance_whose_days_are_not_those_of_its_law_is_at_fault(pack, zone, health):
    before = instance()
    write_settings(instance={"pack": pack, "zone": zone})

    try:
        found = [one.health for one in _check_law() if "declined" not in one.sentence]
    finally:
        write_settings(instance={"pack": before.pack, "zone": before.zone})

    assert found == health


@pytest.mark.parametrize(
    ("review", "health"), [(OPEN, Health.WARNING), (OPEN + dt.timedelta(days=1), Health.OK)]
)
def test_a_legal_hold_is_named_from_its_day_of_review_on(review, health):
    hold_line(uuid.uuid4(), OPEN, OPEN + dt.timedelta(days=30), case="2012/7", review_on=review)

    assert [one.health for one in _check_holds()] == [health]


@pytest.mark.parametrize(
    ("finding", "is_mailed"),
    [
        (Finding("backups", Health.ERROR, "Too old."), True),
        (Finding("backups", Health.ERROR, "Never.", stops_going_live=True), False),
        (Finding("disk", Health.ERROR, "1 GiB."), False),
        (Finding("background jobs", Health.WARNING, "Late."), False),
        (Finding("notices and commands", Health.WARNING, "They wait."), True),
        (Finding("notices and commands", Health.OK, "Nothing waits."), False),
    ],
)
def test_what_hurts_people_while_no_one_looks_is_mailed(register, monkeypatch, finding, is_mailed):
    mailed = []
    monkeypatch.setattr(doctor, "examine", lambda: [finding])
    monkeypatch.setattr(jobs, "mail_broken", mailed.extend)

    jobs.examine()

    assert mailed == ([(finding.check, finding.sentence, "")] if is_mailed else [])


def test_the_token_of_the_apps_is_tried_too(bao, data_dir, monkeypatch):
    # A command hashes with the token of the root: the doctor said that all was well while every app answered 503.
    write_settings(vault={"root_url": bao.url})
    monkeypatch.setattr(doctor.epochs, "require_root", lambda: None)
    given = {name: data_dir / "secrets" / f"{name}.token" for name in ("root", "index")}
    given["root"].write_text(bao.token("rollkeeper-root").read_text("ascii"), "ascii")
    found = {}

    try:
        for policy in ("rollkeeper-index", "default"):
            given["index"].write_text(bao.token(policy).read_text("ascii"), "ascii")
            found[policy] = doctor._run_check(doctor._check_root)
    finally:
        write_settings(vault={"root_url": None})
        for file in given.values():
            file.unlink()

    assert {one.health for one in found["rollkeeper-index"]} == {Health.OK}
    ((said),) = found["default"]
    assert said.health is Health.ERROR
    assert str(given["index"]) in said.remedy
