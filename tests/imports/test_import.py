"""Imported rows are in the register once, sealed, recorded and complete; the others are in the reject file."""

import csv
import datetime as dt
import errno
import os
import signal
import subprocess
import sys
import threading
import time
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.imports import chunks
from rollkeeper.imports.errors import (
    IMPORT_DISK_FULL,
    IMPORT_FILE_CHANGED,
    IMPORT_MAP_INVALID,
    IMPORT_RUNNING,
    NOTHING_IMPORTED,
    NUMBER_RANGE_EXHAUSTED,
    REJECT_FILE_NOT_WRITABLE,
)
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.reject_file import RejectFile, default_path
from rollkeeper.imports.row_errors import NOT_REGISTERED_YET
from rollkeeper.imports.services import import_lines
from rollkeeper.kernel import stores
from rollkeeper.kernel.database import connect, rows
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.models import Number
from rollkeeper.lines.queries import find_line, line_history
from rollkeeper.lines.services import mark_essential
from rollkeeper.vault.blind_index import blind_file
from rollkeeper.vault.fields import Field, LineField, Purpose
from rollkeeper.vault.services import open_line_values, open_sealed
from tests.builders.lines import suspend_line
from tests.builders.packs import REFERENCE, use_pack, with_line_attributes
from tests.builders.staff import employ
from tests.entries import entries
from tests.refusals import refusing

ON = dt.date(2011, 12, 1)
RAW = {
    "number": {"column": "phone"},
    "service": {"constant": "mobile"},
    "activated_on": {"column": "since"},
}
WITH_REFERENCE = RAW | {"reference": {"column": "id"}}
WITHOUT_NUMBERS = WITH_REFERENCE | {"number": {"number_range": "+8689100000000", "count": 1000}}
SUBSCRIBERS = RAW | {
    "registration": {
        "name": "name", "address": "address", "document_number": "document", "document_type_is": "passport"
    }
}  # fmt: skip


def line(n, **more):
    return {"phone": f"138{n:08d}", "since": "2011-05-01", "id": f"A{n}"} | more


def take_in(file, raw=WITH_REFERENCE, *, authority=None, **given):
    seen = scan_file(file)
    made = make_map(raw, named="map.toml", header=seen.header)
    return import_lines(
        authority or console_authority(), seen, made, refused_file=default_path(file), on=ON, **given
    )


def count(table):
    return rows(f"SELECT count(*) AS n FROM {table}")[0].n  # noqa: S608 - names of tables in this file


def side_file(file):
    with default_path(file).open(encoding="utf-8", newline="") as source:
        return [(int(row["row"]), row["column"], row["reason"]) for row in csv.DictReader(source)]


def test_lines_are_found_by_their_numbers_and_know_their_days(register, written):
    result = take_in(written([line(1), line(2)]))

    found = find_line("+8613800000001")
    assert (result.rows, result.lines, result.refused) == (2, 2, 0)
    assert (found.service, found.state, found.version) == ("mobile", "active", 1)
    assert (found.activated_on, found.is_registered, found.is_essential) == (
        dt.date(2011, 5, 1),
        False,
        False,
    )
    assert line_history(found.line_id).registered_on is None


def test_every_column_of_a_line_arrives_as_it_was_meant(register, written):
    raw = WITH_REFERENCE | {
        "language": {"column": "lang"}, "region": {"column": "area"}, "is_essential": {"column": "lift"},
        "contact": {"column": "mail"},
    }  # fmt: skip
    file = written([line(1, lang="bo", area="拉萨", lift="yes", mail="a@example.org"), line(2, lang="", area="", lift="no", mail="")])  # fmt: skip

    take_in(file, raw)

    kept = rows(
        "SELECT language, region, is_essential, contact_sealed IS NOT NULL AS notified FROM lines_line ORDER BY region"
    )
    assert [tuple(row) for row in kept] == [("bo", "拉萨", True, True), (None, None, False, False)]


