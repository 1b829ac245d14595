# SPDX-License-Identifier: EUPL-1.2
"""A law that speaks of prepaid lines alone: whom its campaign takes, who is registered, what is looked at, and what counts."""

import datetime as dt
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.kernel.choices import Payment
from rollkeeper.law.engine_rules import run_rules
from rollkeeper.law.engine_sql import run_sql
from rollkeeper.law.explain import LineHistory, explain_history
from rollkeeper.law.form_summary import form_summaries
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.law.page import law_page
from rollkeeper.law.rules import History, current_stage
from tests.builders.packs import REFERENCE, read_text
from tests.builders.stages import EARLY, LATE, phased
from tests.law.day_by_day import TWO, Row, Term, outcomes
from tests.law.populations import days, paid_rows, populations
from tests.law.test_engines import by_rules, by_sql, events_of, quiet
from tests.law.test_several_campaigns import LATER, by

D = dt.date
PLAIN = REFERENCE[: REFERENCE.index("\ntests:")]
PREPAID = PLAIN.replace("registered: false", "registered: false, payment: prepaid", 1)
PAID = phased(
    LATE.replace(
        "id: late, cohort: {services: [data_card, fixed_line]}",
        "id: prepaid, cohort: {services: [mobile, data_card], payment: prepaid}",
    ),
    EARLY.replace("id: early", "id: others"),
)
"""One campaign of prepaid lines, by later days, and one however a line is paid."""
BOTH = ("prepaid", "postpaid")


def as_confirmed(law: str) -> Pack:
    return read_text((files("rollkeeper.law.packs") / f"{law}.yaml").read_text("utf-8"))


def naive(rows: list[Row], first: dt.date, last: dt.date) -> list[tuple]:
    """Choose by what the file says of paying, and read the days."""
    found = []
    for name in sorted({line for line, *_ in rows if line != "*"}):
        mine = [row for row in rows if row[0] in {name, "*"}]
        known = [event for _, on, event, _ in mine if on <= last]
        service = min(
            (one for one in known if one in {"mobile", "data_card", "fixed_line", "domain"}), default=None
        )
        paid = min((one for one in known if one in BOTH), default=None)
        told = [row for row in mine if not row[2].startswith("region:") and row[2] not in BOTH]
        if service in {"fixed_line", "domain"}:
            told = [row for row in told if row[2] != "activated"]
        found += outcomes(told, first, last, TWO, None, LATER if paid == "prepaid" else Term())
    return found


@quiet(4)
@given(rows=populations(most=20, of=paid_rows), first=days(40, 300), length=st.integers(0, 760))
def test_both_engines_read_how_lines_are_paid_as_the_naive_reading_does(
    register, tmp_path, rows, first, length
):
    last = first + dt.timedelta(days=length)

    found = by(run_rules, tmp_path, rows, first, last, law=PAID)

    # Of both words the first in the alphabet holds: a file that says both says nothing that takes service away.
    assert [one[:-1] for one in found] == naive(rows, first, last)
    assert found == by(run_sql, tmp_path, rows, first, last, law=PAID)


@pytest.mark.parametrize("paid", [*BOTH, None])
@pytest.mark.parametrize("law", ["es-25-2007", "id-pm5-2021"])
@quiet(3)
@given(rows=populations(most=14), first=days(40, 300))
def test_both_engines_read_shipped_laws_of_prepaid_lines_alike(register, tmp_path, law, paid, rows, first):
    rows = [*rows, *([("*", D(2009, 1, 1), paid, None)] if paid else [])]
    events = events_of(tmp_path, rows)
    found = by_rules(events, first, D(2020, 12, 31), law)

    assert found == by_sql(events, first, D(2020, 12, 31), law)
    if paid != "prepaid":
        assert all(suspended is None for _, suspended, *_ in found)


@pytest.mark.parametrize(
    ("payment", "stage"), [("prepaid", "suspended"), ("postpaid", "out_of_scope"), (None, "out_of_scope")]
)
def test_a_campaign_of_prepaid_lines_cuts_no_line_that_is_not_known_to_be_one(payment, stage):
    history = History(D(2010, 5, 1), D(2011, 12, 20), payment=payment)

    assert current_stage(read_text(PREPAID), history, on=D(2012, 3, 2)) == stage


