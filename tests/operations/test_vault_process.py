# SPDX-License-Identifier: EUPL-1.2
"""The vault service as a process: its user, what belongs to it, commands that ask it, and its end by a signal."""

import base64
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import override_settings

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import WRONG_SECOND_FACTOR
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.operations.credential_handover import VAULT_SECRETS, AppCredentials, VaultCredentials
from rollkeeper.site.web_apps import app_named
from rollkeeper.vault import client
from rollkeeper.vault.canaries import ensure_canary
from rollkeeper.vault.protocol import service_folder
from rollkeeper.vault.rotation import rotate
from tests.builders.authenticators import AuthenticatorApp
from tests.languages.production import production_instance
from tests.lines.test_canaries import somebody_who_left
from tests.operations.test_process_supervisor import COMMAND, below, until
from tests.processes import words_of
from tests.refusals import refusing
from tests.selfcare.people import register_line

pytestmark = pytest.mark.usefixtures("committed")

PASSWORD = "seven plain words of nothing"
NUMBER = "13900001234"
COPY = b"an invented picture"
OPEN = ("vault", "open", "--as", "officer-1", "--field", "name", "--purpose", "review")
FIRST = [VaultCredentials.make, lambda: AppCredentials.to(app_named("portal"))]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root can give the service a user of its own.")


def environment(data_dir):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROLLKEEPER_")}
    return kept | {"ROLLKEEPER_HOME": str(data_dir)}


