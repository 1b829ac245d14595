# SPDX-License-Identifier: EUPL-1.2
"""A rule pack as the packages use it: a few plain answers, each with its article.

Packages ask what the law requires, not how it is written down. A pack that is supported only in part refuses to answer
(`UNSUPPORTED_PACK_FIELD`).
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from rollkeeper.kernel.choices import IdentityCheck, Payment, Service
from rollkeeper.kernel.side_by_side import text_in
from rollkeeper.law.calendars import Term, term_of
from rollkeeper.law.campaign_rules import (
    CampaignRules,
    ChargesWhileSuspended,
    NotificationRules,
    TemporaryReconnectionRule,
    better_than,
    campaign_rules,
    campaigns_of,
    crossing,
    in_order,
)
from rollkeeper.law.countries import Country, country_of
from rollkeeper.law.errors import (
    EMERGENCY_NUMBERS_MISSING,
    PACK_WITHOUT_CAMPAIGN,
    SEVERAL_CAMPAIGNS,
    UNSUPPORTED_PACK_FIELD,
)
from rollkeeper.law.kinds import (
    AcceptedDocument,
    AgeRule,
    Attribute,
    AuthorityProof,
    IdentityChecks,
    LastDayRule,
    RouteRule,
    is_for,
)
from rollkeeper.law.limit_rules import LimitRule, limit_rules
from rollkeeper.law.retention_rules import RetentionRules, copy_rule, record_rule
from rollkeeper.law.schema import PackFile
from rollkeeper.law.schema_common import Citation
from rollkeeper.law.schema_people import AttributeRule, Verification
from rollkeeper.law.schema_stages import Campaign
from rollkeeper.law.service_rules import DocumentCopyRule, concerns, differs_by_service, document_copy_rule
from rollkeeper.law.supported_fields import unsupported_fields
from rollkeeper.law.supported_forms import BUILT_IN


@dataclass(frozen=True)
class Pack:
    """A statute as dated data. `hash` is the SHA-256 of the file; every ledger entry decided by the pack contains it."""

    file: PackFile = field(repr=False, compare=False)
    hash: str
    campaign_name: str | None = None
    """The one campaign that is meant, of a law with several (`of`); None: the law as a whole."""
    service: str | None = None
    """The service of the lines that are meant, if the law has rules for some services only (`for_service`); None: any."""

    @property
    def id(self) -> str:
        """Return the pack's name."""
        return self.file.id

    def title(self, language: str) -> str:
        """Return the law's title in a language, otherwise in English."""
        return self.file.title.get(language) or self.file.title["en"]

    @property
    def zone(self) -> str:
        """Return the IANA zone in which its days are counted."""
        return self.file.calendar.time_zone

    def country(self) -> Country:
        """Return the country file, with its emergency numbers. Refuses: EMERGENCY_NUMBERS_MISSING."""
        country = country_of(self.file.jurisdiction)
        if country is None or not country.emergency_numbers:
            raise EMERGENCY_NUMBERS_MISSING(pack=self.id, jurisdiction=self.file.jurisdiction)
        return country

    def emergency_numbers(self) -> tuple[str, ...]:
        """Return the emergency numbers that must work from a barred line, as dialled. Refuses: EMERGENCY_NUMBERS_MISSING."""
        return tuple(one.number for one in self.country().emergency_numbers)

    @property
    def has_emergency_numbers(self) -> bool:
        """Tell whether the country's emergency numbers are known: without them no line is barred."""
        country = country_of(self.file.jurisdiction)
        return country is not None and bool(country.emergency_numbers)

    def reachable_numbers(self) -> tuple[str, ...]:
        """Return the further numbers that stay reachable from a barred line, as dialled."""
        country = country_of(self.file.jurisdiction)
        return tuple(one.number for one in country.reachable_numbers) if country else ()

    @property
    def duty(self) -> bool:
        """Tell whether the law requires registration. Without a duty every form refuses to collect."""
        return self.file.duty

    @property
    def number_quarantine(self) -> Term:
        """Return how long a number rests after its contract ended."""
        self.refuse_unsupported()
        return term_of(self.file.calendar, self.file.number_reuse.quarantine)

    def quarantine(self, service: str) -> Term:
        """Return how long the number of a line of this service rests after its subscriber gave it back."""
        rests = self.file.number_reuse.services
        return self.number_quarantine if not rests or service in rests else Term()

    @property
    def number_reuse_article(self) -> str:
        """Return the article by which a number rests."""
        return self._cited(self.file.number_reuse.because)

    @property
    def services(self) -> tuple[str, ...]:
        """Return the services that have to be registered."""
        return tuple(service for scope in self.file.scope.services for service in scope.services)

    def registers(self, service: str, payment: str) -> bool:
        """Tell whether a line of this service, paid in this way, has to be registered; a line paid in an unknown way counts as paid in any way."""
        return any(
            service in scope.services and is_for(scope.payment, payment) for scope in self.file.scope.services
        )

    @cached_property
    def payment_asked(self) -> str | None:
        """Return the first way of paying that the law names, if it differs by how a line is paid; None if it does not."""
        said = [
            *(scope.payment for scope in self.file.scope.services),
            *(one.payment for kind in self.file.party_kinds for one in kind.verification),
            *(one.payment for one in self.file.line_attributes if one.because.confirmed),
            *(limit.payment for limit in self.file.limits),
            *(campaign.cohort.when.payment for campaign in self.stated_campaigns),
        ]
        return next((payment for payment in said if payment), None)

    def attributes(
        self, service: str, party_kind: str, *, of_any_line: bool = False
    ) -> tuple[Attribute, ...]:
        """Return exactly what the law tells the operator to ask: nothing for a service or a party that it does not name.

        Attributes that rest on an unconfirmed value are optional: no one is turned away for leaving them out. Unconfirmed attributes of the
        line are not asked at all. `of_any_line`: return also what is asked only of lines of other services.
        """
        self.refuse_unsupported()
        if service not in self.services:
            return ()
        asked = tuple(
            self._attribute(leaf) for leaf in self.said_of(party_kind, "attributes") if _is_allowed(leaf)
        )
        kind = self.added_kinds.get(party_kind, party_kind)
        if not asked or kind not in BUILT_IN:
            return asked
        return asked + self.line_attributes(service, party_kind=kind, of_any_line=of_any_line)

    def line_attributes(
        self, service: str, *, party_kind: str | None = None, of_any_line: bool = False
    ) -> tuple[Attribute, ...]:
        """Return the confirmed attributes that are asked of a line of this service, whose subscriber is stored as this kind (None: as any)."""
        return tuple(
            replace(
                self._attribute(leaf), payment=leaf.payment, services=leaf.services * of_any_line, is_of_line=True,
                party_kinds=() if party_kind else leaf.party_kinds,
            )
            for leaf in self.file.line_attributes
            if _is_allowed(leaf) and leaf.because.confirmed
            if of_any_line or not leaf.services or service in leaf.services
            if not party_kind or not leaf.party_kinds or party_kind in leaf.party_kinds
        )  # fmt: skip

    def _attribute(self, leaf: AttributeRule) -> Attribute:
        return Attribute(
            name=leaf.name,
            required=leaf.required == "yes" and leaf.because.confirmed,
            article=self._cited(leaf.because),
            why=leaf.purpose.get("en", ""),
            confirmed=leaf.because.confirmed,
            whys=leaf.purpose,
        )

    def routes(self, service: str, party_kind: str) -> tuple[RouteRule, ...]:
        """Return the ways in which such a party is registered without a document. Refuses: UNSUPPORTED_PACK_FIELD.

        A time limit not confirmed in the official text is not applied: the registration is accepted without a time limit.
        """
        self.refuse_unsupported()
        if service not in self.services:
            return ()
        return tuple(
            RouteRule(
                way=way,
                term=term_of(self.file.calendar, route.valid_for if route.because.confirmed else None),
                article=self._cited(route.because),
            )
            for route in self.said_of(party_kind, "no_document_route")
            for way in route.by
        )

    def sight_article(self, party_kind: str, *, payment: str = Payment.UNKNOWN) -> str | None:
        """Return the article that requires the document itself to be seen, None if there is none. Refuses: UNSUPPORTED_PACK_FIELD.

        A rule for one way of paying also holds if the line's way is not known. An unconfirmed rule does not require a visit to a counter.
        """
        self.refuse_unsupported()
        asked = (
            self._cited(one.because)
            for one in self._checks_said_of(party_kind)
            if one.method == IdentityCheck.SIGHT and one.because.confirmed and is_for(one.payment, payment)
        )
        return next(asked, None)

    def checks(self, party_kind: str, *, payment: str = Payment.UNKNOWN) -> IdentityChecks | None:
        """Return the checks that verify such a party's identity. None: a look at the document. Refuses: UNSUPPORTED_PACK_FIELD.

        A list that is not confirmed in all its parts is not applied: no one is turned away for lack of the other checks.
        """
        self.refuse_unsupported()
        listed = [one for one in self._checks_said_of(party_kind) if is_for(one.payment, payment)]
        methods = tuple(dict.fromkeys(one.method for one in listed))
        if set(methods) <= {IdentityCheck.SIGHT} or not all(one.because.confirmed for one in listed):
            return None
        return IdentityChecks(methods, self._cited(listed[0].because))

    def documents(self, party_kind: str) -> tuple[AcceptedDocument, ...]:
        """Return the documents that are accepted from such a party, which shows one; empty: any document. Refuses: UNSUPPORTED_PACK_FIELD.

        A list that is not confirmed in all its parts is not applied: no one is turned away for showing another document.
        """
        self.refuse_unsupported()
        listed = self.said_of(party_kind, "documents")
        if not all(one.because.confirmed for one in listed):
            return ()
        return tuple(
            AcceptedDocument(
                one.type.replace("_", "-"),
                one.expired_ok is not False,
                self._cited(one.because),
                one.shown_with,
            )
            for one in listed
        )

    def last_day(self, party_kind: str) -> LastDayRule | None:
        """Return the rule for the last day of such a party's registration. None: it has no last day. Refuses: UNSUPPORTED_PACK_FIELD.

        A last day that is not confirmed in the official text is not applied. A last day at majority also needs a confirmed age and a
        confirmed question for the date of birth.
        """
        self.refuse_unsupported()
        rule = self.said_of(party_kind, "last_day")
        if not rule or not rule.because.confirmed:
            return None
        term, article = term_of(self.file.calendar, rule.after), self._cited(rule.because)
        if not rule.at_majority:
            return LastDayRule(term, article)
        age, asked = self.age(party_kind), self.said_of(party_kind, "attributes")
        if age is None or not any(one.name == "birth_date" and one.because.confirmed for one in asked):
            return None
        return LastDayRule(term, article, age.majority)

    def age(self, party_kind: str) -> AgeRule | None:
        """Return the ages that a person of this kind has. None: any age. Refuses: UNSUPPORTED_PACK_FIELD.

        An age that is not confirmed turns no one away.
        """
        self.refuse_unsupported()
        rule = self.said_of(party_kind, "age")
        if not rule or not rule.because.confirmed:
            return None
        return AgeRule(rule.min, rule.majority, self._cited(rule.because))

    def authority_proof(self, party_kind: str) -> AuthorityProof | None:
        """Return what shows that a person acts for such a party; None: nothing, or nothing confirmed. Refuses: UNSUPPORTED_PACK_FIELD."""
        self.refuse_unsupported()
        rule = self.said_of(party_kind, "representative")
        if not rule or not rule.proof or not rule.because.confirmed:
            return None
        return AuthorityProof(rule.proof, self._cited(rule.because))

    @cached_property
    def added_kinds(self) -> dict[str, str]:
        """Return the kinds of party that the pack adds, each with the kind on which it is based."""
        return {kind.id: kind.kind_of for kind in self.file.party_kinds if kind.kind_of}

    def kind_label(self, party_kind: str, language: str) -> str:
        """Return the name of a kind that the pack adds, in a language or a fallback language."""
        labels = next(kind.label for kind in self.file.party_kinds if kind.id == party_kind)
        return text_in(language, labels)[0]

    def said_of(self, party_kind: str, chapter: str) -> Any:
        """Return the rules of a kind in a chapter; for an added kind without such rules, the rules of the kind on which it is based."""
        found = {kind.id: getattr(kind, chapter) for kind in self.file.party_kinds}
        return found.get(party_kind) or found.get(self.added_kinds.get(party_kind, ""), ())

    def _checks_said_of(self, party_kind: str) -> list[Verification]:
        return [one for one in self.said_of(party_kind, "verification") if concerns(one, self.service)]

    @cached_property
    def limits(self) -> tuple[LimitRule, ...]:
        """Return how many lines people may have; unconfirmed limits are not applied. Refuses: UNSUPPORTED_PACK_FIELD."""
        self.refuse_unsupported()
        return limit_rules(self.file, added_kinds=self.added_kinds, cited=self._cited)

    def _cited(self, because: Citation) -> str:
        """Return an article as it is cited next to a value: the operator's own rules are never cited as the law's."""
        is_operators = any(
            source.id == because.source and source.rank == "operator" for source in self.file.sources
        )
        return f"operator's rule {because.article}" if is_operators else because.article

    def act_article(self, act: str) -> str | None:
        """Return the article that requires identity to be recorded at this act; None if there is none."""
        found = (
            self._cited(scope.because) for scope in self.file.scope.registering_acts if act in scope.acts
        )
        return next(found, None)

    @cached_property
    def campaign(self) -> CampaignRules:
        """Return the campaign. Refuses: UNSUPPORTED_PACK_FIELD, PACK_WITHOUT_CAMPAIGN, SEVERAL_CAMPAIGNS where none is meant."""
        self.refuse_unsupported()
        if not self.stated_campaigns:
            raise PACK_WITHOUT_CAMPAIGN(pack=self.id)
        if len(self.stated_campaigns) > 1:
            names = ", ".join(one.id for one in self.stated_campaigns)
            raise SEVERAL_CAMPAIGNS(pack=self.id, campaigns=names)
        return campaign_rules(self.file, self.stated_campaigns[0])

    @cached_property
    def stated_campaigns(self) -> tuple[Campaign, ...]:
        """Return its campaigns as they are written down, or the one that is meant."""
        stated = campaigns_of(self.file)
        return tuple(one for one in stated if self.campaign_name in {None, one.id})

    @cached_property
    def campaigns(self) -> tuple["Pack", ...]:
        """Return the law once for each campaign, in the order in which they take a line that several concern; empty if it has no campaign.

        Refuses: UNSUPPORTED_PACK_FIELD.
        """
        if self.stated_campaigns:
            self.refuse_unsupported()
        found = [campaign_rules(self.file, one) for one in self.stated_campaigns]
        return tuple(self.of(rules.campaign_id) for rules in in_order(found))

    @cached_property
    def better_campaigns(self) -> tuple[CampaignRules, ...]:
        """Return the other campaigns of the law that take a line before this one does: they give it the later last day."""
        before = [campaign_rules(self.file, one) for one in campaigns_of(self.file)]
        return better_than(self.campaign, in_order(before))

    def of(self, name: str) -> "Pack":
        """Return the law for one of its campaigns. A law with one campaign is returned as it is. Refuses: PACK_WITHOUT_CAMPAIGN."""
        if len(self.stated_campaigns) == 1:
            return self
        if name not in self._by_name:
            raise PACK_WITHOUT_CAMPAIGN(pack=self.id)
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, "Pack"]:
        return {one.id: replace(self, campaign_name=one.id) for one in self.stated_campaigns}

    def for_service(self, service: str | None) -> "Pack":
        """Return the law for the lines of one service; the law for all lines if the service is not known."""
        return self._by_service.get(service, self)

    @cached_property
    def _by_service(self) -> dict[str | None, "Pack"]:
        services = Service.values if differs_by_service(self.file) else ()
        return {one: replace(self, service=one) for one in services}

    @property
    def has_campaign(self) -> bool:
        """Tell whether the pack lays down a campaign."""
        return bool(self.file.campaigns)

    @property
    def pause_article(self) -> str:
        """Return the article by which a clock is paused; without a campaign, the article by which days are counted."""
        return (
            self.campaigns[0].campaign.pause_article
            if self.has_campaign
            else self._cited(self.file.calendar.because)
        )

    @property
    def temporary_reconnection(self) -> TemporaryReconnectionRule | None:
        """Return for how long a suspended line is reconnected on request; None if it is not. Refuses: UNSUPPORTED_PACK_FIELD."""
        self.refuse_unsupported()
        rules = (campaign.temporary_reconnection for campaign in self.stated_campaigns)
        return next(
            (TemporaryReconnectionRule(rule.lasts.n, self._cited(rule.because)) for rule in rules if rule),
            None,
        )

    @property
    def charges_while_suspended(self) -> ChargesWhileSuspended:
        """Return what the law says of fees while service is suspended. Refuses: UNSUPPORTED_PACK_FIELD."""
        self.refuse_unsupported()
        said = [money for campaign in self.stated_campaigns for money in campaign.stages[0].money]
        found = next((money for money in said if money.charges or money.late_fee is not None), None)
        if found is None:
            return ChargesWhileSuspended(None, None, None)
        return ChargesWhileSuspended(found.charges, found.late_fee, self._cited(found.because))

    @cached_property
    def retention(self) -> RetentionRules:
        """Return how long records are kept. Refuses: UNSUPPORTED_PACK_FIELD."""
        self.refuse_unsupported()
        return record_rule(self.file, service=self.service, cited=self._cited)

    @cached_property
    def copy_retention(self) -> RetentionRules | None:
        """Return how long a copy of a document is kept, None if it is erased with the record. Refuses: UNSUPPORTED_PACK_FIELD."""
        self.refuse_unsupported()
        return copy_rule(self.file, cited=self._cited)

    @cached_property
    def notification_rules(self) -> NotificationRules:
        """Return how people must be notified. Refuses: UNSUPPORTED_PACK_FIELD."""
        self.refuse_unsupported()
        duty = next((one for campaign in self.stated_campaigns for one in campaign.notices), None)
        apart = duty.attempts_apart if duty else None
        return NotificationRules(
            channels=tuple(duty.channels) if duty else (),
            min_attempts=(duty.min_attempts if duty else None) or 0,
            attempts_apart=dt.timedelta(**{f"{apart.unit}s": apart.n}) if apart else dt.timedelta(),
            quiet_hours=tuple(
                (dt.time.fromisoformat(one.begins), dt.time.fromisoformat(one.ends))
                for one in self.file.calendar.quiet_hours
            ),
        )

    @property
    def told_before(self) -> tuple[dt.date, str] | None:
        """Return the day before which the operator must have told people, and its article; None if the law names no day."""
        duties = (one for campaign in self.stated_campaigns for one in campaign.notices)
        return min(
            ((one.told_before, self._cited(one.because)) for one in duties if one.told_before), default=None
        )

    @cached_property
    def reminders(self) -> tuple[int, ...]:
        """Return how many days before the last day people are reminded of it, the earliest first. Refuses: UNSUPPORTED_PACK_FIELD."""
        self.refuse_unsupported()
        days = {
            duty.before_deadline.n
            for campaign in self.stated_campaigns
            for duty in campaign.notices
            if duty.before_deadline
        }
        return tuple(sorted(days, reverse=True))

    @property
    def document_copy(self) -> DocumentCopyRule | None:
        """Return how a copy of the document is kept; None if the law has no confirmed rule about it. Refuses: UNSUPPORTED_PACK_FIELD."""
        self.refuse_unsupported()
        return document_copy_rule(self.file, service=self.service)

    def dual_control_article(self, act: str) -> str | None:
        """Return the article that requires a second person to confirm this act at a counter; None if not required. Refuses:
        UNSUPPORTED_PACK_FIELD.

        An unconfirmed rule does not require a second person. A `port_in` is a registration, so a rule for `register` holds for it.
        """
        self.refuse_unsupported()
        named = {act, "register"} if act == "port_in" else {act}
        asked = (
            self._cited(one.because)
            for one in self.file.dual_control
            if named & set(one.acts) and one.because.confirmed
        )
        return next(asked, None)

    def refuse_unsupported(self) -> None:
        """Refuse the pack if no code here supports one of its fields. Refuses: UNSUPPORTED_PACK_FIELD, naming each."""
        if self.unsupported_fields:
            raise UNSUPPORTED_PACK_FIELD(pack=self.id, fields=", ".join(self.unsupported_fields))

    @cached_property
    def unsupported_fields(self) -> tuple[str, ...]:
        """Name every field of the pack that no code here supports; empty for a pack that can be used."""
        return unsupported_fields(self.file) or tuple(
            crossing([campaign_rules(self.file, one) for one in campaigns_of(self.file)])
        )


def _is_allowed(leaf: AttributeRule) -> bool:
    return leaf.required != "forbidden"
