"""Accounts from the command line."""

import json

import pytest
from typer.testing import CliRunner

from rollkeeper.access.errors import PASSWORD_TOO_WEAK, ROLE_NOT_FOR_PEOPLE
from rollkeeper.access.services import sign_in
from rollkeeper.operations.cli import make_app
from tests.in_process import invoke
from tests.refusals import refusing

PASSWORD = "seven plain words of nothing"
run = CliRunner()


def test_an_account_is_added_from_standard_input_granted_listed_and_ended(committed):
    app = make_app()

    added = run.invoke(app, ["staff", "add", "clerk-07", "--role", "clerk"], input=f"{PASSWORD}\n")
    run.invoke(app, ["staff", "grant", "clerk-07", "--role", "auditor"])
    run.invoke(app, ["staff", "end", "clerk-07", "--role", "clerk"])
    listed = run.invoke(app, ["staff", "list", "--json"])

    assert added.exit_code == 0, added.output
    assert json.loads(listed.stdout) == [{"active": True, "roles": ["auditor"], "username": "clerk-07"}]
    assert sign_in("clerk-07", PASSWORD)


def test_no_option_takes_a_password(committed):
    refused = run.invoke(make_app(), ["staff", "add", "clerk-07", "--role", "clerk", "--password", PASSWORD])

    assert refused.exit_code == 2


def test_a_weak_password_is_refused(committed):
    answered = run.invoke(make_app(), ["staff", "add", "clerk-07", "--role", "clerk"], input="short\n")

    with refusing(PASSWORD_TOO_WEAK):
        raise answered.exception


def test_what_waits_for_an_approver_is_listed_by_a_command(committed):
    listed = run.invoke(make_app(), ["staff", "approvals", "--json"])
    table = run.invoke(make_app(), ["staff", "approvals"])

    assert (listed.exit_code, table.exit_code) == (0, 0), listed.output + table.output
    assert json.loads(listed.stdout) == []


@pytest.mark.parametrize("role", ["worker", "visitor", "manager"])
def test_a_role_that_no_person_can_have_is_refused_with_those_that_one_can(role):
    refused = invoke("staff", "add", "clerk-07", "--role", role, typed="short")

    assert refused.exception.code == ROLE_NOT_FOR_PEOPLE.code
    assert refused.exception.advice.startswith("Choose one of: administrator, ")
    assert (
        "visitor" not in invoke("staff", "add", "clerk-07").output + invoke("staff", "add", "--help").output
    )
