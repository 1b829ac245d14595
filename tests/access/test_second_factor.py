# SPDX-License-Identifier: EUPL-1.2
"""Commands ask for the second factor, as pages do: someone who knows a password alone acts in no one's name."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import (
    FACTOR_CHANGED_LATELY,
    NO_SECOND_FACTOR,
    PASSKEY_ONLY,
    WRONG_SECOND_FACTOR,
    NotSignedIn,
    TooManyAttempts,
)
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff, sign_in
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import write_settings
from rollkeeper.notices import alarms
from rollkeeper.operations.cli import make_app
from tests.builders.authenticators import AuthenticatorApp, add_passkey
from tests.refusals import refusing

TAKEN_OVER = {
    "another password": "UPDATE access_staff SET password = left(password, 40) || 'x' WHERE staff_id = %s",
    "another authenticator": 'UPDATE mfa_authenticator SET data = data || \'{"secret": "x"}\' WHERE user_id = %s',
    "no authenticator": "DELETE FROM mfa_authenticator WHERE user_id = %s",
    "an authenticator more": "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'webauthn', '{}', now())",
}

pytestmark = pytest.mark.usefixtures("committed")

PASSWORD = "seven plain words of nothing"
ID = str(uuid4())
AS = ("--as", "officer-1")
COMMANDS = {
    "vault open": ("vault", "open", *AS, "--field", "name", "--purpose", "review"),
    "vault open-copy": ("vault", "open-copy", *AS, "--purpose", "review"),
    "vault alarms --settle": ("vault", "alarms", "--settle", *AS),
    "campaign approve": ("campaign", "approve", ID, *AS),
    "campaign stop": ("campaign", "stop", ID, *AS),
    "disclosures approve": ("disclosures", "approve", ID, *AS, "--held-on", "2012-03-02"),
    "disclosures document": ("disclosures", "document", ID, "never-written", *AS),
    "disclosures answer": (
        "disclosures", "answer", ID, "never-written", *AS, "--second", "officer-1", "--held-on", "2012-03-02",
    ),
    "disclosures delivered": ("disclosures", "delivered", ID, *AS),
    "holds end": ("holds", "end", *AS, "--case", "2012/7"),
    "reports show-sample": ("reports", "show-sample", ID, *AS),
    "settings languages withdraw": ("settings", "languages", "withdraw", "bo", *AS),
}  # fmt: skip


@pytest.fixture
def officer(committed):
    cache.clear()
    return add_staff(
        console_authority(), username="officer-1", password=PASSWORD, roles=[StaffRole.DATA_PROTECTION_OFFICER],
        on=clock.today(),
    )  # fmt: skip


def refusal_of(*words, answers):
    done = CliRunner().invoke(make_app(), list(words), input="".join(f"{one}\n" for one in answers))
    return done.exception.code if isinstance(done.exception, RollkeeperError) else done.output


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_production_instance_takes_no_command_of_a_password_alone(officer, production, command):
    assert refusal_of(*command, answers=[PASSWORD, "+8613900001234"]) == NO_SECOND_FACTOR.code


@pytest.mark.parametrize("kind", InstanceKind)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_asks_for_the_code_of_an_authenticator_app(officer, kind, command):
    AuthenticatorApp("officer-1")
    write_settings(instance={"kind": kind})

    refused = refusal_of(*command, answers=[PASSWORD, "+8613900001234"])
    write_settings(instance={"kind": InstanceKind.DEMO})

    assert refused == WRONG_SECOND_FACTOR.code


def test_the_password_and_the_code_sign_in(officer, production):
    app = AuthenticatorApp("officer-1")

    signed_in = sign_in("officer-1", PASSWORD, ask_code=app.code)

    assert signed_in.staff_id == officer


def test_a_code_signs_in_once(officer, production):
    app = AuthenticatorApp("officer-1")
    sign_in("officer-1", PASSWORD, ask_code=app.code)
    cache.clear()  # as in another process

    with refusing(WRONG_SECOND_FACTOR):
        sign_in("officer-1", PASSWORD, ask_code=app.code)


def test_an_account_with_passkeys_alone_is_sent_to_a_page(officer, production):
    add_passkey(officer)

    with refusing(PASSKEY_ONLY):
        sign_in("officer-1", PASSWORD, ask_code=lambda: "123456")


def test_wrong_codes_are_not_tried_endlessly_and_a_password_forgives_none(officer, production):
    app = AuthenticatorApp("officer-1")
    for _ in range(5):
        with refusing(WRONG_SECOND_FACTOR):
            sign_in("officer-1", PASSWORD, ask_code=app.wrong_code)

    with refusing(TooManyAttempts):
        sign_in("officer-1", PASSWORD, ask_code=app.code)


def test_a_right_code_forgives_the_wrong_ones_before(officer, production):
    app = AuthenticatorApp("officer-1")
    for _ in range(4):
        with refusing(WRONG_SECOND_FACTOR):
            sign_in("officer-1", PASSWORD, ask_code=app.wrong_code)
    sign_in("officer-1", PASSWORD, ask_code=app.code)

    with refusing(WRONG_SECOND_FACTOR):
        sign_in("officer-1", PASSWORD, ask_code=app.wrong_code)


def test_no_code_is_asked_for_before_the_password_is_right(officer, production):
    AuthenticatorApp("officer-1")
    asked = []

    with refusing(NotSignedIn):
        sign_in("officer-1", "some other words", ask_code=lambda: asked.append(1) or "")

    assert not asked


def test_a_demo_instance_takes_an_account_without_a_second_factor(officer):
    assert sign_in("officer-1", PASSWORD).staff_id == officer


@pytest.fixture
def cooldown(committed):
    write_settings(access={"approver_cooldown_hours": 24})
    yield
    write_settings(access={"approver_cooldown_hours": None})


@pytest.mark.parametrize("statement", TAKEN_OVER.values(), ids=TAKEN_OVER)
def test_what_the_back_office_changed_lately_opens_nothing_and_signs_nothing(
    officer, cooldown, as_role, statement
):
    AuthenticatorApp("officer-1")
    with as_role("backoffice"):
        run(statement, [officer])
    taken_over = _give_password_and_app_of_another(officer)

    with refusing(FACTOR_CHANGED_LATELY):
        sign_in("officer-1", PASSWORD, ask_code=taken_over.code)


def test_a_day_later_the_change_counts(officer, cooldown, as_role):
    app = AuthenticatorApp("officer-1")
    with as_role("backoffice"):
        run(TAKEN_OVER["an authenticator more"], [officer])
    run("UPDATE access_factorchange SET changed_at = changed_at - interval '24 hours 1 second'")

    assert sign_in("officer-1", PASSWORD, ask_code=app.code)


@pytest.mark.parametrize("role", ["counter", "backoffice", "portal", "worker", "vault", "vault_service"])
def test_no_process_forgets_that_a_factor_was_changed(officer, as_role, role):
    with pytest.raises(DatabaseError, match="permission denied"), as_role(role):
        run("DELETE FROM access_factorchange")


def test_a_changed_factor_is_mailed_once(officer, as_role, monkeypatch):
    sent = []
    monkeypatch.setattr(alarms, "mail_contacts", lambda *mail: not sent.append(mail))
    with as_role("backoffice"):
        run(TAKEN_OVER["another password"], [officer])

    assert [alarms.mail_changed_factors(), alarms.mail_changed_factors()] == [1, 0]
    assert "officer-1" in sent[0][1]


def _give_password_and_app_of_another(officer):
    """Let the account have what an attacker knows, by the owner's role: the notes of the triggers stay as they are."""
    add_staff(
        console_authority(), username="twin", password=PASSWORD, roles=[StaffRole.CLERK], on=clock.today()
    )
    app = AuthenticatorApp("twin")
    run("DELETE FROM mfa_authenticator WHERE user_id = %s", [officer])
    run("UPDATE mfa_authenticator SET user_id = %s", [officer])
    run("UPDATE access_staff SET password = (SELECT password FROM access_staff WHERE username = 'twin')")
    return app
