# SPDX-License-Identifier: EUPL-1.2
"""Commands ask for the second factor, as pages do: someone who knows a password alone acts in no one's name."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import (
    NO_SECOND_FACTOR,
    PASSKEY_ONLY,
    WRONG_SECOND_FACTOR,
    NotSignedIn,
    TooManyAttempts,
)
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff, sign_in
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import write_settings
from rollkeeper.operations.cli import make_app
from tests.builders.authenticators import AuthenticatorApp, add_passkey
from tests.refusals import refusing

pytestmark = pytest.mark.usefixtures("committed", "quick_passwords")

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


@pytest.fixture
def production(committed):
    write_settings(instance={"kind": InstanceKind.PRODUCTION})
    yield
    write_settings(instance={"kind": InstanceKind.DEMO})


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