@pytest.mark.parametrize(
    ("mail", "street", "kind", "contact"),
    [
        ("a@example.org", "12 Invented Street", "both", "a@example.org\n12 Invented Street\nLhasa"),
        ("", "12 Invented Street", "postal", "\n12 Invented Street\nLhasa"),
        ("a@example.org", "", None, "a@example.org"),
    ],
)
def test_a_postal_address_is_sealed_with_the_mailbox_and_only_its_kind_is_clear(
    committed, written, mail, street, kind, contact
):
    file = written([line(1, mail=mail, street=street, place="Lhasa" if street else "")])

    take_in(file, RAW | {"contact": {"column": "mail", "postal": ["street", "place"]}})

    (kept,) = rows("SELECT l.*, l::text AS text FROM lines_line l")
    (opened,) = open_line_values(
        worker_authority(), LineField.CONTACT, [(kept.line_id, bytes(kept.contact_sealed))], purpose=Purpose.NOTICE, on=ON
    )  # fmt: skip
    assert (kept.contact_kind, opened.reveal()) == (kind, contact)
    assert "Invented" not in kept.text
    assert b"Invented".hex() not in kept.text


def test_number_and_address_are_sealed_and_stand_nowhere_in_clear(committed, written):
    file = written([line(1, mail="somebody@example.org")])

    take_in(file, RAW | {"contact": {"column": "mail"}})

    kept = str([tuple(row) for row in rows("SELECT l::text FROM lines_line l")])
    assert "13800000001" not in kept
    assert b"13800000001".hex() not in kept
    assert "somebody" not in kept
    sealed = rows("SELECT line_id, number_sealed, contact_sealed FROM lines_line")[0]
    for field, value, clear in (
        (LineField.NUMBER, sealed.number_sealed, "+8613800000001"),
        (LineField.CONTACT, sealed.contact_sealed, "somebody@example.org"),
    ):
        (opened,) = open_line_values(
            worker_authority(), field, [(sealed.line_id, bytes(value))], purpose=Purpose.NOTICE, on=ON
        )
        assert opened.reveal() == clear


def test_an_import_leaves_an_entry_with_counts_and_the_files_hash_and_nothing_else(register, written):
    file = written([line(1), line(2), line(3, phone="x")])

    take_in(file, chunk_rows=2)

    first, second = entries("imports:lines:imported")
    assert first.facts["file"] == blind_file(scan_file(file).file_hash)
    assert (
        first.facts["file"] != scan_file(file).file_hash
    )  # which of a file with one row could be found by trying
    assert (first.facts["rows"], first.facts["lines"], first.facts["refused"]) == (2, 2, 0)
    assert (second.facts["rows"], second.facts["lines"], second.facts["refused"]) == (1, 0, 1)


def test_refused_rows_stand_in_the_side_file_by_row_and_the_rest_is_imported(register, written):
    file = written(
        [line(1), line(2, phone="+15551234567"), line(3, since="1950-00-00"), line(4), line(1, id="other")]
    )

    result = take_in(file)

    assert (result.lines, result.refused) == (2, 3)
    assert side_file(file) == [
        (3, "phone", "a number of another country"),
        (4, "since", "a date that the calendar does not have"),
        (6, "phone", "a number that already has a line, or occurs twice in the file"),
    ]
    assert result.refused_file == default_path(file)
    assert oct(default_path(file).stat().st_mode & 0o777) == "0o600"


def test_the_side_file_holds_no_value_of_a_row(register, written):
    file = written([line(1), line(2, phone="123456789012345678901", since="no day")])

    take_in(file)

    assert "12345678901" not in default_path(file).read_text("utf-8")
    assert "no day" not in default_path(file).read_text("utf-8")


def test_a_clean_import_leaves_no_side_file(register, written):
    file = written([line(1)])
    default_path(file).write_text("row,column,reason,remedy\n2,phone,empty,Fill it in.\n", "utf-8")

    take_in(file)

    assert not default_path(file).exists()


def test_a_file_that_is_not_ours_is_never_replaced_by_the_side_file(register, written):
    file = written([line(1, phone="x"), line(2)])
    default_path(file).write_text("somebody's own list", "utf-8")

    with refusing(REJECT_FILE_NOT_WRITABLE, match="holds something else"):
        take_in(file)

    assert default_path(file).read_text("utf-8") == "somebody's own list"
    assert count("lines_line") == 0


