# SPDX-License-Identifier: EUPL-1.2
"""Times that a law counts in days, in months or in years: each gives another last day, by the law's calendar."""

import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.law.calendars import Term, add_months, days_in, term_of
from rollkeeper.law.disclosures import disclosure_laws
from rollkeeper.law.errors import PACK_FAULT, UNSUPPORTED_PACK_FIELD
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack, read_pack
from rollkeeper.law.schema_common import Duration
from tests.builders.packs import REFERENCE, confirmed
from tests.disclosures.lawful import lawful_pack
from tests.law.test_leaves import patterns_in, with_leaf
from tests.refusals import refusing
from tests.registration.test_limits import FLOW

D = dt.date
ON = D(2012, 3, 2)
BECAUSE = 'because: {article: "2 ¶1"}'
PERSON = "  - id: individual\n"


def inserted(before: str, what: str) -> str:
    assert before in REFERENCE
    return REFERENCE.replace(before, f"{what}{before}", 1)


def below(head: str, what: str) -> str:
    assert head in REFERENCE
    return REFERENCE.replace(head, f"{head}{what}", 1)


LEAVES: dict[str, tuple[str, int, Callable[[Pack], Term | None]]] = {
    "party_kinds[].last_day.after": (
        below(PERSON, f"    last_day: {{after: {{n: 30, unit: day}}, {BECAUSE}}}\n"),
        30,
        lambda pack: (rule := pack.last_day("individual")) and rule.term,
    ),
    "party_kinds[].no_document_route[].valid_for": (
        below(
            PERSON,
            f"    no_document_route: [{{by: [police_report], valid_for: {{n: 30, unit: day}}, {BECAUSE}}}]\n",
        ),
        30,
        lambda pack: pack.routes("mobile", "individual")[0].term,
    ),
    "limits[].window": (
        inserted("\nretention:", f"\nlimits:\n  - {{{FLOW}, {BECAUSE}}}"),
        30,
        lambda pack: pack.limits[0].window if pack.limits else None,
    ),
    "number_reuse.quarantine": (REFERENCE, 90, lambda pack: pack.quarantine("mobile")),
    "disclosure[].keep": (lawful_pack(), 30, lambda pack: disclosure_laws(pack, on=ON)[0].keep),
    "disclosure[].deferral.most": (lawful_pack(), 20, lambda pack: disclosure_laws(pack, on=ON)[0].deferral),
}  # fmt: skip


@cache
def base(leaf: str, changes: tuple[str, str]) -> Pack:
    text = LEAVES[leaf][0]
    text = text[: text.index("\ntests:")] + text[text.index("\nopen_questions:") :]
    return read_pack(confirmed(text.replace(*changes)).encode(), file="pack.yaml")


def pack_of(leaf: str, n: int, unit: str, *, changes: tuple[str, str] = ("", "")) -> Pack:
    pack = base(leaf, changes)
    path, value = patterns_in(pack.file)[f"{leaf}.n"]
    assert value == LEAVES[leaf][1]
    steps = [int(one) if one.isdigit() else one for one in re.findall(r"[a-z_]+|\d+", path)]
    file = with_leaf(with_leaf(pack.file, steps, n), [*steps[:-1], "unit"], unit)
    return Pack(file, pack.hash)


def term_in(leaf: str, n: int, unit: str, **more: Any) -> Term | None:
    return LEAVES[leaf][2](pack_of(leaf, n, unit, **more))


LAST_OF_MONTH = ("month_overflow: first_of_next", "month_overflow: last_day_of_month")


@pytest.mark.parametrize("leaf", LEAVES)
@pytest.mark.parametrize(
    ("n", "unit", "last_day"),
    [
        (1, "day", D(2012, 2, 1)),
        (30, "day", D(2012, 3, 1)),
        (1, "month", D(2012, 3, 1)),
        (2, "month", D(2012, 3, 31)),
        (13, "month", D(2013, 3, 1)),
        (1, "year", D(2013, 1, 31)),
    ],
)
def test_each_time_of_a_law_ends_by_its_unit_after_the_thirty_first_of_january(leaf, n, unit, last_day):
    found = term_in(leaf, n, unit)

    assert found is not None
    assert found.last_day(D(2012, 1, 31)) == last_day


