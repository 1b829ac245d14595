# SPDX-License-Identifier: EUPL-1.2
"""A limit that adds a number which the asker chooses could tell of a guessed document how many lines its person has.

Remotely the answer comes of the number alone. At a counter and in a file the person whose lines decided sees that they were asked
about, the try counts as a guessed document, and a protected person's raises the alarm.
"""

import json
from dataclasses import replace

import pytest

from rollkeeper.access.authority import Authority, console_authority, subscriber_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.queries import accesses
from rollkeeper.lines.errors import AccessLimitReached
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.operations.bootstrap import set_lookup_limits
from rollkeeper.registration.bulk import refused_file, register_file
from rollkeeper.registration.document_links import link_document
from rollkeeper.registration.errors import LIMIT_REACHED, LIMIT_REACHED_WITH_OTHERS
from rollkeeper.registration.pipeline import check_registration, record
from rollkeeper.registration.services import install_line, port_in_number, register_subscriber, transfer_line
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.selfcare.applications import ApplicationData
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.subscribers.services import set_protection
from tests.builders.staff import employ
from tests.entries import entries
from tests.refusals import code_of, refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")

N = 3
NATIONAL = f"what: lines, group: person, scope: national, kind: stock, n: {N}, over: refuse"
RECORDED = "line:access:recorded"
REMOTE = {"document_seen": False, "self_declared": True, "is_remote": True}


@pytest.fixture
def limits(data_dir):
    yield set_lookup_limits
    set_lookup_limits()


def with_lines(clerk, here=1, **others):
    """Return a person who has so many lines here, and their reference."""
    who, number = person(**others), ""
    for _ in range(here):
        number = fresh_number()
        register_subscriber(clerk, submission(number, who, lines_elsewhere=0), on=ON)
    return who, current_tenure(find_line(number).line_id).person_id


def ask(authority, who, said, **others):
    """Ask whether a line would be taken, as a counter whose law asks for a second person; return why not."""
    given = submission(fresh_number(), who, lines_elsewhere=said, **others)
    return check_registration(authority, given, action_kind=RegistrationKind.REGISTER, on=ON)


def seen():
    """Return what is entered: of whom, how it came out, and whether it counts as a wrong guess."""
    return [(one.person_id, one.facts["outcome"], one.facts.get("matched")) for one in entries(RECORDED)]


def guesses():
    (found,) = rows(
        "SELECT coalesce(sum(documents), 0) AS tries, coalesce(sum(mismatched_documents), 0) AS wrong FROM lines_accesscount"
    )
    return found.tries, found.wrong


def alarms():
    return [row.about for row in rows("SELECT about FROM vault_alarm ORDER BY raised_at")]


@pytest.mark.parametrize("said", range(N + 2))
@pytest.mark.parametrize("limit", [NATIONAL, f"{NATIONAL}, channel: remote"])
def test_remotely_the_answer_is_the_same_whatever_lines_there_are(clerk, limited, said, limit):
    limited(NATIONAL)
    people = [with_lines(clerk, here)[0] for here in (1, N)] + [person()]
    limited(limit)

    asked = {code_of(ask(subscriber_authority("5e" * 32), who, said, **REMOTE)) for who in people}
    done = {
        code_of(outcome)
        for who in people
        for outcome in record(
            subscriber_authority("5e" * 32), [submission(fresh_number(), who, lines_elsewhere=said, **REMOTE)],
            action_kind=RegistrationKind.REGISTER, on=ON,
        )
    }  # fmt: skip

    assert (asked, done) == (
        ({"NoneType"}, {"Receipt"})
        if said < N
        else (done, {"limit_reached_remotely" if "remote" in limit else "limit_reached_with_others"})
    )
    assert asked == done or said < N


def test_what_waited_is_judged_by_the_lines_here_once_the_document_is_seen(clerk, limited):
    limited(NATIONAL)
    waited = ApplicationData({}, (), "en", machine_read=False, lines_elsewhere=N - 1).submission(
        "k" * 20, document_seen=True
    )
    (one, _), (full, reference) = with_lines(clerk, 1), with_lines(clerk, N)

    assert register_subscriber(clerk, as_given(waited, one), on=ON)
    with refusing(LIMIT_REACHED_WITH_OTHERS):
        register_subscriber(clerk, as_given(waited, full), on=ON)

    assert seen() == [(reference, "not_found", None)]


def as_given(waited, who):
    parts = {PartyRole.SUBSCRIBER: who}
    return replace(waited, submission_key=str(new_uuid()), number=fresh_number(), parts=parts)


def test_what_was_not_asked_is_not_refused_for_it_but_for_the_lines_here(clerk, limited):
    limited(NATIONAL)
    (one, _), (full, reference) = with_lines(clerk, N - 1), with_lines(clerk, N)

    assert register_subscriber(clerk, submission(fresh_number(), one, elsewhere_unasked=True), on=ON)
    with refusing(LIMIT_REACHED_WITH_OTHERS):
        register_subscriber(clerk, submission(fresh_number(), full, elsewhere_unasked=True), on=ON)

    assert seen() == [(reference, "not_found", None)]


