"""Every kind of file is read, and every broken one is refused in one sentence that names the place."""

import io
import os
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest

from rollkeeper.imports import delimited, encodings, files, spreadsheets
from rollkeeper.imports.encodings import guess
from rollkeeper.imports.errors import (
    IMPORT_FIELD_TOO_LONG,
    IMPORT_FILE_CHANGED,
    IMPORT_FILE_EMPTY,
    IMPORT_FILE_UNREADABLE,
    IMPORT_HEADER_REPEATED,
    IMPORT_QUOTE_UNCLOSED,
)
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.row_errors import CELL_ERROR, FORMULA, LOOSE_QUOTE, UnreadableRow
from tests.imports.sheets import day, error, formula, number, text, write_sheet, write_sheets
from tests.refusals import refusing

ALL = frozenset(range(50))
CHINESE = "号码,姓名,开户日期\n13800138000,卓玛,2011-05-01\n13800138001,王伟,2011-05-02\n"


@pytest.fixture
def written(tmp_path):
    def write(content, name="lines.csv"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


def rows_of(file, **given):
    seen = scan_file(file, **given)
    return seen.header, list(seen.records(ALL))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "utf-32"]
)
def test_chinese_is_read_in_each_encoding_without_naming_it(written, encoding):
    file = written(CHINESE.encode(encoding))

    header, rows = rows_of(file)

    assert header == ("号码", "姓名", "开户日期")
    assert rows[0] == ["13800138000", "卓玛", "2011-05-01"]


@pytest.mark.parametrize(
    ("sentence", "encoding", "found"),
    [
        ("1;བཀྲ་ཤིས\n2;拉萨\n", "gb18030", "gb18030"),
        ("1,王伟\n", "gb18030", "gb18030"),
        ("1;José Pérez Núñez\n2;Björk Jónsdóttir\n", "latin-1", "cp1252"),
        ("1;José\n", "latin-1", "cp1252"),
        ("1;Müller\n2;Größe Straße\n", "latin-1", "cp1252"),
        ("1;Łukasz Żółć\n2;Wałęsa Święty\n", "cp1250", "cp1250"),
        ("1;Иван Петров\n2;Анна Каренина\n", "cp1251", "cp1251"),
        ("1,陳大文\n2,李先生住在香港九龍\n", "big5", "big5"),
    ],
)
def test_an_encoding_is_told_apart_from_its_neighbours(sentence, encoding, found):
    assert guess(sentence.encode(encoding)) == found


def test_text_that_turns_chinese_only_after_a_megabyte_is_still_read_as_chinese(written):
    plain = b"".join(b"%011d,a name,2011-05-01\n" % n for n in range(60_000))
    file = written(
        "号,名,日\n".encode("gb18030")[:0]
        + b"number,name,date\n"
        + plain
        + "13800138000,卓玛,2011-05-01\n".encode("gb18030")
    )

    _, rows = rows_of(file)

    assert rows[-1][1] == "卓玛"


@pytest.mark.parametrize(
    ("word", "encoding"),
    [("Ωmega", "cp1253"), ("ğ", "cp1254"), ("Şahin", "cp1254"), ("Ç", "cp1252"), ("Šimić", "cp1250"), ("Ж", "cp1251"),
     ("สมชาย", "cp874"), ("Łódź", "cp852")],
)  # fmt: skip
def test_however_short_a_file_is_no_encoding_is_found_in_which_nobody_writes(word, encoding):
    found = guess(f"{word}\n".encode(encoding))

    assert found in {*encodings._LIVING, "latin-1"}
    assert guess(f"id;name\n1;{word}\n".encode(encoding)) in {*encodings._LIVING, "latin-1"}


