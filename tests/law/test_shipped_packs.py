# SPDX-License-Identifier: EUPL-1.2
"""Every law that is shipped: nothing missing, every case run, both engines alike, and no act before a person read it."""

import datetime as dt
from collections.abc import Iterator
from importlib.resources import files
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.cases import cases_not_run
from rollkeeper.law.features import features_missing
from rollkeeper.law.form_summary import line_summary
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack, shipped_packs
from rollkeeper.law.page import law_page
from rollkeeper.law.supported_fields import ATTRIBUTES, LINE_ATTRIBUTES
from tests.builders.packs import read_text
from tests.law.day_by_day import Row
from tests.law.populations import populations, registered_rows
from tests.law.test_engines import by_rules, by_sql, events_of, quiet

D = dt.date
EPOCH = D(2012, 1, 1)
DRAFTS = tuple(name for name in shipped_packs() if load_pack(name).file.status == "draft")
NEVER = {"gender", "sex", "nationality", "imei", "ethnicity", "religion", "photo", "portrait"}


def test_the_laws_of_fifteen_texts_are_shipped():
    assert set(shipped_packs()) == {
        "au-prepaid-2017", "ch-vupf-20", "cn-2013", "cn-xz-2011", "de-bsig-49", "de-tkg-172", "es-25-2007", "eu-nis2-28",
        "id-pm5-2021", "in-dot-2021", "ke-ln163-2015", "mx-crt-2025", "ng-nin-sim", "none", "ph-ra11934", "za-rica-40",
    }  # fmt: skip


@pytest.mark.parametrize("name", shipped_packs())
def test_nothing_of_a_shipped_law_is_missing_and_all_its_cases_run(name):
    pack = load_pack(name)

    assert features_missing(pack) == {}
    assert pack.file.tests
    assert cases_not_run(pack) == ()


@pytest.mark.parametrize("name", DRAFTS)
def test_no_draft_carries_an_act_and_each_says_what_it_declines(name):
    pack = load_pack(name)

    assert not any(may_act(pack, act, on=D(2026, 11, 29)) for act in Act)
    assert pack.file.declined or name == "es-25-2007", (
        "what that law asks, as far as it was read, is all asked"
    )
    assert not pack.file.confirmations


@pytest.mark.parametrize("name", shipped_packs())
def test_no_shipped_law_asks_what_is_never_asked(name):
    pack = load_pack(name).file
    asked = {one.name for kind in pack.party_kinds for one in kind.attributes}
    of_line = {one.name for one in pack.line_attributes}

    assert (asked <= set(ATTRIBUTES), of_line <= set(LINE_ATTRIBUTES)) == (True, True)
    assert not (asked | of_line) & NEVER


@pytest.mark.parametrize("name", DRAFTS)
def test_every_law_has_a_page_that_names_what_is_declined(name):
    pack = load_pack(name)

    page = law_page(pack, language="en", on=D(2026, 11, 29))

    assert all(one.article in page for one in pack.file.declined)


@pytest.mark.parametrize("name", DRAFTS)
def test_both_engines_read_every_shipped_law_alike(register, tmp_path, name):
    pack = load_pack(name)
    begins = min([one.campaign.begins_on for one in pack.campaigns], default=pack.file.valid.begins)
    ahead = max((one.campaign.grace_days for one in pack.campaigns), default=60) - 60

    @quiet(2)
    @given(rows=populations(most=16, of=registered_rows), later=st.sampled_from([0, ahead]))
    def agree(rows, later):
        rows = [
            *rows,
            *(
                (f"L{n}", EPOCH, paid, None)
                for n, paid in ((0, "prepaid"), (1, "prepaid"), (2, "postpaid"))
                if any(line == f"L{n}" for line, *_ in rows)
            ),
        ]
        shift = begins - EPOCH
        near = dt.timedelta(days=later)
        moved = [
            (line, _moved(day, shift + (near if event != "activated" else shift * 0)), event, until and _moved(until, shift + near))
            for line, day, event, until in rows
        ]  # fmt: skip
        events, last = events_of(tmp_path, moved), begins + dt.timedelta(days=1500)

        assert by_sql(events, begins, last, name) == by_rules(events, begins, last, name)

    agree()


@pytest.mark.soak
@pytest.mark.parametrize("name", shipped_packs())
def test_both_engines_read_a_hundred_thousand_lines_of_every_law_alike(register, tmp_path, name):
    pack = load_pack(name)
    begins = min([one.campaign.begins_on for one in pack.campaigns], default=pack.file.valid.begins)
    rows = [
        *_population(begins, 100_000),
        *_of_all_lines(begins),
        *_registered_before(pack, 100_000),
        *_paid(begins, 100_000),
    ]
    events, last = events_of(tmp_path, rows), begins + dt.timedelta(days=1500)

    found, other = by_sql(events, begins, last, name), by_rules(events, begins, last, name)

    differ = [(one, two) for one, two in zip(found, other, strict=True) if one != two]
    assert (len(found), differ) == (100_000, [])
    assert any(suspended for _, suspended, *_ in found) == pack.has_campaign


