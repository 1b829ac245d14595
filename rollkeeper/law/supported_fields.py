# SPDX-License-Identifier: EUPL-1.2
"""Says of every leaf of a pack whether Rollkeeper supports it.

A list of what is supported, not of what is not: a field that is new to the schema is unsupported until an engine supports
it and a line is added here. Leaves that only people can carry out (texts, penalties, fees) are shown and count as supported.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from pydantic import BaseModel

from rollkeeper.kernel.choices import Channel, IdentityCheck, Service
from rollkeeper.law.attributes import ATTRIBUTES, LINE_ATTRIBUTES
from rollkeeper.law.calendars import days_in
from rollkeeper.law.countries import country_of
from rollkeeper.law.limit_rules import faults as limit_faults
from rollkeeper.law.retention_rules import faults as retention_faults
from rollkeeper.law.schema import PackFile
from rollkeeper.law.schema_people import PartyKind
from rollkeeper.law.schema_stages import Campaign, NoticeDuty, Stage
from rollkeeper.law.strict_yaml import written_value

SERVICES: Final = frozenset(Service.values)
ACTS: Final = frozenset({"register", "transfer", "install", "port_in", "relocate", "change", "replace_sim"})
PARTIES: Final = frozenset({"individual", "minor", "guardian", "company", "company_user", "company_bearer"})
BUILT_IN: Final = frozenset({"individual", "minor", "company"})
"""The kinds of subscriber that every law has; a pack may add kinds of these."""

FLOOR: Final = frozenset({"emergency", "operator_care", "registration"})
CHANNELS: Final = frozenset(Channel.values)
REPRESENTED: Final = {"minor": "guardian", "company": "company_bearer"}
"""The kinds of subscriber for whom another person acts, and who that is."""
WITHOUT_DOCUMENT: Final = frozenset({"individual", "minor"})
"""Kinds of subscriber who may be registered without a document, where a pack gives a way."""
OTHER_STAGES: Final = frozenset({"out_of_scope", "not_notified", "running", "registered", "erased"})
"""The states of a line that no bar is named for."""
END: Final = "terminated"
_OUTCOMES: Final = frozenset({"suspended", "restored", "ended", "notified", "activated", "over", "acted"})
"""What is said of every line; a second or later bar has another name."""

type Check = Callable[[Any], bool]


def _any(_: Any) -> bool:
    return True


def _is(*values: object) -> Check:
    return lambda found: any(
        found is value or (found == value and type(found) is type(value)) for value in values
    )


# Shown to people, not decided by an engine; or read by the loader itself.
_SHOWN: Final = (
    "id", "version", "jurisdiction", "title.*", "valid.begins", "recorded_at", "sources[].*", "articles[].*", "duty",
    "status", "*because.*", "penalties[].*", "duties_of_people[].*", "tests[].*", "open_questions[].*", "confirmations[].*", "declined[].*", "layers[]",
    "disclosure[].legal_basis", "campaigns[].title.*", "campaigns[].id", "campaigns[].phases[].title.*", "campaigns[].phases[].id", "campaigns[].stages[].title.*", "campaigns[].stages[].money[].*", "*purpose.*",
    "rights.complain_to.*", "party_kinds[].label.*", "party_kinds[].documents[].shown_with.*", "party_kinds[].representative.proof.*",
)  # fmt: skip

_STATED: Final[dict[str, Check]] = {
    "valid.ends": _any,
    "valid.prepares.first": _any,
    "calendar.time_zone": _any,  # an instance with other days plans no campaign and prepares no batch
    "calendar.count_first_day": _is(False, "unknown"),
    "calendar.day_kind": _is("calendar"),
    "calendar.roll_last_day": _is("next_working"),
    "calendar.holidays.library": _any,
    "calendar.holidays.country": _any,
    "calendar.holidays.subdivision": _any,
    "calendar.holidays.closed_besides[]": _any,
    "calendar.month_overflow": _any,
    "calendar.quiet_hours[].begins": _any,
    "calendar.quiet_hours[].ends": _any,
    "scope.services[].services[]": lambda v: v in SERVICES,
    "scope.services[].payment": _any,
    "scope.registering_acts[].acts[]": lambda v: v in ACTS,
    "party_kinds[].id": _any,
    "party_kinds[].kind_of": lambda v: v in BUILT_IN,
    "party_kinds[].attributes[].name": lambda v: v in ATTRIBUTES,
    "party_kinds[].attributes[].required": _any,
    "line_attributes[].name": lambda v: v in LINE_ATTRIBUTES,
    "line_attributes[].required": _any,
    "line_attributes[].services[]": lambda v: v in SERVICES,
    "line_attributes[].party_kinds[]": lambda v: v in BUILT_IN,
    "line_attributes[].payment": _any,
    "party_kinds[].no_document_route[].by[]": _any,
    "party_kinds[].no_document_route[].valid_for.n": lambda v: v >= 1,
    "party_kinds[].no_document_route[].valid_for.unit": _is("day", "month", "year"),
    "party_kinds[].verification[].method": _any,
    "party_kinds[].verification[].payment": _any,
    "party_kinds[].documents[].type": _any,
    "party_kinds[].documents[].expired_ok": _any,
    "party_kinds[].age.min": lambda v: v >= 1,
    "party_kinds[].age.majority": lambda v: v >= 1,
    "party_kinds[].last_day.read_from": _any,
    "party_kinds[].last_day.at_majority": _is(True),
    "party_kinds[].last_day.after.n": lambda v: v >= 1,
    "party_kinds[].last_day.after.unit": _is("day", "month", "year"),
    "limits[].what": _any,
    "limits[].group": _any,
    "limits[].service": lambda v: v in SERVICES,
    "limits[].payment": _any,
    "limits[].channel": _any,
    "limits[].activated_from": _any,
    "limits[].regions[]": _any,
    "limits[].scope": _any,
    "limits[].kind": _any,
    "limits[].n": _any,
    "limits[].window.n": lambda v: v >= 1,
    "limits[].window.unit": _is("day", "month", "year"),
    "limits[].over": _any,
    "limits[].existing_lines": _any,
    "limits[].exempt[]": _any,
    "campaigns[].cohort.when.activated_before": _any,
    "campaigns[].cohort.when.activated_from": _any,
    "campaigns[].cohort.when.registered": _any,
    "campaigns[].cohort.when.registered_before": _any,
    "campaigns[].cohort.when.assurance[]": _any,
    "campaigns[].cohort.when.last_day_over": _is(True),
    "campaigns[].cohort.when.lines_over": _any,
    "campaigns[].cohort.when.party_kinds[]": lambda v: v in BUILT_IN,  # no added kind is stored
    "campaigns[].cohort.when.services[]": lambda v: v in SERVICES,
    "campaigns[].cohort.when.regions[]": _any,
    "campaigns[].cohort.when.payment": _any,
    "campaigns[].deadline.base": _any,
    "campaigns[].deadline.not_before_notice": _is(True),
    "campaigns[].deadline.after.n": lambda v: v >= 1,
    "campaigns[].deadline.after.unit": _is("day", "working_day", "month", "year"),
    "campaigns[].deadline.floor.n": lambda v: v >= 1,
    "campaigns[].deadline.floor.unit": _is("day"),
    "campaigns[].notices[].must_be_delivered": _any,
    "campaigns[].notices[].told_before": _any,
    "campaigns[].notices[].before_deadline.n": lambda v: v >= 1,
    "campaigns[].notices[].before_deadline.unit": _is("day"),
    "campaigns[].notices[].channels[]": lambda v: v in CHANNELS,
    "campaigns[].notices[].min_attempts": _any,
    "campaigns[].notices[].attempts_apart.n": _any,
    "campaigns[].notices[].attempts_apart.unit": _is("hour", "day"),
    "campaigns[].stages[].id": lambda v: v not in OTHER_STAGES | {"day"},
    "campaigns[].stages[].enter.after": _any,
    "campaigns[].stages[].enter.plus.n": _any,
    "campaigns[].stages[].enter.plus.unit": _is("day", "month"),
    "campaigns[].stages[].services.voice_out": _any,
    "campaigns[].stages[].services.voice_in": _any,
    "campaigns[].stages[].services.sms_out": _any,
    "campaigns[].stages[].services.sms_in": _any,
    "campaigns[].stages[].services.data": _any,
    "campaigns[].stages[].last": _any,
    "campaigns[].stages[].always_allow[]": lambda v: v in FLOOR,
    "campaigns[].stages[].reversible": _any,
    "campaigns[].stages[].on_registered": _is("active"),
    "campaigns[].temporary_reconnection.lasts.n": lambda v: v >= 1,
    "campaigns[].temporary_reconnection.lasts.unit": _is("hour"),
    "retention[].data_class": _any,
    "retention[].anchor": _any,
    "retention[].keep.n": _any,
    "retention[].keep.unit": _is("day", "month", "year", "end_of_next_calendar_year"),
    "retention[].then": _is("erase"),
    "retention[].hold": _is("legal_hold"),
    "document_copies[].keep": _any,
    "document_copies[].number": _any,
    "dual_control[].acts[]": _any,
    "breach[].severity": _any,
    "breach[].to": _any,
    "breach[].within": _is("at_once"),
    "breach[].within.n": _any,
    "breach[].within.unit": _is("hour", "day", "working_day"),
    "breach[].second_report.n": _any,
    "breach[].second_report.unit": _is("hour", "day", "working_day"),
    "at_once.counts.n": _any,
    "at_once.counts.unit": _is("hour", "day", "working_day"),
    "breach[].exempt_if": _is("encrypted"),
    "agents.registered": _is(True),
    "agents.subagents": _is(False),
    "agents.daily_limit": _any,
    "disclosure[].to": _any,
    "disclosure[].needs": _is("warrant", "written_order", "subpoena"),
    "disclosure[].attributes[]": lambda v: v in ATTRIBUTES or v in LINE_ATTRIBUTES,
    "disclosure[].people_per_instrument": _any,
    "disclosure[].reply.n": _any,
    "disclosure[].reply.unit": _is("day", "working_day"),
    "disclosure[].deferral.most.n": lambda v: v >= 1,
    "disclosure[].deferral.most.unit": _is("day", "month", "year"),
    "disclosure[].deferral.renewals": _any,
    "disclosure[].keep.n": _any,
    "disclosure[].keep.unit": _is("day", "month", "year"),
    "rights.correct.n": lambda v: v >= 1,
    "rights.correct.unit": _is("day", "working_day", "month"),
    "rights.reply.n": lambda v: v >= 1,
    "rights.reply.unit": _is("day", "working_day", "month"),
    "number_reuse.quarantine.n": _any,
    "number_reuse.quarantine.unit": _is("day", "month", "year"),
    "number_reuse.services[]": lambda v: v in SERVICES,
}
_SUPPORTED: Final = _STATED | {
    f"campaigns[].phases[].{leaf.removeprefix('campaigns[].').replace('cohort.when.', 'cohort.')}": rule
    for leaf, rule in _STATED.items()
    if leaf.startswith(("campaigns[].cohort.", "campaigns[].deadline."))
}
_ALWAYS: Final[dict[str, Check]] = {
    "calendar.no_action_on[]": _any,  # no line is suspended or terminated on a day on which counters are closed
    "campaigns[].stages[].enter.plus.full": _any,  # the day of the stage before is never counted
    "campaigns[].stages[].enter.requires[]": _any,  # no stage without notice, with a dispute, in a pause, or without two people
    "party_kinds[].representative.required": _is(True),  # a bearer for a company, a guardian for a minor
    "party_kinds[].user_of_line.required": _is(True),  # a company names who uses the line
    "party_kinds[].verification[].keep": _any,  # by which check alone, never what it saw
    "party_kinds[].name_model": _any,  # in one piece, as it is on the document
    "retention[].kind": _is(
        "exact", "min"
    ),  # a record goes on the day after its last one, neither before nor later
    "disclosure[].notify_person": _is("at_once", "when_allowed"),  # at once, unless a deferral is given
    "disclosure[].two_people": _any,  # two people decide, also where the law wants one
    "campaigns[].extensions[].clock_stands_still": _any,  # its days do not count
    "campaigns[].stages[].number": _any,  # a number whose contract a campaign ended is in quarantine
    "campaigns[].extensions[].reason": _any,  # the clock is paused for every reason that a person has
    "rights.see_lines_in_my_name": _is(True),  # at the portal, of this operator
    "rights.deny_line": _is(True),  # a case at the portal and at the counter
    "rights.export": _is(True),
    "rights.appeal_suspends": _is(True),  # a dispute or an appeal pauses the clock
    "campaigns[].stages[].rank": _any,  # stages follow each other in the order of the pack
}
"""What Rollkeeper does for every pack: a pack may say it, and saying it changes nothing."""
_KNOWN: Final = (*_SUPPORTED, *_ALWAYS, *_SHOWN)
_SHOWN_PATTERN: Final = re.compile("|".join(re.escape(p).replace(r"\*", ".*") for p in _SHOWN))


_WITH_PARTS: Final = (BaseModel, tuple, dict)


def leaves(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf that differs from its default, with the way to it: ``campaigns[0].deadline.after.n``."""
    if isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            value = getattr(part, name)
            if value != field.default or field.is_required():
                below = f"{path}.{name}" if path else name
                yield from leaves(value, below) if isinstance(value, _WITH_PARTS) else ((below, value),)
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            yield from leaves(item, f"{path}[{index}]")
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from leaves(value, f"{path}.{name}")
    else:
        yield path, part


