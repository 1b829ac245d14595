# SPDX-License-Identifier: EUPL-1.2
"""Names combinations of fields that no engine supports although each of the fields is supported by itself."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from rollkeeper.kernel.choices import IdentityCheck
from rollkeeper.law.calendars import days_in
from rollkeeper.law.countries import country_of
from rollkeeper.law.limit_rules import faults as limit_faults
from rollkeeper.law.retention_rules import faults as retention_faults
from rollkeeper.law.schema import PackFile
from rollkeeper.law.schema_people import PartyKind
from rollkeeper.law.schema_stages import Campaign, NoticeDuty, Stage

PARTIES: Final = frozenset({"individual", "minor", "guardian", "company", "company_user", "company_bearer"})
BUILT_IN: Final = frozenset({"individual", "minor", "company"})
"""The kinds of subscriber that every law has; a pack may add kinds that are based on them."""

FLOOR: Final = frozenset({"emergency", "operator_care", "registration"})
REPRESENTED: Final = {"minor": "guardian", "company": "company_bearer"}
"""The kinds of subscriber for whom another person acts, each with the kind of that person."""
WITHOUT_DOCUMENT: Final = frozenset({"individual", "minor"})
"""Kinds of subscriber who may be registered without a document, where a pack gives a way."""
OTHER_STAGES: Final = frozenset({"out_of_scope", "not_notified", "running", "registered", "erased"})
"""States of a line that are no bars: no stage of a pack may have one of these names."""
END: Final = "terminated"
_OUTCOMES: Final = frozenset({"suspended", "restored", "ended", "notified", "activated", "over", "acted"})
"""Names of columns in every line's outcome: a second or later bar must have another name."""


def faults_together(pack: PackFile) -> Iterator[str]:
    """Name the faults of the pack as a whole, although each leaf is known."""
    yield from retention_faults(pack)
    if pack.rights and pack.rights.complain_to and "en" not in pack.rights.complain_to:
        yield "'rights.complain_to' (without English)"
    yield from _kinds(pack)
    yield from _checks(pack)
    yield from limit_faults(pack)
    yield from _routes(pack)
    parts = [
        (f"campaigns[{index}]" + (f".phases[{number}]" if campaign.phases else ""), part)
        for index, campaign in enumerate(pack.campaigns)
        for number, part in enumerate(campaign.parts)
    ]
    acts = {act for scope in pack.scope.registering_acts for act in scope.acts}
    if acts and "change" not in acts and any(one.cohort.when.registered for _, one in parts):
        yield "'scope.registering_acts' (without 'change', by which a registration is verified again)"
    for at, campaign in parts:
        yield from _campaign(pack, campaign, at=at)
    yield from _together([campaign for _, campaign in parts])


def _campaign(pack: PackFile, campaign: Campaign, *, at: str) -> Iterator[str]:
    yield from (f"'{at}.cohort' ({fault})" for fault in _cohort(campaign))
    for kind in campaign.cohort.when.party_kinds:
        if added := [one.id for one in pack.party_kinds if one.kind_of == kind]:
            yield f"'{at}.cohort' (of the kind '{kind}', from which the register does not tell {', '.join(added)})"
    if not campaign.deadline.not_before_notice:
        yield f"'{at}.deadline.not_before_notice: false'"
    after, floor = campaign.deadline.after, campaign.deadline.floor
    if floor and floor.n > days_in(pack.calendar, after, campaign.deadline.base):
        yield f"'{at}.deadline.floor' (longer than the time that everybody has)"
    if after.unit == "working_day" and not floor:
        yield f"'{at}.deadline.after.unit: working_day' (without 'floor': how many days who is told late has)"
    yield from _notices(campaign.notices, at=f"{at}.notices")
    yield from (f"'{at}.stages' ({fault})" for fault in _stages(campaign))