@pytest.mark.parametrize("leaf", LEAVES)
def test_days_months_and_years_are_three_answers_of_a_law(leaf):
    found = [term_in(leaf, 30, unit) for unit in ("day", "month", "year")]

    assert len(set(found)) == 3
    assert len({one.last_day(ON) for one in found if one}) == 3


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_month_to_a_day_that_does_not_exist_ends_as_the_law_says(leaf):
    next_month, same_month = (term_in(leaf, 1, "month", changes=one) for one in (("", ""), LAST_OF_MONTH))

    assert next_month is not None
    assert same_month is not None
    assert (next_month.last_day(D(2012, 1, 31)), same_month.last_day(D(2012, 1, 31))) == (
        D(2012, 3, 1),
        D(2012, 2, 29),
    )
    assert (next_month.last_day(D(2013, 1, 31)), same_month.last_day(D(2013, 1, 31))) == (
        D(2013, 3, 1),
        D(2013, 2, 28),
    )
    assert next_month.last_day(D(2012, 1, 29)) == same_month.last_day(D(2012, 1, 29)) == D(2012, 2, 29)


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_year_after_the_leap_day_ends_as_the_law_says(leaf):
    found = [term_in(leaf, 1, "year", changes=one) for one in (("", ""), LAST_OF_MONTH)]

    assert [one and one.last_day(D(2012, 2, 29)) for one in found] == [D(2013, 3, 1), D(2013, 2, 28)]


@pytest.mark.parametrize("leaf", [one for one in LEAVES if one.startswith(("party_kinds", "limits"))])
def test_a_time_in_months_that_no_one_confirmed_is_not_applied(leaf):
    doubted = (BECAUSE, BECAUSE.replace("}", ", confirmed: false}"))

    assert term_in(leaf, 1, "month", changes=doubted) is None


@pytest.mark.parametrize("unit", ["month", "year"])
def test_an_unconfirmed_power_with_times_in_months_discloses_nothing(unit):
    for leaf in ("disclosure[].keep", "disclosure[].deferral.most"):
        pack = pack_of(leaf, 1, unit, changes=("source: national}}", "source: national, confirmed: false}}"))
        doubted = pack_of(leaf, 1, unit, changes=("confirmed: true}", "confirmed: false}"))

        assert not disclosure_laws(doubted, on=ON)[0].is_confirmed
        assert pack.unsupported_fields == ()


@pytest.mark.parametrize("leaf", LEAVES)
@pytest.mark.parametrize("unit", ["hour", "working_day", "end_of_next_calendar_year"])
def test_a_unit_that_nothing_counts_is_refused_by_its_name(leaf, unit):
    pack = pack_of(leaf, 30, unit)

    with refusing(UNSUPPORTED_PACK_FIELD, match=f"{leaf.rpartition('.')[2]}.unit: {unit}'"):
        pack.refuse_unsupported()


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_full_time_is_said_of_stages_alone(leaf):
    name, (text, n, _) = leaf.rpartition(".")[2], LEAVES[leaf]
    plain = f"{name}: {{n: {n}, unit: day"
    assert plain in text

    with refusing(PACK_FAULT, match="full: .*it belongs to another part"):
        read_pack(text.replace(plain, f"{plain}, full: true", 1).encode(), file="pack.yaml")


def test_a_full_time_before_a_stage_changes_nothing():
    full = load_pack("cn-xz-2011")
    plain = read_pack(confirmed(REFERENCE.replace(", full: true", "")).encode(), file="pack.yaml")

    assert full.file.campaigns[0].stages[1].enter.plus.full
    assert plain.campaign == full.campaign


days = st.dates(D(1999, 1, 1), D(2100, 12, 31))
terms = st.builds(Term, st.integers(0, 400), st.integers(0, 40), st.integers(0, 5), st.booleans())


@given(term=terms, on=days)
def test_what_counts_for_a_time_counts_since_the_first_day_from_which_it_is_not_over(term, on):
    first = term.first_day(on)

    assert term.last_day(first) > on or first > on
    assert term.last_day(first - dt.timedelta(days=1)) <= on


@given(on=days, n=st.integers(1, 1000))
def test_a_window_of_days_has_so_many_days_with_today(on, n):
    assert Term(n).first_day(on) == on - dt.timedelta(days=n - 1)


@given(on=days, other=days, term=terms)
def test_what_begins_later_never_ends_earlier(on, other, term):
    early, late = sorted((on, other))

    assert term.last_day(early) <= term.last_day(late)
    assert 0 <= term.days_after(on) <= term.longest


@given(on=days, n=st.integers(0, 40), unit=st.sampled_from(["day", "month", "year"]))
def test_a_time_is_counted_as_a_deadline_is(on, n, unit):
    for overflows in ("first_of_next", "last_day_of_month"):
        calendar = load_pack("cn-xz-2011").file.calendar.model_copy(update={"month_overflow": overflows})
        length = Duration(n=n, unit=unit)
        found = term_of(calendar, length)

        assert found.days_after(on) == days_in(calendar, length, on)
        if unit == "day":
            assert found.last_day(on) == on + dt.timedelta(days=n)
        else:
            months, is_next = n * (12 if unit == "year" else 1), overflows == "first_of_next"
            assert found.last_day(on) == add_months(on, months, overflows_to_next_month=is_next)


@pytest.mark.parametrize("term", [Term(100_000), Term(months=100_000), Term(years=100_000)])
def test_no_time_ends_after_the_last_day_that_there_is(term):
    assert term.last_day(D(9990, 1, 31)) == D.max
    assert term.first_day(D(2012, 1, 1)) >= D.min
