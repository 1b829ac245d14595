"""`rollkeeper settings languages`: who accepted what, by an administrator's own decision."""

import json

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel.database import rows
from rollkeeper.languages.errors import (
    LANGUAGE_NOT_ACCEPTED,
    NO_SUCH_LANGUAGE,
    READ_IN_FUTURE,
    READER_NOT_NAMED,
)
from rollkeeper.languages.models import Acceptance
from rollkeeper.languages.queries import forget_accepted_languages
from rollkeeper.languages.services import accept_language, withdraw_language
from rollkeeper.languages.texts import texts_hash, texts_of
from tests.in_process import invoke
from tests.languages.production import ADMINISTRATOR, READ_ON, READER, accept
from tests.refusals import refusing

PASSWORD = "four plain words together"


@pytest.fixture(autouse=True)
def _accounts(register):
    for name, role in (("admin-01", StaffRole.ADMINISTRATOR), ("clerk-07", StaffRole.CLERK)):
        add_staff(console_authority(), username=name, password=PASSWORD, roles=[role], on=READ_ON)
    forget_accepted_languages()
    yield
    forget_accepted_languages()


def accepted_by(user, *more):
    words = ("settings", "languages", "accept", "bo", "--reader", READER, "--on", READ_ON, "--as", user)
    return invoke(*words, *more, typed=f"{PASSWORD}\n")


def listed(language="bo"):
    answer = json.loads(invoke("settings", "languages", "list", "--json").stdout)
    return next(one for one in answer if one["language"] == language)


def test_an_administrator_records_who_accepted_which_texts_and_when():
    done = accepted_by("admin-01", "--yes")

    assert done.exit_code == 0, done.output
    shown = listed()
    assert (shown["is_accepted"], shown["changed"], shown["reader"]) == (True, 0, READER)
    assert (shown["read_on"], shown["accepted_hash"]) == (READ_ON.isoformat(), texts_hash("bo"))
    assert shown["texts"] == len(texts_of("bo"))


def test_what_was_not_accepted_is_listed_as_changed_throughout():
    shown = listed()

    assert (shown["is_accepted"], shown["reader"], shown["changed"]) == (False, None, shown["texts"])


def test_nothing_is_recorded_that_nobody_confirmed():
    assert accepted_by("admin-01").exit_code == 1
    assert not Acceptance.objects.exists()


def test_a_clerk_accepts_no_language():
    refused = accepted_by("clerk-07", "--yes")

    assert refused.exception.code == NOT_ALLOWED.code
    assert not Acceptance.objects.exists()


def test_the_console_alone_accepts_no_language():
    with refusing(NOT_ALLOWED):
        accept_language(console_authority(), "bo", reader=READER, read_on=READ_ON, on=READ_ON)


def test_an_administrator_withdraws_it_and_both_stand_in_the_ledger():
    accept("bo")

    done = invoke("settings", "languages", "withdraw", "bo", "--as", "admin-01", typed=f"{PASSWORD}\n")

    assert done.exit_code == 0, done.output
    assert not listed()["is_accepted"]
    verbs = [
        row.verb
        for row in rows("SELECT verb FROM ledger_entry WHERE verb LIKE 'languages:%%' ORDER BY entry_id")
    ]
    assert verbs == ["languages:texts:accepted", "languages:texts:withdrawn"]


def test_what_is_not_accepted_cannot_be_withdrawn():
    with refusing(LANGUAGE_NOT_ACCEPTED):
        withdraw_language(ADMINISTRATOR, "bo", on=READ_ON)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_language_without_translations_is_not_accepted(language):
    with refusing(NO_SUCH_LANGUAGE):
        accept(language)


def test_a_reader_is_named_and_has_read_before_it_is_recorded():
    with refusing(READER_NOT_NAMED):
        accept_language(ADMINISTRATOR, "bo", reader=" ", read_on=READ_ON, on=READ_ON)
    with refusing(READ_IN_FUTURE):
        accept_language(ADMINISTRATOR, "bo", reader=READER, read_on=READ_ON.replace(year=2027), on=READ_ON)


def test_the_report_lists_every_text_with_its_age():
    answer = json.loads(invoke("settings", "languages", "report", "zh-hans", "--json").stdout)

    assert {one["key"] for one in answer} == texts_of("zh-hans").keys()
    assert {one["state"] for one in answer} <= {"fresh", "stale", "of the pack"}
    assert all(one["written_on"] for one in answer if one["state"] != "of the pack")


def test_the_report_can_be_cut_to_what_changed_since_it_was_accepted():
    accept("bo")

    answer = json.loads(invoke("settings", "languages", "report", "bo", "--changed", "--json").stdout)

    assert answer == []
    assert "Texts in bo" in invoke("settings", "languages", "report", "bo", "--stale").stdout
