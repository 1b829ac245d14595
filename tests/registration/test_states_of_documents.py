# SPDX-License-Identifier: EUPL-1.2
"""A record from a file or an older release may lack the state that issued its document: its subscriber is served, and is no one else."""

import pytest

from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.registration.errors import DOCUMENT_REPLACED, NOT_THE_SUBSCRIBER, TRANSFEROR_NOT_SUBSCRIBER
from rollkeeper.registration.services import (
    change_record,
    check_subscriber,
    register_subscriber,
    transfer_line,
)
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")


def registered(clerk, kind, number="P4711001"):
    line = fresh_number()
    register_subscriber(clerk, submission(line, person(document_type=kind, document_number=number)), on=ON)
    return line


def subscriber_of(line):
    return current_tenure(find_line(line).line_id).person_id


@pytest.mark.parametrize(
    ("recorded", "shown"), [("passport", "passport-npl"), ("identity-card", "identity-card-deu")]
)
def test_who_is_recorded_without_the_state_is_served_with_it(clerk, recorded, shown):
    line = registered(clerk, recorded)

    check_subscriber(clerk, number=line, document=(shown, "P4711001"), on=ON)
    transfer_line(
        clerk,
        submission(line, transferor=given_by({"document_type": shown, "document_number": "P4711001"})),
        on=ON,
    )


@pytest.mark.parametrize(
    ("recorded", "shown"),
    [
        ("passport-btn", ("passport-npl", "P4711001")),
        ("passport-btn", ("passport", "P4711001")),
        ("passport", ("passport-npl", "P4711002")),
        ("passport", ("identity-card-npl", "P4711001")),
    ],
)
def test_no_other_document_is_taken_for_the_recorded_one(clerk, recorded, shown):
    line = registered(clerk, recorded)
    old = given_by({"document_type": shown[0], "document_number": shown[1]})

    with refusing(NOT_THE_SUBSCRIBER):
        check_subscriber(clerk, number=line, document=shown, on=ON)
    with refusing(TRANSFEROR_NOT_SUBSCRIBER):
        transfer_line(clerk, submission(line, transferor=old), on=ON)


def test_who_has_a_line_without_the_state_is_not_taken_for_the_subscriber_of_another(clerk):
    line, _ = registered(clerk, "passport-btn"), registered(clerk, "passport")

    with refusing(NOT_THE_SUBSCRIBER):
        check_subscriber(clerk, number=line, document=("passport-npl", "P4711001"), on=ON)


def test_no_one_is_found_on_another_line_by_a_number_without_its_state(clerk):
    lines = [registered(clerk, kind) for kind in ("passport", "passport-npl")]

    assert len({subscriber_of(line) for line in lines}) == 2


def test_a_document_without_its_state_that_was_replaced_proves_nothing_with_it(clerk):
    line = registered(clerk, "passport")
    renewed = person(document_type="passport-npl", document_number="P4711009")
    change = submission(line, renewed, former_document=("passport", "P4711001"))
    change_record(clerk, change, on=ON)

    with refusing(DOCUMENT_REPLACED):
        check_subscriber(clerk, number=line, document=("passport-npl", "P4711001"), on=ON)
    with refusing(DOCUMENT_REPLACED):
        old = given_by({"document_type": "passport-npl", "document_number": "P4711001"})
        transfer_line(clerk, submission(line, transferor=old), on=ON)


@pytest.mark.parametrize("former", [None, ("passport-npl", "P4711001")])
def test_a_change_adds_the_state_and_the_subscriber_stays_the_same(clerk, former):
    line = registered(clerk, "passport")
    before = subscriber_of(line)
    new = person(document_type="passport-npl", document_number="P4711001" if former is None else "P4711002")

    change_record(clerk, submission(line, new, former_document=former), on=ON)
    register_subscriber(clerk, submission(other := fresh_number(), new), on=ON)

    assert {subscriber_of(line), subscriber_of(other)} == {before}
    check_subscriber(clerk, number=line, document=(new["document_type"], new["document_number"]), on=ON)
    with refusing(DOCUMENT_REPLACED):
        check_subscriber(clerk, number=line, document=("passport", "P4711001"), on=ON)


def test_a_change_joins_no_one_who_is_recorded_without_the_state_on_another_line(clerk):
    line, others = registered(clerk, "passport-btn", "P4711005"), registered(clerk, "passport")
    new = person(document_type="passport-npl", document_number="P4711001")

    with refusing(NOT_THE_SUBSCRIBER):
        change_record(clerk, submission(line, new), on=ON)

    assert subscriber_of(line) != subscriber_of(others)