def test_a_number_of_the_register_is_refused_row_by_row(register, written):
    take_in(written([line(1)], "first.csv"), RAW)
    file = written([line(n, since="2011-06-01") for n in range(4)], "second.csv")

    result = take_in(file, RAW, chunk_rows=2)

    assert (result.lines, result.refused) == (3, 1)
    assert [row for row, _, _ in side_file(file)] == [3]


def test_a_number_in_quarantine_is_not_given_out(register, written):
    take_in(written([line(1)], "first.csv"), RAW)
    Number.objects.update(quarantined_until="2012-03-01")
    file = written([line(1), line(2)], "second.csv")

    take_in(file, RAW)

    assert side_file(file) == [(2, "phone", "a number that is or was in quarantine")]


def test_the_same_file_twice_makes_nothing_twice_and_says_so(register, written):
    file = written([line(1), line(2)])
    take_in(file)

    again = take_in(file)

    assert again.was_done
    assert again.lines == 2
    assert count("lines_line") == 2
    assert len(entries("imports:lines:imported")) == 1


def test_a_later_export_makes_only_the_lines_that_are_new(register, written):
    take_in(written([line(1), line(2)], "march.csv"))

    result = take_in(written([line(2), line(3), line(1)], "april.csv"))

    assert (result.lines, result.known, result.refused) == (1, 2, 0)
    assert count("lines_line") == 3


ESSENTIAL = WITH_REFERENCE | {"is_essential": {"column": "lift", "yes": ["Y"]}}


def is_essential(n):
    return find_line(f"+86138{n:08d}").is_essential


def test_a_later_export_protects_known_lines_and_takes_it_from_none(register, written):
    take_in(written([line(n, lift="N") for n in (1, 2)] + [line(3, lift="Y")], "march.csv"), ESSENTIAL)

    result = take_in(
        written([line(1, lift="Y"), line(2, lift="N"), line(3, lift="N"), line(4, lift="Y")], "april.csv"),
        ESSENTIAL,
    )

    assert (result.lines, result.known, result.refused) == (1, 3, 0)
    assert [is_essential(n) for n in (1, 2, 3, 4)] == [True, False, True, True]
    (entry,) = entries("line:line:marked_essential")
    assert (entry.line_id, entry.facts) == (find_line("+8613800000001").line_id, {"essential": True})


def test_no_file_learns_on_which_known_lines_a_life_may_depend(register, written):
    take_in(written([line(n, lift="N") for n in (1, 2)], "march.csv"), ESSENTIAL)
    mark_essential(console_authority(), find_line("+8613800000002").line_id, essential=True, on=ON)

    told = [take_in(written([line(n, lift="Y")], f"{n}.csv"), ESSENTIAL) for n in (1, 2)]

    assert told[0] == told[1]
    assert [is_essential(n) for n in (1, 2)] == [True, True]


@pytest.mark.parametrize(("said", "named"), [("bo", "bo"), ("", None)])
def test_a_subscriber_of_whom_a_file_names_no_language_has_named_none(said, named, register, written):
    raw = SUBSCRIBERS | {"language": {"column": "lang"}}

    take_in(
        written([line(1, name="Invented", address="1 Invented Road", document="X1234567", lang=said)]), raw
    )

    assert [row.language for row in rows("SELECT language FROM subscribers_subscriber")] == [named]
    assert [row.language for row in rows("SELECT language FROM lines_line")] == [named]


def test_the_same_file_with_a_better_map_completes_what_was_left_and_nothing_else(register, written):
    whole = {"name": "Invented", "address": "1 Invented Road", "document": "X1234567"}
    file = written([line(1, **whole), line(2, **whole | {"document": "X1234568"})])
    take_in(file, RAW)
    before = [tuple(row) for row in rows("SELECT line_id, activated_on, state FROM lines_line ORDER BY 1")]

    result = take_in(file, SUBSCRIBERS | {"reference": {"column": "id"}})

    assert (result.lines, result.known, result.completed, result.registered) == (0, 2, 2, 2)
    assert [
        tuple(row) for row in rows("SELECT line_id, activated_on, state FROM lines_line ORDER BY 1")
    ] == before
    assert all(row.is_registered for row in rows("SELECT is_registered FROM lines_line"))
    assert (count("lines_tenure"), count("lines_reference")) == (2, 2)
    assert len(entries("line:tenure:registered")) == 2


