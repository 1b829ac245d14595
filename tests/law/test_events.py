"""A file of histories: every faulty row is reported with its number and column, and never its value."""

from pathlib import Path

import pytest

from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.law import events as events_module
from rollkeeper.law.errors import EVENTS_FILE_NOT_READ
from rollkeeper.law.events import read_events
from tests.refusals import refusing

HEADER = b"line,date,event,until\n"


def faults_of(tmp_path: Path, raw: bytes) -> list[tuple[int, str]]:
    file = tmp_path / "events.csv"
    file.write_bytes(raw)
    with pytest.raises(RollkeeperError) as raised:
        read_events(file)
    faults = raised.value.faults
    assert all(str(fault).startswith(f"{file}, row ") for fault in faults)
    assert raised.value.kind is Kind.MALFORMED
    return [(fault.facts["row"], fault.facts["column"]) for fault in faults]


def read(tmp_path: Path, raw: bytes) -> list[tuple]:
    file = tmp_path / "events.csv"
    file.write_bytes(raw)
    events = read_events(file)
    return [
        (None if n is None else events.names[n], str(d), e, u and str(u)) for n, d, e, u in events.rows.rows()
    ]


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (b"a,2012-02-30,activated,", ["date"]),
        (b"a,1950-00-00,activated,", ["date"]),
        (b"a,0000-01-01,activated,", ["date"]),
        (b"a,2012-1-3,activated,", ["date"]),
        (b"a, 2012-01-03,activated,", ["date"]),
        (b"a,20120103,activated,", ["date"]),
        (b"a,,activated,", ["date"]),
        (b"a,2012-01-03,born,", ["event"]),
        (b"a,2012-01-03,Activated,", ["event"]),
        (b"a,2012-01-03,,", ["event"]),
        (b"a,2012-01-03,pause,", ["until"]),
        (b"a,2012-01-03,hold,2012-01-02", ["until"]),
        (b"a,2012-01-03,pause,2012-02-30", ["until"]),
        (b"a,2012-01-03,activated,2012-01-04", ["until"]),
        (b"*,2012-01-03,stay,", ["until"]),
        (b"a,2012-01-03,stay,2012-01-04", ["line"]),
        (b"a,2012-01-03,outage,2012-01-04", ["line"]),
        (b",2012-01-03,activated,", ["line"]),
        (b"\xff,2012-01-03,activated,", ["line"]),
        (b"a,2012-01-0\xff,activated,", ["date"]),
        (b"a,2012-01-03,activated", ["until"]),
        (b"a,2012-01-03", ["event"]),
        (b"a,2012-01-03,activated,,", ["number 5"]),
        (b'"a"b,2012-01-03,activated,', ["line"]),
        (b",x,y,z", ["line", "date", "event", "until"]),
    ],
)
def test_a_faulty_row_is_named_with_its_column(tmp_path, row, columns):
    raw = HEADER + b"b,2010-01-01,activated,\n" + row + b"\nc,2010-01-01,activated,\n"

    assert faults_of(tmp_path, raw) == [(3, column) for column in columns]


def test_every_faulty_row_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(events_module, "_ROWS_AT_ONCE", 3)
    rows = [b"a,2012-01-03,born,\n" if n % 3 == 0 else b"a,2012-01-03,activated,\n" for n in range(40)]

    assert faults_of(tmp_path, HEADER + b"".join(rows)) == [(n + 2, "event") for n in range(0, 40, 3)]


def test_no_fault_tells_the_value(tmp_path):
    file = tmp_path / "events.csv"
    file.write_bytes(HEADER + b"Tenzin,Tenzin,Tenzin,Tenzin\nDolma,Dolma\n")

    with pytest.raises(RollkeeperError) as raised:
        read_events(file)

    assert "Tenzin" not in str(raised.value)
    assert "Dolma" not in str(raised.value)
    assert "6 characters: letters" in str(raised.value)


def test_a_header_that_is_data_is_not_repeated(tmp_path):
    file = tmp_path / "events.csv"
    file.write_bytes(b"Tenzin,2012-01-03,activated,\n")

    with pytest.raises(RollkeeperError) as raised:
        read_events(file)

    assert "Tenzin" not in str(raised.value)


@pytest.mark.parametrize(
    ("raw", "columns"),
    [
        (b"", ["line", "date", "event", "until"]),
        (b"line\n", ["date", "event", "until"]),
        (b"line,date,event\na,2012-01-03,activated\n", ["until"]),
        (b"line,date,event,until,name\n", ["number 5"]),
        (b"line,date,event,until,line\n", ["line"]),
        (b"line;date;event;until\n", ["number 1"]),
        ("line,date,event,until\n".encode("utf-16"), ["number 1"]),
    ],
)  # fmt: skip
def test_a_header_that_is_not_the_header_is_refused(tmp_path, raw, columns):
    assert faults_of(tmp_path, raw) == [(1, column) for column in columns]


def test_columns_may_come_in_any_order_and_rows_end_in_any_way(tmp_path):
    raw = b"\xef\xbb\xbfuntil,line,event,date\r\n,a,activated,2010-01-01\n\n2012-01-05,*,stay,2012-01-03\r\n"

    assert read(tmp_path, raw) == [
        ("a", "2010-01-01", "activated", None),
        (None, "2012-01-03", "stay", "2012-01-05"),
    ]


def test_blank_rows_count_in_the_numbering(tmp_path):
    assert faults_of(tmp_path, HEADER + b"\n\na,2012-01-03,born,\n") == [(4, "event")]


def test_a_line_may_have_any_name(tmp_path):
    raw = HEADER + '"a,""b""\nc",2010-01-01,activated,\n བསྟན་འཛིན,2010-01-01,activated,\n'.encode()

    assert [name for name, *_ in read(tmp_path, raw)] == ['a,"b"\nc', " བསྟན་འཛིན"]


def test_an_endless_field_is_one_fault_and_fills_no_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(events_module, "_LONGEST_LINE", 300_000)
    endless = b'"' + b"x" * 5_000_000 + b'",2012-01-03,activated,\n'

    assert faults_of(tmp_path, HEADER + endless + b"a,2012-01-03,born,\n") == [(2, "line"), (3, "event")]


def test_a_quote_that_never_ends_is_a_fault(tmp_path):
    assert faults_of(tmp_path, HEADER + b'a,2012-01-03,activated,\n"b,2012-01-03,activated,\n') == [
        (3, "line")
    ]


def test_a_header_alone_is_an_empty_population(tmp_path):
    assert read(tmp_path, HEADER) == []


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    with refusing(EVENTS_FILE_NOT_READ) as raised:
        read_events(tmp_path / name)

    assert str(tmp_path) in str(raised.value)
