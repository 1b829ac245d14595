# SPDX-License-Identifier: EUPL-1.2
"""A campaign as the packages use it: which lines, from when, and what follows when a time is over, stage by stage.

Separate from the pack because it is the part that counts days. Each stage is counted from the day on which the stage before it really
happened. So stages never follow each other faster than the law says, however late the first one was.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from rollkeeper.kernel.choices import Bars, Payment
from rollkeeper.law.calendars import Term, days_in, term_of
from rollkeeper.law.schema import PackFile
from rollkeeper.law.schema_common import Duration
from rollkeeper.law.schema_stages import Campaign
from rollkeeper.law.supported_fields import SERVICES


@dataclass(frozen=True, slots=True)
class StageRule:
    """What follows when a time is over: a bar, or the end of the contract."""

    id: str
    term: Term
    """The time that is counted before it: from the notice, or from the day on which the stage before it really happened."""
    bars: Bars | None
    """What a line is kept from; None where the contract ends."""
    article: str
    clock_article: str
    """The article by which the days before it are counted."""
    title: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What the law calls it, by language; empty if the law gives no name."""

    @property
    def is_end(self) -> bool:
        """Tell whether the contract ends."""
        return self.bars is None


@dataclass(frozen=True, slots=True)
class CampaignRules:
    """What a campaign does: which lines, from when, after how many days, by which articles."""

    campaign_id: str
    begins_on: dt.date
    activated_before: dt.date
    activated_from: dt.date
    services: frozenset[str]
    regions: frozenset[str]
    """The regions of its lines; empty: lines of any region, and lines without one."""
    payments: frozenset[str]
    """How its lines are paid; all choices where the law does not ask."""
    asks_again: bool
    """True: it concerns registered subscribers, who verify again. False: it concerns subscribers who are not registered."""
    registered_before: dt.date
    assurance: frozenset[str]
    """A registration to be verified again was recorded before `registered_before`, with one of these assurances; empty: with any."""
    party_kinds: frozenset[str]
    """The kinds of subscriber whose registrations are to be verified again; empty: any kind."""
    last_day_over: bool
    """Whether only registrations whose last day is over are to be verified again."""
    lines_over: int | None
    """Only subscribers with more lines than this verify again, and keep this many. None: all subscribers, and for all lines."""
    floor_days: int
    """The fewest days that a subscriber who is told late has from the proof of notice. If the law counts months, see `least_days`."""
    stages: tuple[StageRule, ...]
    """In order: one bar or more, and the end where the law has one."""
    cohort_article: str
    notice_article: str
    pause_article: str

    @property
    def grace_days(self) -> int:
        """Return how many days are counted before the first bar, from the law's own day on."""
        return self.grace_after(self.begins_on)

    def grace_after(self, anchor_on: dt.date) -> int:
        """Return how many days are counted before the first bar, from this day on: where the law counts months, the number depends on the day."""
        return self.stages[0].term.days_after(anchor_on)

    @property
    def least_days(self) -> int:
        """Return the fewest days that a subscriber has from the proof of notice, whenever it comes: a month has 28 to 31 days."""
        if not self.stages[0].term.months:
            return self.floor_days
        return min(self.grace_after(self.begins_on + dt.timedelta(days=ahead)) for ahead in range(4 * 366))

    @property
    def bars(self) -> tuple[StageRule, ...]:
        """Return the stages that bar a line."""
        return tuple(stage for stage in self.stages if not stage.is_end)

    @property
    def end(self) -> StageRule | None:
        """Return the stage that ends the contract; None where the law has no end."""
        return self.stages[-1] if self.stages[-1].is_end else None

    @property
    def time_to_end(self) -> Term | None:
        """Return how many months and days are counted from the first bar to the end (order: `days_come_first`); None without an end."""
        terms = [stage.term for stage in self.stages[1:]]
        return Term(sum(one.days for one in terms), sum(one.months for one in terms)) if self.end else None

    @property
    def days_come_first(self) -> bool:
        """Tell whether the time to the end begins with its days, not its months: 30 days and then a month differ from a month and then 30 days."""
        return len(self.stages) > 1 and self.stages[1].term.days > 0

    @property
    def most_days(self) -> int:
        """Return how many days at most are counted from the notice to the last stage."""
        return sum(stage.term.longest for stage in self.stages)

    @property
    def has_plain_stages(self) -> bool:
        """Tell whether there is one bar, of all but the emergency floor, and an end some days later: plain notices say exactly this."""
        is_plain = self.end is not None and [bar.bars for bar in self.bars] == [Bars.ALL]
        return is_plain and not self.stages[-1].term.months

    @property
    def suspension_article(self) -> str:
        """Return the article by which service is barred first."""
        return self.stages[0].article

    @property
    def grace_article(self) -> str:
        """Return the article by which the days before the first bar are counted."""
        return self.stages[0].clock_article

    @property
    def last_day_on(self) -> dt.date:
        """Return the law's own last day to register, as no pause and no closed day moves it."""
        return self.begins_on + dt.timedelta(days=self.grace_days)

    def is_about(self, activated_on: dt.date, service: str | None) -> bool:
        """Tell whether it concerns lines of this age and service (None: any of its services)."""
        fits_age = self.activated_from <= activated_on < self.activated_before
        return fits_age and (service is None or service in self.services)

    def is_in(self, region: str | None) -> bool:
        """Tell whether it concerns lines of this region; a campaign that names regions does not concern a line of unknown region."""
        return not self.regions or region in self.regions

    def is_paid_as(self, payment: str | None) -> bool:
        """Tell whether it concerns lines paid in this way; a campaign that names a way does not concern a line paid in an unknown way."""
        return (payment or Payment.UNKNOWN.value) in self.payments

    def is_of(self, party_kind: str | None) -> bool:
        """Tell whether it concerns a subscriber of this kind; a campaign that names kinds does not concern a subscriber of unknown kind."""
        return not self.party_kinds or party_kind in self.party_kinds

    @property
    def asks_payment(self) -> bool:
        """Tell whether it concerns only lines that are paid in one way."""
        return Payment.UNKNOWN.value not in self.payments

    def shares_lines_with(self, other: "CampaignRules") -> bool:
        """Tell whether both could concern the same line on the same day."""
        fits_age = (
            self.activated_from < other.activated_before and other.activated_from < self.activated_before
        )
        fits_place = not self.regions or not other.regions or bool(self.regions & other.regions)
        fits_kind = (
            not self.party_kinds or not other.party_kinds or bool(self.party_kinds & other.party_kinds)
        )
        fits_service = bool(self.services & other.services and self.payments & other.payments)
        return self.asks_again == other.asks_again and fits_age and fits_place and fits_kind and fits_service

    def gives_no_less_than(self, other: "CampaignRules") -> bool:
        """Tell whether it gives each subscriber, notified in time or late, the same last day as the other campaign or a later one."""
        if (term := self.stages[0].term).months and term == other.stages[0].term:
            return self.begins_on >= other.begins_on
        given = other.stages[0].term.longest if other.stages[0].term.months else other.floor_days
        return self.last_day_on >= other.last_day_on and self.least_days >= given

    @property
    def slack_days(self) -> int:
        """Return by how many days a notice may be late before it makes the last day later."""
        return self.grace_days - self.floor_days

    def starts_on(self, notified_on: dt.date) -> dt.date:
        """Return from which day a subscriber's time is counted; that day itself is not counted."""
        return max(self.begins_on, notified_on - dt.timedelta(days=self.slack_days))

    def after(self, step: int) -> StageRule | None:
        """Return the stage that follows for a line under this many bars (0: none); None if nothing follows."""
        return self.stages[step] if step < len(self.stages) else None


