# SPDX-License-Identifier: EUPL-1.2
"""Erasing what the law no longer allows to keep: on the day, not before, not while held, all of it, resumable."""

import datetime as dt
import os
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connections

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock, clock_steps, stores
from rollkeeper.kernel.database import Role, connect, rows, run
from rollkeeper.kernel.errors import CLOCK_SET_FORWARDS
from rollkeeper.kernel.ids import LineId, PersonId, TenureId, new_uuid
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import keeps_until
from rollkeeper.lines.models import Reference
from rollkeeper.retention import services
from rollkeeper.retention.errors import ERASURES_MISSING
from rollkeeper.retention.legal_holds import add_legal_hold
from rollkeeper.retention.rules import last_termination_to_erase
from rollkeeper.subscribers.models import Document
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.services import PersonRecord, open_sealed, seal_persons
from tests.builders.lines import enter, hold_line, make_line, make_subscriber, make_tenure, pause_line
from tests.builders.staff import employ
from tests.campaign.population import day
from tests.languages.production import production_instance
from tests.refusals import refusing

PACK = load_pack("cn-xz-2011")
OFFICER, DAY = StaffRole.DATA_PROTECTION_OFFICER, dt.timedelta(days=1)
ENDED, LAST_KEPT, ERASED = day("2012-04-05"), day("2013-04-05"), day("2013-04-06")


def tenure_of(line_id: LineId, first: dt.date, last: dt.date | None) -> tuple[PersonId, TenureId]:
    """Seal an invented person as the subscriber of a line over a time, with a document by which to be found."""
    person_id, tenure_id = make_subscriber(made_on=first), TenureId(new_uuid())
    (commitment,) = seal_persons([PersonRecord(person_id, tenure_id, {Field.NAME: "Invented"})])
    since, until = (dt.datetime.combine(d, dt.time(12), clock.zone()) if d else None for d in (first, last))
    make_tenure(line_id, since, until, person_id=person_id, tenure_id=tenure_id, commitment=commitment)
    Document.objects.create(document_index=os.urandom(32), person_id=person_id, document_type="passport")
    return person_id, tenure_id


def ended_line(on: dt.date = ENDED) -> LineId:
    line_id = make_line(state="terminated", terminated_on=on, terminated_by="campaign")
    enter(line_id)
    Reference.objects.create(reference_index=os.urandom(32), line_id=line_id)
    return line_id


def name_of(pair: tuple[PersonId, TenureId]) -> str:
    who = employ(StaffRole.DATA_PROTECTION_OFFICER)
    opened = open_sealed(
        who, person_id=pair[0], tenure_id=pair[1], field=Field.NAME, purpose=next(iter(Purpose)), on=ERASED
    )
    return opened.reveal()


def erase(on: dt.date) -> services.Erased:
    clock.set_demo_date(on)
    return services.erase_due(worker_authority(), on=on)


@pytest.mark.parametrize(("on", "gone"), [(ENDED, 0), (LAST_KEPT, 0), (ERASED, 1), (day("2013-04-07"), 1)])
def test_a_record_goes_on_the_day_after_its_last_day(on: dt.date, gone: int, committed: None) -> None:
    line_id = ended_line()

    assert erase(on).lines == gone
    (line,) = rows("SELECT erased_on FROM lines_line WHERE line_id = %s", [line_id])
    assert line.erased_on == (on if gone else None)


@pytest.mark.parametrize("service", ["internet_access", "domain", "address_block", "hosted_site"])
def test_a_record_of_no_telephone_user_goes_after_the_end_of_the_contract(
    service: str, committed: None, as_role: Any
) -> None:
    ended_line()
    line_id = make_line(state="terminated", terminated_on=ENDED, terminated_by="campaign", service=service)
    enter(line_id)

    assert erase(ENDED).lines == 0
    assert services.count_due(worker_authority(), on=ENDED + DAY) == services.Due(lines=1, tenures=0, held=0)
    with as_role("worker"):
        assert erase(ENDED + DAY).lines == 1

    (entry,) = rows("SELECT line_id, body::jsonb AS body FROM ledger_entry WHERE verb = 'line:record:erased'")
    assert (entry.line_id, entry.body["article"], entry.body["facts"]["last_day_kept"]) == (
        line_id,
        "6",
        ENDED.isoformat(),
    )


