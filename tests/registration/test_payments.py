# SPDX-License-Identifier: EUPL-1.2
"""A law that speaks of prepaid lines alone: who is registered, what counts for a limit, and what is noted of a line."""

import json

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel import database
from rollkeeper.kernel.choices import Payment
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import PersonId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.models import Line
from rollkeeper.lines.queries import find_line
from rollkeeper.registration import bulk
from rollkeeper.registration.errors import LIMIT_REACHED, PAYMENT_NOT_REGISTERED
from rollkeeper.registration.party_kinds import KindOfParty
from rollkeeper.registration.services import change_record, install_line, register_subscriber
from rollkeeper.registration.submissions import NEW_CONTRACT_KINDS, RegistrationKind, submission_of
from rollkeeper.subscribers.choices import PartyKind
from tests.builders.packs import REFERENCE, use_pack
from tests.entries import entries
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")

SERVICES = "    - services: [mobile, data_card, fixed_line]\n"
# Without its cases, whose lines do not say how they are paid.
ONLY_PREPAID = REFERENCE[: REFERENCE.index("\ntests:")].replace(
    SERVICES, f"{SERVICES}      payment: prepaid\n", 1
)
TWO_PREPAID = "what: lines, group: person, payment: prepaid, scope: operator, kind: stock, n: 2, over: refuse"
FLOW = TWO_PREPAID.replace("stock", "flow") + ", window: {n: 30, unit: day}"
PREPAID, POSTPAID, UNKNOWN = Payment


@pytest.fixture
def only_prepaid(law_put_back) -> None:
    assert ONLY_PREPAID != REFERENCE
    use_pack(ONLY_PREPAID)


def take(clerk, who=None, *, number=None, **others):
    return register_subscriber(clerk, submission(number or fresh_number(), who, **others), on=ON)


def payment_of(receipt) -> str:
    return Line.objects.get(line_id=receipt.line_id).payment


def noted(receipt) -> str | None:
    (entry,) = rows("SELECT body::jsonb -> 'facts' ->> 'payment' AS paid FROM ledger_entry WHERE entry_id = %s", [receipt.entry_id])  # fmt: skip
    return entry.paid


@pytest.mark.usefixtures("only_prepaid")
@pytest.mark.parametrize("payment", [PREPAID, None])
def test_a_new_line_at_a_counter_is_one_of_which_the_law_speaks(clerk, payment):
    done = take(clerk, payment=payment)

    assert payment_of(done) == noted(done) == "prepaid"


@pytest.mark.usefixtures("only_prepaid")
def test_nothing_is_recorded_of_a_line_that_the_law_does_not_have_registered(clerk):
    number = fresh_number()

    with refusing(PAYMENT_NOT_REGISTERED) as refused:
        take(clerk, number=number, payment=POSTPAID)

    assert "'postpaid'" in str(refused.value)
    assert find_line(number) is None


@pytest.mark.usefixtures("only_prepaid")
def test_a_line_recorded_as_paid_afterwards_is_registered_only_if_that_was_wrong(clerk, new_line):
    number = new_line()
    Line.objects.filter(line_id=find_line(number).line_id).update(payment=POSTPAID.value)

    with refusing(PAYMENT_NOT_REGISTERED):
        take(clerk, number=number)
    done = take(clerk, number=number, payment=PREPAID)

    assert payment_of(done) == noted(done) == "prepaid"


@pytest.mark.usefixtures("only_prepaid")
def test_a_line_of_which_it_is_not_known_is_registered_and_stays_so(clerk, new_line):
    done = take(clerk, number=new_line())

    assert (payment_of(done), noted(done)) == ("unknown", None)


@pytest.mark.usefixtures("only_prepaid")
def test_a_subscriber_whose_line_is_paid_afterwards_by_now_corrects_the_record(clerk):
    number, who = fresh_number(), person()
    take(clerk, who, number=number)

    changed = submission(number, who | {"address": "拉萨市 2 号"}, payment=POSTPAID)
    done = change_record(clerk, changed, on=ON)

    assert payment_of(done) == noted(done) == "postpaid"


def test_a_law_that_does_not_ask_it_notes_nothing(clerk):
    done = take(clerk, payment=PREPAID)

    assert (payment_of(done), noted(done)) == ("unknown", None)


def test_no_statement_is_added_where_no_law_asks_how_a_line_is_paid(clerk, monkeypatch):
    seen = []
    monkeypatch.setattr("rollkeeper.lines.writes.rows", lambda *a: seen.append(a) or database.rows(*a))

    take(clerk)

    assert not [one for one in seen if "payment" in str(one)]


@pytest.mark.parametrize("limit", [TWO_PREPAID, FLOW])
def test_a_limit_of_prepaid_lines_counts_and_stops_those_alone(clerk, limited, limit):
    limited(limit)
    who = person()

    taken = [take(clerk, who, payment=payment) for payment in (PREPAID, POSTPAID, POSTPAID, PREPAID)]
    with refusing(LIMIT_REACHED) if limit == TWO_PREPAID else pytest.raises(Exception, match="within"):
        take(clerk, who, payment=PREPAID)

    assert [payment_of(one) for one in taken] == ["prepaid", "postpaid", "postpaid", "prepaid"]
    assert take(clerk, who, payment=POSTPAID)
    assert take(clerk, person(), payment=PREPAID)


def test_an_existing_line_of_which_it_is_not_known_meets_no_limit_of_prepaid_lines(clerk, limited, new_line):
    limited(TWO_PREPAID)
    who = person()
    for _ in range(2):
        take(clerk, who, payment=PREPAID)

    assert take(clerk, who, number=new_line())


