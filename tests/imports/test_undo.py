"""An import that was a mistake is taken back whole, while nothing happened to any of its lines; else nothing of it is."""

import csv
import datetime as dt
from uuid import uuid4

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign.nightly import run_nightly
from rollkeeper.campaign.planning import plan_campaign
from rollkeeper.imports.errors import IMPORT_IN_USE, IMPORT_UNDONE_BEFORE, IMPORT_UNKNOWN
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.queries import past_imports
from rollkeeper.imports.reject_file import default_path
from rollkeeper.imports.services import import_lines
from rollkeeper.imports.undo import undo_import
from rollkeeper.kernel.database import rows
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.queries import find_line
from rollkeeper.lines.services import pause_clock
from rollkeeper.retention.services import count_due, erase_due
from tests.builders.staff import employ
from tests.entries import entries
from tests.refusals import refusing

ON = dt.date(2011, 12, 5)
RAW = {
    "number": {"column": "phone"}, "service": {"constant": "mobile"}, "activated_on": {"column": "since"},
    "reference": {"column": "id"},
    "registration": {
        "name": "name", "address": "address", "document_number": "document", "document_type_is": "passport"
    },
}  # fmt: skip


@pytest.fixture
def export(tmp_path):
    file = tmp_path / "lines.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["phone", "since", "id", "name", "address", "document"])
        writer.writerow(["13800000001", "2011-05-01", "A1", "Invented One", "1 Invented Street", "X1234567"])
        writer.writerow(["13800000002", "2011-05-01", "A2", "", "", ""])
        writer.writerow(["13800000003", "2011-05-01", "A3", "", "", ""])
    return file


def take_in(file, **given):
    seen = scan_file(file)
    made = make_map(RAW, named="map.toml", header=seen.header)
    return import_lines(console_authority(), seen, made, refused_file=default_path(file), on=ON, **given)


def undo(import_id=None):
    return undo_import(console_authority(), import_id or past_imports()[0].import_id, on=ON)


def count(what):
    return rows(f"SELECT count(*) AS n FROM {what}")[0].n  # noqa: S608 - our own words


@pytest.mark.parametrize("chunk_rows", [2, 10_000])
def test_no_line_is_found_afterwards_and_the_same_file_comes_in_again(committed, export, chunk_rows):
    take_in(export, chunk_rows=chunk_rows)

    done = undo()

    assert (done.lines, find_line("+8613800000001"), count("lines_reference")) == (3, None, 0)
    assert take_in(export).lines == 3
    assert find_line("+8613800000001").is_registered


def test_a_chunk_names_the_lines_that_it_made_and_no_known_or_refused_ones(committed, export):
    take_in(export, chunk_rows=2)
    first = {row.line_id for row in rows("SELECT line_id FROM lines_line")}
    with export.open("a", encoding="utf-8", newline="") as out:
        out.write(
            "13800000004,2011-05-01,A4,,,\r\nno number,2011-05-01,A5,,,\r\n13800000006,2011-05-01,A6,,,\r\n"
        )

    take_in(export, chunk_rows=4)

    chunks = rows("SELECT rows_before, line_ids FROM imports_chunk ORDER BY import_id, rows_before")
    assert [(one.rows_before, len(one.line_ids)) for one in chunks] == [(0, 2), (2, 1), (0, 1), (4, 1)]
    named = [line_id for one in chunks for line_id in one.line_ids]
    assert set(named[:3]) == first
    assert sorted(named) == [row.line_id for row in rows("SELECT line_id FROM lines_line ORDER BY line_id")]


def test_the_ledger_says_of_each_line_and_of_the_import_that_it_was_undone(committed, export):
    take_in(export)
    (made,) = past_imports()

    undo()

    assert [one.facts for one in entries("imports:import:undone")] == [
        {"import": str(made.import_id), "lines": 3}
    ]
    assert len(entries("imports:line:undone")) == 3
    assert past_imports()[0].undone_at is not None


def test_what_was_sealed_is_erased_by_the_next_erasure_and_not_a_year_later(committed, export):
    take_in(export)
    undo()
    due = count_due(console_authority(), on=ON)

    erased = erase_due(worker_authority(), on=ON)

    assert (due.lines, erased.lines, erased.keys_destroyed) == (3, 3, 1)
    assert count("vault_sealed") == count("lines_line WHERE number_sealed IS NOT NULL") == 0
    (first, *_) = entries("line:record:erased")
    assert (first.facts["ground"], first.facts["last_day_kept"]) == ("import_undone", ON.isoformat())


def test_members_of_a_campaign_leave_it_and_no_notice_goes_out(committed, export):
    take_in(export)
    plan_campaign(console_authority(), pack_id="cn-xz-2011", on=ON)

    undo()
    run_nightly(worker_authority(), on=ON)

    assert count("notices_notice WHERE state = 'queued'") == 0
    assert count("campaign_member WHERE stage <> 'out_of_scope'") == 0


def paused(line_id):
    pause_clock(console_authority(), line_id, first=ON, last=None, reason=PauseReason.ABROAD, on=ON)


def notified(line_id):
    plan_campaign(console_authority(), pack_id="cn-xz-2011", on=ON)
    rows("UPDATE notices_notice SET state = 'unreachable' WHERE line_id = %s RETURNING line_id", [line_id])


@pytest.mark.parametrize("happened", [paused, notified])
def test_once_something_happened_to_one_line_all_of_them_stay(committed, export, happened):
    take_in(export)
    happened(find_line("+8613800000002").line_id)

    with refusing(IMPORT_IN_USE):
        undo()

    assert find_line("+8613800000001").state == find_line("+8613800000003").state == "active"
    assert not entries("imports:line:undone")


def test_an_import_that_there_is_not_or_no_more_is_refused(committed, export):
    take_in(export)
    undo()

    with refusing(IMPORT_UNKNOWN):
        undo(uuid4())
    with refusing(IMPORT_UNDONE_BEFORE):
        undo()


def test_staff_who_may_not_import_undo_nothing(committed, export):
    take_in(export)

    with refusing(NOT_ALLOWED):
        undo_import(employ(StaffRole.CLERK), past_imports()[0].import_id, on=ON)
