# SPDX-License-Identifier: EUPL-1.2
"""The most important test of this package: the real tables, driven night by night, against the law's own rules.

Invented populations with notices, registrations, pauses, stays, outages and holds live through a year and a half; what
became of each line must be what `law.rules.run_history` says, to the day.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.campaign import court_stays
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import write_settings
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import History, Span, run_history
from rollkeeper.retention.services import erase_due
from tests.builders.lines import hold_line, make_line, make_tenure
from tests.builders.packs import write_pack
from tests.builders.staff import employ_approvers
from tests.builders.stages import (
    BARS,
    EARLY,
    LATE,
    Months,
    MonthsToLast,
    asking_again,
    in_months,
    phased,
    staged,
)
from tests.campaign.population import PACK, day, end, fate, night, pause, plan, register, tell

FIRST, LAST = day("2011-12-12"), day("2013-08-31")
# All stages are over by then, and no record's year is: days on which nothing could happen are not played.
QUIET_FROM, QUIET_TO = day("2012-11-01"), day("2013-02-19")
MONTH = dt.timedelta(days=31)

type Days = tuple[dt.date, dt.date]


def within(first: str, last: str) -> st.SearchStrategy[dt.date]:
    return st.dates(day(first), day(last))


def stretches(first: str, last: str, *, longest: int, most: int) -> st.SearchStrategy[list[Days]]:
    one = st.tuples(within(first, last), st.integers(0, longest))
    return st.lists(one.map(lambda pair: (pair[0], pair[0] + dt.timedelta(days=pair[1]))), max_size=most)


@dataclass(frozen=True)
class Life:
    """What happens to one line."""

    activated_on: dt.date
    notified: tuple[dt.date, ...]
    registered_on: dt.date | None
    terminated_on: dt.date | None
    pauses: tuple[Days, ...]
    hold: Days | None
    recorded: tuple[dt.date, str] | None = None
    """When it was registered before the campaign began, and with which assurance; then `registered_on` is when it is verified again."""
    last_day: dt.date | None = None
    """The last day of that registration."""
    service: str = "mobile"
    kind: str = "individual"
    """Of which kind its registered subscriber is."""
    lines: int = 1
    """How many lines that count its subscriber has: the others came too late to be asked."""
    fewer_on: dt.date | None = None
    """When they give lines back until two are left."""


@dataclass(frozen=True)
class World:
    """What happens to all."""

    lives: tuple[Life, ...]
    stays: tuple[Days, ...]
    outages: tuple[Days, ...]


EVENTFUL = within("2012-02-20", "2012-06-10")
lives = st.builds(
    Life,
    activated_on=st.one_of(within("2010-01-01", "2012-01-03"), st.just(day("2011-12-31"))),
    notified=st.one_of(st.just(()), st.tuples(within("2011-12-12", "2012-02-15"))),
    registered_on=st.one_of(
        st.none(), EVENTFUL, within("2012-02-28", "2012-03-05"), within("2012-03-30", "2012-04-07")
    ),
    terminated_on=st.one_of(st.none(), st.none(), EVENTFUL, st.just(day("2012-02-29"))),
    pauses=stretches("2011-12-20", "2012-05-10", longest=40, most=3).map(tuple),
    hold=st.one_of(
        st.none(),
        st.tuples(within("2013-01-01", "2013-05-01"), st.integers(0, 60)).map(
            lambda pair: (pair[0], pair[0] + dt.timedelta(days=pair[1]))
        ),
    ),
)
registered_lives = st.builds(
    lambda life, recorded, last_day, kind: replace(life, recorded=recorded, last_day=last_day, kind=kind),
    lives,
    st.one_of(
        st.none(),
        st.tuples(
            st.sampled_from([day("2011-01-01"), day("2011-06-29"), day("2011-06-30"), day("2011-07-01")]),
            st.sampled_from(["declared", "declared", "sighted"]),
        ),
    ),
    st.sampled_from([None, FIRST - dt.timedelta(days=1), FIRST, FIRST + dt.timedelta(days=1)]),
    st.sampled_from(["individual", "individual", "company", "minor"]),
)

counted_lives = st.builds(
    lambda life, lines, fewer_on: replace(life, lines=lines, fewer_on=fewer_on),
    registered_lives,
    st.sampled_from([1, 2, 3, 3, 4]),
    st.one_of(st.none(), st.none(), EVENTFUL, within("2011-12-12", "2012-03-05")),
)


def worlds_of(lives: st.SearchStrategy[Life]) -> st.SearchStrategy[World]:
    """Worlds in which lives differ: the first one that Hypothesis tries, and the only one of a single example, has 40 times the plainest."""
    return st.builds(
        World,
        lives=st.lists(lives, min_size=40, max_size=40).map(tuple),
        stays=stretches("2012-01-10", "2012-05-10", longest=20, most=2).map(tuple),
        outages=stretches("2012-02-25", "2013-06-01", longest=15, most=4).map(tuple),
    ).filter(lambda world: len(set(world.lives)) > len(world.lives) // 2)


worlds = worlds_of(lives)


type Fate = tuple[object, ...]
"""As `population.fate` returns it."""


@dataclass(frozen=True)
class Played:
    """On which days the workers run, by what the rules say of a world: on each day on which they change a line and on the one before it,
    where a stay begins, and else every fourth week; erasures on the day before and of each, and on the last day. What
    came too early, too late or too often is then found all the same, for a run does whatever is due until its day. The long proof plays
    every night, until a month after the last change.
    """

    changes: frozenset[dt.date]
    erasures: frozenset[dt.date]
    every_night: bool

    @classmethod
    def of(cls, fates: Sequence[Fate], *, every_night: bool) -> "Played":
        changes = [on for one in fates for on in days_of(one)]
        erased = [one[4] for one in fates if isinstance(one[4], dt.date)]
        return cls(near(changes), near(erased), every_night)

    def has_night(self, on: dt.date, *, stay_begins: bool) -> bool:
        if self.every_night:
            return (on.weekday() == 0 and on <= QUIET_FROM) or on <= max(self.changes, default=FIRST) + MONTH
        return stay_begins or on in self.changes or (on.toordinal() % 28 == 0 and on <= QUIET_FROM)

    def has_erasures(self, on: dt.date) -> bool:
        # A record that should not have gone would be missed after any number of days.
        is_first_monday = self.every_night and on.weekday() == 0 and on.day <= 7
        return on in self.erasures or is_first_monday or on == LAST


def days_of(fate: Fate) -> list[dt.date]:
    """Return the days on which a campaign changed a line, or its subscriber ended it."""
    *first, _, further = fate
    return [on for on in (*first, *further) if isinstance(on, dt.date)]


def near(days: Iterable[dt.date]) -> frozenset[dt.date]:
    """Return days, and the one before each."""
    return frozenset(on - dt.timedelta(days=before) for on in days for before in (0, 1))


def live_through(world: World, pack: str, played: Played) -> list[tuple[object, ...]]:
    """Let the world happen in the real tables and return the fate of each line."""
    people = employ_approvers()
    line_ids, others = make_all(world)
    for line_id, life in zip(line_ids, world.lives, strict=True):
        if life.hold:
            first, last = life.hold
            hold_line(line_id, first, last + dt.timedelta(days=1))
    plan(FIRST, pack)
    stops = {first for first, _ in world.stays}
    eventful = by_day(world, line_ids)
    on = FIRST
    while on <= LAST:
        clock.set_demo_date(on)
        for stay in world.stays if on in stops else ():
            if stay[0] == on:
                court_stays.enter_stay(
                    console_authority(), first=stay[0], last=stay[1], reason="court", on=on
                )
        for line_id, life in eventful.get(on, ()):
            happen(line_id, life, on, others[line_id])
        if not any(first <= on <= last for first, last in world.outages):
            if played.has_night(on, stay_begins=on in stops):
                night(on, people)
            if played.has_erasures(on):
                erase_due(worker_authority(), on=on)
        on = QUIET_TO if on == QUIET_FROM else on + dt.timedelta(days=1)
    return [fate(line_id) for line_id in line_ids]


def make_all(world: World) -> tuple[list[LineId], dict[LineId, list[LineId]]]:
    """Make the line of each life, and the others that its subscriber has."""
    line_ids, others = [], dict[LineId, list[LineId]]()
    for life in world.lives:
        person = new_uuid()
        line_ids.append(make_one(life, person))
        others[line_ids[-1]] = [make_other(person) for _ in range(life.lines - 1)]
    return line_ids, others


def make_other(person: UUID) -> LineId:
    """Make another line of a person, which no campaign asks for."""
    line_id = make_line(activated_on=day("2012-01-01"), is_registered=True)
    make_tenure(line_id, dt.datetime.combine(day("2011-07-01"), dt.time(12), clock.zone()), person_id=person)
    return line_id


def make_one(life: Life, person: UUID) -> LineId:
    line_id = make_line(
        activated_on=life.activated_on, is_registered=life.recorded is not None, service=life.service
    )
    if life.recorded:
        on, assurance = life.recorded
        since = dt.datetime.combine(on, dt.time(12), clock.zone())
        make_tenure(
            line_id,
            since,
            assurance=assurance,
            good_through=life.last_day,
            party_kind=life.kind,
            person_id=person,
        )
    return line_id


def by_day(world: World, line_ids: list[LineId]) -> dict[dt.date | None, list[tuple[LineId, Life]]]:
    """Return the lines to which something happens on a day."""
    found = defaultdict[dt.date | None, list[tuple[LineId, Life]]](list)
    for line_id, life in zip(line_ids, world.lives, strict=True):
        begun = {first for first, _ in life.pauses}
        for on in {*life.notified, *begun, life.fewer_on, life.registered_on, life.terminated_on}:
            found[on].append((line_id, life))
    return found


def happen(line_id: LineId, life: Life, on: dt.date, others: Sequence[LineId]) -> None:
    """Let the events of a day happen; they come before the nightly run."""
    if on in life.notified:
        tell(line_id, on)
    for first, last in life.pauses:
        if first == on and rows(
            "SELECT 1 AS x FROM lines_line WHERE line_id = %s AND terminated_on IS NULL", [line_id]
        ):
            pause(line_id, first, last, on)
    for other in others[1:] if on == life.fewer_on else ():
        end(other, on)
    if on == life.registered_on:
        register(line_id, on)
    if on == life.terminated_on:
        end(line_id, on)


def lines_in(life: Life, world: World) -> list[tuple[dt.date, int]]:
    """Return how many lines a subscriber has as the nights see it: one in an outage is seen by the next."""
    said = [(day("2010-01-01"), life.lines)]
    if life.fewer_on and life.lines > 2:
        on = life.fewer_on
        while any(first <= on <= last for first, last in world.outages):
            on += dt.timedelta(days=1)
        said.append((on, 2))
    return said


def by_the_rules(world: World, pack: str) -> list[tuple[object, ...]]:
    """Return the fate of each line as the law's rules have it."""
    span = Span(FIRST, LAST, stays=world.stays, outages=world.outages)
    found = [
        tuple(
            run_history(
                load_pack(pack),
                History(
                    activated_on=life.activated_on,
                    notified_on=min(life.notified, default=None),
                    registered_on=life.recorded[0] if life.recorded else life.registered_on,
                    assurance=life.recorded[1] if life.recorded else None,
                    verified_on=life.registered_on if life.recorded else None,
                    # It was over when the campaign was planned, or it is no reason to be asked.
                    last_day_on=life.last_day if life.last_day and life.last_day < FIRST else None,
                    terminated_on=life.terminated_on,
                    pauses=life.pauses,
                    holds=[life.hold] if life.hold else [],
                    lines=lines_in(life, world),
                    service=life.service,
                    party_kind=life.kind,
                ),
                span,
            )
        )
        for life in world.lives
    ]
    return [(*outcome, tuple(day for day in further if day)) for *outcome, further in found]