def test_that_a_life_may_have_depended_on_a_line_goes_with_its_record(committed: None, as_role: Any) -> None:
    ended, kept = ended_line(), make_line(is_essential=True)
    run("UPDATE lines_line SET is_essential = true WHERE line_id = %s", [ended])

    with as_role("worker"):
        assert erase(ERASED).lines == 1

    assert {row.line_id for row in rows("SELECT line_id FROM lines_line WHERE is_essential")} == {kept}
    with pytest.raises(DatabaseError, match="no_longer_essential_by_worker"), as_role("worker"):
        run("UPDATE lines_line SET is_essential = false, erased_on = now() WHERE line_id = %s", [kept])


@pytest.fixture
def production(committed: None) -> Iterator[None]:
    """An instance for real people that erased what was due on a day."""
    erase(ENDED)
    with production_instance():
        yield
    run("DELETE FROM retention_run")


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("days", [8, 366])
def test_a_date_far_ahead_erases_nothing_until_it_is_confirmed(
    days: int,
) -> None:
    ended_line(ENDED - dt.timedelta(days=366))
    ahead = ENDED + dt.timedelta(days=days)

    with refusing(ERASURES_MISSING) as refused:
        services.erase_due(worker_authority(), on=ahead)

    assert (refused.value.facts["last"], refused.value.facts["days"]) == (ENDED, days)
    assert rows("SELECT line_id FROM lines_line WHERE erased_on IS NOT NULL") == []
    assert services.erase_due(worker_authority(), on=ahead, after_gap=True).lines == 1
    assert services.erase_due(worker_authority(), on=ahead + dt.timedelta(days=7)).lines == 0


@pytest.mark.usefixtures("production")
def test_a_clock_that_is_set_forwards_erases_nothing_early(monkeypatch: pytest.MonkeyPatch) -> None:
    ended_line(ENDED - dt.timedelta(days=360))
    clock_steps.set_forwards_by()
    began = clock_steps._start()
    monkeypatch.setattr(clock_steps, "_start", lambda: began + 7 * 24 * 3600)

    with refusing(CLOCK_SET_FORWARDS):
        services.erase_due(worker_authority(), on=ENDED + dt.timedelta(days=7))

    assert rows("SELECT line_id FROM lines_line WHERE erased_on IS NOT NULL") == []
    clock_steps._file().unlink()


@pytest.mark.parametrize(("on", "gone"), [("2013-03-01", 0), ("2013-03-02", 1)])
def test_a_leap_day_is_kept_through_the_first_of_march(on: str, gone: int, committed: None) -> None:
    ended_line(day("2012-02-29"))

    assert erase(day(on)).lines == gone


@pytest.mark.parametrize("on", ["2012-03-01", "2013-02-28", "2013-03-01", "2013-03-02", "2016-02-29"])
def test_the_cutoff_is_where_the_law_draws_it(on: str) -> None:
    cutoff = last_termination_to_erase(PACK, on=day(on))

    assert cutoff is not None
    assert keeps_until(PACK, cutoff) < day(on) <= keeps_until(PACK, cutoff + dt.timedelta(days=1))


def test_everything_that_led_to_the_person_goes(committed: None) -> None:
    line_id = ended_line()
    pair = tenure_of(line_id, day("2010-05-01"), ENDED)
    assert name_of(pair) == "Invented"

    erased = erase(ERASED)

    assert (erased.lines, erased.keys_destroyed) == (1, 1)
    (line,) = rows("SELECT * FROM lines_line WHERE line_id = %s", [line_id])
    assert (line.state, line.number_index, line.number_sealed, line.contact_sealed) == (
        "released",
        None,
        None,
        None,
    )
    (tenure,) = rows("SELECT commitment, erased_on FROM lines_tenure")
    assert (tenure.commitment, tenure.erased_on) == (None, ERASED)
    for table in ("vault_sealed", "subscribers_document", "lines_reference", "lines_number"):
        assert rows(f"SELECT * FROM {table}") == []  # noqa: S608
    assert rows("SELECT erased_on FROM subscribers_subscriber")[0].erased_on == ERASED
    with pytest.raises(CannotOpen):
        name_of(pair)


def test_a_certificate_says_on_what_ground(committed: None) -> None:
    line_id = ended_line()
    erase(ERASED)

    (entry,) = rows("SELECT line_id, body::jsonb AS body FROM ledger_entry WHERE verb = 'line:record:erased'")
    assert (entry.line_id, entry.body["article"]) == (line_id, "5")
    facts = entry.body["facts"]
    assert (facts["ground"], facts["last_day_kept"]) == ("service_ended", "2013-04-05")