@contextmanager
def serving(data_dir):
    with subprocess.Popen(
        [COMMAND, "vault", "serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(data_dir)
    ) as parent:
        try:
            until(client.is_reachable, seconds=60)
            yield parent
        finally:
            parent.terminate()
            parent.wait(30)


@as_root
def test_a_lock_that_another_user_left_keeps_no_service_from_starting(data_dir):
    lock = service_folder() / "lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.unlink(missing_ok=True)
    lock.touch(mode=0o600)

    VaultCredentials.make().clear()

    assert not lock.exists()


@as_root
@pytest.mark.parametrize("hand_over", FIRST, ids=["vault", "app"])
def test_the_first_process_of_an_instance_makes_the_folder_of_the_sockets(
    data_dir, tmp_path, monkeypatch, hand_over
):
    # Nothing else makes it where the servers are the operator's own.
    monkeypatch.setenv("ROLLKEEPER_SOCKETS", str(tmp_path / "run" / "sockets"))

    hand_over().clear()

    assert (tmp_path / "run" / "sockets").stat().st_mode & 0o777 == 0o711


@as_root
@pytest.mark.parametrize("hand_over", FIRST, ids=["vault", "app"])
def test_a_folder_of_sockets_that_another_user_made_is_not_used(data_dir, tmp_path, monkeypatch, hand_over):
    shutil.chown(tmp_path, 65534)
    monkeypatch.setenv("ROLLKEEPER_SOCKETS", str(tmp_path))

    with pytest.raises(PermissionError):
        hand_over()


def typed(data_dir, *words, answers):
    done = subprocess.run(
        [COMMAND, *words], input="".join(f"{one}\n" for one in answers), capture_output=True, text=True,
        check=False, env=environment(data_dir), timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout.strip(), done.stderr


def service_of(parent):
    """The process of the service itself."""
    (pid,) = (pid for pid in below(parent.pid) if b"rollkeeper.operations.vault_process" in words_of(pid))
    return pid


@pytest.fixture
def slow_officer(committed):
    """An officer whose password is hashed as a command's own process checks it."""
    cache.clear()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.ScryptPasswordHasher"]):
        add_staff(
            console_authority(), username="officer-1", password=PASSWORD,
            roles=[StaffRole.DATA_PROTECTION_OFFICER], on=clock.today(),
        )  # fmt: skip


@pytest.fixture
def production(committed):
    with production_instance():
        yield


def with_code(data_dir, app):
    """Type the command with a code; again where the half minute of the code was over before it was checked."""
    for _ in range(3):
        run("DELETE FROM access_attempt")
        step, answers = time.time() // 30, [PASSWORD, app.code(), NUMBER]
        code, said, remarks = typed(data_dir, *OPEN, answers=answers)
        if code == 0 or time.time() // 30 == step:
            break
    return code, said, remarks


def test_without_the_service_a_command_opens_nothing(data_dir, slow_officer, production):
    somebody_who_left()

    code, _, remarks = with_code(data_dir, AuthenticatorApp("officer-1"))

    assert (code, "The vault service does not answer" in remarks) == (2, True)
    assert rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened'") == []


# --- one service for the tests from here on -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(data_dir):
    with serving(data_dir) as parent:
        yield parent


def put_copy():
    before = os.umask(0o077)  # as the command line has it
    register_line(number=NUMBER, copies=(COPY,))
    os.umask(before)


def opened_copy():
    session = client.sign_in("officer-1", PASSWORD, str)
    return base64.b64decode(session.ask("open-copy", line=NUMBER, purpose="review", position=0))


def test_copies_that_came_before_the_service_began_are_opened_by_it(request, slow_officer):
    put_copy()
    request.getfixturevalue("served")

    assert opened_copy() == COPY


def test_copies_that_come_while_the_service_answers_are_opened_by_it(served, slow_officer):
    put_copy()

    assert opened_copy() == COPY


@as_root
def test_what_opens_belongs_to_the_services_user_alone(data_dir, served):
    user = pwd.getpwnam("rollkeeper-vault")
    uid = Path(f"/proc/{service_of(served)}").stat().st_uid
    secrets = [data_dir / name for name in VAULT_SECRETS if (data_dir / name).exists()]
    others = [one for one in (data_dir / "secrets").iterdir() if one not in secrets]

    assert uid == user.pw_uid
    assert {(one.stat().st_uid, stat.S_IMODE(one.stat().st_mode)) for one in secrets} == {(uid, 0o600)}
    assert readable_as("rollkeeper-vault", secrets) == secrets
    assert readable_as("rollkeeper-vault", others) == []
    assert readable_as("rollkeeper-backoffice", [*secrets, *others]) == []
    assert readable_as("nobody", [*secrets, *others]) == []


def readable_as(user, files):
    """Those of the files that a user of the machine can read, with a program that every user may run: Python may lie in a closed folder."""
    group = pwd.getpwnam(user).pw_gid
    done = subprocess.run(
        ["sh", "-c", 'for one; do head --bytes=1 "$one" >/dev/null 2>&1 && echo "$one"; done; true', "sh", *files],
        user=user, group=group, extra_groups=[], stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return [Path(one) for one in done.stdout.splitlines()]


def test_after_a_rotation_the_service_opens_with_the_new_root(served, slow_officer):
    somebody_who_left()
    assert opened_name() == "李强"

    rotate(console_authority(), on=clock.today())
    ensure_canary(console_authority(), on=clock.today())

    assert opened_name() == "李强"


def opened_name(code=str):
    session = client.sign_in("officer-1", PASSWORD, code)
    return session.ask("open-field", line=NUMBER, field="name", purpose="review")


def test_commands_ask_the_service_and_open_nothing_themselves(data_dir, served, slow_officer, production):
    somebody_who_left()
    app = AuthenticatorApp("officer-1")

    with refusing(WRONG_SECOND_FACTOR):
        opened_name(app.wrong_code)
    by_both = with_code(data_dir, app)
    approve = ("campaign", "approve", "0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b", "--as", "officer-1")
    approving = typed(data_dir, *approve, answers=[PASSWORD, app.wrong_code()])
    os.kill(service_of(served), signal.SIGKILL)
    until(client.is_reachable, seconds=60)
    run("DELETE FROM access_attempt")
    if (gone := time.time() % 30) > 20:
        time.sleep(30 - gone)  # a code that lasts while the password is checked
    back = opened_name(app.code)

    assert by_both[:2] == (0, "李强")
    assert "code of the authenticator app is wrong" in approving[2]
    assert back == "李强"
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened'")) == 2