def unsupported_fields(pack: PackFile) -> tuple[str, ...]:
    """Name every field of the pack that nothing here supports, each once; empty where all is supported."""
    named = [_named(path, value) for path, value in leaves(pack) if not _is_supported(path, value)]
    return tuple(dict.fromkeys([*named, *_shape(pack)]))


def support_of(pattern: str) -> str:
    """Say of a field, written without numbers (``campaigns[].id``), whether something supports it."""
    if pattern in {"id", "status", "duty"}:
        return "yes"
    if _SHOWN_PATTERN.fullmatch(pattern) or _SHOWN_PATTERN.fullmatch(f"{pattern}.en"):
        return "shown to people"
    if pattern in _ALWAYS:
        return "always"
    rule = _SUPPORTED.get(pattern)
    return "not yet" if rule is None else "yes" if rule is _any else "some values"


def _named(path: str, value: Any) -> str:
    """Name the whole field where no part of it is supported, and else the leaf with its value."""
    parts = path.split(".")
    for length in range(1, len(parts) + 1):
        field = re.sub(r"\[\d+\]$", "", ".".join(parts[:length]))
        pattern = _pattern(field)
        if not any(known == pattern or known.startswith((f"{pattern}.", f"{pattern}[")) for known in _KNOWN):
            return f"'{pattern}'"
    return f"'{path}: {written_value(value)}'"


def _is_supported(path: str, value: Any) -> bool:
    rule = _rule_of(path)
    return value is None or (rule is not None and rule(value))


@lru_cache(maxsize=10_000)
def _rule_of(path: str) -> Check | None:
    pattern = _pattern(path)
    return _any if _SHOWN_PATTERN.fullmatch(pattern) else _SUPPORTED.get(pattern) or _ALWAYS.get(pattern)


def _pattern(path: str) -> str:
    return re.sub(r"\[\d+\]", "[]", path)


def _shape(pack: PackFile) -> Iterator[str]:
    """Name what is wrong with the whole although each leaf is known."""
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
    """Say what no line can be told while several campaigns run: it is asked of the law before anyone knows which of them is its own."""
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
    """Name what cannot be told of a kind's age, and of the day on which a registration of it is over."""
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
    """Name what no form asks of a person who acts for such a party."""
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
    """Name the checks that no one is asked for: those of people who are not the subscriber."""
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
    """Say what is wrong with the stages together: none gives back what the one before took, and the last one says that it is the last."""
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
    """Tell whether a unit comes again after another one."""
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
