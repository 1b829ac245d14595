# SPDX-License-Identifier: EUPL-1.2
"""Two counters in the same second: real sessions, real commits."""

import secrets
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction
from psycopg.errors import LockNotAvailable

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.lines.choices import LineState, SuspensionReason
from rollkeeper.lines.errors import LINE_CHANGED
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.lines.writes import lock_line
from rollkeeper.registration import document_links, persistence
from rollkeeper.registration.document_links import link_document, undo_document_link
from rollkeeper.registration.errors import (
    ALREADY_REGISTERED,
    DOCUMENT_ALREADY_LINKED,
    DOCUMENT_NOT_LINKED,
    LIMIT_REACHED,
    LIMIT_REACHED_IN_PERIOD,
)
from rollkeeper.registration.receipts import retry_on_conflict
from rollkeeper.registration.services import change_record, register_subscriber, terminate_line
from rollkeeper.registration.submissions import Receipt
from rollkeeper.retention import services as retention
from rollkeeper.subscribers.queries import document_index, find_persons, principals
from rollkeeper.vault.rules import normalise_document
from tests.builders.lines import terminate_line as terminate_quietly
from tests.refusals import code_of, refusing
from tests.registration.people import ON, fresh_number, person, submission

pytestmark = pytest.mark.usefixtures("vaulted_committed")