@dataclass(frozen=True, slots=True)
class TemporaryReconnectionRule:
    """For how long a suspended line works again on request, once, without giving a reason."""

    hours: int
    article: str


@dataclass(frozen=True, slots=True)
class ChargesWhileSuspended:
    """What happens to fees while a line is suspended; None if the law does not say."""

    charges: str | None
    late_fee: bool | None
    article: str | None


@dataclass(frozen=True, slots=True)
class NotificationRules:
    """How people must be notified: by which channels in which order, how often at least, how far apart, and when not."""

    channels: tuple[str, ...]
    """Empty if the law leaves the choice to the operator."""
    min_attempts: int
    attempts_apart: dt.timedelta
    quiet_hours: tuple[tuple[dt.time, dt.time], ...]


def campaigns_of(file: PackFile) -> tuple[Campaign, ...]:
    """Return the campaigns that run under a pack, in the pack's order: each phase of a campaign counts as one."""
    return tuple(part for campaign in file.campaigns for part in campaign.parts)


def in_order(all_rules: Sequence[CampaignRules]) -> list[CampaignRules]:
    """Return campaigns in the order in which they take a line that more than one concerns: those that ask registered subscribers again come
    first, then those with the later last day.
    """
    return sorted(
        all_rules, key=lambda one: (not one.asks_again, -one.last_day_on.toordinal(), -one.least_days)
    )


