"""Who can show no document, or whose document was stolen, where a law gives them a way."""

import datetime as dt
from dataclasses import replace

import pytest

from rollkeeper.documents.assurance import Assurance
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import Faults
from rollkeeper.law.errors import UNSUPPORTED_PACK_FIELD
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import count_clock
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import LineState, PauseReason, SuspensionReason
from rollkeeper.lines.queries import accepted_through, current_tenure, find_line, line_history
from rollkeeper.registration.bulk import register_file
from rollkeeper.registration.errors import (
    MISSING_ATTRIBUTE,
    ROUTE_ALREADY_USED,
    ROUTE_NOT_FOR_THIS,
    ROUTE_NOT_OFFERED,
    ROUTE_WITH_DOCUMENT,
)
from rollkeeper.registration.services import change_record, register_subscriber, transfer_line
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission, without_address

pytestmark = pytest.mark.usefixtures("vaulted")

FOR_GOOD = "by: [referee, institution, application_receipt]"
STOLEN = "by: [police_report], valid_for: {n: 30, unit: day}"
THROUGH = ON + dt.timedelta(days=30)


def bare(**changes: str) -> dict[str, str]:
    """Return the data of a person without a document."""
    return {name: value for name, value in person(**changes).items() if not name.startswith("document")}


def notices(line_id):
    found = rows(
        "SELECT kind, promised_on FROM notices_notice WHERE line_id = %s ORDER BY notice_id", [line_id]
    )
    return [(row.kind, row.promised_on) for row in found]


@pytest.mark.parametrize("way", ["referee", "institution", "application_receipt"])
def test_a_subscriber_without_a_document_is_registered_by_a_way_of_the_law(clerk, routed, new_line, way):
    routed(FOR_GOOD)
    number = new_line()

    receipt = register_subscriber(clerk, submission(number, bare(), route=way), on=ON)

    assert receipt.verb == Verb.TENURE_REGISTERED
    assert find_line(number).is_registered
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = %s", [Verb.ROUTE_USED.value])
    assert f'"route":"{way}"' in entry.body
    assert '"article":"2 ¶1"' in entry.body


def test_it_is_recorded_as_declared_whatever_others_show(clerk, routed, new_line):
    routed(FOR_GOOD, kind="minor")
    number = new_line()
    parts = {PartyRole.SUBSCRIBER: bare(), PartyRole.GUARDIAN: without_address()}

    register_subscriber(clerk, submission(number, kind=PartyKind.MINOR, parts=parts, route="referee"), on=ON)

    assert current_tenure(find_line(number).line_id).assurance == Assurance.DECLARED


def test_no_kind_and_no_number_of_a_document_is_sealed(clerk, routed, new_line):
    routed(FOR_GOOD)
    number = new_line()

    register_subscriber(
        clerk, submission(number, bare() | {"document_type": "other"}, route="referee"), on=ON
    )

    tenure = current_tenure(find_line(number).line_id)
    fields = rows("SELECT field FROM vault_sealed WHERE tenure_id = %s ORDER BY field", [tenure.tenure_id])
    assert [row.field for row in fields] == ["address", "name"]


@pytest.mark.parametrize(
    ("subscriber", "changes", "refused"),
    [
        (bare(), {"route": "police_report"}, ROUTE_NOT_OFFERED),
        (bare(), {"route": "Dolma, my aunt"}, ROUTE_NOT_OFFERED),
        (person(), {"route": "referee"}, ROUTE_WITH_DOCUMENT),
        (bare(), {}, Faults),
    ],
)
def test_a_way_that_the_law_does_not_give_registers_nobody(
    clerk, routed, new_line, subscriber, changes, refused
):
    routed(FOR_GOOD)
    number = new_line()

    with refusing(refused) as said:
        register_subscriber(clerk, submission(number, subscriber, **changes), on=ON)

    assert not find_line(number).is_registered
    assert "Dolma" not in str(said.value)


def test_the_other_attributes_are_demanded_all_the_same(clerk, routed, new_line):
    routed(FOR_GOOD)

    with refusing(MISSING_ATTRIBUTE) as said:
        register_subscriber(clerk, submission(new_line(), {"name": "Invented"}, route="referee"), on=ON)

    assert "address" in str(said.value)


def test_the_reference_law_gives_no_way(clerk, new_line):
    with refusing(ROUTE_NOT_OFFERED) as said:
        register_subscriber(clerk, submission(new_line(), bare(), route="referee"), on=ON)

    assert said.value.facts["offered"] == "none"


def test_a_record_is_changed_by_nobody_who_shows_no_document(clerk, routed, new_line):
    routed(FOR_GOOD)
    number = new_line()
    register_subscriber(clerk, submission(number), on=ON)

    with refusing(ROUTE_NOT_FOR_THIS):
        change_record(clerk, submission(number, bare(), route="referee"), on=ON)