def test_a_second_run_completes_nothing_twice(register, written):
    whole = {"name": "Invented", "address": "1 Invented Road", "document": "X1234567"}
    raw = SUBSCRIBERS | {"reference": {"column": "id"}}
    take_in(written([line(1)], "march.csv"))
    take_in(written([line(1, **whole)], "april.csv"), raw)

    result = take_in(written([line(1, **whole), line(2)], "may.csv"), raw | {"region": {"constant": "Lhasa"}})

    assert (result.lines, result.known, result.completed, result.registered) == (1, 1, 0, 0)
    assert count("lines_tenure") == 1


def test_a_line_suspended_for_want_of_registration_is_not_completed(register, written):
    raw = SUBSCRIBERS | {"reference": {"column": "id"}}
    take_in(written([line(1)], "march.csv"))
    known = rows("SELECT line_id FROM lines_line")[0].line_id
    suspend_line(known, reason=SuspensionReason.REGISTRATION, on=ON)
    file = written(
        [line(1, name="Invented", address="1 Invented Road", document="X1234567"), line(2)], "april.csv"
    )

    result = take_in(file, raw)

    assert (result.lines, result.known, result.refused, result.completed) == (1, 0, 1, 0)
    ((row, _, reason),) = side_file(file)
    assert (row, reason) == (2, NOT_REGISTERED_YET.text)


def test_another_contract_under_a_known_number_is_not_completed(register, written):
    whole = {"name": "Invented", "address": "1 Invented Road", "document": "X1234567"}
    take_in(written([line(1)], "march.csv"), RAW)
    file = written([line(1, since="2011-06-01", **whole), line(2)], "april.csv")

    result = take_in(file, SUBSCRIBERS)

    assert (result.completed, result.refused) == (0, 1)
    assert count("lines_tenure") == 0


def test_a_known_reference_under_another_number_is_refused(register, written):
    take_in(written([line(1)], "march.csv"))
    file = written([line(9, id="A1"), line(3)], "april.csv")

    take_in(file)

    assert side_file(file) == [(2, "id", "a reference that has a line already, under another number")]


@pytest.mark.parametrize(
    ("line_id", "is_ours"),
    [
        ("019dbb00-0000-7000-8000-000000000000", True),
        ("019dbb00-0001-7000-8000-000000000000", True),
        ("019dbaff-ffff-7fff-bfff-ffffffffffff", False),
    ],
)
def test_a_line_made_in_the_millisecond_in_which_an_import_began_is_of_that_import(line_id, is_ours):
    began = UUID("019dbb00-0000-7fff-bfff-ffffffffffff")

    assert chunks._is_of_this_import(UUID(line_id), began) is is_ours


@pytest.mark.parametrize("chunk_rows", [1, 10])
def test_a_reference_twice_in_one_file_is_refused_whether_or_not_the_chunks_part_it(
    register, written, chunk_rows
):
    file = written([line(1), line(2, id="A1"), line(3)])

    result = take_in(file, chunk_rows=chunk_rows)

    assert (result.lines, result.known) == (2, 0)
    assert side_file(file) == [(3, "id", "a reference that occurs twice in the file")]


def test_a_file_without_numbers_gets_the_next_free_ones_in_order(register, written):
    take_in(written([line(1, phone="+8689100000001")], "first.csv"), RAW)
    file = written([line(n) for n in range(10, 13)], "second.csv")

    take_in(file, WITHOUT_NUMBERS)

    given = [n for n in range(6) if find_line(f"+868910000000{n}")]
    assert given == [0, 1, 2, 3]