def test_one_byte_that_is_not_utf_8_does_not_change_the_encoding_of_a_file(written):
    file = written(CHINESE.encode() + b"13800138002,\xff\xfe,2011-05-03\n")

    _, rows = rows_of(file)

    assert rows[0][1] == "卓玛"
    assert "\ufffd" in rows[2][1]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_though_another_one_stands_inside_the_fields(written, separator):
    other = ";" if separator == "," else ","
    file = written(
        separator.join(["number", "name", "since"]) + f"\n1{separator}a{other}b{separator}2011-01-01\n"
    )

    header, rows = rows_of(file)

    assert header == ("number", "name", "since")
    assert rows == [["1", f"a{other}b", "2011-01-01"]]


def test_mixed_line_ends_and_quoted_line_breaks_are_rows_as_in_a_spreadsheet(written):
    file = written(b'number,name\r\n1,"two\nlines"\n2,b\r3,c\r\n')

    _, rows = rows_of(file)

    assert rows == [["1", "two\nlines"], ["2", "b"], ["3", "c"]]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b",,\n1,2,3\n"])
def test_an_empty_file_is_refused(written, content):
    with refusing(IMPORT_FILE_EMPTY, match=r"lines\.csv is empty"):
        scan_file(written(content))


def test_a_file_with_names_and_no_rows_is_refused(written):
    with refusing(IMPORT_FILE_EMPTY, match="row of values"):
        scan_file(written("number,since\n"))


def test_binary_junk_is_refused_without_being_shown(written):
    with refusing(IMPORT_FILE_UNREADABLE, match=r"row 1, column 2 holds control characters") as refusal:
        scan_file(written(b"number,\x1b[2J\x01secret\n1,2\n"))

    assert "secret" not in str(refusal.value)


def test_a_field_without_end_is_refused_before_the_rest_of_the_file_is_read(written, monkeypatch):
    monkeypatch.setattr(files, "_read_through", None)
    endless = b'number,note\n1,"two\nlines"\n2,"' + b"x" * (delimited.LINE_LIMIT + 1)

    with refusing(IMPORT_FIELD_TOO_LONG, match="row 3, column 2"):
        scan_file(written(endless))


def test_two_columns_of_one_name_are_refused_by_name_and_place(written):
    with refusing(IMPORT_HEADER_REPEATED, match=r"row 1: the columns 1, 3 all have one name"):
        scan_file(written("phone,since,phone\n1,2,3\n"))


def test_a_column_without_a_name_gets_one(written):
    header, _ = rows_of(written("number,,since\n1,2,3\n"))

    assert header == ("number", "column_2", "since")


@pytest.mark.parametrize("length", [delimited.FIELD_LIMIT - 1, delimited.FIELD_LIMIT])
def test_a_field_up_to_the_limit_is_read(written, length):
    _, rows = rows_of(written("number,name\n1," + "x" * length + "\n"))

    assert len(rows[0][1]) == length


def test_a_field_above_the_limit_is_refused_by_row_and_column(written):
    file = written("number,name,more\n1,a,b\n2," + "x" * (delimited.FIELD_LIMIT + 1) + ",c\n")

    with refusing(IMPORT_FIELD_TOO_LONG, match="row 3, column 2"):
        scan_file(file)


def test_a_field_of_two_gigabytes_is_refused_without_taking_memory(tmp_path):
    file = tmp_path / "huge.csv"
    with file.open("wb") as out:
        out.write(b'number,name\n1,a\n2,"')
        out.seek(2 << 30)  # a hole: it takes no room on the disk and reads as two gigabytes
        out.write(b'"\n')
    limit = 700 << 20
    program = (
        "import resource, sys; from pathlib import Path\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))\n"
        "from rollkeeper.imports.delimited import Delimited\n"
        "from rollkeeper.imports.errors import IMPORT_FIELD_TOO_LONG\n"
        "try:\n    list(Delimited('utf-8', ',').records(Path(sys.argv[1])))\n"
        "except Exception as fault:\n    assert fault.code == IMPORT_FIELD_TOO_LONG.code\n"
        "    print(fault.facts['row'], fault.facts['column'])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=False, timeout=120
    )

    assert done.stdout.split() == ["3", "2"], done.stderr[-500:]
    assert resource.RLIMIT_AS


