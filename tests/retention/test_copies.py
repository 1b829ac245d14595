# SPDX-License-Identifier: EUPL-1.2
"""Copies of documents whose own time is over go before their record: on the day, not before, not while held, and nothing reads them again."""

import datetime as dt
import json
import re
import shutil
import time
from contextlib import nullcontext

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock, database, stores
from rollkeeper.kernel.database import KeysRole, rows, run, sql
from rollkeeper.kernel.ids import PersonId, TenureId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import write_settings
from rollkeeper.law.packs import load_pack
from rollkeeper.lawbook.queries import copy_kept_until
from rollkeeper.lawbook.services import note_law
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.registration import persistence
from rollkeeper.reporting.duties import count_duties
from rollkeeper.reporting.metrics import tables
from rollkeeper.retention import copies, services
from rollkeeper.retention.brake import approve_erasure, pending_erasures
from rollkeeper.retention.errors import COPIES_STOPPED, ERASURE_STOPPED, NO_ERASURE_STOPPED
from rollkeeper.retention.legal_holds import add_legal_hold
from rollkeeper.vault import document_store, epochs, keys, opening, wire
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.services import begin_first_epoch, open_copy, open_sealed, shred_copies
from tests.builders.lines import enter, terminate_line
from tests.builders.packs import use_pack, with_copy_row
from tests.builders.staff import employ
from tests.in_process import invoke
from tests.refusals import refusing
from tests.selfcare.people import NUMBER, ON, PERSON, register_line

pytestmark = pytest.mark.usefixtures("committed", "law_put_back", "store")
FRONT, BACK = b"\xff\xd8 an invented front", b"\xff\xd8 an invented back" * 500
DAY = dt.timedelta(days=1)
OFFICER, ADMINISTRATOR = StaffRole.DATA_PROTECTION_OFFICER, StaffRole.ADMINISTRATOR
FROM_REGISTRATION = "anchor: registration, keep: {n: 10, unit: day}"
FROM_END = "anchor: termination, keep: {n: 1, unit: month}"
ENDED = dt.date(2012, 6, 15)


@pytest.fixture
def store(tmp_path):
    write_settings(vault={"documents_url": f"file://{tmp_path}/copies"})
    document_store.prepare()
    yield tmp_path / "copies"
    write_settings(vault={"documents_url": None})


def registered(number=NUMBER, *, on=ON, copies):
    clock.set_demo_date(on)
    return register_line(number, on=on, copies=copies)


@pytest.fixture
def from_registration():
    use_pack(with_copy_row(FROM_REGISTRATION))


@pytest.fixture
def from_end():
    use_pack(with_copy_row(FROM_END))


def person_of(line):
    (found,) = rows("SELECT person_id, tenure_id FROM lines_tenure WHERE line_id = %s", [line])
    return {"person_id": found.person_id, "tenure_id": found.tenure_id}


def picture(line, on=ON, position=0):
    return open_copy(
        employ(OFFICER), **person_of(line), position=position, purpose=Purpose.CORRECTION, on=on
    ).reveal_copy()


def name(line, on=ON):
    return open_sealed(
        employ(OFFICER), **person_of(line), field=Field.NAME, purpose=Purpose.CORRECTION, on=on
    ).reveal()


def erase(on):
    clock.set_demo_date(on)
    return services.erase_due(worker_authority(), on=on, after_gap=True)


def kept_copies():
    return int(rows("SELECT count(*) AS n FROM vault_copy")[0].n)


def end(line, on=ENDED):
    clock.set_demo_date(on)
    terminate_line(line, quarantined_until=on + 90 * DAY, on=on)


@pytest.mark.parametrize(("after", "gone"), [(9, 0), (10, 0), (11, 1), (400, 1)])
def test_a_copy_goes_on_the_day_after_its_last_day_and_the_record_stays(
    from_registration, store, after, gone
):
    line = registered(copies=(FRONT, BACK))
    assert (picture(line), picture(line, position=1)) == (FRONT, BACK)

    erased = erase(ON + after * DAY)

    assert (erased.copies, erased.lines, erased.tenures, kept_copies()) == (gone, 0, 0, 0 if gone else 2)
    assert name(line) == PERSON["name"]
    assert sum(file.is_file() for file in store.rglob("*")) == (0 if gone else 2)
    if gone:
        with pytest.raises(CannotOpen):
            picture(line)


