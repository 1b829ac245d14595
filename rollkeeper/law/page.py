# SPDX-License-Identifier: EUPL-1.2
"""The law page: one law on one page, with every article next to the rules that rest on it.

The same text is printed by `rollkeeper law show`, shown to staff in the back office and to everybody at the portal. Nothing on it is
about a person. What is not confirmed is marked, since it acts on no one.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from pydantic import BaseModel

from rollkeeper.kernel.choices import BarLevel, Bars, IdentityCheck
from rollkeeper.kernel.side_by_side import name_in, text_in
from rollkeeper.law.acts import is_told
from rollkeeper.law.campaign_rules import StageRule
from rollkeeper.law.checks import check_pack
from rollkeeper.law.countries import country_of
from rollkeeper.law.findings import Weight
from rollkeeper.law.layers import Conflict, lower_layers
from rollkeeper.law.pack import Pack
from rollkeeper.law.page_values import values_by_article
from rollkeeper.law.retention_rules import COPY, IDENTITY
from rollkeeper.law.rights import complaint_body
from rollkeeper.law.rules import count_clock, keeps_until
from rollkeeper.law.schema import DutyOfPeople, Retention
from rollkeeper.law.schema_common import Citation
from rollkeeper.law.schema_people import (
    ActScope,
    AttributeRule,
    DocumentRule,
    LineAttributeRule,
    PartyKind,
    ServiceScope,
    Verification,
)
from rollkeeper.law.schema_stages import Extension

_AHEAD = dt.timedelta(days=4000)
_KEPT = re.compile(r"retention\[([0-9]+)\]\.keep\.n")


type Say = Callable[[str], str]
"""Translates a heading. The caller supplies it, since a command that prints the page has no catalogue loaded."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How the page writes what differs between languages; the defaults are English."""

    say: Say = str
    day: Callable[[dt.date], str] = str
    label: Say = str
    """Names a field or a kind of subscriber."""
    cite: Say = "article {}".format
    source: Say = str
    """Names an instrument by its id."""
    listed: Callable[[Iterable[str]], str] = ", ".join
    pause: str = ", "
    """The mark between two facts of a sentence; `listed` writes the items of a list."""
    colon: str = ": "
    stop: str = ". "
    gap: str = " "
    """The space between two sentences that have their own full stops."""
    bracketed: Say = " ({})".format


def law_page(pack: Pack, *, language: str, on: dt.date, wording: Wording | None = None) -> str:
    """Return the page of a law in a language as a piece of HTML. Every text of the pack is escaped."""
    return "".join(_Page(pack, language, on, wording or Wording()).parts())