def test_a_first_line_without_an_end_is_refused_before_the_rest_is_read(written, monkeypatch):
    file = written("x" * (delimited.LINE_LIMIT + 10))
    monkeypatch.setattr("rollkeeper.imports.files._read_through", lambda *_, **__: pytest.fail("read on"))

    with refusing(IMPORT_FIELD_TOO_LONG, match="row 1, column 1"):
        scan_file(file)


def test_a_quotation_mark_that_is_never_closed_is_refused_and_swallows_nothing(written):
    with refusing(IMPORT_QUOTE_UNCLOSED, match="row 3"):
        scan_file(written('number,name\n1,a\n2,"b\n3,c\n4,d\n'))


def test_quotation_marks_in_the_middle_spoil_their_row_alone(written):
    _, rows = rows_of(written('number,name\n1,"a"b\n2,c\n'))

    assert rows == [UnreadableRow("", LOOSE_QUOTE), ["2", "c"]]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x1f\x8b\x08....", "gzip"),
        (b"\xd0\xcf\x11\xe0....", r"\.xls"),
        (b"<html><table>", "web page"),
        (b'{"number": 1}', "JSON"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"PAR1 broken", "damaged"),
    ],
)
def test_what_is_no_table_is_called_what_it_is(written, content, what):
    with refusing(IMPORT_FILE_UNREADABLE, match=what):
        scan_file(written(content))


def test_an_archive_that_is_no_spreadsheet_is_refused(tmp_path):
    file = tmp_path / "lines.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "a")

    with refusing(IMPORT_FILE_UNREADABLE, match="archive"):
        scan_file(file)


def packed_again(file, **of_parts):
    """A spreadsheet with other parts: what each says is changed by a function."""
    whole = io.BytesIO(file.read_bytes())
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            change = of_parts.get(part.filename.rpartition("/")[2].partition(".")[0], str)
            new.writestr(part.filename, change(old.read(part).decode()))


def with_bytes_of_headers(file, places, value):
    """The same archive with another byte in both headers of each part: what PKZIP calls its flags, or its method."""
    content = bytearray(file.read_bytes())
    for mark, place in zip((b"PK\x03\x04", b"PK\x01\x02"), places, strict=True):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + place] = value
    file.write_bytes(content)


def entity(declared, used):
    return lambda text: text.replace("?>", f"?><!DOCTYPE w [{declared}]>", 1).replace("number", used)


LAUGHS = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
FORMULA_TOO = '<row r="9"><c r="A9"><f>1</f></c></row></sheetData>'


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: with_bytes_of_headers(file, (6, 8), 1),  # a password
        lambda file: with_bytes_of_headers(file, (8, 10), 99),  # AES
        lambda file: with_bytes_of_headers(file, (8, 10), 12),  # bzip2, which it is not
        lambda file: file.write_bytes(
            file.read_bytes().replace(b"sheet1.xml", b"sheet1.xml" + b"\xff" * 9, 1)
        ),
        lambda file: packed_again(file, workbook=lambda text: text.replace("UTF-8", "utf-99")),
        lambda file: packed_again(file, workbook=lambda text: text.replace(' r:id="rId1"', "")),
        lambda file: packed_again(file, sheet1=entity('<!ENTITY x SYSTEM "file:///etc/hostname">', "&x;")),
        lambda file: packed_again(
            file, sheet1=lambda text: entity(LAUGHS, "&a9;")(text).replace("</sheetData>", FORMULA_TOO)
        ),
    ],
)
def test_a_spreadsheet_that_is_made_to_harm_is_refused_in_a_sentence(tmp_path, spoil):
    file = write_sheet(tmp_path / "lines.xlsx", [[text("number"), text("name")], [text("1"), text("a")]])
    spoil(file)

    with refusing(IMPORT_FILE_UNREADABLE, match="damaged"):
        rows_of(file)