def test_an_number_range_gives_no_second_number_to_a_line_that_has_one(register, written):
    take_in(written([line(1), line(2)], "march.csv"), WITHOUT_NUMBERS)

    result = take_in(written([line(1), line(2), line(3)], "april.csv"), WITHOUT_NUMBERS)

    assert (result.lines, result.known) == (1, 2)
    assert find_line("+8689100000002")
    assert not find_line("+8689100000003")


@pytest.mark.parametrize(("numbers", "fits"), [(4, True), (3, True), (2, False)])
def test_an_number_range_that_is_too_small_names_the_first_row_without_a_number(
    register, written, numbers, fits
):
    file = written([line(n) for n in range(3)])
    raw = WITHOUT_NUMBERS | {"number": {"number_range": "+8689100000000", "count": numbers}}

    if fits:
        assert take_in(file, raw).lines == 3
    else:
        with refusing(NUMBER_RANGE_EXHAUSTED, match="row 4"):
            take_in(file, raw)
        assert count("lines_line") == 0


@pytest.mark.parametrize("first", ["+15551230000", "+86123"])
def test_an_number_range_of_another_country_or_of_no_numbers_is_refused(register, written, first):
    raw = WITHOUT_NUMBERS | {"number": {"number_range": first, "count": 10}}

    with refusing(IMPORT_MAP_INVALID, match="number_range"):
        take_in(written([line(1)]), raw)


def test_declared_subscribers_are_registered_sealed_and_entered(committed, written):
    subscriber = {"name": "བཀྲ་ཤིས", "address": "Specimen Job", "document": "E12345678"}
    nobody = dict.fromkeys(subscriber, "")
    file = written(
        [
            line(1, **subscriber),
            line(2, **nobody),
            line(3, **subscriber),
            line(4, **subscriber | {"address": ""}),
        ]
    )

    result = take_in(file, SUBSCRIBERS)

    assert (result.lines, result.registered, result.refused) == (4, 2, 0)
    assert [find_line(f"+861380000000{n}").is_registered for n in (1, 2, 3, 4)] == [True, False, True, False]
    first, second = rows("SELECT * FROM lines_tenure ORDER BY tenure_id")
    assert first.person_id == second.person_id, "one document is one person"
    assert first.assurance == "declared"
    opened = open_sealed(
        employ(StaffRole.SUPERVISOR), person_id=first.person_id, tenure_id=first.tenure_id, field=Field.NAME,
        purpose=Purpose.REVIEW, on=ON,
    )  # fmt: skip
    assert opened.reveal() == "བཀྲ་ཤིས"
    assert {entry.body["person"] for entry in entries("line:tenure:registered")} == {
        first.commitment,
        second.commitment,
    }
    assert side_file(file) == [
        (5, "address", "empty, though the law asks for it: the line was imported, its registration was not")
    ]


def test_what_is_asked_of_a_line_comes_with_a_declared_subscriber_alone(committed, written, law_put_back):
    use_pack(
        with_line_attributes(
            'name: iccid, required: "yes"', "name: point_of_sale, required: optional, payment: prepaid"
        )
    )
    subscriber = {
        "name": "བཀྲ་ཤིས",
        "address": "Specimen Job",
        "document": "E12345678",
        "sim": "8986041000000000003",
        "shop": "Kiosk",
    }
    nobody = dict.fromkeys(subscriber, "")
    file = written([
        line(1, paid="prepaid", **subscriber), line(2, paid="postpaid", **subscriber), line(3, paid="", **nobody | {"sim": "8986041000000000003"}),
        line(4, paid="", **subscriber | {"sim": "898604100000000000X"}), line(5, paid="", **subscriber | {"sim": ""}),
    ])  # fmt: skip
    asked = SUBSCRIBERS["registration"] | {"iccid": "sim", "point_of_sale": "shop"}
    payment = {"column": "paid", "values": {"prepaid": "prepaid", "postpaid": "postpaid", "": "unknown"}}

    result = take_in(file, SUBSCRIBERS | {"registration": asked, "payment": payment})

    assert (result.lines, result.registered) == (5, 2)
    held = rows(
        "SELECT h.line_id, array_agg(s.field) AS fields FROM vault_sealed s JOIN lines_tenure h USING (tenure_id) GROUP BY 1"
    )
    assert {one.line_id: {"iccid", "point_of_sale"} & {*one.fields} for one in held} == {
        find_line("+8613800000001").line_id: {"iccid", "point_of_sale"}, find_line("+8613800000002").line_id: {"iccid"},
    }  # fmt: skip
    assert [(row, column) for row, column, _ in side_file(file)] == [(5, "sim"), (6, "sim")]
    assert "898604100000000000X" not in default_path(file).read_text("utf-8")