@pytest.mark.parametrize("unit", ["{n: 1, unit: hour}", "{n: 0, unit: day}"])
def test_a_time_that_nothing_here_can_count_is_refused_for_use_by_its_name(clerk, routed, new_line, unit):
    routed(f"by: [police_report], valid_for: {unit}")

    with refusing(UNSUPPORTED_PACK_FIELD, match="no_document_route"):
        register_subscriber(clerk, submission(new_line(), bare(), route="police_report"), on=ON)


def test_a_time_that_nobody_has_confirmed_runs_against_nobody(clerk, routed, new_line):
    routed(STOLEN, confirmed=False)
    number = new_line()

    register_subscriber(clerk, submission(number, bare(), route="police_report"), on=ON)

    assert find_line(number).is_registered


# A stolen document: accepted for the time of the law, and afterwards the clock goes on.


def test_a_report_of_a_theft_gives_service_back_and_registers_nobody_for_good(clerk, routed, new_line):
    routed(STOLEN)
    number = new_line(SuspensionReason.REGISTRATION)

    receipt = register_subscriber(clerk, submission(number, bare(), route="police_report"), on=ON)

    line = find_line(number)
    assert (line.state, line.is_registered) == (LineState.ACTIVE, False)
    assert receipt.verb == Verb.TENURE_ACCEPTED
    assert accepted_through([line.line_id]) == {line.line_id: THROUGH}
    assert ("document_by", THROUGH) in notices(line.line_id)


def test_the_clock_is_paused_through_the_last_day_of_the_report(clerk, routed, new_line):
    routed(STOLEN)
    number = new_line()
    register_subscriber(clerk, submission(number, bare(), route="police_report"), on=ON)

    pauses = line_history(find_line(number).line_id).pauses
    counted = {
        day: count_clock(
            load_pack("cn-xz-2011"), anchor_on=ON - dt.timedelta(days=1), days=60,
            pauses=[(one.first, one.last) for one in pauses], through=day,
        ).counted
        for day in (THROUGH - dt.timedelta(days=1), THROUGH, THROUGH + dt.timedelta(days=1))
    }  # fmt: skip

    assert [(one.first, one.last) for one in pauses] == [(ON, THROUGH)]
    assert [row.reason for row in rows("SELECT reason FROM lines_pause")] == [PauseReason.NO_DOCUMENT]
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'line:clock:paused'")
    assert '"article":"2 ¶1"' in entry.body
    assert list(counted.values()) == [0, 0, 1]


@pytest.mark.parametrize("later", [THROUGH - dt.timedelta(days=1), THROUGH, THROUGH + dt.timedelta(days=1)])
def test_the_document_is_registered_before_on_and_after_the_last_day(clerk, routed, new_line, later):
    routed(STOLEN)
    number = new_line()
    register_subscriber(clerk, submission(number, bare(), route="police_report"), on=ON)

    register_subscriber(clerk, submission(number, person()), on=later)

    line = find_line(number)
    assert line.is_registered
    assert accepted_through([line.line_id]) == {}


def test_a_report_is_accepted_once_a_line(clerk, routed, new_line):
    routed(STOLEN)
    number = new_line()
    register_subscriber(clerk, submission(number, bare(), route="police_report"), on=ON)

    with refusing(ROUTE_ALREADY_USED) as said:
        register_subscriber(clerk, submission(number, bare(), route="police_report"), on=THROUGH)

    assert str(THROUGH) in str(said.value)
    assert "2 ¶1" in str(said.value)


def test_the_same_submission_twice_is_one_receipt(clerk, routed, new_line):
    routed(STOLEN)
    once = submission(new_line(), bare(), route="police_report")

    first = register_subscriber(clerk, once, on=ON)
    again = register_subscriber(clerk, replace(once), on=ON)

    assert again == first
    assert again.is_repeat


def test_a_line_is_given_to_somebody_whose_document_was_stolen(clerk, routed, new_line):
    routed(STOLEN)
    number, old = new_line(), person()
    register_subscriber(clerk, submission(number, old), on=ON)

    given = submission(number, bare(), route="police_report", transferor=given_by(old))
    receipt = transfer_line(clerk, given, on=ON)

    assert receipt.verb == Verb.TENURE_ACCEPTED
    assert not find_line(number).is_registered


def test_a_new_number_gets_a_line_by_a_way_without_a_document(clerk, routed):
    routed(FOR_GOOD, STOLEN)
    number = fresh_number()

    register_subscriber(clerk, submission(number, bare(), route="institution"), on=ON)

    assert find_line(number).is_registered


def test_a_file_names_the_way_and_a_wrong_one_is_refused_by_row(clerk, routed, new_line, tmp_path):
    routed(STOLEN)
    good, bad = new_line(), new_line()
    file = tmp_path / "people.jsonl"
    file.write_text(
        f'{{"number": "{good}", "route": "police_report", "name": "A", "address": "B"}}\n'
        f'{{"number": "{bad}", "route": "referee", "name": "A", "address": "B"}}\n',
        "utf-8",
    )

    tally = register_file(clerk, file, on=ON, moved=lambda _: None)

    assert (tally.recorded, tally.refused, tally.reasons) == (1, 1, {"route_not_offered": 1})
    assert accepted_through([find_line(good).line_id])