def better_than(rules: CampaignRules, ordered: Sequence[CampaignRules]) -> tuple[CampaignRules, ...]:
    """Return the campaigns that share lines with this campaign and come before it."""
    names = [one.campaign_id for one in ordered]
    before = ordered[: names.index(rules.campaign_id)]
    return tuple(one for one in before if one.shares_lines_with(rules))


def crossing(all_rules: Sequence[CampaignRules]) -> Iterator[str]:
    """Name each pair of campaigns that share lines, if neither of the two gives every subscriber the later last day."""
    for one, other in combinations(all_rules, 2):
        if one.shares_lines_with(other) and not (
            one.gives_no_less_than(other) or other.gives_no_less_than(one)
        ):
            yield f"'campaigns' ({one.campaign_id} and {other.campaign_id} share lines, and neither always gives the later last day)"


def campaign_rules(file: PackFile, campaign: Campaign) -> CampaignRules:
    """Return the rules of a campaign of a pack. Precondition: every field of it is supported."""
    base, when = campaign.deadline.base, campaign.cohort.when
    before = when.activated_before
    assert before is not None  # noqa: S101 - the supported shape says so
    pauses = [extension.because.article for extension in campaign.extensions]
    grace = days_in(file.calendar, campaign.deadline.after, base)
    services = frozenset(when.services or SERVICES) & registered_services(file)
    return CampaignRules(
        campaign_id=campaign.id,
        begins_on=base,
        activated_before=before,
        activated_from=when.activated_from or dt.date.min,
        services=services,
        regions=frozenset(when.regions),
        payments=_payments(file, services, when.payment),
        asks_again=bool(when.registered),
        registered_before=when.registered_before or dt.date.max,
        assurance=frozenset(when.assurance),
        party_kinds=frozenset(when.party_kinds),
        last_day_over=bool(when.last_day_over),
        lines_over=when.lines_over,
        floor_days=campaign.deadline.floor.n if campaign.deadline.floor else grace,
        stages=tuple(_stages(file, campaign, _time_to_register(file, campaign, grace))),
        cohort_article=campaign.cohort.because.article,
        notice_article=campaign.notices[0].because.article,
        pause_article=pauses[0] if pauses else campaign.deadline.because.article,
    )


def registered_services(file: PackFile) -> frozenset[str]:
    """Return the services whose lines have to be registered: the subscriber of any other line could do nothing to keep it."""
    return frozenset(service for scope in file.scope.services for service in scope.services)


def _payments(file: PackFile, services: frozenset[str], payment: str | None) -> frozenset[str]:
    """Return the ways of paying of a campaign's lines: ways that the campaign names and that the law registers for each of its services."""
    allowed = {payment} if payment else set(Payment.values)
    for service in services:
        of_it = [scope.payment for scope in file.scope.services if service in scope.services]
        if None not in of_it:
            allowed.intersection_update(filter(None, of_it))
    return frozenset(allowed)


def _time_to_register(file: PackFile, campaign: Campaign, grace: int) -> Term:
    """Return how long is counted before the first bar: with a floor, or without months, the days from the law's own day to its last day;
    else the law's months, so that a subscriber who is told late has whole months.
    """
    after = campaign.deadline.after
    if campaign.deadline.floor or after.unit not in {"month", "year"}:
        return Term(grace)
    term = term_of(file.calendar, after)
    return replace(term, months=term.months + 12 * term.years, years=0)


def _stages(file: PackFile, campaign: Campaign, time_to_register: Term) -> list[StageRule]:
    between = campaign.times_between
    assert between is not None  # noqa: S101 - the supported shape says so
    clocks = [campaign.deadline.because.article, *(stage.because.article for stage in campaign.stages[1:])]
    return [
        StageRule(
            id=stage.id,
            term=term_of(file.calendar, Duration(n=n, unit=unit)) if number else time_to_register,
            bars=stage.services.bars if stage.reversible else None,
            article=stage.because.article,
            clock_article=clock,
            title=stage.title,
        )
        for number, (stage, (n, unit), clock) in enumerate(zip(campaign.stages, between, clocks, strict=True))
    ]