def test_a_citizenship_is_codes_or_a_word_that_the_map_makes_codes(committed, written, law_put_back):
    asked = '      - {name: citizenship, required: "yes", purpose: {en: why}, because: {article: "2 ¶1"}}\n'
    checks = "    verification:\n      - method: sight\n"
    use_pack(REFERENCE.replace(checks, asked + checks, 1))
    subscriber = {"name": "བཀྲ་ཤིས", "address": "Specimen Job"}
    said = ["CHE", "Schweiz", "che, ita", "Tibetan", ""]
    file = written(
        [line(n, **subscriber, document=f"E1234567{n}", state=one) for n, one in enumerate(said, 1)]
    )
    columns = SUBSCRIBERS["registration"] | {"citizenship": "state", "citizenships": {"Schweiz": "CHE"}}

    assert take_in(file, SUBSCRIBERS | {"registration": columns}).registered == 3
    assert [(row, column) for row, column, _ in side_file(file)] == [(5, "state"), (6, "state")]
    assert "Tibetan" not in default_path(file).read_text("utf-8")


def test_a_map_that_names_no_column_for_what_is_asked_of_every_line_is_refused(
    register, written, law_put_back
):
    use_pack(with_line_attributes('name: iccid, required: "yes"'))
    subscriber = {"name": "བཀྲ་ཤིས", "address": "Specimen Job", "document": "E12345678"}

    with refusing(IMPORT_MAP_INVALID, match="iccid"):
        take_in(written([line(1, **subscriber)]), SUBSCRIBERS)


def test_a_file_without_any_usable_row_writes_nothing_and_may_be_tried_again(register, written):
    file = written([line(1, phone="x"), line(2, phone="")])

    with refusing(NOTHING_IMPORTED, match="none of its 2 rows") as refused:
        take_in(file)

    assert refused.value.kind.exit_code == 2
    assert count("lines_line") == 0
    assert len(side_file(file)) == 2
    with refusing(NOTHING_IMPORTED):
        take_in(file)


def test_who_may_not_import_does_not(register, written):
    with refusing(NOT_ALLOWED):
        take_in(written([line(1)]), authority=employ(StaffRole.CLERK))

    assert count("imports_import") == 0


def test_an_import_needs_no_more_rights_than_a_command_has(register, written, as_role):
    with as_role("console"):
        result = take_in(written([line(1)]))

    assert result.lines == 1


def test_two_imports_at_once_are_refused(committed, written):
    with connect(stores.REGISTER, "worker") as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('imports:import', 0))")

        with refusing(IMPORT_RUNNING):
            take_in(written([line(1)]))
        # Closing is noticed by the server a moment later; asking is answered at once.
        other.execute("SELECT pg_advisory_unlock(hashtextextended('imports:import', 0))")

    assert take_in(written([line(1)])).lines == 1


def test_somebody_who_takes_a_number_in_the_same_instant_costs_that_row_alone(
    committed, written, monkeypatch
):
    file = written([line(1), line(2)])
    copy = chunks._copy
    taken = []

    def late(statement, ready):
        if not taken and statement == "copy_numbers":
            taken.append(True)
            with connect(stores.REGISTER, "worker") as other:
                index = chunks.blind_numbers(["+8613800000001"])[0]
                other.execute(
                    "INSERT INTO lines_number (number_index, line_id) VALUES (%s, uuidv7())", [index]
                )
        copy(statement, ready)

    monkeypatch.setattr(chunks, "_copy", late)

    result = take_in(file, RAW)

    assert (result.lines, result.refused) == (1, 1)


