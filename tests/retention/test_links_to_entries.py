# SPDX-License-Identifier: EUPL-1.2
"""After an erasure nothing in the register leads from the line, the person or the operator's own key to what was published of them."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, connection, transaction

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId
from rollkeeper.ledger.services import append_entry, integrate
from rollkeeper.ledger.verbs import Verb
from rollkeeper.registration import bulk
from rollkeeper.registration.services import register_subscriber, transfer_line
from rollkeeper.reporting.audit_samples import services as samples
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.retention import services
from rollkeeper.vault.fields import Field
from tests.builders.lines import terminate_line
from tests.builders.staff import employ
from tests.registration.people import ON, fresh_number, given_by, person, submission

pytestmark = pytest.mark.usefixtures("committed")
DAY = dt.timedelta(days=1)
ENDED = ON + 30 * DAY
ERASED = ENDED.replace(year=ENDED.year + 1) + DAY
LINKS = {"registration_submission.receipt.entry", "lines_tenure.begun_by_entry"}


def naming(entries):
    """Return which columns outside the ledger name one of these entries."""
    tables = rows(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
        " AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'ledger_%%'"
    )
    found = set()
    for table in tables:
        for one in rows(f'SELECT to_jsonb(t)::text AS text FROM "{table.name}" AS t'):  # noqa: S608
            found |= {f"{table.name}.{column}" for column in _columns(json.loads(one.text), entries)}
    return found


def _columns(said, entries):
    for column, value in said.items():
        if isinstance(value, dict):
            yield from (f"{column}.{name}" for name in _columns(value, entries))
        elif "entry" in column and value in entries:
            yield column


def entries_of(line):
    found = rows(
        "SELECT entry_id FROM ledger_entry WHERE line_id = %s AND verb <> 'line:record:erased'", [line]
    )
    return {one.entry_id for one in found}


def from_a_file(tmp_path, **columns):
    number, file = fresh_number(), tmp_path / "people.jsonl"
    file.write_text(json.dumps({"number": number, **person(), **columns}) + "\n", "utf-8")
    clock.set_demo_date(ON)
    tally = bulk.register_file(console_authority(), file, on=ON, moved=lambda _: None)
    assert tally.recorded == 1
    (made,) = rows("SELECT line_id FROM lines_tenure ORDER BY lower(held) DESC LIMIT 1")
    return made.line_id


def end_and_erase(line):
    clock.set_demo_date(ENDED)
    terminate_line(line, quarantined_until=ENDED + 90 * DAY, on=ENDED)
    clock.set_demo_date(ERASED)
    return services.erase_due(worker_authority(), on=ERASED, after_gap=True)


def test_nothing_leads_from_an_erased_line_to_its_entries(tmp_path):
    line = from_a_file(tmp_path)
    kept = from_a_file(tmp_path)
    gone, others = entries_of(line), entries_of(kept)
    assert naming(gone) == LINKS

    assert end_and_erase(line).lines == 1

    assert naming(gone) == set()
    assert naming(others) == LINKS


def test_a_former_subscribers_entries_are_forgotten_and_the_present_ones_are_not():
    former, number = person(), fresh_number()
    clock.set_demo_date(ON)
    line = register_subscriber(console_authority(), submission(number, former), on=ON).line_id
    gone = entries_of(line)
    clock.set_demo_date(ENDED)
    transferred = submission(number, person(), transferor=given_by(former))
    transfer_line(console_authority(), transferred, on=ENDED)
    present = entries_of(line) - gone

    clock.set_demo_date(ERASED)
    assert services.erase_due(worker_authority(), on=ERASED, after_gap=True).tenures == 1

    assert naming(gone) == set()
    assert naming(present) == LINKS
    assert [row.submission_key for row in rows("SELECT submission_key FROM registration_submission")] == [
        transferred.submission_key
    ]


def sampled(monkeypatch):
    """Every line that was registered is drawn, and its subscriber asked."""
    size, auditor = integrate().size, employ(StaffRole.AUDITOR)
    monkeypatch.setattr(samples, "report_of", lambda *_: {"quarters": {"2012-Q1": size}})
    sample = samples.draw_sample(
        auditor, "2012-Q1", SampledAction.REGISTERED, text="6 2 5 5 1 3 4 4 6 1", on=ON
    )
    samples.ask_subscribers(auditor, sample, [Field.NAME], on=ON)


def in_samples():
    drawn = {row.line_id for row in rows("SELECT line_id FROM reporting_auditsampleline")}
    assert {row.line_id for row in rows("SELECT line_id FROM selfcare_consent")} == drawn
    return drawn


def test_a_line_whose_record_is_erased_is_in_no_audit_sample(tmp_path, monkeypatch):
    line, kept = from_a_file(tmp_path), from_a_file(tmp_path)
    sampled(monkeypatch)
    assert in_samples() == {line, kept}

    assert end_and_erase(line).lines == 1

    assert in_samples() == {kept}


def test_the_operators_own_key_of_a_row_goes_with_the_record(tmp_path):
    line = from_a_file(tmp_path, submission_key="customer-4711")

    end_and_erase(line)

    assert rows("SELECT FROM registration_submission") == []


def test_the_role_of_the_worker_may_forget_it(tmp_path, as_role):
    line = from_a_file(tmp_path)
    gone = entries_of(line)
    clock.set_demo_date(ENDED)
    terminate_line(line, quarantined_until=ENDED + 90 * DAY, on=ENDED)
    integrate()
    clock.set_demo_date(ERASED)

    with as_role("worker"):
        services.erase_due(worker_authority(), on=ERASED, after_gap=True)

    assert naming(gone) == set()


@pytest.mark.parametrize("to", ["NULL", "begun_by_entry + 1"])
def test_a_worker_forgets_no_beginning_of_a_record_that_stays(tmp_path, as_role, to):
    from_a_file(tmp_path)

    with pytest.raises(DatabaseError, match="lines_tenure_begun_by_another_entry"), as_role("worker"):
        run(f"UPDATE lines_tenure SET begun_by_entry = {to}")  # noqa: S608


def test_a_receipt_is_found_by_its_entry_without_a_walk_through_all(tmp_path):
    from_a_file(tmp_path)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN DELETE FROM registration_submission s"
            " WHERE (s.receipt ->> 'entry')::bigint = ANY (ARRAY(SELECT entry_id FROM ledger_entry))"
        )
        plan = str(cursor.fetchall())

    assert "registration_submission_by_entry" in plan


def still_entered(line):
    return [row.verb for row in rows("SELECT verb FROM ledger_entry WHERE line_id = %s", [line])]


def test_an_entry_of_the_same_run_is_reduced_with_the_others(tmp_path):
    line = from_a_file(tmp_path)

    end_and_erase(line)

    assert rows("SELECT FROM ledger_entry WHERE verb = 'line:number:freed'") != []
    assert still_entered(line) == ["line:record:erased"]


def test_an_entry_that_comes_while_it_runs_is_reduced_with_the_others(tmp_path, monkeypatch):
    line, count_due = from_a_file(tmp_path), services._count_due

    def counted(slices):
        append_entry(
            console_authority(), verb=Verb.LINE_LOOKED_UP, role="console", on=ERASED, line_id=LineId(line)
        )
        return count_due(slices)

    monkeypatch.setattr(services, "_count_due", counted)

    end_and_erase(line)

    assert still_entered(line) == ["line:record:erased"]
