"""A number in quarantine is its former subscriber's alone: whatever a counter's program says, and however many documents are tried."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.calendars import Term
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.errors import NUMBER_QUARANTINED, AccessLimitReached
from rollkeeper.lines.models import Number
from rollkeeper.lines.queries import find_line, last_subscriber
from rollkeeper.operations.bootstrap import set_lookup_limits
from rollkeeper.provisioning.services import push_due
from rollkeeper.registration import decisions
from rollkeeper.registration.errors import ALREADY_REGISTERED
from rollkeeper.registration.services import (
    port_in_number,
    register_subscriber,
    terminate_line,
    transfer_line,
)
from rollkeeper.subscribers.services import set_protection
from tests.builders.lines import mark_terminated
from tests.entries import entries
from tests.provisioning.fakes import Element
from tests.refusals import refusing
from tests.registration.people import ON, given_by, person, submission
from tests.registration.test_undocumented import FOR_GOOD, bare

pytestmark = pytest.mark.usefixtures("vaulted")


@pytest.fixture
def ended(clerk, new_line):
    """A number in quarantine, and its former subscriber."""
    number, who = new_line(), person()
    register_subscriber(clerk, submission(number, who), on=ON)
    terminate_line(
        clerk,
        submission_key=str(new_uuid()),
        number=number,
        document=(who["document_type"], who["document_number"]),
        on=ON,
    )
    push_due(worker_authority(), on=ON, gateway=Element())
    return number, who


@pytest.fixture
def own_program(monkeypatch):
    """A counter's program that looks at no quarantine."""
    monkeypatch.setattr(decisions, "last_day_of_quarantine", lambda **_: dt.date.min)


def checked_at_the_end(act, *given, on):
    """Do an act, and what the database checks when it is committed."""
    with transaction.atomic():
        done = act(*given, on=on)
        run("SET CONSTRAINTS ALL IMMEDIATE")
    return done


@pytest.mark.parametrize("act", [register_subscriber, port_in_number])
def test_no_counter_gives_a_number_in_quarantine_to_another_person(clerk, ended, own_program, as_role, act):
    number, _ = ended
    last = find_line(number).quarantined_until

    for on in (ON, last):
        with as_role("counter"), pytest.raises(DatabaseError, match="lines_number_in_quarantine"):
            checked_at_the_end(act, clerk, submission(number), on=on)


def test_no_counter_passes_it_on_in_the_name_of_its_former_subscriber(clerk, ended, own_program, as_role):
    number, who = ended

    def pass_on(*, on):
        register_subscriber(clerk, submission(number, who), on=on)
        transfer_line(clerk, submission(number, transferor=given_by(who)), on=on)

    with as_role("counter"), pytest.raises(DatabaseError, match="lines_number_in_quarantine"):
        checked_at_the_end(pass_on, on=ON)


def test_a_counter_that_ends_a_contract_chooses_no_shorter_quarantine(clerk, new_line, monkeypatch, as_role):
    number, who = new_line(), person()
    register_subscriber(clerk, submission(number, who), on=ON)
    monkeypatch.setattr(Term, "last_day", lambda _, begins_on: begins_on)

    with as_role("counter"):
        terminate_line(
            clerk,
            submission_key=str(new_uuid()),
            number=number,
            document=(who["document_type"], who["document_number"]),
            on=ON,
        )
    monkeypatch.undo()

    assert find_line(number).quarantined_until == load_pack(instance().pack).number_quarantine.last_day(ON)


def test_after_quarantine_a_counter_gives_it_to_anyone(clerk, ended, as_role):
    number, _ = ended
    old = find_line(number)

    with as_role("counter"):
        checked_at_the_end(
            register_subscriber, clerk, submission(number), on=old.quarantined_until + dt.timedelta(days=1)
        )

    assert find_line(number).line_id != old.line_id


def test_a_counter_gives_it_back_to_its_former_subscriber(clerk, ended, as_role):
    number, who = ended
    old = find_line(number).line_id

    with as_role("counter"):
        checked_at_the_end(register_subscriber, clerk, submission(number, who), on=ON)

    assert find_line(number).line_id != old


def test_on_the_day_on_which_a_campaign_ended_it_its_user_keeps_it(clerk, new_line, as_role):
    number = new_line()
    old = find_line(number).line_id
    mark_terminated(old, ON)
    Number.objects.filter(line_id=old).update(quarantined_until=ON + dt.timedelta(days=90))
    push_due(worker_authority(), on=ON, gateway=Element())

    with as_role("counter"):
        checked_at_the_end(register_subscriber, clerk, submission(number), on=ON)

    assert find_line(number).line_id != old


def test_a_document_shown_for_a_number_in_quarantine_is_compared_and_counted(clerk, ended, data_dir):
    number, who = ended
    set_lookup_limits(document_mismatches_per_day=2)
    try:
        for _ in range(2):
            with refusing(NUMBER_QUARANTINED):
                register_subscriber(clerk, submission(number), on=ON)
        with refusing(AccessLimitReached):
            register_subscriber(clerk, submission(number, who), on=ON)
    finally:
        set_lookup_limits()

    recorded = [(one.facts["outcome"], one.facts.get("matched")) for one in entries("line:access:recorded")]
    assert recorded[:2] == [("found", False)] * 2


def test_who_takes_a_number_that_no_one_had_registered_is_compared_with_no_one(clerk, new_line):
    number = new_line()
    line_id = find_line(number).line_id
    mark_terminated(line_id, ON)
    Number.objects.filter(line_id=line_id).update(quarantined_until=ON + dt.timedelta(days=90))

    with refusing(NUMBER_QUARANTINED):
        register_subscriber(clerk, submission(number), on=ON + dt.timedelta(days=1))

    assert [one.facts.get("matched") for one in entries("line:access:recorded")] == [None]


@pytest.fixture
def hidden(ended):
    """A number in quarantine whose former subscriber lives under a threat."""
    number, who = ended
    set_protection(last_subscriber(find_line(number).line_id), protected=True)
    return number, who


@pytest.fixture
def limits(data_dir):
    yield set_lookup_limits
    set_lookup_limits()


def recorded():
    return [(one.facts["outcome"], one.facts.get("matched")) for one in entries("line:access:recorded")]


def test_documents_tried_for_somebody_protected_are_counted_and_told_from_nothing(clerk, hidden, limits):
    number, who = hidden
    limits(document_mismatches_per_day=2)

    for shown in (None, None, None, who):
        with refusing(ALREADY_REGISTERED):
            register_subscriber(clerk, submission(number, shown), on=ON)

    assert [one for one in recorded() if one[0] == "refused_protected"] == [
        ("refused_protected", False), ("refused_protected", False), ("refused_protected", None), ("refused_protected", None),
    ]  # fmt: skip
    assert find_line(number).is_over


def test_somebody_protected_has_their_number_back(clerk, hidden):
    number, who = hidden

    register_subscriber(clerk, submission(number, who), on=ON)

    assert find_line(number).is_registered


def test_who_shows_no_document_is_compared_with_no_one(clerk, ended, routed, limits):
    number, _ = ended
    routed(FOR_GOOD)
    limits(document_mismatches_per_day=0)

    with refusing(NUMBER_QUARANTINED):
        register_subscriber(clerk, submission(number, bare(), route="referee"), on=ON)

    assert recorded() == [("found", None)]