def together(*action_kinds: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same time, each in a separate session; return results or refusals."""
    outcomes: list[Any] = [None] * len(action_kinds)
    start = threading.Barrier(len(action_kinds))

    def run(place: int, action_kind: Callable[[], Any]) -> None:
        try:
            start.wait()
            outcomes[place] = action_kind()
        except Exception as fault:  # noqa: BLE001 - the test looks at it
            outcomes[place] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(action_kinds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def entries() -> int:
    return rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'line:tenure:registered'")[0].n


@pytest.mark.parametrize("known", [True, False])
def test_one_key_in_many_sessions_is_one_act_and_one_receipt(clerk, new_line, known):
    once = submission(new_line() if known else fresh_number())

    outcomes = together(*[lambda: register_subscriber(clerk, once, on=ON)] * 6)

    assert len(set(outcomes)) == 1, outcomes
    assert sorted(o.is_repeat for o in outcomes) == [False] + [True] * 5
    assert entries() == 1


@pytest.mark.parametrize("known", [True, False])
def test_two_people_at_two_counters_for_one_line_give_one_subscriber_and_one_refusal(clerk, new_line, known):
    number = new_line() if known else fresh_number()

    outcomes = together(*[lambda: register_subscriber(clerk, submission(number), on=ON)] * 4)

    assert [type(o) for o in outcomes].count(Receipt) == 1
    assert [code_of(o) for o in outcomes].count(ALREADY_REGISTERED.code) == 3
    assert entries() == 1


def test_one_document_at_two_counters_in_the_same_second_is_one_person(clerk):
    who, numbers = person(), [fresh_number() for _ in range(6)]

    outcomes = together(*[lambda n=n: register_subscriber(clerk, submission(n, who), on=ON) for n in numbers])

    assert all(isinstance(o, Receipt) for o in outcomes), outcomes
    assert len({current_tenure(o.line_id).person_id for o in outcomes}) == 1
    assert rows("SELECT count(*) AS n FROM subscribers_subscriber")[0].n == 1


def test_a_registration_under_way_wins_over_an_end_that_was_decided_before(clerk, new_line):
    number = new_line(SuspensionReason.REGISTRATION)
    prepared = find_line(number)

    def end_by_batch() -> None:
        with transaction.atomic():
            lock_line(prepared.line_id, version=prepared.version)
            terminate_quietly(prepared.line_id, by="campaign", quarantined_until=ON, on=ON)

    registered = register_subscriber(clerk, submission(number), on=ON)
    (ended,) = together(end_by_batch)

    assert isinstance(registered, Receipt)
    assert ended.code == LINE_CHANGED.code
    assert find_line(number).state is LineState.ACTIVE


def test_of_a_registration_and_an_end_in_the_same_second_both_see_the_other(clerk, new_line):
    number = new_line()

    outcomes = together(
        lambda: register_subscriber(clerk, submission(number), on=ON),
        lambda: terminate_line(clerk, submission_key="end-at-once", number=number, document=None, on=ON),
    )

    line = find_line(number)
    receipts = [o for o in outcomes if isinstance(o, Receipt)]
    assert len(receipts) == 1, outcomes
    assert (line.state is LineState.ACTIVE) == line.is_registered


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [("stock", LIMIT_REACHED.code), ("flow, window: {n: 30, unit: day}", LIMIT_REACHED_IN_PERIOD.code)],
)
def test_at_many_counters_in_the_same_second_nobody_gets_past_the_limit(clerk, limited, kind, refusal):
    limited(f"what: lines, group: person, scope: operator, kind: {kind}, n: 2, over: refuse")
    who = person()

    outcomes = together(*[lambda: register_subscriber(clerk, submission(fresh_number(), who), on=ON)] * 6)

    assert sorted(code_of(one) for one in outcomes) == ["Receipt"] * 2 + [refusal] * 4, outcomes


def test_two_documents_of_one_person_at_two_counters_count_together(clerk, limited):
    limited("what: lines, group: person, scope: operator, kind: stock, n: 2, over: refuse")
    who, number = person(), fresh_number()
    register_subscriber(clerk, submission(number, who), on=ON)
    renewed = person()
    former = (who["document_type"], who["document_number"])
    change_record(clerk, submission(number, renewed, former_document=former), on=ON)

    outcomes = together(
        *[
            lambda one=one: register_subscriber(clerk, submission(fresh_number(), one), on=ON)
            for one in (who, renewed) * 3
        ]
    )

    assert sorted(code_of(one) for one in outcomes) == ["Receipt"] + [LIMIT_REACHED.code] * 5, outcomes


def test_concurrent_lines_under_two_documents_of_one_person_count_together(clerk, limited):
    limited("what: lines, group: person, scope: operator, kind: stock, n: 2, over: refuse")
    card, abroad = person(), person(document_type="passport-npl", document_number="N4700001")
    first = fresh_number()
    register_subscriber(clerk, submission(first, card), on=ON)
    join(clerk, first, card, abroad)

    outcomes = together(
        *[
            lambda who=who: register_subscriber(clerk, submission(fresh_number(), who), on=ON)
            for who in (card, abroad) * 3
        ]
    )

    assert sorted(code_of(one) for one in outcomes) == ["Receipt"] + [LIMIT_REACHED.code] * 5, outcomes


def test_documents_linked_during_registrations_count_together_afterwards(clerk, limited):
    limited("what: lines, group: person, scope: operator, kind: stock, n: 3, over: refuse")
    card, abroad = person(), person(document_type="passport-npl", document_number="N4700002")
    first = fresh_number()
    register_subscriber(clerk, submission(first, card), on=ON)
    register_subscriber(clerk, submission(fresh_number(), abroad), on=ON)

    outcomes = together(
        lambda: join(clerk, first, card, abroad),
        *[
            lambda who=who: register_subscriber(clerk, submission(fresh_number(), who), on=ON)
            for who in (card, abroad) * 3
        ],
    )

    assert {code_of(one) for one in outcomes} <= {"Receipt", LIMIT_REACHED.code}, outcomes
    for who in (card, abroad):
        with refusing(LIMIT_REACHED):
            register_subscriber(clerk, submission(fresh_number(), who), on=ON)


def test_one_document_joined_to_two_people_in_the_same_second_is_of_one_whole(clerk):
    papers = [person() for _ in range(3)]
    numbers = [fresh_number() for _ in papers]
    for number, who in zip(numbers, papers, strict=True):
        register_subscriber(clerk, submission(number, who), on=ON)

    outcomes = together(
        *[
            lambda one=one, other=other: join(clerk, numbers[one], papers[one], papers[other])
            for one, other in ((0, 1), (1, 2), (2, 0), (1, 0))
        ]
    )

    whole = principals({current_tenure(find_line(number).line_id).person_id for number in numbers})
    assert len(whole) == 3
    assert len(set(whole.values())) == 1, outcomes
    assert {code_of(one) for one in outcomes} == {"Receipt", DOCUMENT_ALREADY_LINKED.code}


def test_of_two_documents_parted_in_the_same_second_one_still_leads_to_the_person(clerk, monkeypatch):
    papers, numbers = [person(), person()], [fresh_number(), fresh_number()]
    register_subscriber(clerk, submission(numbers[0], papers[0]), on=ON)
    join(clerk, numbers[0], papers[0], papers[1])
    register_subscriber(clerk, submission(numbers[1], papers[1]), on=ON)
    removed, both_tried, real = threading.Event(), threading.Event(), document_links.unlink_document

    def unlink_slowly(*words, **more):
        (both_tried if removed.is_set() else removed).set()
        done = real(*words, **more)
        removed.set()
        both_tried.wait(2)
        return done

    def part(number: str, who: dict[str, str]) -> Receipt:
        officer = Authority(
            frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), secrets.token_hex(32)
        )
        return undo_document_link(
            officer, submission_key=str(new_uuid()), number=number, document=paper_of(who), on=ON
        )

    monkeypatch.setattr(document_links, "unlink_document", unlink_slowly)
    outcomes = together(*[lambda n=n, who=who: part(n, who) for n, who in zip(numbers, papers, strict=True)])

    assert sorted(code_of(one) for one in outcomes) == ["Receipt", DOCUMENT_NOT_LINKED.code], outcomes
    assert len({one for one in find_persons(document_index([paper_of(who) for who in papers])) if one}) == 1


def join(clerk, number: str, held: dict[str, str], further: dict[str, str]) -> Receipt:
    return link_document(
        clerk, submission_key=str(new_uuid()), number=number, document=paper_of(held), further=paper_of(further),
        double_checked=False, on=ON,
    )  # fmt: skip


def paper_of(who: dict[str, str]) -> tuple[str, str]:
    return who["document_type"], who["document_number"]


@pytest.mark.parametrize("first", ["who registers", "who erases"])
def test_a_return_while_the_last_record_is_erased_stays_known_or_is_new(clerk, new_line, monkeypatch, first):
    who, former, number = person(), fresh_number(), fresh_number()
    register_subscriber(clerk, submission(former, who), on=ON)
    line_id = find_line(former).line_id
    before = current_tenure(line_id).person_id
    with transaction.atomic():
        terminate_quietly(line_id, by="subscriber", quarantined_until=ON, on=ON)
    later, inside, go = ON.replace(year=ON.year + 2), threading.Event(), threading.Event()
    module, name = (persistence, "save_receipts") if first == "who registers" else (retention, "run")
    real = getattr(module, name)

    def wait_inside(*words, **more):
        done = real(*words, **more)
        if name == "save_receipts" or words[0] == sql("subscribers", "forget_many"):
            inside.set()
            go.wait(5)
        return done

    monkeypatch.setattr(module, name, wait_inside)
    action_kinds = {
        "who registers": lambda: register_subscriber(clerk, submission(number, who), on=later),
        "who erases": lambda: retention.erase_due(worker_authority(), on=later),
    }
    second = next(one for one in action_kinds if one != first)

    def come_second():
        assert inside.wait(10)
        threading.Timer(0.7, go.set).start()
        return action_kinds[second]()

    outcomes = together(action_kinds[first], come_second)

    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    now = current_tenure(find_line(number).line_id).person_id
    (known,) = find_persons(
        document_index([(who["document_type"], normalise_document(who["document_number"]))])
    )
    (subscriber,) = rows("SELECT erased_on FROM subscribers_subscriber WHERE person_id = %s", [now])
    assert (known, subscriber.erased_on) == (now, None)
    assert (now == before) is (first == "who registers")


def test_who_waits_for_a_chunk_longer_than_one_waits_for_a_lock_tries_again():
    held = [OperationalError(), OperationalError()]
    for fault in held:
        fault.__cause__ = LockNotAvailable()

    def attempt() -> str:
        if held:
            raise held.pop()
        return "done"

    assert retry_on_conflict(attempt) == "done"
