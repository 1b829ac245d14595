# SPDX-License-Identifier: EUPL-1.2
"""The law's decisions, pure: a pack and a history in, days out. No database, no web, no clock.

`docs/decisions/0003-how-days-are-counted.md` defines how days are counted. The set-based twin is `sql/fill_due.sql` with
`sql/simulate_*.sql`; tests compare both with each other and with a naive day-by-day reading. Every stretch of days is inclusive
at both ends; None as its last day means that it is still open.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from rollkeeper.law.calendar_cache import NEVER, CalendarCache, Stretch, merge
from rollkeeper.law.calendars import Term, closed_flags
from rollkeeper.law.campaign_rules import StageRule
from rollkeeper.law.errors import ANCHOR_TOO_LATE
from rollkeeper.law.pack import Pack
from rollkeeper.law.retention_rules import RetentionRules

type Days = tuple[dt.date, dt.date | None]
type TerminatedBy = Literal["campaign", "subscriber", "import_undone"]

PAUSED_AT_MOST = dt.timedelta(days=1500)
"""A last day that pauses, stays and closed days move further than this is not told to anyone."""
_OPEN_END = dt.date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Allowed:
    """The law allows it."""

    article: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The law refuses it: by which article, why, and what to do next."""

    article: str
    reason: str
    remedy: str


type Decision = Allowed | Refused


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of days: how far it is, and the days it leads to (None: not by `counted_through`)."""

    anchor_on: dt.date
    days: int
    counted: int
    counted_through: dt.date
    reached_on: dt.date | None
    last_day_on: dt.date | None
    earliest_on: dt.date | None
    promised_on: dt.date | None = None
    kept_on: dt.date | None = None
    """The promised day, moved by the pauses and stays that came after the promise."""

    @property
    def kept_last_day_on(self) -> dt.date | None:
        """Return the last day, or the promised day (`kept_on`) if that is later."""
        if self.last_day_on is None or self.promised_on is None:
            return self.last_day_on
        return max(self.last_day_on, self.kept_on) if self.kept_on else None


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a line, as the law needs it. Pauses and holds: first and last day, both inclusive."""

    activated_on: dt.date | None = None
    notified_on: dt.date | None = None
    registered_on: dt.date | None = None
    terminated_on: dt.date | None = None
    pauses: Sequence[Days] = ()
    holds: Sequence[Days] = ()
    assurance: str | None = None
    """The assurance of the registration; None: not known."""
    verified_on: dt.date | None = None
    """When the subscriber registered again, or the line went to another one."""
    last_day_on: dt.date | None = None
    """The last day on which the registration was good; None: it has none, or it is not over."""
    lines: Sequence[tuple[dt.date, int]] = ()
    """How many lines that count the subscriber has from a day on, this line included; empty: not known, and a campaign with `lines_over`
    does not concern the line.
    """
    party_kind: str | None = None
    """The kind of the registered subscriber; None: not known, and a campaign that names kinds does not concern the line."""
    service: str | None = None
    """None: a service that the campaign is about."""
    region: str | None = None
    """None: not known; a campaign that names regions does not concern the line."""
    payment: str | None = None
    """None: not known; a campaign that names a way of paying does not concern the line."""


class LineOutcome(NamedTuple):
    """The outcome for a line."""

    suspended_on: dt.date | None = None
    restored_on: dt.date | None = None
    terminated_on: dt.date | None = None
    terminated_by: TerminatedBy | None = None
    erased_on: dt.date | None = None
    further_on: tuple[dt.date | None, ...] = ()
    """The days of the bars after the first one."""


class Span(NamedTuple):
    """The days on which the nightly run may take place, and what holds for every line in them."""

    first: dt.date
    last: dt.date
    stays: tuple[Days, ...] = ()
    outages: tuple[Days, ...] = ()
    holds: tuple[Days, ...] = ()
    campaign_stays: tuple[tuple[str, Days], ...] = ()
    """Stays of one campaign, by its name."""

    def stays_of(self, pack: Pack) -> tuple[Days, ...]:
        """Return the stays that pause a campaign: the stays of all campaigns, and the stays that name this one."""
        name = pack.campaign.campaign_id if pack.has_campaign else None
        return (*self.stays, *(days for of, days in self.campaign_stays if of == name))