@pytest.mark.parametrize("where", ["register", "reject file"])
def test_a_full_disk_undoes_the_chunk_and_says_what_is_in(committed, written, monkeypatch, where):
    file = written([line(1), line(2), line(3, phone="x"), line(4)])
    real, seen = chunks._copy, []

    def full(statement, ready):
        if statement == "copy_lines" and ready:
            seen.append(statement)
            if len(seen) == 2:
                raise psycopg.errors.DiskFull
        real(statement, ready)

    def full_file(self, row_errors):
        if list(row_errors):
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        if where == "register":
            patched.setattr(chunks, "_copy", full)
        else:
            patched.setattr(RejectFile, "write", full_file)
        with refusing(IMPORT_DISK_FULL, match="2 rows of"):
            take_in(file, chunk_rows=2)
        assert count("lines_line") == 2

    result = take_in(file, chunk_rows=2)

    assert (result.lines, result.refused, result.resumed_after) == (3, 1, 2)
    assert len(side_file(file)) == 1


def test_a_file_that_changes_under_the_import_stops_it(committed, written, monkeypatch):
    file = written([line(n) for n in range(4)])
    seen = scan_file(file)
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")

    with refusing(IMPORT_FILE_CHANGED):
        import_lines(
            console_authority(),
            seen,
            make_map(RAW, named="m", header=seen.header),
            refused_file=default_path(file),
            on=ON,
        )

    assert count("lines_line") == 0


_SLOW_IMPORT = """
import datetime as dt, sys, time
from pathlib import Path
import django
django.setup()
from rollkeeper.access.authority import console_authority
from rollkeeper.imports import services
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.row_errors import NOT_REGISTERED_YET
from rollkeeper.imports.reject_file import default_path
from tests.imports.test_import import ON, WITH_REFERENCE
take_in = services._Import.take_in
def slow(self, *given):
    take_in(self, *given)
    time.sleep(0.2)
services._Import.take_in = slow
file = Path(sys.argv[1])
seen = scan_file(file)
made = make_map(WITH_REFERENCE, named="m", header=seen.header)
services.import_lines(console_authority(), seen, made, refused_file=default_path(file), on=ON, chunk_rows=100)
"""


def test_an_import_that_is_killed_goes_on_where_it_was_and_loses_and_doubles_nothing(committed, written):
    total = 6_000
    file = written([line(n) if n % 100 else line(n, phone="x") for n in range(total)])
    killed = subprocess.Popen([sys.executable, "-c", _SLOW_IMPORT, str(file)], env=os.environ, cwd=_root())
    _wait_until(lambda: (rows("SELECT rows_done FROM imports_import") or [None])[0], at_least=1_000)

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    _wait_until_free()
    result = take_in(file, chunk_rows=1_000)

    assert 1_000 <= result.resumed_after < total
    assert (result.rows, result.lines, result.refused) == (total, total - total // 100, total // 100)
    assert count("lines_line") == count("lines_number") == count("lines_reference") == total - total // 100
    assert [row for row, _, _ in side_file(file)] == [n + 2 for n in range(0, total, 100)]
    facts = [entry.facts for entry in entries("imports:lines:imported")]
    assert sum(fact["lines"] for fact in facts) == total - total // 100


def _root():
    from pathlib import Path

    return Path(__file__).parents[2]


def _wait_until(state, *, at_least):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        seen = state()
        if seen and seen.rows_done >= at_least:
            return
        time.sleep(0.05)
    pytest.fail("the import did not get going")


def _wait_until_free():
    """The server notices a moment after the kill that the other session is gone."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if rows("SELECT pg_try_advisory_lock(hashtextextended('imports:import', 0)) AS free")[0].free:
            rows("SELECT pg_advisory_unlock(hashtextextended('imports:import', 0)) AS was_ours")
            return
        time.sleep(0.05)


def test_a_client_that_stops_listening_leaves_no_thread_behind(register, written, monkeypatch):
    file = written([line(n) for n in range(50)])
    monkeypatch.setattr(chunks, "copy_chunk", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        take_in(file, chunk_rows=1)

    assert not [thread for thread in threading.enumerate() if thread.name == "import-ahead"]
    assert connection.is_usable()