@dataclass(frozen=True)
class Proof:
    """Holds what became of the lines in the tables against what the rules say."""

    empty_everything: Callable[[], None]
    is_long: bool
    """The long proof has every line of a world, and every night."""
    takes_any: bool = False
    """Else a world is drawn until all that a campaign does befalls some line of it."""

    def differences(self, world: World, pack: str = PACK, *, ends: bool = True) -> list[object]:
        # Each action commits, as in production. In one long transaction the temporary tables of 500 nights fill the catalogue,
        # and each night is slower than the one before.
        fates, usual = by_the_rules(world, pack), instance().pack
        assume(self.takes_any or is_eventful(world, fates, ends=ends))
        if not self.is_long:
            world, fates = telling(world, fates)
        write_settings(instance={"pack": pack})  # records are kept as long as the law of the instance has it
        try:
            lived = live_through(world, pack, Played.of(fates, every_night=self.is_long))
        finally:
            self.empty_everything()
            write_settings(instance={"pack": usual})
        return [
            (life, found, wanted)
            for life, found, wanted in zip(world.lives, lived, fates, strict=True)
            if found != wanted
        ]


def is_eventful(world: World, fates: Sequence[Fate], *, ends: bool) -> bool:
    """Tell whether lines of a world are suspended, restored, ended by their subscriber, and by the campaign where it `ends`, and erased."""
    _, restored, _, ended_by, erased, _ = (set(kind) for kind in zip(*fates, strict=True))
    by = {"subscriber", "campaign"} if ends else {"subscriber"}
    return by <= ended_by and restored != {None} and erased != {None} and bool(world.stays and world.outages)


