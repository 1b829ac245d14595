# SPDX-License-Identifier: EUPL-1.2
"""The vault service at its socket: who it answers, what it refuses, and what it survives."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest
from django.core.cache import cache

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import (
    NO_SECOND_FACTOR,
    NOT_ALLOWED,
    WRONG_SECOND_FACTOR,
    NotSignedIn,
    TooManyAttempts,
)
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff, end_role, suspend_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.settings import settings_file, write_settings
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.vault import client, protocol, service
from rollkeeper.vault.errors import (
    TOO_MANY_OPENINGS,
    VAULT_FAILED,
    VAULT_OUT_OF_REACH,
    VAULT_REQUEST_REFUSED,
    VAULT_SESSION_OVER,
    CannotOpen,
)
from rollkeeper.vault.hooks import STAFF_OPERATIONS
from rollkeeper.vault.service_sessions import Sessions
from rollkeeper.vault.settings import settings
from tests.builders.authenticators import AuthenticatorApp
from tests.lines.test_canaries import somebody_who_left
from tests.refusals import refusing
from tests.vault.running_service import NUMBER, PASSWORD, start

__all__ = ["start"]

pytestmark = pytest.mark.usefixtures("committed")

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root can be another user of the machine.")


@pytest.fixture
def officer(committed):
    cache.clear()
    return add_staff(
        console_authority(), username="officer-1", password=PASSWORD, roles=[StaffRole.DATA_PROTECTION_OFFICER],
        on=clock.today(),
    )  # fmt: skip


@pytest.fixture
def answering(start):
    return start()


def signed_in(code=str, password=PASSWORD):
    return client.sign_in("officer-1", password, code)


def open_name(session, line=NUMBER, **more):
    return session.ask("open-field", line=line, field="name", purpose="review", **more)


def raw(*parts, pause_s=0.0):
    """Send bytes to the service; return what it answers until it closes."""
    with closing(socket.socket(socket.AF_UNIX)) as call:
        call.settimeout(10)
        call.connect(str(protocol.service_socket()))
        try:
            for part in parts:
                call.sendall(part)
                time.sleep(pause_s)
        except OSError:
            return b""
        received = b""
        while True:
            try:
                part = call.recv(1 << 16)
            except OSError:
                return received
            if not part:
                return received
            received += part


def test_an_officer_who_signed_in_opens_one_field_and_the_ledger_knew_before(officer, answering):
    somebody_who_left()

    assert open_name(signed_in()) == "李强"
    (entry,) = rows("SELECT staff_id, body FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    assert entry.staff_id == officer
    assert '"purpose":"review"' in entry.body


def test_a_production_instance_takes_no_password_alone(officer, production, answering):
    with refusing(NO_SECOND_FACTOR):
        signed_in(lambda: "123456")


def test_the_code_is_asked_for_where_there_is_one(officer, production, answering):
    somebody_who_left()
    app = AuthenticatorApp("officer-1")

    with refusing(WRONG_SECOND_FACTOR):
        signed_in(app.wrong_code)
    assert open_name(signed_in(app.code)) == "李强"


def test_wrong_codes_at_the_service_are_not_tried_endlessly(officer, production, answering):
    app = AuthenticatorApp("officer-1")
    for _ in range(5):
        with refusing(WRONG_SECOND_FACTOR):
            signed_in(app.wrong_code)

    with refusing(TooManyAttempts):
        signed_in(app.code)


def test_a_wrong_password_signs_nobody_in(officer, answering):
    with refusing(NotSignedIn):
        signed_in(password="some other words")


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\0", "officer-1"])
def test_a_forged_session_opens_nothing(officer, answering, token):
    somebody_who_left()
    signed_in()

    with refusing(VAULT_SESSION_OVER, VAULT_REQUEST_REFUSED):
        client.ask("open-field", token=token, line=NUMBER, field="name", purpose="review")
    assert not rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened'")


def test_an_expired_session_opens_nothing(officer, start):
    start(lasts_s=0.0)
    session = signed_in()

    with refusing(VAULT_SESSION_OVER):
        open_name(session)


def test_a_session_of_a_closed_account_opens_nothing(officer, answering):
    session = signed_in()
    suspend_staff(console_authority(), username="officer-1", on=clock.today())

    with refusing(VAULT_SESSION_OVER):
        open_name(session)


def test_a_session_ends_when_the_password_changes(officer, answering):
    session = signed_in()
    staff = Staff.objects.get(staff_id=officer)
    staff.set_password("eight other words of nothing at all")
    staff.save()

    with refusing(VAULT_SESSION_OVER):
        open_name(session)


def test_a_session_opens_nothing_once_the_role_has_ended(officer, answering):
    somebody_who_left()
    session = signed_in()
    end_role(
        console_authority(), username="officer-1", role=StaffRole.DATA_PROTECTION_OFFICER, on=clock.today()
    )

    with refusing(NOT_ALLOWED):
        open_name(session)


def test_a_session_is_good_for_one_user_of_the_machine(officer, answering):
    sessions = Sessions()
    token = sessions.begin("officer-1", PASSWORD, None, user=1001)["token"]

    assert sessions.authority(token, user=1001).staff_id == officer
    with refusing(VAULT_SESSION_OVER):
        sessions.authority(token, user=1002)


def test_a_session_that_was_signed_out_is_over(officer, answering):
    session = signed_in()
    session.ask("sign-out")

    with refusing(VAULT_SESSION_OVER):
        open_name(session)


@pytest.mark.parametrize("purpose", ["notice", "network", "legal_disclosure", "audit", "", None, ["review"]])
def test_a_person_opens_for_no_purpose_of_rollkeepers_own(officer, answering, purpose):
    somebody_who_left()

    with refusing(VAULT_REQUEST_REFUSED):
        signed_in().ask("open-field", line=NUMBER, field="name", purpose=purpose)


def test_refusals_arrive_as_what_they_are(officer, answering):
    session = signed_in()

    with refusing(LineNotFound):
        open_name(session, line="13900009999")
    somebody_who_left()
    with refusing(CannotOpen):
        session.ask("open-field", line=NUMBER, field="birth_date", purpose="review")


def test_the_limit_of_openings_holds_for_the_service(officer, answering):
    somebody_who_left()
    write_settings(vault={"opens_per_day": 3})
    session = signed_in()
    for _ in range(3):
        open_name(session)

    with refusing(TOO_MANY_OPENINGS):
        open_name(session)
    write_settings(vault={"opens_per_day": 60})


def asked_by(user: int, group: int, message: dict[str, object]) -> bytes:
    """What the service answers a process of this user and group."""
    for place in (protocol.service_folder(), *protocol.service_folder().parents):
        place.chmod(place.stat().st_mode | 0o011)
    asked = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect(sys.argv[1]);"
        "s.sendall(sys.stdin.buffer.read()); sys.stdout.buffer.write(s.recv(1000))"
    )
    # Where root's Python lies another user may not be let in: Debian's is everyone's.
    python = shutil.which("python3", path="/usr/bin") or sys.executable
    return subprocess.run(
        [python, "-c", asked, str(protocol.service_socket())], input=protocol.written({"token": "", "with": {}} | message),
        user=user, group=group, extra_groups=[], capture_output=True, check=False,
    ).stdout  # fmt: skip


@as_root
def test_another_user_of_the_machine_gets_no_answer(answering):
    assert b"true" in asked_by(0, 0, {"do": "health"})
    assert asked_by(65534, 65534, {"do": "health"}) == b""


@as_root
@pytest.mark.parametrize(("group", "is_refused"), [(0, False), (1, True)])
def test_an_app_with_the_workers_user_is_told_from_it_by_its_group(answering, monkeypatch, group, is_refused):
    """So it is in containers. Debian's user and group `daemon`, both number 1, are the app's here."""
    monkeypatch.setattr(service, "APP_USERS", ("daemon",))
    reached = []
    monkeypatch.setattr("rollkeeper.vault.worker_operations.do_for_worker", lambda *_: reached.append(1))

    said = asked_by(0, group, {"do": "line-values", "with": {"field": 1}})

    assert bool(reached) is not is_refused
    assert (VAULT_REQUEST_REFUSED.code.encode() in said) is is_refused


@as_root
def test_the_group_of_an_app_gives_another_user_no_answer(answering, monkeypatch):
    monkeypatch.setattr(service, "APP_USERS", ("daemon",))

    assert asked_by(65534, 1, {"do": "health"}) == b""


@pytest.mark.parametrize(
    "size", [protocol.MAX_BYTES + 1, 0xFFFFFFFF], ids=["one too many", "as many as can be said"]
)
def test_a_request_that_is_too_long_is_not_read(answering, size):
    assert raw(size.to_bytes(4), b"x" * 100) == b""
    assert client.is_reachable()


def test_who_asks_for_staff_may_send_no_more_than_staff_do(answering, monkeypatch):
    monkeypatch.setattr(service, "is_worker", lambda *_: False)
    monkeypatch.setattr(service, "is_staffs", lambda *_: True)

    assert raw((protocol.MAX_STAFF_BYTES + 1).to_bytes(4)) == b""
    assert client.is_reachable()


def test_a_request_that_drips_is_dropped_and_others_are_answered(answering, monkeypatch):
    monkeypatch.setattr(protocol, "REQUEST_S", 0.3)
    message = protocol.written({"do": "health", "token": "", "with": {}})
    dripping = []
    threads = [
        threading.Thread(
            target=lambda: dripping.append(raw(*(message[n : n + 1] for n in range(20)), pause_s=0.1))
        )
        for _ in range(10)
    ]
    for one in threads:
        one.start()

    assert client.is_reachable()
    for one in threads:
        one.join(20)
    assert dripping == [b""] * 10


def test_one_user_does_not_take_all_connections(answering, monkeypatch):
    monkeypatch.setattr(service, "_CONNECTIONS_OF_ONE", 3)
    monkeypatch.setattr(protocol, "REQUEST_S", 1.0)
    idle = [socket.socket(socket.AF_UNIX) for _ in range(3)]
    for one in idle:
        one.connect(str(protocol.service_socket()))
    time.sleep(0.2)

    assert raw(protocol.written({"do": "health", "token": "", "with": {}})) == b""
    for one in idle:
        one.close()
    time.sleep(0.2)
    assert client.is_reachable()


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b'{"v": 1}', b"\xff\xfe", b"[" * 60_000, b'{"v": 2, "do": {}}' * 2],
    ids=["nothing", "half", "list", "null", "other version", "no text", "deep", "two"],
)
def test_what_is_no_message_is_not_answered(answering, text):
    assert raw(len(text).to_bytes(4) + text) == b""
    assert client.is_reachable()


@pytest.mark.parametrize(
    "request_",
    [{}, {"do": 1}, {"do": "open-field", "token": None, "with": {}}, {"do": "x", "token": "", "with": []}],
)
def test_a_message_of_other_types_is_refused(answering, request_):
    answer = json.loads(raw(protocol.written(request_))[4:])

    assert answer["refused"][0]["code"] == VAULT_REQUEST_REFUSED.code


def test_an_operation_that_does_not_exist_is_refused(officer, answering):
    session = signed_in()

    with refusing(VAULT_REQUEST_REFUSED):
        session.ask("open-everything")


def test_an_operation_that_breaks_tells_nothing_and_the_service_goes_on(officer, answering, caplog):
    def breaks(request):
        raise ValueError("Rigdzin Wangmo")

    STAFF_OPERATIONS.register(breaks, key="break")
    session = signed_in()

    with refusing(VAULT_FAILED) as caught:
        session.ask("break")
    assert "Rigdzin" not in f"{caught.value!r} {caplog.text}"
    assert client.is_reachable()


@pytest.mark.parametrize("more", [{"on": "never"}, {"token": "\ud800"}])
def test_what_is_asked_for_by_no_known_name_writes_no_line_of_the_log(officer, answering, caplog, more):
    asked = {
        "v": protocol.VERSION,
        "do": "sign-in\n\x1b[2J2030-01-01 all is well",
        "token": "",
        "with": {},
    } | more
    text = json.dumps(asked).encode()

    raw(len(text).to_bytes(protocol.LENGTH_BYTES) + text)

    assert "all is well" not in caplog.text
    assert client.is_reachable()


def test_who_asks_where_no_service_is_hears_so(officer, tmp_path, monkeypatch):
    monkeypatch.setattr(protocol, "service_folder", lambda: tmp_path)

    with refusing(VAULT_OUT_OF_REACH):
        signed_in()
    assert not client.is_reachable()


@as_root
def test_no_password_is_sent_to_a_service_of_another_user(officer, tmp_path, monkeypatch):
    monkeypatch.setattr(protocol, "service_folder", lambda: tmp_path)
    with closing(socket.socket(socket.AF_UNIX)) as false:
        false.bind(str(protocol.service_socket()))
        false.listen()
        false.settimeout(5)
        os.chown(tmp_path, 65534, 65534)

        with refusing(VAULT_OUT_OF_REACH):
            signed_in()
        call, _ = false.accept()
        with call:
            assert call.recv(100) == b""


def test_a_demos_day_is_taken_and_a_production_instances_clock_is_true(officer, production, answering):
    message = protocol.written({"do": "health", "token": "", "on": "2012-03-02", "with": {}})

    assert json.loads(raw(message)[4:])["refused"][0]["code"] == "date_refused"


def test_a_faulty_settings_file_takes_no_setting_from_the_service(data_dir, start, monkeypatch):
    monkeypatch.setattr(service, "_SETTINGS_INTERVAL_S", 0.0)
    file, limit = settings_file(), settings().opens_per_day
    whole = file.read_text("utf-8")
    try:
        file.write_text(f"{whole}\n[vault", "utf-8")
        start()
        time.sleep(0.5)  # it reads its settings ten times a second now

        assert settings().opens_per_day == limit
    finally:
        file.write_text(whole, "utf-8")
