# SPDX-License-Identifier: EUPL-1.2
"""A minor's registration is good until some time after they come of age: a month is stored, no birthday, and nothing is cut."""

import datetime as dt
import json

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.instance import instance
from rollkeeper.law.errors import UNSUPPORTED_PACK_FIELD
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.queries import find_line, registered_as
from rollkeeper.registration.bulk import register_file
from rollkeeper.registration.errors import OF_AGE, UNKNOWN_ATTRIBUTE
from rollkeeper.registration.party_kinds import kinds_offered_remotely
from rollkeeper.registration.services import change_record, register_subscriber, transfer_line
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.kinds import BECAUSE, PUPIL, until_majority, with_kinds
from tests.builders.packs import read_text, use_pack
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission, without_address
from tests.registration.test_last_days import remind, reminded

pytestmark = pytest.mark.usefixtures("vaulted", "law_put_back")
D = dt.date
DAY = dt.timedelta(days=1)
BORN, LAST = "2000-06-15", D(2018, 9, 30)
"""Eighteen on 15 June 2018; ninety days later it is 13 September."""


def pupil(number, born=BORN, *, guardian=None, **changes):
    parts = {
        PartyRole.SUBSCRIBER: {"name": "Invented Pupil", "birth_date": born},
        PartyRole.GUARDIAN: guardian or without_address(),
    }
    return submission(number, kind=PartyKind.MINOR, added_kind="pupil", parts=parts, **changes)


def register(born=BORN, *, on=ON):
    number = fresh_number()
    register_subscriber(console_authority(), pupil(number, born), on=on)
    return number


def day_of(number):
    return registered_as(find_line(number).line_id).good_through


@pytest.mark.parametrize(
    ("born", "last"),
    [
        (BORN, LAST),
        ("2000-07-02", D(2018, 9, 30)),
        ("2000-07-03", D(2018, 10, 31)),
        ("1996-02-28", D(2014, 5, 31)),
        ("2005-12-01", D(2024, 2, 29)),
    ],
    ids=["in a month", "on its last day", "on the next day", "in a leap year", "to a leap day"],
)
def test_the_last_day_is_that_of_the_month_in_which_the_time_is_over(born, last):
    use_pack(with_kinds(until_majority()))

    assert day_of(register(born)) == last


@pytest.mark.parametrize("overflow", ["first_of_next", "last_day_of_month"])
def test_who_was_born_on_29_february_has_the_day_that_gives_more_time(overflow):
    text = with_kinds(until_majority(""))
    text = text[: text.index("\ntests:")] + text[text.index("\nopen_questions:") :]
    use_pack(text.replace("month_overflow: first_of_next", f"month_overflow: {overflow}"))

    assert day_of(register("1996-02-29")) == D(2014, 3, 31)


@pytest.mark.parametrize(
    ("after", "last"),
    [("", D(2018, 6, 30)), ("after: {n: 3, unit: month}, ", LAST), ("after: {n: 1, unit: year}, ", D(2019, 6, 30))],
    ids=["none", "months", "a year"],
)  # fmt: skip
def test_a_law_may_give_no_time_after_or_months_or_years(after, last):
    use_pack(with_kinds(until_majority(after)))

    assert day_of(register()) == last


def test_all_who_were_born_in_a_month_have_one_day_and_no_entry_has_it():
    use_pack(with_kinds(until_majority("")))
    numbers = [register(f"2000-06-{day:02d}") for day in (1, 15, 30)]

    assert {day_of(number) for number in numbers} == {D(2018, 6, 30)}
    for number in numbers:
        bodies = rows(
            "SELECT body FROM ledger_entry WHERE line_id = %s ORDER BY entry_id", [find_line(number).line_id]
        )
        assert bodies
        assert not any("2018-06" in one.body or "2000-06" in one.body for one in bodies)


