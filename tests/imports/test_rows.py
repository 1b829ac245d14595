"""Each value of a row is read, or refused by its class; no refusal contains the value."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollkeeper.imports import row_errors, value_parsers
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.registrations import DeclaredSubscriber
from rollkeeper.imports.row_errors import Reason, RowError, UnreadableRow
from rollkeeper.imports.rows import RowReader
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.numbers import normalise
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.vault.fields import Field

ON = dt.date(2011, 12, 1)
HEADER = (
    "phone",
    "kind",
    "since",
    "language",
    "area",
    "mail",
    "id",
    "alarm",
    "name",
    "address",
    "type",
    "document",
)
RAW = {
    "number": {"column": "phone"},
    "service": {"from": [{"column": "kind", "values": {"prepaid": "mobile", "data": "data_card"}}]},
    "activated_on": {"column": "since"},
    "language": {"column": "language", "values": {"Tibetan": "bo"}},
    "region": {"column": "area"},
    "contact": {"column": "mail"},
    "reference": {"column": "id"},
    "is_essential": {"column": "alarm", "yes": ["Y"]},
    "registration": {
        "name": "name", "address": "address", "document_type": "type", "document_number": "document",
        "document_types": {"passport": "passport", "card": "cn-resident-card"},
    },
}  # fmt: skip
GOOD = {
    "phone": "13800138000", "kind": "prepaid", "since": "2011-05-01", "language": "Tibetan", "area": "Lhasa",
    "mail": "a@example.org", "id": "A1", "alarm": "", "name": "", "address": "", "type": "", "document": "",
}  # fmt: skip
SUBSCRIBER = {"name": "Tashi", "address": "Specimen Job", "type": "passport", "document": "E12345678"}


def reader(pack="cn-xz-2011", raw=RAW):
    made = make_map(raw, named="m", header=HEADER)
    return RowReader(
        made, header=HEADER, country="CN", languages=["en", "zh-hans", "bo"], pack=load_pack(pack), on=ON
    )


def take(*changes, **given):
    rows = [list((GOOD | change).values()) if isinstance(change, dict) else change for change in changes]
    return reader(**given).parse(rows, first_row=2)


def test_a_good_row_becomes_a_line():
    taken = take({})

    assert taken.rows == [2]
    assert {name: values[0] for name, values in taken.columns.items()} == {
        "number": "+8613800138000", "service": "mobile", "activated_on": dt.date(2011, 5, 1), "language": "bo",
        "region": "Lhasa", "is_essential": False, "reference": "A1", "contact": "a@example.org", "registration": None,
    }  # fmt: skip
    assert not taken.row_errors
    assert not taken.remarks


@pytest.mark.parametrize(
    "written", ["13800138000", "+8613800138000", "8613800138000", "138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００", "0086 13800138000"]
)  # fmt: skip
def test_a_number_is_one_number_however_it_is_written(written):
    assert value_parsers.read_numbers([written], country="CN", prefix="+86") == ["+8613800138000"]


@settings(max_examples=75, deadline=None)
@given(st.lists(st.text(alphabet="0123456789+ -()x", max_size=18), min_size=20, max_size=20))
def test_a_number_is_read_as_the_register_reads_it_wherever_it_is_read(texts):
    numbers = value_parsers.read_numbers(texts, country="CN", prefix="+86")

    for text, found in zip(texts, numbers, strict=True):
        try:
            wanted = normalise(text, "CN")
        except NumberNotRead:
            wanted = None
        if wanted is None or not wanted.startswith("+86"):
            assert isinstance(found, Reason)
        else:
            assert found == wanted


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("phone", "", row_errors.EMPTY),
        ("phone", "+15551234567", row_errors.FOREIGN_NUMBER),
        ("phone", "1.38001E+10", row_errors.SHORTENED_NUMBER),
        ("phone", "13800\x00138000", row_errors.NUL_BYTE),
        ("phone", "1380\ufffd138000", row_errors.UNREADABLE),
        ("since", "", row_errors.EMPTY),
        ("since", "1950-00-00", row_errors.NO_SUCH_DATE),
        ("since", "2011-02-29", row_errors.NO_SUCH_DATE),
        ("since", "01/05/2011", row_errors.NOT_A_DATE),
        ("since", "yesterday", row_errors.NOT_A_DATE),
        ("since", "40664", row_errors.NOT_A_DATE),
        ("since", "1850-01-01", row_errors.EARLY_DATE),
        ("since", "2011-12-02", row_errors.FUTURE_DATE),
        ("kind", "", row_errors.EMPTY),
        ("kind", "telegraph", row_errors.UNNAMED_VALUE),
        ("alarm", "perhaps", row_errors.NOT_YES_OR_NO),
        ("id", "", row_errors.EMPTY),
        ("id", "x" * 129, row_errors.TOO_LONG),
        ("area", "x" * 129, row_errors.TOO_LONG),
        ("area", "Lha\x00sa", row_errors.NUL_BYTE),
    ],
)
def test_a_value_that_cannot_be_used_refuses_its_row_by_class(column, value, reason):
    taken = take({column: value}, {"phone": "13800138001"})

    assert taken.row_errors == [RowError(2, column, reason)]
    assert taken.rows == [3]
    assert taken.refused_rows == {2}


def test_a_number_that_is_too_short_says_so():
    taken = take({"phone": "138"})

    assert taken.row_errors[0].reason.text.startswith("not a number of a line:")


@pytest.mark.parametrize(
    ("since", "refused"), [("2011-11-30", False), ("2011-12-01", False), ("2011-12-02", True)]
)
def test_a_line_cannot_be_in_service_from_tomorrow(since, refused):
    assert bool(take({"since": since}).row_errors) is refused


def test_every_fault_of_a_row_is_reported_and_the_row_counts_once():
    taken = take({"phone": "x", "since": "y", "kind": "z"})

    assert {refusal.column for refusal in taken.row_errors} == {"phone", "since", "kind"}
    assert taken.refused_rows == {2}


def test_no_refusal_holds_the_value_that_was_refused():
    secret = "13800138000999777"

    taken = take(dict.fromkeys(("phone", "kind", "since", "alarm", "mail"), secret))

    assert secret not in repr(taken.row_errors + taken.remarks)


def test_rows_with_too_few_or_too_many_fields_are_refused_and_empty_ones_passed_over():
    whole = list(GOOD.values())

    taken = reader().parse([whole[:-1], [*whole, "more"], [*whole, "", ""], [], [""] * 12], first_row=2)

    assert [(r.row, r.reason.text) for r in taken.row_errors] == [
        (2, "11 fields where the header has 12"),
        (3, "13 fields where the header has 12"),
    ]
    assert taken.rows == [4]
    assert taken.row_count == 5


def test_a_row_that_could_not_be_read_at_all_is_refused_as_such():
    taken = reader().parse([UnreadableRow("", row_errors.LOOSE_QUOTE)], first_row=7)

    assert taken.row_errors == [RowError(7, "", row_errors.LOOSE_QUOTE)]


def test_a_wrong_e_mail_address_costs_the_address_and_not_the_line():
    taken = take({"mail": "nobody"})

    assert taken.columns["contact"] == [None]
    assert taken.remarks == [RowError(2, "mail", row_errors.NOT_AN_ADDRESS)]
    assert not taken.refused_rows


POSTAL = RAW | {"contact": {"column": "mail", "postal": ["name", "address", "area"]}}


@pytest.mark.parametrize(
    ("name", "address", "read"),
    [
        ("Invented Person", " 12  Invented Street ", "Invented Person\n12 Invented Street\nLhasa"),
        ("", "12 Invented Street", "12 Invented Street\nLhasa"),
        ("x" * 80, "12 Invented Street", "x" * 80 + "\n12 Invented Street\nLhasa"),
    ],
)
def test_columns_make_a_postal_address_as_on_an_envelope(name, address, read):
    taken = take({"name": name, "address": address}, raw=POSTAL)

    assert (taken.columns["postal"], taken.columns["contact"]) == ([read], ["a@example.org"])


@pytest.mark.parametrize("change", [{"name": "", "address": ""}, {"name": "x" * 81, "address": "Street"}])
def test_what_no_envelope_can_carry_costs_the_address_and_not_the_line(change):
    taken = take(change, raw=POSTAL)

    assert taken.columns["postal"] == [None]
    assert RowError(2, "name", row_errors.NOT_AN_ENVELOPE) in taken.remarks
    assert not taken.refused_rows


def test_a_language_in_which_nobody_here_writes_is_left_open():
    assert take({"language": "Klingon"}).columns["language"] == [None]


@pytest.mark.parametrize(
    ("months", "day"),
    [
        ("0", dt.date(2012, 3, 31)),
        ("1", dt.date(2012, 2, 29)),
        ("13", dt.date(2011, 2, 28)),
        ("3", dt.date(2011, 12, 31)),
        ("1.5", row_errors.NOT_MONTHS),
        ("-1", row_errors.NOT_MONTHS),
        ("99999", row_errors.NOT_MONTHS),
        ("", row_errors.EMPTY),
    ],
)
def test_months_are_counted_back_to_a_day_that_the_calendar_has(months, day):
    assert value_parsers.months_reader(dt.date(2012, 3, 31))[months] == day


def test_the_first_column_that_names_a_service_wins():
    sources = [
        {"column": "kind", "values": {"Yes": "fixed_line"}},
        {"column": "area", "values": {"DSL": "internet_access"}},
    ]
    raw = {k: v for k, v in RAW.items() if k != "region"} | {"service": {"from": sources}}

    taken = take(
        {"kind": "Yes", "area": "DSL"}, {"kind": "No", "area": "DSL"}, {"kind": "Yes", "area": "No"},
        {"kind": "No", "area": "No"}, raw=raw,
    )  # fmt: skip

    assert taken.columns["service"] == ["fixed_line", "internet_access", "fixed_line"]
    assert taken.row_errors == [RowError(5, "kind, area", row_errors.UNNAMED_VALUE)]


KINDS = {"tel": "mobile", "dom": "domain", "net": "address_block", "web": "hosted_site"}


def test_each_line_is_read_by_what_its_service_has():
    raw = {k: v for k, v in RAW.items() if k != "region"} | {
        "service": {"from": [{"column": "kind", "values": KINDS}]}
    }
    given = [
        ("tel", "13800138000"),
        ("dom", "例子.中国"),
        ("net", "2001:DB8:0:0::/48"),
        ("web", "WWW.Example.CN."),
    ]

    taken = take(*({"kind": kind, "phone": written} for kind, written in given), raw=raw)

    assert taken.columns["number"] == [
        "+8613800138000",
        "xn--fsqu00a.xn--fiqs8s",
        "2001:db8::/48",
        "https://www.example.cn",
    ]
    assert taken.row_errors == []


@pytest.mark.parametrize(
    ("kind", "written", "reason"),
    [
        ("dom", "13800138000", row_errors.bad_name("not a domain name")),
        (
            "net",
            "10.1.2.3/8",
            row_errors.bad_name("an address inside a block, since its host bits are not zero"),
        ),
        ("net", "", row_errors.EMPTY),
        ("web", "a\0.cn", row_errors.NUL_BYTE),
        ("tel", "+97713800138000", row_errors.FOREIGN_NUMBER),
        ("fax", "13800138000", row_errors.UNNAMED_VALUE),
    ],
)
def test_what_its_service_does_not_have_is_refused_with_its_class(kind, written, reason):
    raw = {k: v for k, v in RAW.items() if k != "region"} | {
        "service": {"from": [{"column": "kind", "values": KINDS}]}
    }

    taken = take({"kind": kind, "phone": written}, raw=raw)

    assert [refusal.reason for refusal in taken.row_errors] == [reason]
    assert taken.rows == []


def test_what_is_otherwise_said_stands_for_values_that_are_not_named():
    service = {"from": [{"column": "kind", "values": {"data": "data_card"}}], "otherwise": "mobile"}

    taken = take(
        {"kind": "anything"}, {"kind": "da\x00ta", "phone": "13800138001"}, raw=RAW | {"service": service}
    )

    assert taken.columns["service"] == ["mobile"]
    assert taken.row_errors == [RowError(3, "kind", row_errors.NUL_BYTE)]


def test_a_subscriber_is_declared_with_exactly_what_the_law_asks():
    (declared,) = take(SUBSCRIBER).columns["registration"]

    assert isinstance(declared, DeclaredSubscriber)
    assert declared.parts[PartyRole.SUBSCRIBER].values == {
        Field.NAME: "Tashi", Field.ADDRESS: "Specimen Job", Field.DOCUMENT_TYPE: "passport",
        Field.DOCUMENT_NUMBER: "E12345678",
    }  # fmt: skip
    assert "Tashi" not in repr(declared)


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"address": ""}, "address", row_errors.INCOMPLETE),
        ({"type": "library card"}, "type", row_errors.UNKNOWN_DOCUMENT),
        ({"type": "card", "document": "12345"}, "document", row_errors.FALSE_DOCUMENT),
        ({"name": "Ta\x00shi"}, "name", row_errors.NUL_BYTE),
    ],
)
def test_a_registration_with_a_fault_leaves_the_line_unregistered_and_says_so(change, column, reason):
    taken = take(SUBSCRIBER | change)

    assert taken.rows == [2]
    assert taken.columns["registration"] == [None]
    assert taken.remarks == [RowError(2, column, reason)]


def test_where_no_law_asks_nothing_about_subscribers_is_taken():
    assert take(SUBSCRIBER, pack="none").columns["registration"] == [None]


@pytest.mark.parametrize(
    ("phone", "region"),
    [("0891 634 0000", "Lhasa"), ("13800138000", "mobile"), ("13900138000", None), ("not a number", None)],
)
def test_a_region_is_taken_from_how_the_number_begins_the_longest_prefix_first(phone, region):
    prefixes = {"+86": "elsewhere", "+86891": "Lhasa", "+861380": "mobile"}
    if region is None:
        del prefixes["+86"]

    taken = take({"phone": phone}, raw=RAW | {"region": {"prefixes": prefixes}})

    assert taken.columns["region"] == ([] if phone == "not a number" else [region])


@pytest.mark.parametrize(
    "region", [{}, {"column": "area", "constant": "x"}, {"column": "area", "prefixes": {"+86": "x"}}, {"prefixes": {"86": "x"}}]
)  # fmt: skip
def test_a_region_is_given_in_one_way(region):
    with pytest.raises(RollkeeperError, match="region"):
        make_map(RAW | {"region": region}, named="m", header=HEADER)


def test_a_region_by_prefix_needs_numbers_in_the_file():
    raw = RAW | {"number": {"number_range": "+8613800000000"}, "region": {"prefixes": {"+86": "x"}}}

    with pytest.raises(RollkeeperError, match="prefixes"):
        make_map(raw, named="m", header=HEADER)
