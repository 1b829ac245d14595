# SPDX-License-Identifier: EUPL-1.2
"""A law with several campaigns: which one takes a line, and that the engines and a naive reading agree on it."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.kernel.console import progress
from rollkeeper.law.campaign_rules import CampaignRules
from rollkeeper.law.engine_rules import run_rules, span_of
from rollkeeper.law.engine_sql import run_sql
from rollkeeper.law.errors import EVENT_FAULT, PACK_FAULT, SEVERAL_CAMPAIGNS
from rollkeeper.law.events import read_events
from rollkeeper.law.explain import LineHistory, explain_history
from rollkeeper.law.packs import load_pack
from rollkeeper.law.page import law_page
from rollkeeper.law.rules import History, campaign_for, current_stage
from rollkeeper.law.stages import stage_counts
from tests.builders.packs import REFERENCE, read_text, write_pack
from tests.builders.stages import EARLY, LATE, phased
from tests.law.day_by_day import REGISTERING, TWO, Again, Row, Term, outcomes
from tests.law.populations import days, placed_rows, populations, served_rows, write_rows
from tests.law.test_engines import quiet
from tests.refusals import refusing

D = dt.date
AGAIN = "id: again, cohort: {registered: true, registered_before: 2011-06-30, services: [mobile, data_card]}"
LAW = phased(EARLY, LATE, AGAIN)
LATER = Term(D(2012, 4, 1), 90)


def naive(rows: list[Row], first: dt.date, last: dt.date) -> list[tuple]:
    """Choose the campaign of each line as a clerk would, and read it day by day."""
    names = sorted({line for line, *_ in rows if line != "*"})
    found = []
    for name in names:
        mine = [row for row in rows if row[0] in {name, "*"}]
        known = [(on, event) for _, on, event, _ in mine if on <= last]
        service = min(
            (event for on, event in known if event in {"mobile", "data_card", "fixed_line", "domain"}),
            default=None,
        )
        recorded = min((on for on, event in known if event in REGISTERING), default=None)
        notified = min((on for on, event in known if event == "notice_delivered"), default=D.max)
        is_again = (
            service in {None, "mobile", "data_card"}
            and recorded is not None
            and recorded < D(2011, 6, 30)
            and recorded <= notified
            and any(event == "activated" and on < D(2012, 1, 1) for on, event in known)
        )
        if service == "domain":
            mine = [row for row in mine if row[2] != "activated"]
        if is_again:
            found += outcomes(mine, first, last, TWO, Again(D(2011, 6, 30)))
        else:
            found += outcomes(mine, first, last, TWO, None, Term() if service == "mobile" else LATER)
    return found


def by(
    engine, tmp_path: Path, rows: list[Row], first: dt.date, last: dt.date, *, law: str = LAW
) -> list[tuple]:
    events = read_events(write_rows(tmp_path / "events.csv", rows))
    with progress("law") as bar:
        found = engine(load_pack(write_pack(law)), events, span_of(events, first, last), bar)
    return [(name, *outcome) for name, outcome in zip(events.names, found.iter_rows(), strict=True)]


@quiet(4)
@given(rows=populations(most=20, of=served_rows), first=days(40, 300), length=st.integers(0, 760))
def test_both_engines_read_three_campaigns_as_the_naive_reading_does(register, tmp_path, rows, first, length):
    last = first + dt.timedelta(days=length)

    found = by(run_rules, tmp_path, rows, first, last)

    assert [one[:-1] for one in found] == naive(rows, first, last)
    assert found == by(run_sql, tmp_path, rows, first, last)


@st.composite
def stayed_populations(draw: st.DrawFn) -> list[Row]:
    """A population with stays of all campaigns, and with some that name one."""
    rows: list[Row] = draw(populations(most=20, of=served_rows))
    for name in draw(st.lists(st.sampled_from(["early", "late", "again", "unknown"]), max_size=3)):
        first = draw(days(0, 400))
        rows.append(("*", first, f"stay:{name}", first + dt.timedelta(days=draw(st.integers(0, 60)))))
    return rows


def naive_of_stays(rows: list[Row], first: dt.date, last: dt.date) -> list[tuple]:
    """Give each line the stays of all and of its own campaign, as a clerk would."""
    bare = [row for row in rows if not row[2].startswith("stay:")]
    found = []
    for name in sorted({line for line, *_ in bare if line != "*"}):
        mine = [row for row in bare if row[0] in {name, "*"}]
        taken = campaign_of(mine, last)
        stays = [(line, on, "stay", until) for line, on, event, until in rows if event == f"stay:{taken}"]
        found += naive([*mine, *stays], first, last)
    return found


def campaign_of(mine: list[Row], last: dt.date) -> str:
    """Name the campaign that takes a line."""
    known = [(on, event) for _, on, event, _ in mine if on <= last]
    service = min(
        (event for _, event in known if event in {"mobile", "data_card", "fixed_line", "domain"}),
        default=None,
    )
    recorded = min((on for on, event in known if event in REGISTERING), default=None)
    notified = min((on for on, event in known if event == "notice_delivered"), default=D.max)
    if (
        service in {None, "mobile", "data_card"}
        and recorded is not None
        and recorded < D(2011, 6, 30)
        and recorded <= notified
    ):
        return "again"
    return "early" if service == "mobile" else "late"


@quiet(4)
@given(rows=stayed_populations(), first=days(40, 300), length=st.integers(0, 760))
def test_both_engines_read_a_stay_of_one_campaign_as_the_naive_reading_does(
    register, tmp_path, rows, first, length
):
    last = first + dt.timedelta(days=length)

    found = by(run_rules, tmp_path, rows, first, last)

    assert [one[:-1] for one in found] == naive_of_stays(rows, first, last)
    assert found == by(run_sql, tmp_path, rows, first, last)


@pytest.mark.parametrize(
    ("event", "until", "line", "why"),
    [("stay:early", "", "*", "needs its last day"), ("stay:early", "2012-01-02", "L1", "concerns every line"), ("stay:", "2012-01-02", "*", "no such event"),
     ("region:", "", "L1", "no such event"), ("region:Lhasa", "2012-01-02", "L1", "has no last day")],
)  # fmt: skip
def test_a_stay_of_a_campaign_and_a_region_are_read_as_strictly(tmp_path, event, until, line, why):
    file = tmp_path / "events.csv"
    file.write_text(f"line,date,event,until\n{line},2012-01-01,{event},{until}\n", "utf-8")

    with refusing(EVENT_FAULT, match=why):
        read_events(file)


PLACED = phased(
    LATE.replace(
        "id: late, cohort: {services: [data_card, fixed_line]}",
        "id: lhasa, cohort: {services: [mobile, data_card], regions: [Lhasa]}",
    ),
    EARLY.replace("id: early", "id: elsewhere"),
)
"""One campaign in a region, by later days, and one wherever a line is."""


def naive_of_regions(rows: list[Row], first: dt.date, last: dt.date) -> list[tuple]:
    """Choose by the region that the file names, and read the days."""
    found = []
    for name in sorted({line for line, *_ in rows if line != "*"}):
        mine = [row for row in rows if row[0] in {name, "*"}]
        known = [event for _, on, event, _ in mine if on <= last]
        service = min(
            (one for one in known if one in {"mobile", "data_card", "fixed_line", "domain"}), default=None
        )
        region = min((one for one in known if one.startswith("region:")), default=None)
        told = [row for row in mine if not row[2].startswith("region:")]
        if service in {"fixed_line", "domain"}:
            told = [row for row in told if row[2] != "activated"]
        found += outcomes(told, first, last, TWO, None, LATER if region == "region:Lhasa" else Term())
    return found


@quiet(4)
@given(rows=populations(most=20, of=placed_rows), first=days(40, 300), length=st.integers(0, 760))
def test_both_engines_read_regions_as_the_naive_reading_does(register, tmp_path, rows, first, length):
    last = first + dt.timedelta(days=length)

    found = by(run_rules, tmp_path, rows, first, last, law=PLACED)

    assert [one[:-1] for one in found] == naive_of_regions(rows, first, last)
    assert found == by(run_sql, tmp_path, rows, first, last, law=PLACED)


ONLY_LHASA = REFERENCE[: REFERENCE.index("\ntests:")].replace(
    "registered: false", "registered: false, regions: [Lhasa]", 1
)


@pytest.mark.parametrize(
    ("region", "stage"), [("Lhasa", "suspended"), ("Shigatse", "out_of_scope"), (None, "out_of_scope")]
)
def test_a_campaign_of_a_region_asks_no_line_of_another_or_of_none(region, stage):
    history = History(D(2010, 5, 1), D(2011, 12, 20), region=region)

    assert current_stage(read_text(ONLY_LHASA), history, on=D(2012, 3, 2)) == stage


@pytest.mark.parametrize(
    ("region", "stage"), [("Lhasa", "running"), ("Shigatse", "suspended"), (None, "suspended")]
)
def test_a_line_of_a_region_has_the_later_day_of_its_campaign(region, stage):
    history = History(D(2010, 5, 1), D(2011, 12, 20), service="mobile", region=region)

    assert current_stage(read_text(PLACED), history, on=D(2012, 3, 2)) == stage


def test_a_line_of_no_known_region_is_told_why_no_clock_runs():
    told = LineHistory("mobile", D(2010, 5, 1), notices_delivered=(D(2011, 12, 20),))

    said = " ".join(one.text for one in explain_history(read_text(ONLY_LHASA), told, D(2012, 3, 2)))

    assert "lines of these regions: Lhasa" in said
    assert "no clock runs" in said


def test_campaigns_of_different_regions_share_no_line():
    crossed = phased(
        'id: one, cohort: {regions: [Lhasa]}, deadline: {base: 2012-02-01, not_before_notice: true, after: {n: 60, unit: day}, floor: {n: 5, unit: day}, because: {article: "3"}}',
        "id: two, cohort: {regions: [Shigatse]}",
    )

    assert read_text(crossed).unsupported_fields == ()
    assert "share lines" in str(read_text(crossed.replace("[Shigatse]", "[Lhasa]")).unsupported_fields)


@pytest.mark.parametrize(
    ("service", "registered", "name"),
    [
        ("mobile", None, "early"),
        ("data_card", None, "late"),
        ("fixed_line", None, "late"),
        (None, None, "late"),
        ("mobile", D(2011, 6, 29), "again"),
        ("mobile", D(2011, 6, 30), "early"),
        ("fixed_line", D(2011, 6, 29), "late"),
    ],
)
def test_a_line_is_in_the_campaign_that_gives_it_the_later_last_day(service, registered, name):
    history = History(D(2010, 5, 1), D(2011, 12, 20), registered, service=service)

    assert campaign_for(read_text(LAW), history).campaign.campaign_id == name


@pytest.mark.parametrize(("service", "on", "stage"), [
    ("mobile", D(2012, 3, 1), "running"), ("mobile", D(2012, 3, 2), "suspended"),
    ("data_card", D(2012, 3, 2), "running"), ("data_card", D(2012, 7, 2), "running"), ("data_card", D(2012, 7, 3), "suspended"),
])  # fmt: skip
def test_each_campaign_has_its_own_last_day(service, on, stage):
    history = History(D(2010, 5, 1), D(2011, 12, 20), service=service)

    assert current_stage(read_text(LAW), history, on=on) == stage


def test_a_line_is_explained_by_its_own_campaign():
    told = LineHistory("data_card", D(2010, 5, 1), notices_delivered=(D(2011, 12, 20),))

    said = " ".join(one.text for one in explain_history(read_text(LAW), told, D(2012, 3, 2)))

    assert "2 July 2012" in said
    assert "1 March 2012" not in said


def test_the_days_of_each_campaign_are_on_the_laws_page():
    page = law_page(read_text(LAW), language="en", on=D(2012, 1, 1))

    days = page[page.index("A line whose subscriber is notified today") :]
    assert "early" in days
    assert days.count("last day to register") == 2
    assert days.count("last day to verify again") == 1


def test_the_counts_of_all_campaigns_add_up_to_all_lines(tmp_path):
    rows = [
        (f"L{n}", D(2010, 5, 1), event, None) for n, event in enumerate(["mobile", "data_card", "domain"])
    ]
    rows += [(f"L{n}", D(2010, 5, 1), "activated", None) for n in range(3)]
    rows += [(f"L{n}", D(2011, 12, 20), "notice_delivered", None) for n in range(3)]
    events, first, last = read_events(write_rows(tmp_path / "events.csv", rows)), D(2012, 3, 2), D(2012, 3, 5)
    pack = read_text(LAW)
    with progress("law") as bar:
        found = run_rules(pack, events, span_of(events, D(2012, 1, 1), last), bar)

    counts = stage_counts(pack, events, found, first=first, last=last).row(0, named=True)

    assert {stage: n for stage, n in counts.items() if stage != "day" and n} == {
        "suspended": 1,
        "running": 1,
        "out_of_scope": 1,
    }


def test_a_law_with_one_campaign_stays_as_it_is():
    pack = load_pack("cn-xz-2011")

    assert pack.campaigns == (pack,)
    assert pack.of("registration_2012") is pack


def test_no_campaign_is_taken_for_the_others():
    with refusing(SEVERAL_CAMPAIGNS, match="early, late, again"):
        read_text(LAW).campaign  # noqa: B018


CROSSED = LATE.replace("after: {n: 90, unit: day}", "after: {n: 90, unit: day}, floor: {n: 20, unit: day}")


@pytest.mark.parametrize(("phases", "fault"), [
    ((EARLY, CROSSED), "early and late share lines, and neither always gives the later last day"),
    ((EARLY, CROSSED.replace("data_card, ", "")), ""),
    ((EARLY, LATE), ""),
])  # fmt: skip
def test_two_campaigns_over_one_line_of_which_neither_is_better_are_refused(phases, fault):
    named = ", ".join(read_text(phased(*phases)).unsupported_fields)

    assert fault in named
    assert bool(named) == bool(fault)


def test_two_campaigns_of_one_name_are_a_fault_of_the_pack():
    with refusing(PACK_FAULT, match="early"):
        read_text(phased(EARLY, LATE.replace("id: late", "id: early")))


def test_phases_share_stages_and_notices():
    pack = read_text(LAW)
    early, late = pack.of("early").campaign, pack.of("late").campaign

    assert isinstance(early, CampaignRules)
    assert early.stages[1:] == late.stages[1:]
    assert (early.last_day_on, late.last_day_on) == (D(2012, 3, 1), D(2012, 6, 30))