def _together(campaigns: Sequence[Campaign]) -> Iterator[str]:
    """Name what differs between campaigns and must not: the register asks the law for it before it knows which campaign takes a line."""
    for fault, said in (
        ("with other channels or attempts", [[(n.channels, n.min_attempts, n.attempts_apart) for n in one.notices[:1]] for one in campaigns]),
        ("with another temporary reconnection", [one.temporary_reconnection and one.temporary_reconnection.lasts for one in campaigns]),
        ("with other charges", [[(m.charges, m.late_fee) for stage in one.stages[:1] for m in stage.money] for one in campaigns]),
    ):  # fmt: skip
        if any(one != said[0] for one in said[1:]):
            yield f"'campaigns' ({fault} than the first)"


def _cohort(campaign: Campaign) -> Iterator[str]:
    when = campaign.cohort.when
    if when.activated_before is None or when.registered is None:
        yield "lines activated before a day, registered or not"
    is_narrowed = when.registered_before is not None or bool(
        when.assurance or when.last_day_over or when.lines_over
    )
    if when.registered and not is_narrowed:
        yield "of registered lines, without the day, the assurance or the last day of their registrations, or lines_over"
    if not when.registered and is_narrowed:
        yield "a day, an assurance, a last day or lines_over of registrations, of lines without one"
    if when.lines_over and not (campaign.stages and campaign.stages[-1].id == END):
        yield "lines_over, without an end: who has too many would never be at the number"
    if not when.registered and when.party_kinds:
        yield "kinds of subscriber, of lines without one"


def _notices(notices: Sequence[NoticeDuty], *, at: str) -> Iterator[str]:
    """Name what is wrong with the duties to notify: the first starts the clock, the others only remind of its end."""
    if not notices or not notices[0].must_be_delivered:
        yield f"'{at}' (none has to be delivered)"
    if notices and notices[0].before_deadline is not None:
        yield f"'{at}[0].before_deadline' (the first notice starts the clock)"
    for index, one in enumerate(notices[1:], 1):
        if one.before_deadline is None:
            yield f"'{at}[{index}]' (a further notice that is no reminder)"
        if one.must_be_delivered:
            yield f"'{at}[{index}].must_be_delivered: true' (of a reminder)"
        if one.channels or one.min_attempts or one.attempts_apart or one.told_before:
            yield f"'{at}[{index}]' (a reminder with separate channels or attempts)"


def _kinds(pack: PackFile) -> Iterator[str]:
    """Name the kinds that are based on no known kind, and those with a rule that no form can follow."""
    country = country_of(pack.jurisdiction)
    known = {"passport", "other"} | {one.type for one in (country.documents if country else ())}
    there = f"known of {pack.jurisdiction.partition('-')[0]}: {', '.join(sorted(known))}"
    for index, kind in enumerate(pack.party_kinds):
        at = f"party_kinds[{index}]"
        if (kind.id in PARTIES) == (kind.kind_of is not None):
            yield (
                f"'{at}.id: {kind.id}'"
                if kind.kind_of is None
                else f"'{at}.kind_of' (of the kind '{kind.id}')"
            )
        elif kind.kind_of and "en" not in kind.label:
            yield f"'{at}.label' (without English)"
        yield from (f"'{at}.{fault}" for fault in _ages(pack, kind))
        yield from (f"'{at}.representative{fault}" for fault in _representative(pack, kind))
        if kind.documents and kind.id in PARTIES - BUILT_IN:
            yield f"'{at}.documents' (of a {kind.id})"
        for number, document in enumerate(kind.documents):
            if document.type.replace("_", "-") not in known:
                yield f"'{at}.documents[{number}].type: {document.type}' ({there})"


def _ages(pack: PackFile, kind: PartyKind) -> Iterator[str]:
    """Name the faults in a kind's limits of age and in the last day of its registrations."""
    if kind.id in PARTIES - BUILT_IN:
        yield from (f"{one}' (of a {kind.id})" for one in ("last_day", "age") if getattr(kind, one))
        return
    said = {one: _said(pack, kind, one) for one in ("attributes", "age", "last_day")}
    is_asked = any(one.name == "birth_date" and one.required == "yes" for one in said["attributes"] or ())
    if kind.age and not is_asked:
        yield "age' (of a kind whose date of birth is not asked)"
    is_counted = said["last_day"] and said["last_day"].at_majority
    if is_counted and (not said["age"] or said["age"].majority is None):
        yield "last_day.at_majority' (without 'age.majority')"
    elif is_counted and not is_asked:
        yield "last_day.at_majority' (of a kind whose date of birth is not asked)"