@pytest.mark.parametrize(
    ("language", "text"), [("en", "about prepaid lines"), ("zh-hans", "只涉及预付费号码")]
)
def test_a_line_that_is_not_known_to_be_prepaid_is_told_why_no_clock_runs(language, text):
    told = LineHistory("mobile", D(2010, 5, 1), notices_delivered=(D(2011, 12, 20),), payment="postpaid")

    found = explain_history(read_text(PREPAID), told, D(2012, 3, 2), language=language)

    assert text in " ".join(one.text for one in found)


def test_campaigns_of_lines_that_are_paid_otherwise_share_none():
    crossed = phased(
        'id: one, cohort: {payment: prepaid}, deadline: {base: 2012-02-01, not_before_notice: true, after: {n: 60, unit: day}, floor: {n: 5, unit: day}, because: {article: "3"}}',
        "id: two, cohort: {payment: postpaid}",
    )

    assert read_text(crossed).unsupported_fields == ()
    assert "share lines" in str(read_text(crossed.replace("postpaid", "prepaid")).unsupported_fields)


@pytest.mark.parametrize(
    ("payment", "is_registered"), [("prepaid", True), ("postpaid", False), ("unknown", True)]
)
def test_spain_registers_prepaid_lines_and_those_of_which_it_is_not_known(payment, is_registered):
    law = load_pack("es-25-2007")

    assert law.registers("mobile", payment) is is_registered
    assert not law.registers("fixed_line", payment)
    assert law.payment_asked == "prepaid"


def test_germany_has_the_document_seen_of_prepaid_lines():
    law = as_confirmed("de-tkg-172")

    assert law.sight_article("individual", payment=Payment.PREPAID) == "172(2)"
    assert law.sight_article("individual") == "172(2)"
    assert law.sight_article("individual", payment=Payment.POSTPAID) is None
    assert all(law.registers("mobile", payment) for payment in Payment.values)


def test_germany_lists_checks_of_which_the_order_of_some_is_to_be_read_first():
    law = as_confirmed("de-tkg-172")
    methods = [one.method for one in law.file.party_kinds[0].verification]

    assert methods == ["sight", "registry", "video", "eid"]
    assert law.checks("individual", payment=Payment.PREPAID) is None
    assert law.checks("company", payment=Payment.PREPAID).methods == ("registry", "sight")
    assert law.checks("company", payment=Payment.POSTPAID) is None


def test_australia_has_the_document_seen_or_a_service_say_yes():
    assert as_confirmed("au-prepaid-2017").checks("individual").methods == ("sight", "registry")


@pytest.mark.parametrize("name", ["de-tkg-172", "au-prepaid-2017", "id-pm5-2021", "mx-crt-2025"])
def test_a_draft_asks_at_no_counter_by_which_check(name):
    law = load_pack(name)

    assert not [kind.id for kind in law.file.party_kinds if law.checks(kind.id)]


@pytest.mark.parametrize("name", ["id-pm5-2021", "mx-crt-2025"])
def test_what_the_press_says_of_checks_is_never_asked(name):
    assert [one.method for one in load_pack(name).file.party_kinds[0].verification] == ["registry"]
    assert as_confirmed(name).checks("individual") is None


def test_indonesia_counts_prepaid_lines_and_stops_who_registers_by_themselves():
    (limit,) = as_confirmed("id-pm5-2021").limits

    assert limit.stops(remote=True)
    assert not limit.stops(remote=False)
    concerned = [
        limit.concerns("individual", "mobile", one, activated_on=D(2026, 1, 1), region=None)
        for one in Payment.values
    ]
    assert concerned == [True, False, False]


def test_the_reference_law_asks_of_no_line_how_it_is_paid():
    assert load_pack("cn-xz-2011").payment_asked is None


def test_the_law_page_says_which_lines_are_registered():
    of_prepaid, of_all = (
        law_page(load_pack(law), language="en", on=D(2026, 1, 1)) for law in ("es-25-2007", "cn-xz-2011")
    )

    assert "Only lines that are paid so: prepaid" in of_prepaid
    assert "Only lines that are paid so" not in of_all


def test_a_forms_summary_says_of_which_lines_it_is():
    asked = form_summaries(load_pack("es-25-2007"))[0].sentence

    assert asked.endswith("; of prepaid lines alone")