@pytest.mark.parametrize(("on", "gone"), [("2012-07-14", 0), ("2012-07-15", 0), ("2012-07-16", 1)])
def test_a_copy_is_kept_for_its_own_time_after_the_end_of_the_contract(from_end, on, gone):
    line, living = registered(copies=(FRONT,)), registered("+8613908915678", copies=(BACK,))
    end(line)

    erased = erase(dt.date.fromisoformat(on))

    assert (erased.copies, erased.lines, kept_copies()) == (gone, 0, 2 - gone)
    assert name(line) == PERSON["name"]
    assert picture(living) == BACK


@pytest.mark.parametrize(
    "row",
    ["", "anchor: registration, keep: {n: 9, unit: year}", "anchor: termination, keep: {n: 9, unit: year}"],
)
def test_no_copy_is_kept_longer_than_its_record(row):
    use_pack(with_copy_row(row))
    line = registered(copies=(FRONT,))
    end(line)
    last = ENDED.replace(year=ENDED.year + 1)

    erased = erase(last)
    assert (erased.lines, erased.copies, kept_copies()) == (0, 0, 1)
    erased = erase(last + DAY)

    assert (erased.lines, erased.copies, kept_copies()) == (1, 0, 0)


def test_a_time_that_is_not_confirmed_ends_no_copy_early():
    use_pack(with_copy_row(FROM_REGISTRATION, because="{article: as reported, source: measure}"))
    assert load_pack(instance().pack).copy_retention is None
    line = registered(copies=(FRONT,))

    assert erase(ON + 400 * DAY).copies == 0
    assert picture(line) == FRONT


def test_a_legal_hold_keeps_the_copy_too(from_registration):
    line = registered(copies=(FRONT,))
    until = ON + 30 * DAY
    add_legal_hold(employ(OFFICER), line, case_reference="1", last=until, review_on=until, on=ON)

    due = services.count_due(worker_authority(), on=until)
    assert (due.copies, due.held) == (0, 1)
    assert erase(until).copies == 0
    assert picture(line) == FRONT
    assert erase(until + DAY).copies == 1


def test_a_legal_hold_that_comes_after_the_intent_keeps_the_copy(from_registration, monkeypatch):
    line, other = registered(copies=(FRONT,)), registered("+8613908915678", copies=(BACK,))
    on, until = ON + 11 * DAY, ON + 20 * DAY
    real = copies._intend

    def then_held(*args, **kwargs):
        found = real(*args, **kwargs)
        if found[0]:
            add_legal_hold(employ(OFFICER), line, case_reference="1", last=until, review_on=until, on=on)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(copies, "_intend", then_held)
        erase(on)

    assert picture(line) == FRONT
    with pytest.raises(CannotOpen):
        picture(other)
    assert (erase(until).finished, kept_copies()) == (0, 1)
    assert (erase(until + DAY).finished, kept_copies()) == (1, 0)


@pytest.mark.parametrize("is_reopened", [True, False])
@pytest.mark.parametrize("found_before", [True, False])
def test_the_copies_of_a_line_that_is_reopened_or_in_dispute_stay(
    from_end, monkeypatch, is_reopened, found_before
):
    line, other = registered(copies=(FRONT,)), registered("+8613908915678", copies=(BACK,))
    for one in (line, other):
        end(one)

    def reopen():
        if is_reopened:
            run(
                "UPDATE lines_line SET state = 'suspended', terminated_on = NULL, terminated_by = NULL WHERE line_id = %s",
                [line],
            )
            run(
                "UPDATE lines_tenure SET held = tstzrange(lower(held), NULL), ended_by_entry = NULL WHERE line_id = %s",
                [line],
            )
        else:
            run("UPDATE lines_line SET is_disputed = true WHERE line_id = %s", [line])

    with monkeypatch.context() as patched:
        if found_before:
            patched.setattr(copies, "hold_back", lambda *_, **__: reopen())
        else:
            reopen()
        assert erase(ENDED + 40 * DAY).copies == 1

    assert (picture(line), kept_copies()) == (FRONT, 1)