@pytest.mark.parametrize(
    "head",
    [
        "age: {min: 6, majority: 18, ",
        "last_day: {at_majority: true, ",
        'name: birth_date, required: "yes", purpose: {en: of what age}, ',
    ],
    ids=["the age", "the day", "the date of birth"],
)
def test_a_day_of_which_a_part_was_not_read_is_no_day(head):
    law = until_majority("")
    assert f"{head}{BECAUSE}" in law
    use_pack(with_kinds(law.replace(f"{head}{BECAUSE}", f"{head}{BECAUSE[:-1]}, confirmed: false}}", 1)))

    assert day_of(register()) is None


def test_a_date_of_birth_that_was_corrected_moves_the_day():
    use_pack(with_kinds(until_majority()))
    number, guardian = fresh_number(), without_address()
    register_subscriber(console_authority(), pupil(number, guardian=guardian), on=ON)

    change_record(console_authority(), pupil(number, "2001-06-15", guardian=guardian), on=ON + DAY)

    assert day_of(number) == D(2019, 9, 30)
    line_id = find_line(number).line_id
    kept = rows("SELECT good_through FROM lines_tenure WHERE line_id = %s ORDER BY held", [line_id])
    assert [one.good_through for one in kept] == [None, D(2019, 9, 30)]


def test_who_takes_a_line_over_as_a_minor_has_their_day():
    use_pack(with_kinds(until_majority()))
    number, who = fresh_number(), person()
    register_subscriber(console_authority(), submission(number, who), on=ON)

    transfer_line(console_authority(), pupil(number, transferor=given_by(who)), on=ON + DAY)

    assert day_of(number) == LAST


WITH_DOCUMENT = PUPIL.replace(
    "    attributes:\n",
    "    attributes:\n"
    f'      - {{name: document_type, required: "yes", purpose: {{en: what}}, {BECAUSE}}}\n'
    f'      - {{name: document_number, required: "yes", purpose: {{en: which}}, {BECAUSE}}}\n',
)


def of_age(number, *, shown):
    """Record the line in its former minor's own name: with the document that was recorded, or as a line whose subscriber had none."""
    if shown:
        given = submission(number, person(), former_document=("other", shown))
        return change_record(console_authority(), given, on=LAST)
    return transfer_line(console_authority(), submission(number, person()), on=LAST)


@pytest.mark.parametrize("shown", ["BIRTH-00012345", None], ids=["by a document", "without one"])
def test_who_registers_in_their_own_name_has_no_last_day_any_more(shown):
    use_pack(with_kinds(until_majority(kind=WITH_DOCUMENT if shown else PUPIL)))
    number = fresh_number()
    given = pupil(number, double_checked=True)
    if shown:
        given.parts[PartyRole.SUBSCRIBER].update(document_type="other", document_number=shown)
    register_subscriber(console_authority(), given, on=ON)
    line_id = find_line(number).line_id
    assert registered_as(line_id).good_through == LAST
    remind(LAST)

    of_age(number, shown=shown)
    remind(LAST + DAY)

    assert registered_as(line_id).good_through is None
    assert find_line(number).is_registered
    assert [state for *_, state in reminded(line_id)] == ["withdrawn"]


def test_a_minor_is_reminded_before_the_day_and_once_after_and_nothing_is_cut():
    use_pack(with_kinds(until_majority()))
    number = register()

    done = [remind(on) for on in (LAST - 15 * DAY, LAST - 14 * DAY, LAST, LAST + DAY, LAST + 99 * DAY)]

    assert done == [0, 1, 0, 1, 0]
    line = find_line(number)
    assert (line.state, line.is_registered) == ("active", True)


@pytest.mark.parametrize("on", [D(2018, 6, 15), LAST], ids=["of age", "the last day"])
def test_a_record_is_changed_to_the_last_day_although_its_subscriber_came_of_age(on):
    use_pack(with_kinds(until_majority()))
    number = fresh_number()
    given = pupil(number)
    register_subscriber(console_authority(), given, on=ON)

    change_record(console_authority(), pupil(number, guardian=given.parts[PartyRole.GUARDIAN]), on=on)

    assert day_of(number) == LAST