@pytest.mark.parametrize(("until", "gone"), [("2013-04-05", 1), ("2013-04-06", 0), ("2013-04-07", 0)])
def test_a_legal_hold_delays_erasure_and_ends_by_itself(until: str, gone: int, committed: None) -> None:
    line_id = ended_line()
    held = day(until)
    add_legal_hold(
        employ(OFFICER), line_id, case_reference="1", last=held, review_on=held, on=ERASED - 9 * DAY
    )

    assert services.count_due(worker_authority(), on=ERASED) == services.Due(
        lines=gone, tenures=0, held=1 - gone
    )
    assert erase(ERASED).lines == gone
    assert erase(day("2013-04-08")).lines == 1 - gone


def test_an_erasure_plan_counts_what_is_kept_and_by_when_it_goes(committed: None) -> None:
    ended_line()
    tenure_of(make_line(is_registered=True), day("2010-05-01"), None)

    plan = services.draft_plan(worker_authority(), on=ERASED - 31 * DAY)

    assert plan.current == 1
    assert [(on, due) for on, due, *_ in plan.due][:3] == [
        (ERASED - 31 * DAY, 0), (ERASED - DAY, 0), (ERASED + 59 * DAY, 1)
    ]  # fmt: skip


def test_a_past_tenure_is_erased_after_a_year_while_the_line_lives_on(committed: None) -> None:
    line_id = make_line(is_registered=True)
    former = tenure_of(line_id, day("2010-05-01"), ENDED)
    present = tenure_of(line_id, ENDED, None)

    assert erase(LAST_KEPT).tenures == 0
    erased = erase(ERASED)

    assert (erased.lines, erased.tenures) == (0, 1)
    assert name_of(present) == "Invented"
    with pytest.raises(CannotOpen):
        name_of(former)
    assert rows("SELECT state FROM lines_line WHERE line_id = %s", [line_id])[0].state == "active"


def test_reasons_of_pauses_are_erased_with_the_former_tenure(committed: None) -> None:
    line_id = make_line(is_registered=True)
    tenure_of(line_id, day("2010-05-01"), ENDED)
    tenure_of(line_id, ENDED, None)
    for recorded in (ENDED - dt.timedelta(days=30), ENDED + dt.timedelta(days=30)):
        at = dt.datetime.combine(recorded, dt.time(), clock.zone())
        pause_line(line_id, recorded, recorded + dt.timedelta(days=9), reason="detention", recorded_at=at)

    erase(ERASED)

    found = rows("SELECT reason FROM lines_pause WHERE line_id = %s ORDER BY recorded_at", [line_id])
    assert [row.reason for row in found] == ["other", "detention"]


def test_the_cases_of_holds_go_with_the_former_tenure_they_were_laid_on(committed: None) -> None:
    line_id = make_line(is_registered=True)
    tenure_of(line_id, day("2010-05-01"), ENDED)
    tenure_of(line_id, ENDED, None)
    hold_line(line_id, day("2012-01-01"), day("2012-02-01"), case="theirs")
    hold_line(line_id, day("2012-06-01"), day("2012-07-01"), case="of who came after")

    erase(ERASED)

    found = rows("SELECT case_reference FROM lines_legalhold WHERE line_id = %s ORDER BY days", [line_id])
    assert [row.case_reference for row in found] == ["", "of who came after"]


def test_a_person_with_another_line_is_still_found_by_the_document(committed: None) -> None:
    person_id, _ = tenure_of(ended_line(), day("2010-05-01"), ENDED)
    other = TenureId(new_uuid())
    seal_persons([PersonRecord(person_id, other, {Field.NAME: "Invented"})])

    erase(ERASED)

    assert [row.person_id for row in rows("SELECT person_id FROM subscribers_document")] == [person_id]
    assert name_of((person_id, other)) == "Invented"


