# SPDX-License-Identifier: EUPL-1.2
"""Explains in plain sentences why a line has its status: the article, the dates and the counting of each step.

A person who is cut off, or about to be, is owed the reason. The dates of what was done come from the history; what is
still to come is counted by the same rules that act. The sentences are data (`sentences.toml`), so that they can be
translated.
"""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from rollkeeper.kernel.choices import BarLevel, Bars
from rollkeeper.kernel.phrasing import Count
from rollkeeper.kernel.side_by_side import text_in
from rollkeeper.law.acts import is_told
from rollkeeper.law.campaign_rules import StageRule
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import PAUSED_AT_MOST, Counted, Days, count_clock, keeps_until


@dataclass(frozen=True, slots=True)
class Sentence:
    """One step of an explanation, the article behind it (empty where no law speaks) and the language it is in."""

    text: str
    article: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class LineHistory:
    """What is known about a line, and what was actually done to it. Periods are inclusive; None is an open end."""

    service: str | None = None
    """None: one that the campaign is about."""
    activated_on: dt.date | None = None
    registered_on: dt.date | None = None
    recorded_on: dt.date | None = None
    """The day of a registration that a campaign asks to verify again; None if no campaign does."""
    notices_delivered: tuple[dt.date, ...] = ()
    notices_bounced: tuple[dt.date, ...] = ()
    promised_on: dt.date | None = None
    """The promised last day of the running clock: the clock to the suspension or, once suspended, to the end."""
    promised_since: dt.date | None = None
    """The day of the notice that promised it, or the last day of a pause that this notice took into account."""
    pauses: tuple[Days, ...] = ()
    stays: tuple[Days, ...] = ()
    holds: tuple[Days, ...] = ()
    suspended_on: dt.date | None = None
    further_on: tuple[dt.date, ...] = ()
    """The days on which wider bars followed, in order."""
    restored_on: dt.date | None = None
    terminated_on: dt.date | None = None
    terminated_by: str | None = None
    kept_until: dt.date | None = None
    """The last day on which the record is kept; None: counted by the pack, from the end of the contract."""
    erased_on: dt.date | None = None
    region: str | None = None
    """None: not known."""
    payment: str | None = None
    """None: not known."""


def explain_history(pack: Pack, history: LineHistory, on: dt.date, *, language: str = "en") -> list[Sentence]:
    """Explain a line's status on a day, step by step, with what follows next. If the law has several campaigns and none is chosen, the
    campaign that takes the line is explained.
    """
    if len(pack.stated_campaigns) > 1 and is_told(pack):
        pack = next((one for one in pack.campaigns if _concerns(one, history)), pack.campaigns[-1])
    explainer = _Explainer(pack.for_service(history.service), history, on, language)
    return [*explainer.campaign(), *explainer.end()]


def _concerns(pack: Pack, history: LineHistory) -> bool:
    rules, activated = pack.campaign, history.activated_on
    if activated is None or not rules.is_about(activated, history.service):
        return False
    if not rules.is_in(history.region) or not rules.is_paid_as(history.payment):
        return False
    return rules.asks_again == (history.recorded_on is not None)


