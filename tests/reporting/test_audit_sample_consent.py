# SPDX-License-Identifier: EUPL-1.2
"""A person is shown to an auditor with that person's own recorded consent, and in no other way."""

import datetime as dt
import json

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import STAFF_ROLES, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.ledger.queries import accesses
from rollkeeper.lines.opening import open_document_copy, open_field
from rollkeeper.lines.queries import current_tenure, number_index_of
from rollkeeper.reporting.audit_samples.consented_access import open_with_consent
from rollkeeper.selfcare.consents import (
    CONSENT_ANSWER_DAYS,
    CONSENT_VALID_DAYS,
    request_consent,
    valid_consent,
)
from rollkeeper.selfcare.services import protect_subscriber
from rollkeeper.vault.errors import NEEDS_CONSENT
from rollkeeper.vault.fields import Field, LineField, Purpose
from rollkeeper.vault.opening import open_line_values
from tests.portal.conftest import at_portal, browser, come_in, prove, telephone  # noqa: F401 - the same portal
from tests.refusals import refusing
from tests.reporting.test_audit_sample_draw import employed
from tests.selfcare.people import NUMBER, ON, PERSON, register_line

OTHER = "+8613908911235"
DAY = dt.timedelta(days=1)


@pytest.fixture
def asked(at_portal):  # noqa: F811
    """A subscriber whom an auditor asks to see name and address."""
    auditor = employed("auditor-7")
    clock.set_demo_date(ON)
    line_id, sample_id = register_line(), new_uuid()
    consent_id = request_consent(
        auditor, line_id, sample_id=sample_id, fields=[Field.NAME, Field.ADDRESS], on=ON
    )
    return auditor, line_id, consent_id


def answer(browser, what, line_id, consent_id):  # noqa: F811
    return browser.post(
        f"/audit/{what}/",
        {"key": str(new_uuid()), "line": str(line_id), "consent": str(consent_id)},
        follow=True,
    )


def seen(auditor, consent_id, on=ON):
    return {
        field.value: value.reveal() for field, value in open_with_consent(auditor, consent_id, on=on).items()
    }


def looks_of_auditor(line_id):
    found = accesses(current_tenure(line_id).person_id)
    return [(one.role, one.field, one.purpose) for one in found if one.purpose == "audit"]