def test_copies_of_a_past_tenure_stay_until_the_ledger_says_that_it_ended(from_end):
    line = registered(copies=(FRONT,))
    at = dt.datetime.combine(ENDED, dt.time(), clock.zone())
    run("UPDATE lines_tenure SET held = tstzrange(lower(held), %s), ended_by_entry = NULL WHERE line_id = %s", [at, line])  # fmt: skip
    enter(line, on=ENDED)  # of an end of the line, which is another's

    assert erase(ENDED + 40 * DAY).copies == 0
    assert picture(line) == FRONT


@pytest.mark.parametrize("row", [FROM_REGISTRATION, FROM_END])
def test_what_is_due_is_found_without_a_walk_through_the_ledger(row):
    use_pack(with_copy_row(row))
    (slice_,) = copies.copy_slices(load_pack(instance().pack), ENDED)
    anchor = "registration" if slice_.rule.from_registration else "termination"
    statement = sql("retention", f"find_copies_by_{anchor}")

    with transaction.atomic():
        run(sql("retention", "make_copies_due"))
        run(
            "SET LOCAL enable_nestloop = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
        )
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}", slice_.values | {"law": 0})
            plan = "\n".join(line for (line,) in cursor.fetchall())
        run("DROP TABLE retention_copy_due")

    assert re.search(r"ledger_entry[^\n]*\n *Index Cond: [^\n]*entry_id = ", plan), plan