def _representative(pack: PackFile, kind: PartyKind) -> Iterator[str]:
    """Name the faults in a kind's rule about the person who acts for the party."""
    rule, acts = kind.representative, REPRESENTED.get(kind.kind_of or kind.id)
    if rule is None:
        return
    asked = [leaf for one in pack.party_kinds if one.id == acts for leaf in one.attributes]
    if acts is None:
        yield f"' (of a {kind.id})"
    elif rule.proof and acts != "company_bearer":
        yield f".proof' (of a {kind.id})"
    elif not rule.proof and not any(
        leaf.required == "yes" and (leaf.because.confirmed or not rule.because.confirmed) for leaf in asked
    ):
        yield f"' (without a {acts} of whom something is asked)"


def _checks(pack: PackFile) -> Iterator[str]:
    """Name the checks, other than sight, of people who are not the subscriber: no form asks for them."""
    for index, kind in enumerate(pack.party_kinds):
        for number, check in enumerate(kind.verification if kind.id in PARTIES - BUILT_IN else ()):
            if check.method != IdentityCheck.SIGHT:
                yield f"'party_kinds[{index}].verification[{number}].method: {check.method}' (of a {kind.id})"


def _said(pack: PackFile, kind: PartyKind, chapter: str) -> Any:
    """Return the rules of a kind; for a kind that a pack adds without rules, those of the kind on which it is based."""
    of = next((one for one in pack.party_kinds if one.id == kind.kind_of), kind)
    return getattr(kind, chapter) or getattr(of, chapter)


def _routes(pack: PackFile) -> Iterator[str]:
    for index, kind in enumerate(pack.party_kinds):
        ways = [way for route in kind.no_document_route for way in route.by]
        if ways and (kind.kind_of or kind.id) not in WITHOUT_DOCUMENT:
            yield f"'party_kinds[{index}].no_document_route' (of a {kind.id})"
        if len(set(ways)) != len(ways):
            yield f"'party_kinds[{index}].no_document_route' (one way twice)"


def _stages(campaign: Campaign) -> Iterator[str]:
    """Name the faults of the stages together: no stage may give back what the stage before it took, and a last bar must say that it is the last."""
    stages, between = campaign.stages, campaign.times_between
    if not stages or not stages[0].reversible:
        yield "without a bar that comes first"
        return
    if between is None or between[0] != (0, "day") or any(n < 1 for n, _ in between[1:]):
        yield "other than the first at the deadline, and each a day or more after one before it, or months after the one directly before it"
    elif _alternate([unit for _, unit in between[1:]]):
        yield "with days before and after months, which no notice can say in a few words"
    before = 0
    for number, stage in enumerate(stages):
        is_last = number + 1 == len(stages)
        yield from (
            f"{fault}: '{stage.id}'" for fault in _stage(stage, number, before=before, is_last=is_last)
        )
        before = stage.services.bars


def _alternate(units: Sequence[str]) -> bool:
    """Tell whether the unit changes more than once."""
    return sum(one != other for one, other in pairwise(units)) > 1


def _stage(stage: Stage, number: int, *, before: int, is_last: bool) -> Iterator[str]:
    if set(stage.always_allow) != FLOOR:
        yield "with another floor than emergency calls, the care number and registration"
    if stage.reversible == (stage.id == END):
        yield f"with an end of another name than '{END}'"
    if not stage.reversible:
        if not is_last:
            yield "with an end that is not the last"
        if stage.last:
            yield "with 'last' at the end"
        return
    if number and stage.id in _OUTCOMES:
        yield "with a later bar named for what is said of every line"
    if not stage.services.is_level:
        yield "with a bar that no network is asked for"
    elif before & ~stage.services.bars:
        yield "with a bar that gives back what the one before took"
    if is_last != stage.last:
        yield "without an end where 'last' does not say so, or with 'last' before the end"
