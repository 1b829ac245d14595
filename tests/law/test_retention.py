# SPDX-License-Identifier: EUPL-1.2
"""What a pack may say of how long the record is kept, and the copy of the document in it."""

import datetime as dt

import pytest

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.packs import load_pack
from rollkeeper.law.page import law_page
from rollkeeper.law.rules import last_day_kept
from tests.builders.packs import REFERENCE, read_text

DAY = dt.date(2012, 3, 2)
CONFIRMED, REPORTED = '{article: "4 ¶1"}', "{article: as reported, source: measure}"


def law(*rows):
    assert REFERENCE.count("\nretention:\n") == 1
    return read_text(REFERENCE.replace("\nretention:\n", "\nretention:\n" + "".join(rows)))


def row(anchor, n, unit, *, because=CONFIRMED, data_class="copy"):
    return f"  - {{data_class: {data_class}, anchor: {anchor}, keep: {{n: {n}, unit: {unit}}}, kind: exact, then: erase, because: {because}}}\n"


def test_a_law_without_a_row_for_copies_keeps_them_with_the_record():
    assert load_pack("cn-xz-2011").copy_retention is None


OTHERS = ["internet_access", "domain", "address_block", "hosted_site"]


@pytest.mark.parametrize("service", OTHERS)
def test_who_is_no_telephone_user_shows_no_document_leaves_no_copy_and_is_not_kept(service):
    law = load_pack("cn-xz-2011").for_service(service)

    assert law.sight_article("individual") is None
    assert law.document_copy is None
    assert last_day_kept(law.retention, DAY) == DAY
    assert law.retention.article == "6"


@pytest.mark.parametrize("service", ["mobile", "data_card", "fixed_line", None])
def test_a_telephone_user_shows_a_document_leaves_a_copy_and_is_kept_for_a_year(service):
    law = load_pack("cn-xz-2011").for_service(service)

    assert (law.sight_article("individual"), law.document_copy.article) == ("4 ¶1", "4 ¶1")
    assert (last_day_kept(law.retention, DAY), law.retention.article) == (dt.date(2013, 3, 2), "5")


def test_a_law_that_says_the_same_of_all_lines_is_the_same_for_each():
    law = load_pack("none")

    assert law.for_service("domain") is law


@pytest.mark.parametrize(
    "services",
    [("[domain]", "[domain, hosted_site]"), ("[]", "[]")],
    ids=["one service twice", "all lines twice"],
)
def test_how_long_a_record_is_kept_is_said_once_of_each_service(services):
    rows = "".join(
        f"  - {{data_class: identity, services: {one}, anchor: termination, keep: {{n: 1, unit: day}}, kind: exact, then: erase, because: {CONFIRMED}}}\n"
        for one in services
    )
    one_row = REFERENCE[: REFERENCE.index("  # Article 5 speaks of telephone users.")]
    rest = REFERENCE[REFERENCE.index("\ndocument_copies:") :]

    assert any("retention" in fault for fault in read_text(one_row + rows + rest).unsupported_fields)


def test_a_time_for_copies_is_for_all_lines_alike():
    rows = row("termination", 10, "day").replace("anchor:", "services: [domain], anchor:")

    assert [fault for fault in law(rows).unsupported_fields if "services" in fault]


@pytest.mark.parametrize("anchor", ["registration", "termination"])
@pytest.mark.parametrize(
    ("n", "unit", "last"),
    [
        (0, "day", DAY),
        (10, "day", dt.date(2012, 3, 12)),
        (6, "month", dt.date(2012, 9, 2)),
        (1, "year", dt.date(2013, 3, 2)),
    ],
)
def test_a_copy_has_a_time_from_the_registration_or_from_the_end(anchor, n, unit, last):
    pack = law(row(anchor, n, unit))

    found = pack.copy_retention

    assert (found.from_registration, found.article) == (anchor == "registration", "4 ¶1")
    assert last_day_kept(found, DAY) == last
    assert pack.retention == load_pack("cn-xz-2011").retention


def test_an_unconfirmed_time_for_copies_ends_none_early_and_stops_no_registration():
    pack = law(row("registration", 10, "day", because=REPORTED))

    assert pack.copy_retention is None
    assert may_act(pack, Act.COLLECT, on=DAY)


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([row("registration", 10, "day"), row("termination", 1, "month")], "other than one row"),
        ([row("termination", 1, "year", data_class="identity")], "other than one row"),
        ([row("registration", 1, "end_of_next_calendar_year")], "keep.unit: end_of_next_calendar_year' (from the registration)"),
        ([row("registration", 5, "working_day")], "retention[0].keep.unit: working_day"),
    ],
)  # fmt: skip
def test_rows_that_nothing_obeys_are_refused_by_name(rows, named):
    assert named in ", ".join(law(*rows).unsupported_fields)


def test_a_record_is_not_counted_from_the_registration():
    text = REFERENCE.replace("    anchor: termination\n", "    anchor: registration\n")

    assert "'retention[0].anchor: registration' (of the identity)" in read_text(text).unsupported_fields


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("copy", "biometric"),
        ("copy", "cdr"),
        ("registration", "deactivation"),
        ("registration", "purpose_end"),
        ("erase", "aggregate"),
    ],
)
def test_the_schema_holds_no_class_anchor_or_end_that_nothing_obeys(old, new):
    with pytest.raises(RollkeeperError, match=r"retention\[0\]"):
        law(row("registration", 10, "day").replace(f": {old}", f": {new}", 1))


def test_the_page_of_the_law_says_how_long_copies_are_kept():
    page = law_page(law(row("registration", 10, "day")), language="en", on=DAY)
    doubted = law_page(law(row("termination", 1, "month", because=REPORTED)), language="en", on=DAY)

    assert "the copy of the document: days after the registration: 10" in page
    assert "the record: years after the end of the contract: 1" in page
    assert (
        "the copy of the document (not confirmed: acts on no one): months after the end of the contract: 1"
        in doubted
    )