@pytest.mark.parametrize("after", ["_intend", "shred_copies", "remove_copies", "_clear_copies"])
def test_an_erasure_killed_between_two_steps_is_finished_by_the_next_run(
    from_registration, monkeypatch, after
):
    lines = [registered(copies=(FRONT,)), registered("+8613908915678", copies=(BACK,))]
    real = getattr(copies, after)

    def and_then_killed(*args, **kwargs):
        real(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(copies, after, and_then_killed)
        with pytest.raises(KeyboardInterrupt):
            erase(ON + 11 * DAY)
    erased = erase(ON + 11 * DAY)

    assert erased.finished == (0 if after == "_clear_copies" else 2)
    assert kept_copies() == 0
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'line:copy:erased'")) == 2
    assert not rows("SELECT FROM retention_erasure WHERE done_at IS NULL")
    for line in lines:
        with pytest.raises(CannotOpen):
            picture(line)


def test_more_than_a_chunk_goes_in_one_run_past_what_is_held(from_registration, monkeypatch):
    monkeypatch.setattr(copies, "CHUNK", 2)
    lines = [registered(f"+861390891000{n}", copies=(FRONT,)) for n in range(7)]
    on = ON + 11 * DAY
    for line in lines[:3]:
        add_legal_hold(employ(OFFICER), line, case_reference="1", last=on, review_on=on, on=ON)

    assert [erase(on).copies, erase(on).copies] == [4, 0]
    assert kept_copies() == 3


def test_the_entry_says_which_copy_by_which_article_and_until_when(from_registration):
    line = registered(copies=(FRONT, BACK))
    erase(ON + 11 * DAY)

    (entry,) = rows(
        "SELECT line_id, person_id, body::jsonb AS body FROM ledger_entry WHERE verb = 'line:copy:erased'"
    )
    assert (entry.line_id, entry.person_id) == (line, person_of(line)["person_id"])
    assert entry.body["article"] == "4 ¶1"
    facts = entry.body["facts"]
    assert (facts["last_day_kept"], facts["tenure"]) == ("2012-03-12", str(person_of(line)["tenure_id"]))


def test_the_record_is_erased_later_with_what_was_said_of_its_copy(from_registration):
    line = registered(copies=(FRONT,))
    erase(ON + 11 * DAY)
    end(line)

    assert erase(ENDED.replace(year=ENDED.year + 1) + DAY).lines == 1
    assert not rows("SELECT FROM ledger_entry WHERE verb = 'line:copy:erased' AND line_id IS NOT NULL")


def test_a_past_tenure_whose_copy_went_before_is_erased_in_its_own_time(from_registration):
    line = registered(copies=(FRONT,))
    erase(ON + 11 * DAY)
    at = dt.datetime.combine(ENDED, dt.time(), clock.zone())
    run("UPDATE lines_tenure SET held = tstzrange(lower(held), %s), ended_by_entry = (SELECT max(entry_id) FROM ledger_entry"
        " WHERE line_id = %s) WHERE line_id = %s", [at, line, line])  # fmt: skip

    assert erase(ENDED.replace(year=ENDED.year + 1) + DAY).tenures == 1


def test_the_copies_of_a_register_that_is_restored_open_no_more(from_registration, store, tmp_path):
    line, other = (
        registered(copies=(FRONT, BACK)),
        registered("+8613908915678", on=ON + 5 * DAY, copies=(BACK,)),
    )
    shutil.copytree(store, tmp_path / "backup")
    backup = rows("SELECT person_id, tenure_id, position, digest FROM vault_copy")
    erase(ON + 11 * DAY)

    shutil.copytree(tmp_path / "backup", store, dirs_exist_ok=True)
    for row in backup:
        run("INSERT INTO vault_copy VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING", list(row))

    assert (kept_copies(), document_store.look()[1]) == (3, [])
    for position in (0, 1):
        with pytest.raises(CannotOpen):
            picture(line, position=position)
    assert (name(line), picture(other)) == (PERSON["name"], BACK)


@pytest.mark.parametrize(("before", "after", "last"), [(10, 30, 10), (30, 10, 10)])
def test_the_shorter_of_the_times_of_two_versions_holds(before, after, last):
    for days, on in ((before, ON - DAY), (after, ON + 2 * DAY)):
        use_pack(with_copy_row(FROM_REGISTRATION.replace("n: 10", f"n: {days}")))
        note_law(on=on)
        if on < ON:
            line = registered(copies=(FRONT,))

    until = copy_kept_until(load_pack(instance().pack), service="mobile", taken_on=ON, ended_on=None)
    assert until == ON + last * DAY
    assert (erase(until).copies, erase(until + DAY).copies) == (0, 1)
    assert name(line) == PERSON["name"]


def test_much_of_the_register_waits_for_two_people_and_records_do_not_wait_with_it(from_end):
    lines = [registered(f"+861390891000{n}", copies=(FRONT,)) for n in range(4)]
    for line in lines:
        end(line)
    on = ENDED + 40 * DAY
    write_settings(retention={"erase_per_day_least": 3})
    try:
        with refusing(COPIES_STOPPED):
            erase(on)
        assert kept_copies() == 4
        with refusing(NO_ERASURE_STOPPED):
            approve_erasure(employ(OFFICER), on=on)
        for role in (OFFICER, ADMINISTRATOR):
            approve_erasure(employ(role), on=on, of_copies=True)
        assert erase(on).copies == 4
    finally:
        write_settings(retention={"erase_per_day_least": 50})


def test_records_are_stopped_apart_from_copies_that_were_approved(from_end):
    lines = [registered(f"+861390891000{n}", copies=(FRONT,)) for n in range(4)]
    for line in lines:
        end(line)
    write_settings(retention={"erase_per_day_least": 3})
    try:
        with refusing(COPIES_STOPPED):
            erase(ENDED + 40 * DAY)
        for role in (OFFICER, ADMINISTRATOR):
            approve_erasure(employ(role), on=ENDED + 40 * DAY, of_copies=True)
        with refusing(ERASURE_STOPPED):  # the copies' approval was not used, and now the records are due
            erase(ENDED + 400 * DAY)
        said = {one.action_kind: one.content for one in pending_erasures()}
    finally:
        write_settings(retention={"erase_per_day_least": 50})

    assert not rows("SELECT FROM lines_line WHERE erased_on IS NOT NULL")
    assert said == {"erasure": "5", "erasure_of_copies": "copies 5"}


def test_copies_that_went_today_stop_no_records_of_today(from_end):
    for n in range(2):
        end(registered(f"+861390891000{n}", copies=(FRONT,)), on=ENDED + 330 * DAY)
    for n in range(2):
        end(registered(f"+861390891001{n}", copies=()))
    write_settings(retention={"erase_per_day_least": 2})
    try:
        erased = erase(ENDED + 366 * DAY)
        again = erase(ENDED + 366 * DAY)
    finally:
        write_settings(retention={"erase_per_day_least": 50})

    assert (erased.lines, erased.copies, again.lines) == (2, 2, 0)
    (counted,) = rows("SELECT records, copies FROM retention_run WHERE day = %s", [ENDED + 366 * DAY])
    assert counted == (2, 2)


def test_the_plan_says_how_many_copies_go_when(from_registration):
    registered(copies=(FRONT,))
    registered("+8613908915678", on=ON + 20 * DAY, copies=(BACK,))

    plan = services.draft_plan(worker_authority(), on=ON + 11 * DAY)
    said = invoke("retention", "erase", "--dry-run", "--on", ON + 31 * DAY)

    assert [copies for _, _, copies, _ in plan.due] == [1, 2, 2, 2, 2]
    assert "2 copies of documents" in said.output


def test_a_worker_erases_them_in_its_own_role_and_not_a_day_early(from_registration, as_role):
    registered(copies=(FRONT,))

    with as_role("worker"):
        early = erase(ON + 10 * DAY).copies
    with as_role("worker"):
        due = erase(ON + 11 * DAY).copies

    assert (early, due, kept_copies()) == (0, 1, 0)


def write_down(line, *, last_day_kept, entered_on, ground="copy_over", done_at=None, said=None):
    """Do by hand what a run does: certify on a day that a copy or a record goes, and write it down."""
    tenure = person_of(line)["tenure_id"] if ground in ("copy_over", "tenure_ended") else None
    row = {"erasure": new_uuid(), "last_day_kept": last_day_kept, "tenure": tenure}
    is_copy = ground == "copy_over"
    facts = {name: str(value) for name, value in (row | (said or {})).items() if value}
    if entered_on:
        append_entry(
            worker_authority(), verb=Verb.COPY_ERASED if is_copy else Verb.RECORD_ERASED, role="worker", on=entered_on,
            line_id=line, pack="cd" * 32, article="4", facts=facts if is_copy else facts | {"ground": ground},
        )  # fmt: skip
    run(
        "INSERT INTO retention_erasure (line_id, erasure_id, tenure_id, ground, article, last_day_kept, begun_at, done_at)"
        " VALUES (%s, %s, %s, %s, '4', %s, now(), %s)",
        [line, row["erasure"], tenure, ground, last_day_kept, done_at],
    )


@pytest.mark.parametrize(
    "otherwise",
    [
        {"said": {"erasure": new_uuid()}}, {"said": {"tenure": new_uuid()}}, {"said": {"last_day_kept": ON - DAY}},
        {"done_at": dt.datetime(2012, 3, 3, tzinfo=dt.UTC)},
        {"ground": "service_ended"}, {"ground": "tenure_ended"}, {"ground": "import_undone"},
    ],
    ids=["erasure", "tenure", "day", "done", "service_ended", "tenure_ended", "import_undone"],
)  # fmt: skip
def test_the_database_holds_a_worker_to_what_its_entry_says_and_to_the_end(
    from_registration, as_role, otherwise
):
    line = registered(copies=(FRONT,))

    with pytest.raises(DatabaseError, match="retention_erased_before_the_day"), as_role("worker"):
        write_down(line, last_day_kept=ON, entered_on=ON + DAY, **otherwise)

    assert not rows("SELECT FROM retention_erasure")


@pytest.mark.parametrize(("ground", "kept", "passes"), [("service_ended", ENDED - DAY, False), ("service_ended", ENDED, True)])  # fmt: skip
def test_the_database_lets_a_worker_erase_a_record_after_its_end_alone(
    from_registration, as_role, ground, kept, passes
):
    line = registered(copies=(FRONT,))
    end(line)

    with nullcontext() if passes else pytest.raises(DatabaseError, match="before_the_day"), as_role("worker"):
        write_down(line, last_day_kept=kept, entered_on=ENDED + DAY, ground=ground)

    assert len(rows("SELECT FROM retention_erasure")) == passes


def test_a_worker_erases_records_in_its_own_role_whatever_ended_them(from_end, as_role):
    line, undone, past = (registered(f"+861390891000{n}", copies=(FRONT,)) for n in range(3))
    end(line)
    end(undone, on=ENDED + 360 * DAY)
    run("UPDATE lines_line SET terminated_by = 'import_undone' WHERE line_id = %s", [undone])
    at = dt.datetime.combine(ENDED, dt.time(), clock.zone())
    run(
        "UPDATE lines_tenure SET held = tstzrange(lower(held), %s), ended_by_entry = %s WHERE line_id = %s",
        [at, enter(past), past],
    )

    with as_role("worker"):
        erased = erase(ENDED.replace(year=ENDED.year + 1) + DAY)

    assert (erased.lines, erased.tenures, erased.copies) == (2, 1, 0)


@pytest.mark.parametrize(("days", "passes"), [(-2, False), (-1, True), (0, True), (1, False), (400, False)])
def test_in_production_a_worker_erases_on_the_day_that_it_is(from_registration, as_role, days, passes):
    line = registered(copies=(FRONT,))

    def erase_in_production():
        with transaction.atomic():
            run(
                "CREATE OR REPLACE FUNCTION kernel_is_production() RETURNS boolean LANGUAGE sql IMMUTABLE RETURN true"
            )
            (today,) = rows("SELECT kernel_day(NULL) AS day")
            with as_role("worker"):
                write_down(line, last_day_kept=ON, entered_on=today.day + days * DAY)
            raise KeyboardInterrupt  # the database is a demo's again

    with pytest.raises(KeyboardInterrupt if passes else DatabaseError):
        erase_in_production()
    run("DISCARD PLANS")  # those made meanwhile


def test_the_database_lets_no_worker_say_that_copies_went_which_are_there(from_registration, as_role):
    line = registered(copies=(FRONT,))

    with as_role("worker"):
        write_down(line, last_day_kept=ON, entered_on=ON + DAY)

    with pytest.raises(DatabaseError, match="retention_copies_still_there"), as_role("worker"):
        run("UPDATE retention_erasure SET done_at = now()")


@pytest.mark.parametrize(
    ("last_day_kept", "entered_on", "is_held"),
    [(ON, None, False), (ON + DAY, ON + DAY, False), (ON + 2 * DAY, ON + DAY, False), (ON, ON + DAY, True)],
)
def test_the_database_holds_a_worker_to_the_day_the_entry_and_the_hold(
    from_registration, as_role, last_day_kept, entered_on, is_held
):
    line = registered(copies=(FRONT,))
    if is_held:
        until = ON + 9 * DAY
        add_legal_hold(employ(OFFICER), line, case_reference="1", last=until, review_on=until, on=ON)

    with pytest.raises(DatabaseError, match="retention_erased_before_the_day"), as_role("worker"):
        write_down(line, last_day_kept=last_day_kept, entered_on=entered_on)

    assert not rows("SELECT FROM retention_erasure")


def test_the_database_lets_a_worker_write_down_what_is_over(from_registration, as_role):
    line = registered(copies=(FRONT,))

    with as_role("worker"):
        write_down(line, last_day_kept=ON, entered_on=ON + DAY)

    assert len(rows("SELECT FROM retention_erasure")) == 1


@pytest.mark.parametrize("role", ["counter", "backoffice", "portal"])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM vault_copy",
        "UPDATE vault_copy SET digest = ''",
        (
            "INSERT INTO retention_erasure (line_id, erasure_id, ground, article, last_day_kept, begun_at)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), 'copy_over', '4', '2012-01-01', now())"
        ),
        (
            "INSERT INTO lines_legalhold (line_id, case_reference, days, review_on)"
            " SELECT line_id, '1', '[2012-01-01,2030-01-01)', '2012-01-02' FROM lines_line"
        ),
        "UPDATE lines_tenure SET held = tstzrange(now(), NULL)",
    ],
)
def test_an_app_can_neither_erase_a_copy_nor_keep_it(from_registration, as_role, role, statement):
    registered(copies=(FRONT,))

    with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
        run(statement)

    assert kept_copies() == 1
    assert erase(ON + 11 * DAY).copies == 1