def count_clock(
    pack: Pack,
    *,
    anchor_on: dt.date,
    days: int,
    pauses: Sequence[Days] = (),
    stays: Sequence[Days] = (),
    through: dt.date | None = None,
    promised_on: dt.date | None = None,
    promised_since: dt.date | None = None,
) -> Counted:
    """Count `days` from the day after `anchor_on`, pauses and stays excepted. Refuses: ANCHOR_TOO_LATE.

    Days after `through` are not known. Left out: `PAUSED_AT_MOST` after the last day that holds without pauses.

    A promised last day is never shortened: if it is later than the law's last day, no stage follows before it is over. Pauses and stays
    that came after `promised_since` take none of the promised days.
    """
    through = through or anchor_on + dt.timedelta(days=days) + PAUSED_AT_MOST
    if anchor_on > through:
        raise ANCHOR_TOO_LATE(anchor_on=anchor_on, through=through)
    cache = _count_cache(pack, _count_from(pack, anchor_on), through.toordinal(), tuple(stays))
    anchor, taken = anchor_on.toordinal() - cache.first, indexed(pauses, cache.first)
    reached = cache.reach(anchor, days, taken)
    last = cache.last_day(anchor, days, taken)
    promised = promised_on.toordinal() - cache.first if promised_on else last
    if last < promised < NEVER:
        since = promised_since.toordinal() - cache.first if promised_since else last
        promised = _kept(cache, promised, since=max(last, since), last=last, taken=taken)
    return Counted(
        anchor_on=anchor_on,
        days=days,
        counted=days if reached < NEVER else _counted_so_far(cache, anchor, taken),
        counted_through=min(through, _date(cache, reached) or through),
        reached_on=_date(cache, reached),
        last_day_on=_date(cache, last),
        earliest_on=_date(cache, cache.next_open_day(max(last, promised), taken)),
        promised_on=promised_on,
        kept_on=_date(cache, promised) if promised_on else None,
    )


def _kept(cache: CalendarCache, promised: int, *, since: int, last: int, taken: Sequence[Stretch]) -> int:
    """Return a promised day, moved by later pauses and stays; the law's own last day is before it. The twin is `campaign/sql/kept_promises.sql`."""
    stayed = ((first - cache.first, end - cache.first) for first, end in cache.stays)
    if not any(first <= promised and end > last for first, end in (*taken, *stayed)):
        return promised
    if since >= cache.size:
        return promised
    if since < promised:
        return cache.last_day(since, promised - since, taken)
    return cache.next_open_day(promised - 1, taken)


def keeps_until(pack: Pack, terminated_on: dt.date) -> dt.date:
    """Return the last day on which the records of a contract that ended are kept. A year after 29 February is 1 March."""
    return last_day_kept(pack.retention, terminated_on)


def last_day_kept(rule: RetentionRules, counted_from: dt.date) -> dt.date:
    """Return the last day on which something is kept, counted from a day."""
    if rule.calendar_years:
        return dt.date(min(counted_from.year + rule.calendar_years, dt.MAXYEAR), 12, 31)
    return Term(rule.days, rule.months, rule.years, rule.overflows_to_next_month).last_day(counted_from)


def run_history(pack: Pack, history: History, span: Span) -> LineOutcome:
    """Return what becomes of a line if the nightly run takes place on every day of the span, except outages."""
    pack = campaign_for(pack, history)
    return run_in(make_run(pack, span), history)


def run_in(run: "Run", history: History) -> LineOutcome:
    """Return what `run_history` returns, from a run that was made before: for many lines of one campaign."""
    first, history = run.cache.first, asked_of(run.pack, history)

    def index(day: dt.date | None) -> int:
        return NEVER if day is None or day > run.through else day.toordinal() - first

    found = run.line(
        index(history.activated_on),
        index(history.notified_on),
        index(history.registered_on),
        index(history.terminated_on),
        indexed(history.pauses, first),
        indexed(history.holds, first),
        history.service,
    )
    suspended, restored, terminated, by_campaign, erased, *further = found
    return LineOutcome(
        _date(run.cache, suspended),
        _date(run.cache, restored),
        _date(run.cache, terminated),
        None if terminated >= NEVER else "campaign" if by_campaign else "subscriber",
        _date(run.cache, erased),
        tuple(_date(run.cache, day) for day in further),
    )