def test_no_change_keeps_a_person_registered_as_a_minor_after_the_last_day():
    use_pack(with_kinds(until_majority()))
    number = register()

    with refusing(OF_AGE):
        change_record(console_authority(), pupil(number), on=LAST + DAY)

    assert (day_of(number), find_line(number).is_registered) == (LAST, True)


def test_a_person_of_age_is_refused_once_and_not_twice():
    use_pack(with_kinds(until_majority()))

    with refusing(OF_AGE):
        register("1960-01-01")


@pytest.mark.parametrize("written", [" 2000-06-15", "2000-06-15\u3000"])
def test_spaces_around_a_date_of_birth_hide_no_age_and_no_day(tmp_path, written):
    use_pack(with_kinds(until_majority()))
    good, old = fresh_number(), fresh_number()
    whole = [
        {
            "number": number,
            "kind": "pupil",
            "name": "Invented Pupil",
            "birth_date": born,
            "guardian": without_address(),
        }
        for number, born in ((good, written), (old, written.replace("2000", "1960")))
    ]
    file = tmp_path / "pupils.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in whole), "utf-8")

    tally = register_file(console_authority(), file, on=ON, moved=lambda _: None)

    assert (tally.recorded, tally.refused) == (1, 1)
    assert (day_of(good), find_line(old)) == (LAST, None)


def test_no_form_asks_for_the_day_and_no_one_may_give_it():
    use_pack(with_kinds(until_majority()))
    form = RecordForm(action_kind=RegistrationKind.REGISTER, kind="pupil", pack=load_pack(instance().pack))

    assert "subscriber__last_day" not in form.fields
    assert "subscriber__birth_date" in form.fields
    with refusing(UNKNOWN_ATTRIBUTE):
        register_subscriber(console_authority(), pupil(fresh_number(), last_day="2018-09-30"), on=ON)


def test_who_registers_remotely_may_be_of_a_kind_with_such_a_day():
    youth = PUPIL.replace("id: pupil", "id: youth").replace("kind_of: minor", "kind_of: individual")

    assert "youth" in kinds_offered_remotely(read_text(with_kinds(until_majority(kind=youth))))


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (until_majority().replace("majority: 18, ", ""), "last_day.at_majority' (without 'age.majority')"),
        (
            until_majority().replace(
                'name: birth_date, required: "yes"', "name: birth_date, required: optional"
            ),
            "last_day.at_majority' (of a kind whose date of birth is not asked)",
        ),
        (until_majority().replace("at_majority: true, after", "after"), None),
    ],
    ids=["no age", "no date of birth", "from the registration"],
)
def test_a_day_that_could_not_be_counted_is_named(kinds, said):
    pack = read_text(with_kinds(kinds))
    if said is None:
        pack.refuse_unsupported()
        return

    with refusing(UNSUPPORTED_PACK_FIELD) as refused:
        pack.refuse_unsupported()

    assert said in str(refused.value)


def test_a_kind_that_takes_the_day_from_its_own_kind_asks_for_the_date_of_birth():
    minor = until_majority().replace("  - id: pupil\n    kind_of: minor\n    label: {en: A pupil}\n", "")
    text = with_kinds(
        "  - id: ward\n    kind_of: minor\n    label: {en: A ward}\n"
        f'    attributes: [{{name: name, required: "yes", purpose: {{en: who}}, {BECAUSE}}}]\n'
    )
    head, rest = text.split("  - id: minor\n", 1)
    rest = rest[rest.index("  - id: ") :]

    with refusing(UNSUPPORTED_PACK_FIELD) as refused:
        read_text(f"{head}  - id: minor\n{minor}{rest}").refuse_unsupported()

    assert "last_day.at_majority' (of a kind whose date of birth is not asked)" in str(refused.value)