@pytest.mark.parametrize(("copies_of", "lacking"), [((FRONT,), 0), ((), 1)])
def test_a_copy_whose_time_is_over_is_not_counted_as_missing(from_registration, copies_of, lacking):
    registered(copies=copies_of)

    erase(ON + 11 * DAY)

    assert count_duties(ON + 11 * DAY)["without_copy"] == lacking


def test_the_keys_of_copies_of_a_registration_that_came_to_nothing_go_with_its_own(
    from_registration, monkeypatch
):
    begin_first_epoch()

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(persistence, "register_tenures", killed)
        with pytest.raises(KeyboardInterrupt):
            registered(copies=(FRONT,))
    assert rows("SELECT count(*) AS n FROM person_key", using="keys")[0].n == 2
    hours = 2 * 3600
    monkeypatch.setattr(clock, "true_seconds", lambda: int(time.time() + hours))

    assert erase(ON).abandoned == 1
    assert rows("SELECT count(*) AS n FROM person_key", using="keys")[0].n == 0


def test_the_keys_of_copies_go_with_the_record(from_end):
    use_pack(with_copy_row(""))
    line = registered(copies=(FRONT,))
    end(line)

    erased = erase(ENDED.replace(year=ENDED.year + 1) + DAY)

    assert (erased.lines, erased.copies, erased.keys_destroyed) == (1, 0, 1)
    assert rows("SELECT count(*) AS n FROM person_key", using="keys")[0].n == 0