class Run:
    """One pack over one span, ready for a million lines. All days are indices from `cache.first`."""

    __slots__ = (
        "activated_before",
        "activated_from",
        "begins",
        "cache",
        "end",
        "further",
        "grace",
        "kept",
        "none_further",
        "pack",
        "slack",
        "through",
    )

    def __init__(self, pack: Pack, cache: CalendarCache, through: dt.date) -> None:
        self.pack, self.cache, self.through = pack, cache, through
        self.activated_before = self.activated_from = self.begins = -NEVER
        self.slack = 0
        self.grace: Sequence[int] = ()
        self.further: tuple[Sequence[int], ...] = ()
        self.end: Sequence[int] | None = None
        self.kept: dict[tuple[str | None, int], int] = {}
        if pack.has_campaign:
            rules = pack.campaign
            self.activated_before = rules.activated_before.toordinal() - cache.first
            self.activated_from = rules.activated_from.toordinal() - cache.first
            self.begins = rules.begins_on.toordinal() - cache.first
            self.slack = rules.slack_days
            self.grace = self._lengths(rules.stages[0])
            self.further = tuple(self._lengths(stage) for stage in rules.bars[1:])
            self.end = self._lengths(rules.end) if rules.end else None
        self.none_further = (NEVER,) * len(self.further)

    def _lengths(self, stage: StageRule) -> Sequence[int]:
        """Return how many days are counted before a stage, for each day on which the count may begin."""
        if not stage.term.months:
            return [stage.term.days] * self.cache.size
        first = self.cache.first
        return [stage.term.days_after(dt.date.fromordinal(first + day)) for day in range(self.cache.size)]

    def line(
        self,
        activated: int,
        notified: int,
        registered: int,
        terminated: int,
        pauses: Sequence[Stretch],
        holds: Sequence[Stretch],
        service: str | None = None,
    ) -> tuple[int, ...]:
        """Return suspended, restored, ended, ended by the campaign, erased, and each further bar; NEVER where it does not happen."""
        if registered > terminated:
            registered = NEVER
        suspended = by_campaign = restored = NEVER
        further = self.none_further
        if self.activated_from <= activated < self.activated_before and notified < NEVER:
            suspended = self._act(
                max(self.begins, notified - self.slack), self.grace, pauses, registered, terminated
            )
            if suspended < NEVER:
                barred = suspended
                if further:
                    further = self._bar_further(suspended, pauses, registered, terminated)
                    barred = further[-1]
                if self.end is not None:
                    by_campaign = self._act(barred, self.end, pauses, registered, terminated)
                if by_campaign >= NEVER:
                    restored = registered
        over = min(by_campaign, terminated)
        if over >= NEVER:
            return suspended, restored, NEVER, False, NEVER, *further
        return suspended, restored, over, by_campaign < NEVER, self._erase(over, holds, service), *further

    def _bar_further(
        self, suspended: int, pauses: Sequence[Stretch], registered: int, terminated: int
    ) -> tuple[int, ...]:
        """Return the day of each bar after the first; NEVER for a bar that does not happen, and for all bars after it."""
        day, found = suspended, []
        for days in self.further:
            day = self._act(day, days, pauses, registered, terminated)
            found.append(day)
        return tuple(found)

    def _act(
        self,
        anchor: int,
        days: Sequence[int],
        pauses: Sequence[Stretch],
        registered: int,
        terminated: int,
    ) -> int:
        """Return the day of the stage; NEVER if an event on that day or before it prevents the stage."""
        cache = self.cache
        if anchor >= cache.size:
            return NEVER
        day = cache.action_day(cache.last_day(anchor, days[anchor], pauses), pauses)
        return NEVER if day >= registered or day >= terminated else day

    def _erase(self, terminated: int, holds: Sequence[Stretch], service: str | None) -> int:
        kept = self.kept.get((service, terminated))
        if kept is None:
            on = dt.date.fromordinal(terminated + self.cache.first)
            last = keeps_until(self.pack.for_service(service), on)
            kept = self.kept[service, terminated] = last.toordinal() - self.cache.first
        return self.cache.erasure_day(kept, holds)


def make_run(pack: Pack, span: Span) -> Run:
    """Make the run of a pack over a span. Precondition: `span.first <= span.last`."""
    first = span.first
    if pack.has_campaign:
        first = min(first, pack.campaign.begins_on)
    begin, end = first.toordinal(), span.last.toordinal()
    cache = CalendarCache(
        first=begin,
        closed=closed_flags(pack, first=begin, last=end),
        stays=merge(map(_ordinals, span.stays_of(pack))),
        outages=merge(map(_ordinals, span.outages)),
        holds=merge(map(_ordinals, span.holds)),
        runs_from=span.first.toordinal(),
    )
    return Run(pack, cache, span.last)


def campaign_for(pack: Pack, history: History) -> Pack:
    """Return the law for the campaign that takes a line with this history: the first that concerns the line, otherwise the last.

    A law with one campaign, or without any, is returned as it is.
    """
    if len(pack.stated_campaigns) < 2:
        return pack
    return next((one for one in pack.campaigns if concerns(one, history)), pack.campaigns[-1])