class _Page:
    def __init__(self, pack: Pack, language: str, on: dt.date, wording: Wording) -> None:
        self.pack, self.file, self.language, self.on = pack, pack.file, language, on
        self.say, self.day, self.label, self.cite = wording.say, wording.day, wording.label, wording.cite
        self.source, self.listed, self.colon = wording.source, wording.listed, wording.colon
        self.pause, self.stop, self.gap, self.bracketed = (
            wording.pause,
            wording.stop,
            wording.gap,
            wording.bracketed,
        )

    def parts(self) -> Iterator[str]:
        yield f'<article class="law"><h1 class="govuk-heading-l">{escape(self.text(self.file.title))}</h1>'
        yield from self.standing()
        yield from self.numbers()
        yield from self.articles()
        yield from self.forms()
        yield from self.kept()
        yield from self.days()
        yield from self.layers()
        yield from self.declined()
        yield from self.complaints()
        yield from self.duties()
        yield from self.questions()
        yield from self.readers()
        yield "</article>"

    def text(self, texts: dict[str, str]) -> str:
        """Return a text in the page's language, otherwise in a language that it has."""
        return name_in(self.language, texts)

    def standing(self) -> Iterator[str]:
        _ = self.say
        stops = [one for one in check_pack(self.pack, on=self.on) if one.weight is Weight.STOPS]
        yield f"<p><strong>{escape(self.pack.id)}</strong> · {escape(self.file.jurisdiction)} · "
        yield f"{_('status')}{self.colon}{escape(_status(self.file.status, _))} · {_('in force from')} {self.day(self.file.valid.begins)}</p>"
        if stops:
            yield _h2(_("What this law does not do here"))
            yield _list(f"{one.sentence} {one.remedy}" for one in stops)

    def numbers(self) -> Iterator[str]:
        _ = self.say
        country = country_of(self.file.jurisdiction)
        if country is None:
            return
        yield _h2(_("Numbers that every line reaches"))
        yield _list(
            f"{one.number}{self.colon}{self.text(one.what)}"
            for one in (*country.emergency_numbers, *country.reachable_numbers)
        )

    def articles(self) -> Iterator[str]:
        _ = self.say
        yield _h2(_("The articles, and what rests on them"))
        resting = values_by_article(
            self.file,
            worded=self.worded,
            listed=self.listed,
            colon=self.colon,
            mark=self.say("not confirmed"),
        )
        for article in self.file.articles:
            yield f"<section>{_h3(self.cited(article.source, article.article))}"
            yield f"<blockquote>{escape(self.text(article.text))}</blockquote>{self.served(article.serves)}"
            if values := resting.get((article.source, article.article)):
                yield f"<details><summary>{escape(_('Values of the program that rest on it'))}{self.colon}{len(values)}</summary>"
                yield f"{_html_list(values)}</details>"
            yield "</section>"

    def served(self, text: str) -> str:
        """Return what the register does about an article, marked as English if it has no translation."""
        said = self.say(text)
        return f"<p{self.english if said == text else ''}>{escape(said)}</p>"

    @property
    def english(self) -> str:
        """Return the HTML attribute of a text that is in English only; empty on an English page."""
        return "" if self.language == "en" else ' lang="en"'

    def cited(self, source: str, article: str) -> str:
        """Return an article's number; with the instrument before it if that is not the pack's first."""
        number = self.cite(article)
        if source == self.file.sources[0].id:
            return number
        return f"{self.source(source.replace('_', ' '))}{self.pause}{number}"

    def article(self, number: str, source: str | None = None) -> str:
        """Return an article's number, with its instrument if that is not the first; if `cite` returns the number alone, the word 'article'
        before it.
        """
        if source not in {None, self.file.sources[0].id}:
            return self.cited(str(source), number)
        said = self.cite(number)
        return said if said != number else f"{self.say('article')} {number}"

    def worded(self, part: BaseModel, kind: PartyKind | None) -> tuple[str, str] | None:
        """Return the subject of a value and the value, both in words; None for a value that has only the program's names."""
        of, services = self.kind(kind) if kind else "", getattr(part, "services", ())
        said = None
        match part:
            case LineAttributeRule():
                said = self.say("Of the line itself"), self.label(part.name)
            case AttributeRule():
                said = of, self.label(part.name)
            case DocumentRule():
                said = f"{of}{self.colon}{self.say('a document that is accepted')}", self.shown(part)
            case Verification():
                on = self.bracketed(self.listed(map(self.label, services))) if services else ""
                said = f"{of}{on}", self.label(part.method)
            case ServiceScope():
                said = "", self.listed(map(self.label, services))
            case ActScope():
                said = "", self.listed(map(self.label, part.acts))
            case Extension():
                said = self.say("Pause the clock of a line"), self.label(part.reason)
            case Retention():
                said = "", self.kept_for(part)
            case DutyOfPeople():
                said = "", self.text(part.what)
        return said

    def forms(self) -> Iterator[str]:
        _ = self.say
        if not self.file.party_kinds:
            return
        yield _h2(_("What the law asks, and of whom"))
        if paid := {one.payment for one in self.file.scope.services if one.payment}:
            said = self.listed(map(self.label, sorted(paid)))
            yield f"<p>{_('Only lines that are paid so')}{self.colon}{escape(said)}</p>"
        for kind in self.file.party_kinds:
            yield _h3(self.kind(kind))
            yield _list([*self.asked_of(kind), *self.shown_by(kind)])
        if self.file.line_attributes:
            yield _h3(_("Of the line itself"))
            yield _list(self.asked_of_line())

    def kind(self, kind: PartyKind) -> str:
        """Return the name of a kind of subscriber; of a kind that the pack adds, the pack's own name."""
        return self.text(kind.label) if kind.kind_of else self.label(kind.id)

    def asked_of(self, kind: PartyKind) -> Iterator[str]:
        """Yield what is asked of a kind; for an added kind without attributes, say of which kind the same is asked."""
        if kind.kind_of and not kind.attributes:
            yield f"{self.say('the same is asked as of')}{self.colon}{self.label(kind.kind_of)}"
        for one in kind.attributes:
            yield (
                f"{self.label(one.name)}{self.asked(one.required, is_confirmed=one.because.confirmed)}{self.colon}"
                f"{self.text(one.purpose)}{self.cited_in(one.because)}"
            )

    def asked_of_line(self) -> Iterator[str]:
        """Yield what is asked of a line with its subscriber, and of which lines."""
        for one in self.file.line_attributes:
            only = [*one.services, *one.party_kinds, *([one.payment] if one.payment else [])]
            asked = self.asked(one.required, is_confirmed=True) + self.unconfirmed(one.because)
            yield f"{self.only(f'{self.label(one.name)}{asked}', only)}{self.colon}{self.text(one.purpose)}{self.cited_in(one.because)}"

    def only(self, what: str, said: Sequence[str]) -> str:
        """Add to a text the only lines for which it holds; return it unchanged if it holds for all. A Tibetan word before them loses its
        closing stroke.
        """
        return f"{what.removesuffix('།')}{self.pause}{self.listed(map(self.label, said))}" if said else what

    def shown_by(self, kind: PartyKind) -> Iterator[str]:
        """Yield the accepted documents and checks, the proof of authority, and the last day on which the registration is good."""
        _ = self.say
        for one in kind.documents:
            yield f"{_('a document that is accepted')}{self.unconfirmed(one.because)}{self.colon}{self.shown(one)}{self.cited_in(one.because)}"
        names_several = any(one.method != IdentityCheck.SIGHT for one in kind.verification)
        for check in kind.verification if names_several else ():
            only = [*check.services, *([check.payment] if check.payment else [])]
            yield f"{_('a check that is accepted')}{self.unconfirmed(check.because)}{self.colon}{self.only(self.label(check.method), only)}{self.cited_in(check.because)}"
        if (acts := kind.representative) is not None and acts.proof:
            yield f"{_('who acts for the company shows')}{self.unconfirmed(acts.because)}{self.colon}{self.text(acts.proof)}{self.cited_in(acts.because)}"
        if (last := kind.last_day) is not None:
            anchor = "majority" if last.at_majority else "registration"
            if last.after is not None:
                day = self.after(anchor, last.after.unit).format(last.after.n)
            elif last.at_majority:
                day = _("the end of the month in which the subscriber comes of age")
            else:
                day = _("the last day on the document or permit")
            yield f"{_('the registration is good through')}{self.unconfirmed(last.because)}{self.colon}{day}{self.cited_in(last.because)}"

    def shown(self, one: DocumentRule) -> str:
        """Name a document that is accepted, and what has to be shown with it."""
        looked_at = [self.text(one.shown_with)] if one.shown_with else []
        looked_at += [self.say("not expired")] if one.expired_ok is False else []
        return self.pause.join([self.document(one.type), *looked_at])

    def after(self, anchor: str, unit: str) -> str:
        """Return the text of a time that is counted from a day, with a place for its number; empty for a time that no law has."""
        _ = self.say
        return {
            ("registration", "day"): _("days after the registration: {}"),
            ("registration", "month"): _("months after the registration: {}"),
            ("registration", "year"): _("years after the registration: {}"),
            ("majority", "day"): _(
                "days after the subscriber comes of age, then to the end of the month: {}"
            ),
            ("majority", "month"): _(
                "months after the subscriber comes of age, then to the end of the month: {}"
            ),
            ("majority", "year"): _(
                "years after the subscriber comes of age, then to the end of the month: {}"
            ),
            ("termination", "day"): _("days after the end of the contract: {}"),
            ("termination", "month"): _("months after the end of the contract: {}"),
            ("termination", "year"): _("years after the end of the contract: {}"),
            ("termination", "end_of_next_calendar_year"): _(
                "to the end of so many calendar years after the one in which the contract ended: {}"
            ),
        }.get((anchor, unit), "")

    def kept(self) -> Iterator[str]:
        """Yield how long the record is kept, and the copy of the document if it has its own time."""
        _ = self.say
        if said := [
            f"{words}{self.cited_in(one.because)}"
            for one in self.file.retention
            if self.file.duty and (words := self.kept_for(one, self.unconfirmed(one.because)))
        ]:
            yield _h2(_("How long it is kept"))
            yield _list(said)

    def kept_for(self, one: Retention, mark: str = "") -> str:
        """Return the text that says what is kept and how long; empty for a time that has no words."""
        long, _ = self.after(one.anchor, one.keep.unit), self.say
        what = {IDENTITY: _("the record"), COPY: _("the copy of the document")}[one.data_class]
        return f"{self.only(what, one.services)}{mark}{self.colon}{long.format(one.keep.n)}" if long else ""

    def document(self, kind: str) -> str:
        """Return the name of a document, as the country file has it."""
        country, kind = country_of(self.file.jurisdiction), kind.replace("_", "-")
        named = [self.text(one.name) for one in (country.documents if country else ()) if one.type == kind]
        return " / ".join(named) or self.label(kind)

    def unconfirmed(self, because: Citation) -> str:
        """Return the mark of a value that is not confirmed, which acts on no one; empty if it is confirmed."""
        return "" if because.confirmed else self.bracketed(self.say("not confirmed: acts on no one"))

    def cited_in(self, because: Citation) -> str:
        """Return in brackets the article that a value rests on."""
        return self.bracketed(self.article(because.article, because.source))

    def asked(self, required: str, *, is_confirmed: bool) -> str:
        """Return, in brackets, whether an attribute may be left out; empty if it may not."""
        if not is_confirmed:
            return self.bracketed(self.say("not confirmed: may be left out"))
        return "" if required == "yes" else self.bracketed(required)

    def days(self) -> Iterator[str]:
        """Yield the calendar of a line whose subscriber is notified today; nothing if the law has no campaign that can begin."""
        if not self.pack.has_campaign or not is_told(self.pack):
            return
        for one in self.pack.campaigns:
            yield from self.campaign_days(one)

    def campaign_days(self, pack: Pack) -> Iterator[str]:
        """Yield the calendar of one campaign, with its title if the law has several."""
        _ = self.say
        rules, through = pack.campaign, self.on + _AHEAD
        told = max(self.on, rules.begins_on)
        begun = rules.starts_on(told)
        grace = count_clock(pack, anchor_on=begun, days=rules.grace_after(begun), through=through)
        heading = _("A line whose subscriber is notified today")
        if pack is not self.pack:
            title = text_in(self.language, {"en": rules.campaign_id} | pack.stated_campaigns[0].title)[0]
            heading = f"{heading}{self.colon}{title}"
        yield _h2(heading)
        if grace.earliest_on is None:
            return
        begins = self.stage_days(pack, grace.earliest_on, through=through)
        ended = begins[-1] if rules.end else None
        before = pack.told_before
        said = [
            (_("the operator notifies people before"), before[0] if before else None),
            (_("notified"), told),
            (
                _("last day to verify again") if rules.asks_again else _("last day to register"),
                grace.last_day_on,
            ),
            *((self.barred(stage), day) for stage, day in zip(rules.bars, begins, strict=False)),
            *([(self.titled(_("may be terminated from"), rules.end), ended)] if rules.end else []),
            (_("record kept through"), keeps_until(pack, ended) if ended else None),
        ]
        yield _list(f"{what}{self.colon}{self.day(when)}" for what, when in said if when)

    def stage_days(self, pack: Pack, first: dt.date, *, through: dt.date) -> list[dt.date | None]:
        """Return the first day on which each stage may begin, if every stage before it begins on its first day."""
        days: list[dt.date | None] = [first]
        for stage in pack.campaign.stages[1:]:
            before = days[-1]
            days.append(
                before
                and count_clock(
                    pack, anchor_on=before, days=stage.term.days_after(before), through=through
                ).earliest_on
            )
        return days

    def barred(self, stage: StageRule) -> str:
        """Return the text that says from when a line may be suspended, and what is barred."""
        _, level = self.say, BarLevel.of(stage.bars or Bars.ALL)
        what = "" if level is BarLevel.ALL else self.label(level)
        return self.titled(_("may be suspended from"), stage, what)

    def titled(self, said: str, stage: StageRule, what: str = "") -> str:
        """Return a text about a stage with its name, if the law gives it one, and what it bars."""
        named = [one for one in (self.text(dict(stage.title)), what) if one]
        return said + self.bracketed(self.colon.join(named)) if named else said

    def layers(self) -> Iterator[str]:
        """Yield what the laws below this one say otherwise, leaf by leaf: here this pack holds."""
        _ = self.say
        for one in lower_layers(self.pack):
            yield _h2(f"{_('The law below this one')}{self.colon}{one.pack.id}")
            yield f"<p>{escape(one.pack.title(self.language))}{self.stop}{_('Where the two differ, this one holds here:')}</p>"
            yield _html_list(self.differing(leaf, one.pack.id) for leaf in one.differs)
            if one.only_below:
                yield f"<p>{_('Said by the law below alone, and not done by this pack:')}</p>"
                yield _list(one.only_below)

    def differing(self, leaf: Conflict, below: str) -> str:
        """Return as HTML a value that the law below has otherwise: how long something is kept in words, all else as the pack writes it."""
        kept = _KEPT.fullmatch(leaf.leaf)
        said = self.kept_for(self.file.retention[int(kept[1])]) if kept else ""
        upper = escape(said) if said else _field(f"{leaf.leaf}{self.colon}{leaf.upper}")
        return upper + escape(self.bracketed(f"{below}{self.colon}{leaf.lower}"))

    def declined(self) -> Iterator[str]:
        _ = self.say
        if self.file.declined:
            yield _h2(_("What the law asks and is not done"))
            yield _list(
                f"{self.article(one.article, one.source)}{self.colon}{self.text(one.what)}{self.stop}{self.text(one.why)}{self.gap}"
                f"{self.text(one.instead)}{self.gap}{_('Who answers')}{self.colon}{_(one.answers)}"
                for one in self.file.declined
            )

    def complaints(self) -> Iterator[str]:
        found = complaint_body(self.pack, self.language, on=self.on)
        if found is not None:
            yield _h2(self.say("Who decides a complaint about the operator"))
            yield f"<p{self.english if found.language == 'en' else ''}>{escape(found.text)}{escape(self.bracketed(self.article(found.article)))}</p>"

    def duties(self) -> Iterator[str]:
        _ = self.say
        if self.file.duties_of_people:
            yield _h2(_("What people have to do"))
            yield _list(
                f"{self.text(one.what)}{self.bracketed(self.article(one.because.article, one.because.source))}"
                for one in self.file.duties_of_people
            )
        if self.file.penalties:
            yield _h2(_("Penalties"))
            yield _list(
                f"{one.on}{self.colon}{one.act}{self.colon}{one.amount} {one.currency or ''}{self.bracketed(self.article(one.because.article, one.because.source))}"
                for one in self.file.penalties
            )

    def questions(self) -> Iterator[str]:
        _ = self.say
        if self.file.open_questions:
            yield _h2(_("Open questions, and how they were settled"))
            yield _html_list(
                f"{_field(one.leaf)}{escape(f'{self.colon}{_(one.chosen)}{self.stop}{_(one.why)}')}"
                for one in self.file.open_questions
            )

    def readers(self) -> Iterator[str]:
        _ = self.say
        yield _h2(_("Who read it"))
        if not self.file.confirmations:
            yield f"<p>{_('No reader confirmed it in the official text: it acts on no one.')}</p>"
        yield _list(
            f"{self.cited(one.source, self.listed(map(self.cite, one.articles)))}{self.colon}{one.reader}{self.pause}{self.day(one.read_on)}{self.stop}{_(one.read_in)}"
            for one in self.file.confirmations
        )


def _status(status: str, _: Say) -> str:
    labels = {
        "draft": _("a draft"),
        "confirmed": _("confirmed"),
        "struck_down": _("struck down"),
        "suspended_by_court": _("suspended by a court"),
    }
    return labels[status]


def _field(text: str) -> str:
    """Return a field of the pack in small type: only readers who have the file in front of them need it."""
    return f'<code class="govuk-body-s">{escape(text)}</code>'


def _h2(text: str) -> str:
    return f'<h2 class="govuk-heading-m">{escape(text)}</h2>'


def _h3(text: str) -> str:
    return f'<h3 class="govuk-heading-s">{escape(text)}</h3>'


def _list(items: Iterable[str]) -> str:
    return _html_list(escape(one.strip()) for one in items)


def _html_list(items: Iterable[str]) -> str:
    rows = "".join(f"<li>{one}</li>" for one in items)
    return f'<ul class="govuk-list govuk-list--bullet">{rows}</ul>' if rows else ""