def test_the_name_of_a_sheet_moves_no_cursor(tmp_path):
    file = write_sheets(tmp_path / "lines.xlsx", {"a\x9b31m\u202e": [[text("number")], [text("1")]]})

    assert "sheet 'a?31m?'" in spreadsheets.open_sheet(file, None).description


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "idna", "undefined"])
def test_an_encoding_in_which_the_file_is_no_text_is_refused_in_a_sentence(written, encoding):
    with refusing(IMPORT_FILE_UNREADABLE):
        scan_file(written("number,name\n1,2\n"), encoding=encoding)


def test_an_unknown_encoding_is_refused(written):
    with refusing(IMPORT_FILE_UNREADABLE, match="klingon"):
        scan_file(written("a,b\n1,2\n"), encoding="klingon")


def test_a_spreadsheet_gives_numbers_dates_and_calculated_values(tmp_path):
    file = write_sheet(
        tmp_path / "lines.xlsx",
        [
            [text("number"), text("since"), text("area")],
            [number(13800138000), day(40664), formula("A2&amp;1", "Lhasa")],
            [text("13800138001"), text("2011-05-02"), text("དབུས")],
        ],
    )

    header, rows = rows_of(file)

    assert header == ("number", "since", "area")
    assert rows == [["13800138000", "2011-05-01", "Lhasa"], ["13800138001", "2011-05-02", "དབུས"]]


def test_a_formula_without_a_value_and_an_error_spoil_their_rows(tmp_path):
    file = write_sheet(
        tmp_path / "lines.xlsx",
        [
            [text("number"), text("since")],
            [formula("1+1"), text("2011-05-01")],
            [error(), text("2011-05-01")],
            [number(3), text("2011-05-01")],
        ],
    )

    _, rows = rows_of(file)

    assert rows == [
        UnreadableRow("number", FORMULA),
        UnreadableRow("number", CELL_ERROR),
        ["3", "2011-05-01"],
    ]


def test_a_formula_without_a_value_in_a_column_that_nobody_needs_spoils_nothing(tmp_path):
    file = write_sheet(tmp_path / "lines.xlsx", [[text("number"), text("sum")], [number(1), formula("A2+1")]])

    rows = list(scan_file(file).records(frozenset({0})))

    assert rows == [["1", ""]]


def test_a_spreadsheet_with_a_giant_text_is_refused_before_it_is_unpacked(tmp_path):
    file = write_sheet(tmp_path / "lines.xlsx", [[text("number")], [text("x" * 2_000_000)]])

    with refusing(IMPORT_FIELD_TOO_LONG, match=r"sheet1\.xml"):
        scan_file(file)


@pytest.mark.parametrize("asked", [None, "Notes"])
def test_two_cells_far_from_one_another_are_refused_and_end_no_process(tmp_path, asked):
    file = write_sheets(
        tmp_path / "lines.xlsx",
        {"Lines": [[text("number")], [number(1)]], "Notes": [[text("a")], [number(1)]]},
    )
    _move_last_cell(file, "xl/worksheets/sheet2.xml", to="XFD1048576")

    with refusing(IMPORT_FILE_UNREADABLE, match="larger than 2 GiB"):
        scan_file(file, sheet=asked)


def test_a_giant_sheet_that_is_not_asked_for_is_no_fault(tmp_path):
    file = write_sheets(
        tmp_path / "lines.xlsx",
        {"Lines": [[text("number")], [number(1)]], "Notes": [[text("a")], [number(1)]]},
    )
    _move_last_cell(file, "xl/worksheets/sheet2.xml", to="XFD1048576")

    assert scan_file(file, sheet="Lines").row_count == 1


def _move_last_cell(file, part, *, to):
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before, _, after = parts[part].rpartition(b'r="A2"')
    parts[part] = before + f'r="{to}"'.encode() + after
    parts[part] = parts[part].replace(b'<row r="2">', b'<row r="1048576">')
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_list_of_sheets_that_would_fill_the_memory_is_refused(tmp_path, part):
    file = write_sheet(tmp_path / "lines.xlsx", [[text("number")], [number(1)]])
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before, end = parts[part].rsplit(b"</", 1)
    parts[part] = before + b"<a/>" * (5 << 20) + b"</" + end
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    with refusing(IMPORT_FILE_UNREADABLE, match="larger than 2 GiB"):
        scan_file(file)