@pytest.mark.parametrize("act", [register_subscriber, install_line, port_in_number, transfer_line])
def test_the_person_sees_each_try_at_a_counter_and_it_counts_as_a_guess(clerk, limited, act):
    limited(NATIONAL)
    number, old = fresh_number(), person()
    if act is transfer_line:
        register_subscriber(clerk, submission(number, old, lines_elsewhere=0), on=ON)
    who, reference = with_lines(clerk)
    before = guesses()

    with refusing(LIMIT_REACHED_WITH_OTHERS):
        act(clerk, submission(number, who, lines_elsewhere=N - 1, transferor=given_by(old)), on=ON)

    (entry,) = entries(RECORDED)
    assert entry.person_id == reference
    assert [one.entry_id for one in accesses(reference, held=[])] == [entry.entry_id]
    assert entry.facts["matched"] is False
    assert guesses()[1] == before[1] + 1


def test_who_only_asks_is_seen_whether_refused_or_not(clerk, limited):
    limited(NATIONAL)
    who, reference = with_lines(clerk)

    answers = [code_of(ask(clerk, who, said)) for said in (N - 1, N - 2)]

    assert answers == ["limit_reached_with_others", "NoneType"]
    assert seen() == [(reference, "not_found", False), (reference, "not_found", True)]
    assert guesses() == (2, 1)


def test_a_number_that_decides_alone_is_no_guess(clerk, limited):
    limited(NATIONAL)
    who, reference = with_lines(clerk)

    answers = {code_of(ask(clerk, one, N)) for one in (who, person())}

    assert answers == {"limit_reached_with_others"}
    assert seen() == [(reference, "not_found", None), (None, "not_found", None)]
    assert guesses() == (0, 0)


def test_guesses_end_at_the_limit_before_the_register_answers(clerk, limited, limits):
    limited(NATIONAL)
    limits(document_mismatches_per_day=2)
    (who, _), unknown = with_lines(clerk), person()
    for _ in range(2):
        ask(clerk, who, N - 1)

    for one in (who, unknown):
        with pytest.raises(AccessLimitReached):
            ask(clerk, one, N - 1)
        with pytest.raises(AccessLimitReached):
            register_subscriber(clerk, submission(fresh_number(), one, lines_elsewhere=N - 1), on=ON)

    assert "limit_of_documents" in alarms()


@pytest.mark.parametrize(
    ("role", "is_alarm"),
    [(StaffRole.CLERK, True), (StaffRole.DATA_PROTECTION_OFFICER, False), (StaffRole.CONSOLE, True)],
)
def test_a_guess_at_a_protected_person_raises_the_alarm(clerk, limited, tmp_path, role, is_alarm):
    limited(NATIONAL)
    who, reference = with_lines(clerk)
    set_protection(reference, protected=True)
    ordinary, _ = with_lines(clerk)

    if role is StaffRole.CONSOLE:
        tell(tmp_path, [(who, N - 1), (person(), 0)])
    else:
        both = Authority(frozenset({StaffRole.CLERK, role}), clerk.staff_id, clerk.commitment)
        assert str(ask(both, who, N - 1)) == str(ask(both, ordinary, N - 1))

    assert (reference, "refused_protected" if is_alarm else "not_found", False) in seen()
    assert ("protected" in alarms()) == is_alarm


def tell(folder, people):
    """Register a file of these people and the numbers that they said; return the codes of its refusals."""
    file = folder / "people.jsonl"
    given = [{"number": fresh_number(), **who, "lines_elsewhere": str(said)} for who, said in people]
    file.write_text("\n".join(map(json.dumps, given)), "utf-8")
    register_file(console_authority(), file, on=ON, moved=lambda _: None)
    return [json.loads(line)["code"] for line in refused_file(file).read_text("utf-8").splitlines()]


@pytest.mark.parametrize("others", [0, 2])
def test_a_file_enters_each_guess_and_counts_it(clerk, limited, tmp_path, others):
    limited(NATIONAL)
    (one, first), (two, second) = with_lines(clerk), with_lines(clerk, 2)

    codes = tell(tmp_path, [(one, N - 1), (two, N - 2), *((person(), 0) for _ in range(others))])

    assert codes == ["limit_reached_with_others"] * 2
    assert seen() == [(first, "not_found", False), (second, "not_found", False)]
    assert guesses() == (2, 2)


def test_every_reference_of_a_person_shows_it_and_it_counts_once(clerk, limited):
    limited(NATIONAL)
    boss = employ(StaffRole.SUPERVISOR)
    who, number = person(), fresh_number()
    register_subscriber(clerk, submission(number, who, lines_elsewhere=0), on=ON)
    first = current_tenure(find_line(number).line_id).person_id
    other, second = with_lines(clerk)
    link_document(
        boss, submission_key=str(new_uuid()), number=number, document=(who["document_type"], who["document_number"]),
        further=(other["document_type"], other["document_number"]), double_checked=True, on=ON,
    )  # fmt: skip
    before = guesses()

    assert code_of(ask(clerk, other, N - 2)) == "limit_reached_with_others"

    assert {who for who, _, _ in seen()} == {first, second}
    assert guesses()[1] == before[1] + 1


@pytest.mark.parametrize("is_known", [False, True])
def test_any_limit_that_refuses_at_a_counter_is_seen_by_the_person(clerk, limited, is_known):
    limited(NATIONAL.replace("national", "operator").replace(f"n: {N}", "n: 1"))
    who, number = person(), fresh_number()
    register_subscriber(clerk, submission(number, who), on=ON)
    reference = current_tenure(find_line(number).line_id).person_id

    if is_known:
        with refusing(LIMIT_REACHED):
            register_subscriber(clerk, submission(fresh_number(), who), on=ON)
    else:
        register_subscriber(clerk, submission(fresh_number(), person()), on=ON)

    assert seen() == ([(reference, "not_found", None)] if is_known else [])