def asked_of(pack: Pack, history: History) -> History:
    """Return a history as the campaign reads it.

    If the campaign asks again, the verification takes the place of the registration. A line that the campaign does not ask, or of another
    service, region or way of paying, has no activation here, so the campaign does not concern it.
    """
    if not pack.has_campaign:
        return history
    rules, registered, notified = pack.campaign, history.registered_on, history.notified_on
    is_other_service = history.service is not None and history.service not in rules.services
    if is_other_service or not rules.is_in(history.region) or not rules.is_paid_as(history.payment):
        history = replace(history, activated_on=None)
    if not rules.asks_again:
        return history
    is_asked = (
        registered is not None
        and registered < rules.registered_before
        and (notified is None or registered <= notified)
        and (not rules.assurance or history.assurance in rules.assurance)
        and rules.is_of(history.party_kind)
        and (not rules.last_day_over or _is_over(history.last_day_on, notified))
    )
    over_on, within_on = _lines_over(rules.lines_over, history.lines)
    if rules.lines_over is not None:
        is_asked &= over_on is not None and (over_on <= notified if notified else within_on is None)
        is_asked &= within_on is None or notified is None or within_on > notified
    if not is_asked:
        return replace(history, activated_on=None)
    return replace(history, registered_on=min(filter(None, (history.verified_on, within_on)), default=None))


def _lines_over(
    allowed: int | None, lines: Sequence[tuple[dt.date, int]]
) -> tuple[dt.date | None, dt.date | None]:
    """Return the day from which a subscriber had more lines than the law allows, and the day from which this was over."""
    if allowed is None:
        return None, None
    over_on = min((day for day, count in lines if count > allowed), default=None)
    within = [day for day, count in lines if count <= allowed and over_on is not None and day >= over_on]
    return over_on, min(within, default=None)


def _is_over(last_day: dt.date | None, notified: dt.date | None) -> bool:
    """Tell whether a registration was no longer good when its subscriber was notified."""
    return last_day is not None and (notified is None or last_day < notified)


def current_stage(pack: Pack, history: History, *, on: dt.date, span: Span | None = None) -> str:
    """Return the stage at the end of a day: out_of_scope, not_notified, running, a bar's name, registered, terminated or erased.

    Without a span, the answer assumes that the nightly run took place on every day since the campaign began.
    """
    pack = campaign_for(pack, history)
    begins = pack.campaign.begins_on if pack.has_campaign else on
    until = span or Span(min(begins, on), on)
    outcome = run_history(pack, history, until._replace(last=on))
    return stage_of(pack, history, outcome, on=on)


def stage_of(pack: Pack, history: History, outcome: LineOutcome, *, on: dt.date) -> str:
    """Name the stage that an outcome has reached on a day."""
    pack = campaign_for(pack, history)
    history = asked_of(pack, history)
    if _by(outcome.erased_on, on):
        return "erased"
    if _by(outcome.terminated_on, on):
        return "terminated"
    if _by(history.registered_on, on):
        return "registered"
    if _by(outcome.suspended_on, on):
        further = [day for day in outcome.further_on if _by(day, on)]
        return pack.campaign.bars[len(further)].id
    if not _is_concerned(pack, history):
        return "out_of_scope"
    return "running" if _by(history.notified_on, on) else "not_notified"


def concerns(pack: Pack, history: History) -> bool:
    """Tell whether a campaign concerns a line: activated before its day, whether or not it registered since."""
    pack = campaign_for(pack, history)
    return _is_concerned(pack, asked_of(pack, history))


def _is_concerned(pack: Pack, history: History) -> bool:
    return (
        pack.has_campaign
        and history.activated_on is not None
        and pack.campaign.is_about(history.activated_on, None)
    )


def indexed(stretches: Iterable[Days], first: int) -> tuple[Stretch, ...]:
    """Return stretches of dates merged, as indices from the ordinal `first`."""
    return tuple((a - first, b - first) for a, b in merge(map(_ordinals, stretches)))


def _ordinals(stretch: Days) -> Stretch:
    first, last = stretch
    return first.toordinal(), _OPEN_END if last is None else last.toordinal()


def _by(day: dt.date | None, on: dt.date) -> bool:
    return day is not None and day <= on


def _date(cache: CalendarCache, index: int) -> dt.date | None:
    return None if index >= NEVER else dt.date.fromordinal(index + cache.first)


def _counted_so_far(cache: CalendarCache, anchor: int, taken: Sequence[Stretch]) -> int:
    """Return how many days of the cache after the anchor count."""
    total = cache.counted[-1] - cache.counted[anchor]
    for first, last in taken:
        begin, end = max(first, anchor + 1), min(last, cache.size - 1)
        if begin <= end:
            total -= cache.counted[end] - cache.counted[begin - 1]
    return total


def _count_from(pack: Pack, anchor_on: dt.date) -> int:
    """Return the first day of a cache that many counts can share."""
    if len(pack.stated_campaigns) == 1 and pack.campaign.begins_on <= anchor_on:
        return pack.campaign.begins_on.toordinal()
    return anchor_on.toordinal()


@lru_cache(maxsize=64)
def _count_cache(pack: Pack, first: int, last: int, stays: tuple[Days, ...]) -> CalendarCache:
    return CalendarCache(
        first=first,
        closed=closed_flags(pack, first=first, last=last),
        stays=merge(map(_ordinals, stays)),
    )
