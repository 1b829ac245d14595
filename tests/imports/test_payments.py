# SPDX-License-Identifier: EUPL-1.2
"""A file says how lines are paid: where the law asks it, and it registers no one of whom the law asks nothing."""

import pytest

from rollkeeper.imports.column_dictionary import known_value, meaning_of
from rollkeeper.imports.errors import IMPORT_MAP_INVALID, IMPORT_VALUES_UNMAPPED
from rollkeeper.imports.mapping import make_map
from rollkeeper.kernel.database import rows
from rollkeeper.lines.queries import find_line
from tests.builders.packs import REFERENCE, use_pack
from tests.imports.test_import import RAW, SUBSCRIBERS, WITH_REFERENCE, line, take_in
from tests.imports.test_mapping import proposed
from tests.refusals import refusing

__all__ = ["proposed"]
SERVICES = "    - services: [mobile, data_card, fixed_line]\n"
TABLE = {"column": "paid", "values": {"预付费": "prepaid", "后付费": "postpaid", "?": "unknown"}}
FILE = "phone,since,paid\n13800000001,2011-05-01,{}\n13800000002,2011-05-01,{}\n"


def paid():
    found = [find_line(f"+861380000000{n}") for n in range(1, 5)]
    return [one.payment.value for one in found if one]


def test_how_lines_are_paid_arrives_and_an_empty_cell_says_nothing(register, written):
    file = written([line(n, paid=said) for n, said in enumerate(("预付费", "后付费", "", "?"), 1)])

    result = take_in(file, WITH_REFERENCE | {"payment": TABLE})

    assert (result.lines, result.refused) == (4, 0)
    assert paid() == ["prepaid", "postpaid", "unknown", "unknown"]


def test_one_word_may_hold_for_all_lines(register, written):
    take_in(written([line(1), line(2)]), WITH_REFERENCE | {"payment": {"constant": "prepaid"}})

    assert paid() == ["prepaid", "prepaid"]


def test_a_value_that_no_one_named_stops_the_import(register, written):
    with refusing(IMPORT_VALUES_UNMAPPED):
        take_in(written([line(1, paid="by barter")]), WITH_REFERENCE | {"payment": TABLE})

    assert paid() == []


def test_a_map_names_the_values_that_an_import_wants_named():
    made = make_map(RAW | {"payment": TABLE}, named="m", header=("phone", "since", "paid"))

    assert ("paid", frozenset(TABLE["values"]), "Name each under [payment.values].") in made.kinds()


def test_a_later_file_says_only_what_was_not_known_of_known_lines(register, written):
    take_in(written([line(1, paid=""), line(2, paid="")], "march.csv"), WITH_REFERENCE)
    take_in(
        written([line(1, paid="预付费"), line(2, paid="")], "april.csv"), WITH_REFERENCE | {"payment": TABLE}
    )

    result = take_in(
        written([line(1, paid="后付费"), line(2, paid="后付费")], "may.csv"),
        WITH_REFERENCE | {"payment": TABLE},
    )

    assert (result.known, result.completed, result.lines) == (2, 1, 0)
    assert paid() == ["prepaid", "postpaid"]


def test_no_subscriber_is_taken_in_of_a_line_that_the_law_does_not_ask_of(register, law_put_back, written):
    without_cases = REFERENCE[: REFERENCE.index("\ntests:")]  # their lines do not say how they are paid
    use_pack(without_cases.replace(SERVICES, f"{SERVICES}      payment: prepaid\n", 1))
    who = {"name": "Invented", "address": "1 Invented Road"}
    file = written([line(n, paid=said, document=f"X123456{n}") | who for n, said in enumerate(("预付费", "后付费", ""), 1)])  # fmt: skip

    result = take_in(file, SUBSCRIBERS | {"payment": TABLE})

    assert (result.lines, result.registered) == (3, 2)
    registered = rows("SELECT payment FROM lines_line WHERE is_registered ORDER BY payment")
    assert [row.payment for row in registered] == ["prepaid", "unknown"]


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("Payment Type", "payment"),
        ("付费类型", "payment"),
        ("Jenis Pembayaran", "payment"),
        ("PaymentMethod", None),
    ],
)
def test_a_heading_about_paying_is_known(heading, meaning):
    assert meaning_of(heading) == meaning


@pytest.mark.parametrize(
    ("value", "known"), [("PREPAGO", "prepaid"), ("后付费", "postpaid"), ("Electronic check", None)]
)
def test_a_word_for_how_a_line_is_paid_is_known(value, known):
    assert known_value("payment_values", value) == known


def test_the_column_is_proposed_only_where_the_law_asks_it(proposed):
    content = "phone,since,Payment Type\n13800000001,2011-05-01,Prepaid\n13800000002,2011-05-02,Postpaid\n"

    found, without = proposed(content, asks_payment=True)[0], proposed(content)[0]

    assert found.raw["payment"] == {
        "column": "Payment Type",
        "values": {"Prepaid": "prepaid", "Postpaid": "postpaid"},
    }
    assert "payment" not in without.raw
    assert "Payment Type" in [one.column for one in without.dropped]


def test_a_value_that_the_dictionary_does_not_know_is_asked_about(proposed):
    content = "phone,since,Payment Type\n13800000001,2011-05-01,Prepaid\n13800000002,2011-05-02,Barter\n"

    found = proposed(content, asks_payment=True)[0]

    assert any("'Payment Type'" in need and "Barter" in need for need in found.needs)


@pytest.mark.parametrize("part", [{}, {"column": "paid"}, {"constant": "barter"}, TABLE | {"constant": "prepaid"}])  # fmt: skip
def test_a_map_says_it_by_a_column_with_its_values_or_by_one_word(part):
    with refusing(IMPORT_MAP_INVALID):
        make_map(RAW | {"payment": part}, named="m", header=("phone", "since", "paid"))