def telling(world: World, fates: Sequence[Fate]) -> tuple[World, list[Fate]]:
    """Return a world without the lives that add no fate, and no event to a fate, that lives before have, and what becomes of the others."""
    seen, kept = set[object](), list[tuple[Life, Fate]]()
    for life, became in zip(world.lives, fates, strict=True):
        *first, further = became
        kind = (*(one if isinstance(one, str) else bool(one) for one in first), len(further))
        new = {(kind, name, value) for name, value in events_of(life)} - seen
        if new:
            seen |= new
            kept.append((life, became))
    return replace(world, lives=tuple(life for life, _ in kept)), [became for _, became in kept]


def events_of(life: Life) -> list[tuple[str, object]]:
    """Return what happens to a line, without the days."""
    said = asdict(life) | {"recorded": life.recorded and life.recorded[1]}
    return [(name, value if isinstance(value, str | int) else bool(value)) for name, value in said.items()]


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.soak)], ids=["short", "long"])
def proof(
    request: pytest.FixtureRequest,
    committed: None,
    no_batch_limits: None,
    empty_everything: Callable[[], None],
) -> Proof:
    return Proof(empty_everything, is_long=request.param)


served_lives = st.builds(
    lambda life, service: replace(life, service=service),
    registered_lives,
    st.sampled_from(["mobile", "data_card", "fixed_line", "domain"]),
)
SEVERAL = phased(
    EARLY,
    LATE,
    "id: again, cohort: {registered: true, registered_before: 2011-06-30, services: [mobile, data_card]}",
)
"""Two campaigns that register, one with later days, and one next to them that asks registered subscribers again."""