@pytest.mark.parametrize("after", ["_intend", "shred", "_clear"])
def test_an_erasure_killed_between_two_steps_is_finished_by_the_next_run(
    after: str, committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [tenure_of(ended_line(), day("2010-05-01"), ENDED) for _ in range(3)]
    real = getattr(services, after)

    def and_then_killed(*args: object, **kwargs: object) -> object:
        real(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services, after, and_then_killed)
        with pytest.raises(KeyboardInterrupt):
            erase(ERASED)
    erased = erase(day("2013-04-07"))

    assert erased.finished == (0 if after == "_clear" else 3)
    assert rows("SELECT line_id FROM lines_line WHERE erased_on IS NULL") == []
    assert rows("SELECT line_id FROM retention_erasure WHERE done_at IS NULL") == []
    (entries,) = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'line:record:erased'")
    assert entries.n == 3
    for pair in pairs:
        with pytest.raises(CannotOpen):
            name_of(pair)


def test_two_runs_at_once_clear_each_record_once(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    line_id = ended_line()
    with monkeypatch.context() as patched:
        patched.setattr(services, "_clear", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            erase(ERASED)
    two = [threading.Thread(target=lambda: (erase(ERASED), connections.close_all())) for _ in range(2)]

    with connect(stores.REGISTER, "migrator") as session, session.transaction():
        session.execute("SELECT FROM lines_line WHERE line_id = %s FOR UPDATE", [line_id])
        for one in two:
            one.start()
        while len(rows("SELECT FROM pg_locks WHERE NOT granted")) < 2 and all(one.is_alive() for one in two):
            time.sleep(0.01)
    for one in two:
        one.join()

    (line,) = rows("SELECT version, erased_on FROM lines_line WHERE line_id = %s", [line_id])
    assert (line.version, line.erased_on) == (2, ERASED)


def test_more_than_a_chunk_goes_in_one_run(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    monkeypatch.setattr(services, "OUTLASTING_APPS", "SET LOCAL lock_timeout = '50ms'")
    for _ in range(5):
        ended_line()

    assert erase(ERASED).lines == 5
    assert erase(ERASED) == services.Erased()


@pytest.mark.parametrize("days", [0, 1])
def test_what_is_held_keeps_no_chunk_from_going_on(
    days: int, committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    ends = [ENDED - dt.timedelta(days=days * one) for one in range(9)]
    lines = [ended_line(on) for on in ends]
    past = []
    for on in ends:
        past.append(make_line(is_registered=True))
        tenure_of(past[-1], on - dt.timedelta(days=365), on)
        tenure_of(past[-1], on, None)
    officer = employ(OFFICER)
    for line_id in sorted(lines)[:3] + lines[4:6] + past[:5]:
        add_legal_hold(officer, line_id, case_reference="1", last=ERASED, review_on=ERASED, on=ERASED)
    held = len({*sorted(lines)[:3], *lines[4:6]})

    first, second = erase(ERASED), erase(ERASED)

    assert (first.lines, first.tenures) == (9 - held, 4)
    assert second == services.Erased()
    assert rows("SELECT count(*) AS n FROM retention_erasure WHERE done_at IS NULL")[0].n == 0


def due_of(kind: str) -> None:
    if kind == "line":
        ended_line()
    else:
        line_id = make_line(is_registered=True)
        tenure_of(line_id, day("2010-05-01"), ENDED)
        tenure_of(line_id, ENDED, None)


@pytest.mark.parametrize("kind", ["line", "tenure"])
def test_a_legal_hold_added_during_the_search_is_respected(
    kind: str, committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK", 1)
    for _ in range(3):
        due_of(kind)
    seen: list[UUID] = []

    def and_then_held(statement: str, *args: Any, **kwargs: Any) -> list[Any]:
        found = rows(statement, *args, **kwargs)
        if "INSERT INTO retention_due" in statement and found and not seen:
            seen.append(rows("SELECT line_id FROM retention_due")[0].line_id)
            with connect(stores.REGISTER, Role.MIGRATOR) as other:
                other.execute(
                    "INSERT INTO lines_legalhold (line_id, legal_hold_id, days, case_reference, review_on)"
                    " VALUES (%s, %s, '[2012-01-01,2014-01-01)', '1', '2014-01-01')",
                    [seen[0], new_uuid()],
                )
        return found

    monkeypatch.setattr(services, "rows", and_then_held)
    erased = erase(ERASED)

    assert erased.lines + erased.tenures == 2
    assert [
        row.n for row in rows("SELECT count(*) AS n FROM retention_erasure WHERE line_id = %s", seen)
    ] == [0]


def test_what_is_at_work_in_one_run_goes_in_the_next(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    monkeypatch.setattr(services, "OUTLASTING_APPS", "SET LOCAL lock_timeout = '100ms'")
    for _ in range(5):
        line_id = ended_line()

    with connect(stores.REGISTER, Role.MIGRATOR) as other, other.transaction():
        other.execute("SELECT FROM lines_line WHERE line_id = %s FOR UPDATE", [line_id])
        assert erase(ERASED).lines == 4

    assert erase(ERASED).lines == 1


def test_a_clerk_cannot_erase(committed: None) -> None:
    with refusing(NOT_ALLOWED):
        services.erase_due(employ(StaffRole.CLERK), on=ERASED)


def test_the_worker_erases_with_its_own_rights(register: None, as_role: object) -> None:
    line_id: UUID = ended_line()

    with as_role("worker"):
        assert erase(ERASED).lines == 1
    assert rows("SELECT erased_on FROM lines_line WHERE line_id = %s", [line_id])[0].erased_on == ERASED