def sealed_by_an_earlier_version():
    line = registered(copies=(FRONT,))
    whose = person_of(line)
    person, tenure = PersonId(whose["person_id"]), TenureId(whose["tenure_id"])
    shred_copies([(person, tenure)])
    run("DELETE FROM vault_copy")
    document_store.keep(
        opening._person_key(person, tenure_id=tenure), [FRONT], person_id=person, tenure_id=tenure
    )
    return line, person, tenure


def test_no_key_that_an_app_adds_shuts_a_copy_that_an_earlier_version_sealed(from_registration):
    line, person, tenure = sealed_by_an_earlier_version()
    named = keys.of_copies(tenure)
    epoch_id, sealer = epochs.person_key_sealer()
    (wrapped,) = sealer.seal([bytes(32)], contexts=[wire.person_key_context(person.bytes, named.bytes)])
    with database.connect(stores.KEYS, KeysRole.SEALER) as opened:
        opened.execute(
            "INSERT INTO person_key (person_id, tenure_id, epoch_id, wrapped) VALUES (%s, %s, %s, %s)",
            [person, named, epoch_id, wrapped],
        )

    assert picture(line) == FRONT


def test_a_copy_that_an_earlier_version_sealed_opens_and_goes_from_the_store(from_registration, store):
    line, _, _ = sealed_by_an_earlier_version()
    assert picture(line) == FRONT

    assert erase(ON + 11 * DAY).copies == 1

    assert not [file for file in store.rglob("*") if file.is_file()]
    assert name(line) == PERSON["name"]
    with pytest.raises(CannotOpen):
        picture(line)


def test_a_copy_taken_without_a_network_is_counted_from_the_day_of_its_registration(from_registration):
    registered(copies=(FRONT,))
    run("UPDATE lines_tenure SET held = tstzrange(lower(held) + interval '3 days', NULL)")

    assert (erase(ON + 10 * DAY).copies, erase(ON + 11 * DAY).copies) == (0, 1)


@pytest.mark.parametrize(("after", "row"), [(11, "on_time"), (12, "late")])
def test_a_report_counts_copies_that_went_on_time_and_late(from_registration, after, row):
    registered(copies=(FRONT,))
    erase(ON + after * DAY)

    (entry,) = rows("SELECT day, body FROM ledger_entry WHERE verb = %s", [Verb.COPY_ERASED.value])
    facts = json.loads(entry.body)["facts"]
    counted = {
        one.row: one.weight(str(entry.day), facts)
        for table in tables()
        if table.id == "copies_erased"
        for one in table.rows
    }

    assert counted == {"on_time": 0, "late": 0} | {row: 1}