def test_an_installed_line_has_the_payment_that_is_said(clerk, limited):
    limited(TWO_PREPAID)

    done = install_line(clerk, submission(fresh_number(), payment=POSTPAID), on=ON)

    assert payment_of(done) == "postpaid"


@pytest.mark.usefixtures("only_prepaid")
def test_a_files_rows_say_how_lines_are_paid_and_their_silence_says_nothing(tmp_path):
    numbers = [fresh_number() for _ in range(4)]
    said = [{"payment": "prepaid"}, {"payment": "postpaid"}, {}, {"payment": "by barter"}]
    file = tmp_path / "people.jsonl"
    file.write_text(
        "\n".join(
            json.dumps(person() | {"number": one} | more) for one, more in zip(numbers, said, strict=True)
        ),
        "utf-8",
    )

    tally = bulk.register_file(console_authority(), file, on=ON, moved=lambda _: None)

    assert tally.reasons == {"payment_not_registered": 1, "invalid_row": 1}
    found = [find_line(one) for one in numbers]
    assert [one and one.payment for one in found] == [PREPAID, None, UNKNOWN, None]


def test_a_role_of_the_database_notes_no_payment_without_an_entry_that_says_so(clerk, new_line):
    line = find_line(new_line())
    (entry,) = rows("SELECT max(entry_id) AS entry_id FROM ledger_entry")

    rows("SELECT lines_note_payments(%s)", [[entry.entry_id or 0, 1, 2, 3]])

    assert find_line_by(line.line_id) == "unknown"


def find_line_by(line_id) -> str:
    return Line.objects.get(line_id=line_id).payment


@pytest.mark.usefixtures("only_prepaid")
@pytest.mark.parametrize("action_kind", RegistrationKind)
def test_the_counters_form_asks_how_a_line_is_paid_where_the_law_does(action_kind):
    form = RecordForm(action_kind=action_kind, kind="individual", pack=load_pack(instance().pack))

    field = form.fields["payment"]
    assert [one for one, _ in field.choices] == ["", "prepaid", "postpaid"]
    assert not field.required
    assert ("For a new line: Prepaid, unless you choose." in str(field.help_text)) is (
        action_kind in NEW_CONTRACT_KINDS
    )
    assert "payment" in [one.name for one in form.before()]
    assert form.field_of(PAYMENT_NOT_REGISTERED(pack="x", payment="postpaid")) == "payment"


def test_the_counters_form_does_not_ask_it_under_the_reference_law():
    form = RecordForm(
        action_kind=RegistrationKind.REGISTER, kind="individual", pack=load_pack(instance().pack)
    )

    assert "payment" not in form.fields


@pytest.mark.parametrize(("given", "payment"), [("prepaid", PREPAID), ("", None), ("barter", None)])
def test_a_forms_word_for_how_a_line_is_paid_is_read(given, payment):
    made = submission_of(
        {"payment": given}, submission_key="a-key-of-it", kind=KindOfParty(PartyKind.INDIVIDUAL)
    )

    assert made.payment is payment


@pytest.mark.usefixtures("only_prepaid")
@pytest.mark.parametrize("is_registered", [True, False])
@pytest.mark.parametrize("missing", [{}, {"name": ""}])
def test_who_learns_how_a_line_is_paid_leaves_a_mark(clerk, new_line, missing, is_registered):
    number = new_line()
    line_id = find_line(number).line_id
    if is_registered:
        take(clerk, number=number)
    Line.objects.filter(line_id=line_id).update(payment=POSTPAID.value)

    with refusing(PAYMENT_NOT_REGISTERED):
        take(clerk, person() | missing, number=number)

    assert [(one.facts["outcome"], one.line_id) for one in entries("line:access:recorded")] == [
        ("found", line_id)
    ]


@pytest.mark.usefixtures("only_prepaid")
def test_an_entry_of_a_registration_that_was_not_made_notes_no_payment(clerk, new_line, as_role):
    lines = [find_line(new_line()).line_id for _ in range(2)]

    with as_role("counter"):
        entries_made = [
            append_entry(
                clerk, verb=Verb.TENURE_REGISTERED, role="clerk", on=ON, line_id=one, person_id=PersonId(new_uuid()), commitment="0d" * 32,
                pack="0a" * 32, facts={"assurance": "sighted", "party_kind": "individual", "payment": "postpaid"},
            )
            for one in lines
        ]  # fmt: skip
        rows("SELECT lines_note_payments(%s)", [entries_made])

    assert [find_line_by(one) for one in lines] == ["unknown"] * 2


@pytest.mark.parametrize("limit", [TWO_PREPAID, FLOW])
def test_who_has_a_line_said_to_be_prepaid_after_all_meets_the_limit(clerk, limited, limit):
    limited(limit)
    who, number = person(), fresh_number()
    for _ in range(2):
        take(clerk, who, payment=PREPAID)
    line = take(clerk, who, number=number, payment=POSTPAID)

    with refusing(LIMIT_REACHED) if limit == TWO_PREPAID else pytest.raises(Exception, match="within"):
        change_record(clerk, submission(number, who, payment=PREPAID), on=ON)

    assert payment_of(line) == "postpaid"
    assert change_record(clerk, submission(number, who | {"address": "拉萨市 2 号"}), on=ON)


def test_a_line_of_which_it_was_not_known_stays_with_its_subscriber_once_it_is(clerk, limited, new_line):
    limited(TWO_PREPAID)
    who, number = person(), new_line()
    take(clerk, who, number=number)
    for _ in range(2):
        take(clerk, who, payment=PREPAID)

    done = change_record(clerk, submission(number, who, payment=PREPAID), on=ON)

    assert payment_of(done) == "prepaid"