def test_a_sheet_of_nothing_but_faults_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "_MOST_FAULTS", 5)
    rows = [[text("number"), text("name")], *([error(), text("a")] for _ in range(6))]

    with refusing(IMPORT_FILE_UNREADABLE, match="larger than 2 GiB"):
        scan_file(write_sheet(tmp_path / "lines.xlsx", rows))
    assert scan_file(write_sheet(tmp_path / "lines.xlsx", rows[:-1])).row_count == 5


def test_a_line_of_a_hundred_thousand_names_is_refused_at_once(written):
    names = ",".join(f"c{n}" for n in range(100_000))
    begun = time.process_time()

    with refusing(IMPORT_FILE_UNREADABLE, match="more than 2,000 columns"):
        scan_file(written(f"{names}\n1,2\n"))

    assert time.process_time() - begun < 5


def test_a_table_may_be_as_wide_as_that(written):
    names = [f"c{n}" for n in range(files.MOST_COLUMNS)]
    begun = time.process_time()

    assert scan_file(written(f"{','.join(names)}\n{','.join(names)}\n")).header == tuple(names)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_a_file_in_memory_as_it_comes_from_a_page_is_read(tmp_path, kind):
    file = tmp_path / f"lines.{kind}"
    if kind == "xlsx":
        write_sheet(file, [[text("number")], [text("13800138000")]])
    else:
        pl.DataFrame({"number": ["13800138000"]}).write_parquet(file)
    handle = os.memfd_create("import")
    os.write(handle, file.read_bytes())

    try:
        read = rows_of(Path(f"/proc/self/fd/{handle}"))
    finally:
        os.close(handle)

    assert read == (("number",), [["13800138000"]])


def test_a_name_with_the_signs_of_a_pattern_is_one_file(tmp_path):
    pl.DataFrame({"number": ["1", "2"]}).write_parquet(tmp_path / "lines2.parquet")
    file = tmp_path / "lines[2]*.parquet"
    pl.DataFrame({"number": ["13800138000"]}).write_parquet(file)

    assert rows_of(file) == (("number",), [["13800138000"]])


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(tmp_path):
    file = write_sheet(tmp_path / "lines.xlsx", [[text("number")], [number(1)]])

    with refusing(IMPORT_FILE_UNREADABLE, match="no sheet 'Other', only Lines"):
        scan_file(file, sheet="Other")


def test_parquet_is_read_with_its_dates_and_without_its_lists(tmp_path):
    file = tmp_path / "lines.parquet"
    frame = pl.DataFrame(
        {"number": [13800138000, None], "since": ["2011-05-01", "2011-05-02"], "list": [[1], [2]]}
    )
    frame.with_columns(pl.col("since").str.to_date()).write_parquet(file)

    header, rows = rows_of(file)

    assert header == ("number", "since")
    assert rows == [["13800138000", "2011-05-01"], ["", "2011-05-02"]]


def test_a_giant_text_in_parquet_is_refused_by_row_and_column(tmp_path):
    file = tmp_path / "lines.parquet"
    pl.DataFrame({"number": ["1", "2"], "name": ["a", "x" * (delimited.FIELD_LIMIT + 1)]}).write_parquet(file)

    with refusing(IMPORT_FIELD_TOO_LONG, match="row 3, column 2"):
        scan_file(file)


def test_a_file_that_changes_while_it_is_read_is_noticed(written):
    file = written("number,since\n1,2011-05-01\n")
    seen = scan_file(file)

    file.write_text("number,since\n1,2011-05-01\n2,2011-05-01\n", "utf-8")

    with refusing(IMPORT_FILE_CHANGED):
        seen.require_unchanged(0)


def test_no_value_of_a_row_shows_when_a_look_is_printed(written):
    seen = scan_file(written("number,name\n13800138000,Tashi Invented\n"))

    assert "Tashi" not in repr(seen)
    assert "13800138000" not in repr(seen)