def _population(begins: dt.date, lines: int) -> Iterator[Row]:
    """Some five events a line around the days of a law, always the same ones."""
    dice = Random(40)  # noqa: S311 - a population, not a secret
    happens = (
        "notice_delivered", "notice_delivered", "notice_delivered", "notice_bounced", "registered", "transferred", "ended", "activated",
    )  # fmt: skip

    def day(first: int, last: int) -> dt.date:
        return begins + dt.timedelta(days=dice.randrange(first, last))

    for n in range(lines):
        yield (f"L{n}", day(-900, 30), "activated", None)
        yield (f"L{n}", day(-60, 200), "notice_delivered", None)
        for _ in range(dice.randrange(4)):
            yield (f"L{n}", day(-60, 900), dice.choice(happens), None)
        for _ in range(dice.choice((0, 0, 1, 2))):
            first = day(-60, 900)
            last = first + dt.timedelta(days=dice.choice((0, 1, 3, dice.randrange(90))))
            yield (f"L{n}", first, dice.choice(("pause", "hold")), last)


def _registered_before(pack: Pack, lines: int) -> Iterator[Row]:
    """Every other line registered before the day, by a law that asks registered subscribers again; and with all that it asks of them."""
    again = [one.campaign for one in pack.campaigns if one.campaign.asks_again]
    if again:
        rules = again[0]
        before = min(rules.registered_before, rules.activated_before) - dt.timedelta(days=400)
        said = [
            "declared",
            *sorted(rules.party_kinds)[:1],
            *(f"region:{one}" for one in sorted(rules.regions)[:1]),
        ]
        said += [f"lines:{rules.lines_over + 1}"] if rules.lines_over else []
        yield from ((f"L{n}", before, event, None) for n in range(0, lines, 2) for event in said)


def _paid(begins: dt.date, lines: int) -> Iterator[Row]:
    """Of every third line the file does not say how it is paid."""
    for n in range(lines):
        if n % 3:
            yield (f"L{n}", begins - dt.timedelta(days=900), ("prepaid", "postpaid")[n % 3 - 1], None)


def _of_all_lines(begins: dt.date) -> Iterator[Row]:
    for first, length, kind in ((70, 20, "stay"), (200, 5, "outage"), (420, 1, "outage"), (640, 40, "stay")):
        at = begins + dt.timedelta(days=first)
        yield ("*", at, kind, at + dt.timedelta(days=length))


def _moved(day: dt.date, by: dt.timedelta) -> dt.date:
    return day + by


@pytest.mark.parametrize(
    ("name", "said"),
    [("de-tkg-172", "line: installation_address of fixed_line"), ("ch-vupf-20", "line: point_of_sale of individual, minor"), ("es-25-2007", "")],
)  # fmt: skip
def test_what_a_law_asks_of_a_line_is_on_its_page_and_in_its_summary(name, said):
    pack = load_pack(name)

    page = law_page(pack, language="en", on=D(2026, 11, 29))

    assert line_summary(pack) == said
    assert ("Of the line itself" in page) == bool(said)
    assert all(f"{one.name} (not confirmed: acts on no one)" in page for one in pack.file.line_attributes)
    assert pack.line_attributes("fixed_line", of_any_line=True) == (), "no one has read it yet"


def test_switzerland_has_the_documents_of_its_article_and_they_are_valid_on_the_day():
    listed = confirmed_law("ch-vupf-20").documents("individual")

    assert [one.type for one in listed] == ["passport", "identity-card", "other"]
    assert {one.expired_ok for one in listed} == {False}


def test_kenya_asks_a_director_s_document_only_where_it_is_relevant():
    asked = confirmed_law("ke-ln163-2015").attributes("mobile", "company_bearer")

    assert {one.name for one in asked if one.required} == {"name"}


def test_india_gives_the_reasons_of_its_order_and_says_what_of_them_is_not_done():
    file = load_pack("in-dot-2021").file

    assert {one.reason for one in file.campaigns[0].extensions} == {"abroad", "disability", "hospital"}
    assert "thirty days more" in {one.leaf for one in file.declined}


def confirmed_law(name):
    return read_text((files("rollkeeper.law.packs") / f"{name}.yaml").read_text("utf-8"))