# The seeds are those that lead to an eventful world soon.
TRYING = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)


@seed(3)
@settings(TRYING, max_examples=1)
@given(world=worlds)
def test_the_real_tables_and_the_rules_agree_on_every_line(proof: Proof, world: World) -> None:
    assert proof.differences(world) == []


@pytest.mark.parametrize("ends", ["ends", ""])
@seed(3)
@settings(TRYING, max_examples=1)
@given(world=worlds)
def test_the_real_tables_and_the_rules_agree_on_every_stage_of_a_law_with_more(
    proof: Proof, ends: str, world: World
) -> None:
    pack = str(
        write_pack(
            staged(10, 5, 5, 10, ends=bool(ends), bars=BARS if ends else (*BARS, ("no_service_still", "{}")))
        )
    )

    assert proof.differences(world, pack, ends=bool(ends)) == []


@pytest.mark.parametrize("months", [Months, MonthsToLast])
@seed(3)
@settings(TRYING, max_examples=1)
@given(world=worlds)
def test_the_real_tables_and_the_rules_agree_on_stages_that_months_lie_between(
    proof: Proof, months: type[Months], world: World
) -> None:
    lengths = (5, months(1), months(2))
    pack = str(write_pack(in_months(staged(*lengths, bars=BARS), *lengths)))

    assert proof.differences(world, pack) == []


@pytest.mark.parametrize("named_by", ["assurance", "last_day", "kind"])
@seed(3)
@settings(TRYING, max_examples=1)
@given(world=worlds_of(registered_lives))
def test_the_real_tables_and_the_rules_agree_on_whom_a_law_asks_again(
    proof: Proof, named_by: str, world: World
) -> None:
    kinds = "individual, minor" if named_by == "kind" else ""
    pack = str(write_pack(asking_again(assurances="declared", last_day=named_by == "last_day", kinds=kinds)))

    assert proof.differences(world, pack) == []


@seed(22)
@settings(TRYING, max_examples=1)
@given(world=worlds_of(counted_lives))
def test_the_real_tables_and_the_rules_agree_on_who_has_too_many_lines(proof: Proof, world: World) -> None:
    pack = str(write_pack(asking_again(before="", lines_over=2)))

    assert proof.differences(world, pack) == []


@seed(6)
@settings(TRYING, max_examples=1)
@given(world=worlds_of(served_lives))
def test_the_real_tables_and_the_rules_agree_on_lines_of_three_campaigns(proof: Proof, world: World) -> None:
    assert proof.differences(world, str(write_pack(SEVERAL))) == []


@pytest.mark.soak
@pytest.mark.parametrize("proof", [True], indirect=True)
@settings(TRYING, max_examples=60)
@given(world=worlds)
def test_the_real_tables_and_the_rules_agree_on_many_populations(proof: Proof, world: World) -> None:
    assert replace(proof, takes_any=True).differences(world) == []