@dataclass(frozen=True, slots=True)
class _Explainer:
    pack: Pack
    history: LineHistory
    on: dt.date
    language: str

    def campaign(self) -> Iterator[Sentence]:
        # A draft, a law that was struck down and a law that no reader confirmed are not in force: nothing in them is told as a fact.
        if not self.pack.has_campaign or not is_told(self.pack):
            yield self._sentence("no_campaign", "")
            return
        rules, activated = self.pack.campaign, self.history.activated_on
        if not self._past(activated):
            yield self._sentence("never_activated", rules.cohort_article, on=self.on)
            return
        is_meant = self.history.service is None or self.history.service in rules.services
        is_here, is_paid_so = rules.is_in(self.history.region), rules.is_paid_as(self.history.payment)
        fits_age = (
            is_meant and is_here and is_paid_so and activated is not None and rules.is_about(activated, None)
        )
        is_older = activated is not None and activated < rules.activated_from
        concerned = fits_age and (self.history.recorded_on is not None or not rules.asks_again)
        meant = "lines_over" if rules.lines_over else "last_day_over" if rules.last_day_over else "concerned"
        left = "not_asked" if fits_age else "too_old" if is_older else "out_of_scope"
        asked = meant if concerned else left
        others = {
            "other_service": is_meant,
            "other_region": is_here,
            f"not_{'_'.join(sorted(rules.payments))}": is_paid_so,
        }
        yield self._sentence(
            next((key for key, fits in others.items() if not fits), asked),
            rules.cohort_article,
            activated_on=activated,
            activated_before=rules.activated_before,
            activated_from=rules.activated_from,
            recorded_on=self.history.recorded_on,
            lines=rules.lines_over,
            regions=", ".join(sorted(rules.regions)),
        )
        if concerned:
            yield from self._notices()
            yield from self._stages()
        if self._past(self.history.registered_on):
            yield self._sentence("registered", rules.cohort_article, registered_on=self.history.registered_on)
        if self._past(self.history.restored_on):
            yield self._sentence("restored", rules.suspension_article, restored_on=self.history.restored_on)

    def end(self) -> Iterator[Sentence]:
        terminated = self.history.terminated_on
        if terminated is None or not self._past(terminated):
            return
        campaign = self.history.terminated_by == "campaign"
        if campaign and self.pack.has_campaign and is_told(self.pack) and self.pack.campaign.end:
            yield self._terminated(terminated, self.pack.campaign.stages)
        else:
            known = self.history.terminated_by == "subscriber"
            yield self._sentence(
                "terminated_subscriber" if known else "terminated_other", "", terminated_on=terminated
            )
        yield from self._erasure(terminated)

    def _terminated(self, terminated: dt.date, stages: Sequence[StageRule]) -> Sentence:
        """Say how many days were counted from the first bar; leave the number out if months were counted from a bar whose day is not known."""
        history, further = self.history, [stage.term for stage in stages[1:]]
        barred = [history.suspended_on, *history.further_on] if history.suspended_on else []
        if len(barred) < len(further) and any(term.months for term in further):
            return self._sentence("terminated_other", stages[-1].article, terminated_on=terminated)
        # A term in days has the same number of days from any day.
        began = [*barred, *[terminated] * len(further)]
        days = sum(term.days_after(day) for term, day in zip(further, began, strict=False))
        return self._sentence("terminated_campaign", stages[-1].article, terminated_on=terminated, days=days)

    def _notices(self) -> Iterator[Sentence]:
        rules = self.pack.campaign
        bounced = [day for day in self.history.notices_bounced if self._past(day)]
        if bounced:
            yield self._sentence("bounced", rules.notice_article, dates=sorted(bounced))
        notified = self._notified_on()
        if notified is None:
            if not self._closed_early():
                yield self._sentence("not_notified", rules.notice_article, on=self.on)
            return
        yield self._sentence(
            "notified_with_floor" if rules.slack_days else "notified",
            rules.notice_article,
            notified_on=notified,
            anchor_on=rules.starts_on(notified),
            begins_on=rules.begins_on,
            floor_days=rules.floor_days,
        )
        yield from self._standstills()

    def _standstills(self) -> Iterator[Sentence]:
        article = self.pack.campaign.pause_article
        for key, stretches in (("paused", self.history.pauses), ("stayed", self.history.stays)):
            yield from self._stretches(key, stretches, article)

    def _stretches(self, key: str, stretches: Sequence[Days], article: str) -> Iterator[Sentence]:
        for first, last in sorted(stretches, key=lambda days: days[0]):
            kind = f"{key}_open" if last is None else key
            yield self._sentence(kind, article, first=first, last=last)

    def _stages(self) -> Iterator[Sentence]:
        rules, notified, suspended = self.pack.campaign, self._notified_on(), self.history.suspended_on
        if notified is not None and not self._early_before(suspended):
            count = self._count(
                rules.starts_on(notified),
                rules.grace_after(rules.starts_on(notified)),
                promised_on=self.history.promised_on if suspended is None else None,
            )
            yield from self._clock(
                count, rules.grace_article, None if self._past(suspended) else rules.stages[0]
            )
        if suspended is None or not self._past(suspended):
            return
        barred = [suspended, *(day for day in self.history.further_on if self._past(day))]
        for bar, day in zip(rules.bars, barred, strict=False):
            level = BarLevel.of(bar.bars or Bars.ALL)
            key = "suspended" if level is BarLevel.ALL else "barred"
            yield self._sentence(key, bar.article, stage=bar, suspended_on=day, bars=level, works=level)
        if self._closed_early():
            return
        follows = rules.after(len(barred))
        if follows is None:
            yield self._sentence("nothing_follows", rules.bars[-1].article)
            return
        months = follows.term.months
        yield self._sentence(
            f"suspension_clock{'_month' if months == 1 else '_months' if months else ''}",
            follows.clock_article,
            suspended_on=barred[-1],
            months=months,
            days=follows.term.days_after(barred[-1]),
        )
        days = follows.term.days_after(barred[-1])
        count = self._count(barred[-1], days, promised_on=self.history.promised_on)
        over = self._past(self.history.terminated_on)
        yield from self._clock(count, follows.clock_article, None if over else follows)

    def _clock(self, count: Counted, article: str, then: StageRule | None) -> Iterator[Sentence]:
        """Tell how far a clock is, where it leads to, and what may follow if nothing has followed yet."""
        if count.reached_on is None or count.reached_on > self.on:
            so_far = self._count(count.anchor_on, count.days, through=max(self.on, count.anchor_on))
            yield self._sentence("running", article, on=self.on, counted=so_far.counted, days=count.days)
        if count.reached_on is None or count.last_day_on is None:
            yield self._sentence("no_day", article)
            return
        moved = count.last_day_on != count.reached_on
        yield self._sentence(
            "last_day_moved" if moved else "last_day",
            article,
            days=count.days,
            reached_on=count.reached_on,
            last_day_on=count.last_day_on,
        )
        if then and count.earliest_on is not None:
            if count.promised_on is not None and count.promised_on > count.last_day_on:
                yield self._sentence("promised", "", promised_on=count.promised_on)
            level = BarLevel.of(Bars.ALL if then.bars is None else then.bars)
            key = "may_terminate" if then.is_end else "may_suspend" if level is BarLevel.ALL else "may_bar"
            yield self._sentence(key, article, stage=then, earliest_on=count.earliest_on, bars=level)

    def _erasure(self, terminated: dt.date) -> Iterator[Sentence]:
        article = self.pack.retention.article
        yield self._sentence(
            "kept", article, kept_until=self.history.kept_until or keeps_until(self.pack, terminated)
        )
        yield from self._stretches("held", self.history.holds, "")
        if self._past(self.history.erased_on):
            yield self._sentence("erased", article, erased_on=self.history.erased_on)

    def _count(
        self,
        anchor_on: dt.date,
        days: int,
        *,
        through: dt.date | None = None,
        promised_on: dt.date | None = None,
    ) -> Counted:
        return count_clock(
            self.pack,
            anchor_on=anchor_on,
            days=days,
            pauses=self.history.pauses,
            stays=self.history.stays,
            through=through or max(self.on, anchor_on) + dt.timedelta(days=days) + PAUSED_AT_MOST,
            promised_on=promised_on,
            promised_since=self.history.promised_since,
        )

    def _notified_on(self) -> dt.date | None:
        return min((day for day in self.history.notices_delivered if self._past(day)), default=None)

    def _closed_early(self) -> bool:
        """Tell whether a subscriber registered or ended the contract: then nothing further is counted."""
        by_subscriber = self.history.terminated_by != "campaign" and self._past(self.history.terminated_on)
        return self._past(self.history.registered_on) or by_subscriber

    def _early_before(self, suspended: dt.date | None) -> bool:
        """Tell whether the subscriber registered or ended the contract before a suspension, so that no clock matters any more."""
        return self._closed_early() and not self._past(suspended)

    def _past(self, day: dt.date | None) -> bool:
        return day is not None and day <= self.on

    def _sentence(
        self, key: str, article: str, *, stage: StageRule | None = None, **facts: object
    ) -> Sentence:
        """Write a sentence; if it is about a stage that has a name in this language, put the name before it."""
        if self.pack.has_campaign and self.pack.campaign.asks_again and f"again_{key}" in _tables()["en"]:
            key = f"again_{key}"
        said = {one: _said(one, key, facts) for one, table in _tables().items() if key in table}
        text, language = text_in(self.language, said)
        name, named = stage.title.get(language) if stage else None, _tables()[language].get("barred_stage")
        text = named.format(stage=name, said=text) if name and named else text
        return Sentence(text, article, language)


def _said(language: str, key: str, facts: Mapping[str, object]) -> str:
    told = {name: _written(name, fact, language) for name, fact in facts.items()}
    return str(_tables()[language][key].format(**told))


def _written(name: str, fact: object, language: str) -> object:
    """Write days, and what a bar takes or leaves, in the sentence's language; leave everything else as it is."""
    table = _tables()[language]
    if isinstance(fact, list):
        return table["between_days"].join(str(_written(name, one, language)) for one in fact)
    if isinstance(fact, BarLevel):
        return table.get(f"{name}_{fact.value}", "")
    if isinstance(fact, dt.date):
        month = table["months"][fact.month - 1] if "months" in table else fact.month
        return table["day"].format(year=fact.year, month=month, d=fact.day)
    return Count(fact) if isinstance(fact, int) else fact


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("rollkeeper") / "law" / "sentences.toml").read_text("utf-8"))