def test_with_a_consent_its_entries_are_shown_and_each_access_is_recorded(asked, come_in, prove):  # noqa: F811
    auditor, line_id, consent_id = asked
    browser = come_in()  # noqa: F811
    prove()

    page = browser.get("/lines/").content.decode()
    answer(browser, "consent", line_id, consent_id)
    shown = seen(auditor, consent_id)
    after = browser.get("/access-history/").content.decode()

    assert "An auditor asks to see your record" in page
    assert shown == {"name": PERSON["name"], "address": PERSON["address"]}
    assert looks_of_auditor(line_id) == [("auditor", "address", "audit"), ("auditor", "name", "audit")]
    assert "to check an audit sample, as you allowed" in after
    entry = next(
        json.loads(row.body) for row in rows("SELECT body FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
        if '"audit"' in row.body
    )  # fmt: skip
    assert entry["facts"]["consent"] == str(consent_id)


def test_the_subscriber_is_notified_of_the_day_until_which_to_decide(asked):
    _, line_id, _ = asked

    (notice,) = rows("SELECT * FROM notices_notice WHERE line_id = %s AND kind = 'audit_asked'", [line_id])

    assert notice.promised_on == ON + DAY * CONSENT_ANSWER_DAYS


def test_without_a_yes_nothing_is_shown_and_no_entry_says_that_it_was(asked):
    auditor, line_id, consent_id = asked

    with refusing(NEEDS_CONSENT):
        open_with_consent(auditor, consent_id, on=ON)
    with refusing(NEEDS_CONSENT):
        open_with_consent(auditor, new_uuid(), on=ON)

    assert looks_of_auditor(line_id) == []


def test_a_yes_needs_the_second_proof_and_taking_it_back_does_not(asked, come_in, prove):  # noqa: F811
    auditor, line_id, consent_id = asked
    browser = come_in()  # noqa: F811

    answer(browser, "consent", line_id, consent_id)
    with refusing(NEEDS_CONSENT):
        open_with_consent(auditor, consent_id, on=ON)
    prove()
    answer(browser, "consent", line_id, consent_id)
    assert seen(auditor, consent_id)
    browser.post("/sign-out/")
    browser = come_in()
    said = answer(browser, "withdraw_consent", line_id, consent_id).content.decode()

    assert "No auditor sees your record." in said
    with refusing(NEEDS_CONSENT):
        open_with_consent(auditor, consent_id, on=ON)


def test_a_yes_is_good_for_the_auditor_who_asked_and_for_no_other(asked, come_in, prove):  # noqa: F811
    _, line_id, consent_id = asked
    browser = come_in()  # noqa: F811
    prove()
    answer(browser, "consent", line_id, consent_id)

    with refusing(NEEDS_CONSENT):
        open_with_consent(employed("auditor-8"), consent_id, on=ON)
    for role in STAFF_ROLES - {StaffRole.AUDITOR}:
        with refusing(NOT_ALLOWED):
            open_with_consent(employed(f"some-{role.value}", role), consent_id, on=ON)


@pytest.mark.parametrize(
    ("days", "good"),
    [(CONSENT_VALID_DAYS - 1, True), (CONSENT_VALID_DAYS, True), (CONSENT_VALID_DAYS + 1, False)],
)
def test_a_yes_ends_by_itself(asked, come_in, prove, days, good):  # noqa: F811
    auditor, line_id, consent_id = asked
    browser = come_in()  # noqa: F811
    prove()
    answer(browser, "consent", line_id, consent_id)

    found = valid_consent(consent_id, auditor=auditor.staff_id, on=ON + DAY * days)

    assert (found is not None) is good


@pytest.mark.parametrize(
    ("days", "good"),
    [(CONSENT_ANSWER_DAYS - 1, True), (CONSENT_ANSWER_DAYS, True), (CONSENT_ANSWER_DAYS + 1, False)],
)
def test_a_yes_that_comes_too_late_is_none(asked, come_in, prove, days, good):  # noqa: F811
    auditor, line_id, consent_id = asked
    browser = come_in()  # noqa: F811
    prove()

    clock.set_demo_date(ON + DAY * days)
    answer(browser, "consent", line_id, consent_id)

    found = valid_consent(consent_id, auditor=auditor.staff_id, on=ON + DAY * days)
    assert (found is not None) is good


def test_a_consent_to_fewer_entries_never_becomes_one_to_more(asked, come_in, prove):  # noqa: F811
    auditor, line_id, consent_id = asked
    more = request_consent(auditor, line_id, sample_id=new_uuid(), fields=list(Field), on=ON)
    browser = come_in()  # noqa: F811
    prove()

    answer(browser, "consent", line_id, consent_id)

    assert set(seen(auditor, consent_id)) == {"name", "address"}
    with refusing(NEEDS_CONSENT):
        open_with_consent(auditor, more, on=ON)


def test_a_consent_does_not_pass_to_the_next_subscriber(asked, come_in, prove):  # noqa: F811
    auditor, line_id, consent_id = asked
    browser = come_in()  # noqa: F811
    prove()
    answer(browser, "consent", line_id, consent_id)

    run(
        "UPDATE lines_tenure SET held = tstzrange(lower(held), lower(held) + interval '1 hour') WHERE line_id = %s",
        [line_id],
    )

    with refusing(NEEDS_CONSENT):
        open_with_consent(auditor, consent_id, on=ON)


def test_a_consent_cannot_be_given_for_another_person(asked, come_in, prove):  # noqa: F811
    auditor, line_id, consent_id = asked
    register_line(OTHER, PERSON | {"document_number": "Y7654321"})
    browser = come_in(OTHER)  # noqa: F811
    prove(PERSON | {"document_number": "Y7654321"})

    answer(browser, "consent", line_id, consent_id)
    own = rows("SELECT line_id FROM lines_line WHERE line_id <> %s", [line_id])[0].line_id
    answer(browser, "consent", own, consent_id)

    with refusing(NEEDS_CONSENT):
        open_with_consent(auditor, consent_id, on=ON)


def test_an_auditor_cannot_tell_that_a_protected_subscriber_is_not_asked(at_portal, come_in, prove):  # noqa: F811
    auditor = employed("auditor-7")
    clock.set_demo_date(ON)
    line_id = register_line()
    protect_subscriber(console_authority(), number_index_of(NUMBER), protected=True, on=ON)

    consent_id = request_consent(auditor, line_id, sample_id=new_uuid(), fields=[Field.NAME], on=ON)
    browser = come_in()  # noqa: F811
    prove()
    page = browser.get("/lines/").content.decode()
    answer(browser, "consent", line_id, consent_id)

    assert consent_id is not None
    assert not rows("SELECT FROM notices_notice WHERE kind = 'audit_asked'")
    assert "An auditor asks" not in page
    with refusing(NEEDS_CONSENT):
        open_with_consent(auditor, consent_id, on=ON)


def test_an_auditor_cannot_tell_that_a_line_is_disowned(at_portal, come_in):  # noqa: F811
    auditor = employed("auditor-7")
    clock.set_demo_date(ON)
    line_id = register_line()
    run("UPDATE lines_tenure SET contested_on = %s WHERE line_id = %s", [ON, line_id])

    consent_id = request_consent(auditor, line_id, sample_id=new_uuid(), fields=[Field.NAME], on=ON)
    page = come_in().get("/lines/").content.decode()

    assert consent_id is not None
    assert not rows("SELECT FROM notices_notice WHERE kind = 'audit_asked'")
    assert "An auditor asks" not in page


def test_a_subscriber_protected_after_consenting_is_not_shown(asked, come_in, prove):  # noqa: F811
    auditor, line_id, consent_id = asked
    browser = come_in()  # noqa: F811
    prove()
    answer(browser, "consent", line_id, consent_id)

    protect_subscriber(console_authority(), number_index_of(NUMBER), protected=True, on=ON)

    with refusing(NEEDS_CONSENT):
        open_with_consent(auditor, consent_id, on=ON)


def test_the_vault_opens_nothing_for_an_audit_that_names_no_consent(asked):
    auditor, line_id, _ = asked

    with refusing(NEEDS_CONSENT):
        open_field(auditor, NUMBER, field=Field.NAME, purpose=Purpose.AUDIT, on=ON)
    with refusing(NEEDS_CONSENT):
        open_document_copy(auditor, NUMBER, position=0, purpose=Purpose.AUDIT, on=ON)
    with refusing(NEEDS_CONSENT):
        open_line_values(auditor, LineField.NUMBER, [(LineId(line_id), b"")], purpose=Purpose.AUDIT, on=ON)


def test_an_auditor_opens_for_no_other_purpose(asked):
    auditor, *_ = asked
    for purpose in set(Purpose) - {Purpose.AUDIT}:
        with refusing(NOT_ALLOWED):
            open_field(auditor, NUMBER, field=Field.NAME, purpose=purpose, on=ON)
