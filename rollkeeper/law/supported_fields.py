# SPDX-License-Identifier: EUPL-1.2
"""Says of every leaf of a pack whether Rollkeeper supports it.

It lists what is supported, not what is unsupported: a field that is new in the schema is unsupported until an engine supports it and a line
is added here. Leaves that only people can carry out (texts, penalties, fees) are shown and count as supported.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel

from rollkeeper.kernel.choices import Channel, Service
from rollkeeper.law.attributes import ATTRIBUTES, LINE_ATTRIBUTES
from rollkeeper.law.schema import PackFile
from rollkeeper.law.strict_yaml import written_value
from rollkeeper.law.supported_forms import BUILT_IN, FLOOR, OTHER_STAGES, faults_together

SERVICES: Final = frozenset(Service.values)
ACTS: Final = frozenset({"register", "transfer", "install", "port_in", "relocate", "change", "replace_sim"})
CHANNELS: Final = frozenset(Channel.values)

type Check = Callable[[Any], bool]


def _any(_: Any) -> bool:
    return True


def _is(*values: object) -> Check:
    return lambda found: any(
        found is value or (found == value and type(found) is type(value)) for value in values
    )


class _Every:
    """All values that the schema has for a field today. A value that is new in the schema is refused until it is added here, too."""

    def __init__(self, values: Sequence[object]) -> None:
        self.values = values

    def __call__(self, found: object) -> bool:
        return _is(*self.values)(found)


def _every(*values: object) -> Check:
    return _Every(values)


# Fields that are shown to people or read by the loader; no engine decides by them.
_SHOWN: Final = (
    "id", "version", "jurisdiction", "title.*", "valid.begins", "recorded_at", "sources[].*", "articles[].*", "duty",
    "status", "*because.*", "penalties[].*", "duties_of_people[].*", "tests[].*", "open_questions[].*", "confirmations[].*", "declined[].*", "layers[]",
    "disclosure[].legal_basis", "campaigns[].title.*", "campaigns[].id", "campaigns[].phases[].title.*", "campaigns[].phases[].id", "campaigns[].stages[].title.*", "campaigns[].stages[].money[].*", "*purpose.*",
    "rights.complain_to.*", "party_kinds[].label.*", "party_kinds[].documents[].shown_with.*", "party_kinds[].representative.proof.*",
)  # fmt: skip

_STATED: Final[dict[str, Check]] = {
    "valid.ends": _any,
    "valid.prepares.first": _any,
    "calendar.time_zone": _any,  # an instance whose time zone has other days plans no campaign and prepares no batch
    "calendar.count_first_day": _is(False, "unknown"),
    "calendar.day_kind": _is("calendar"),
    "calendar.roll_last_day": _is("next_working"),
    "calendar.holidays.library": _every("holidays"),
    "calendar.holidays.country": _any,
    "calendar.holidays.subdivision": _any,
    "calendar.holidays.closed_besides[]": _any,
    "calendar.month_overflow": _every("last_day_of_month", "first_of_next"),
    "calendar.quiet_hours[].begins": _any,
    "calendar.quiet_hours[].ends": _any,
    "scope.services[].services[]": lambda v: v in SERVICES,
    "scope.services[].payment": _every("prepaid", "postpaid"),
    "scope.registering_acts[].acts[]": lambda v: v in ACTS,
    "party_kinds[].id": _any,
    "party_kinds[].kind_of": lambda v: v in BUILT_IN,
    "party_kinds[].attributes[].name": lambda v: v in ATTRIBUTES,
    "party_kinds[].attributes[].required": _every("yes", "if_on_document", "optional", "forbidden"),
    "line_attributes[].name": lambda v: v in LINE_ATTRIBUTES,
    "line_attributes[].required": _every("yes", "if_on_document", "optional", "forbidden"),
    "line_attributes[].services[]": lambda v: v in SERVICES,
    "line_attributes[].party_kinds[]": lambda v: v in BUILT_IN,
    "line_attributes[].payment": _every("prepaid", "postpaid"),
    "party_kinds[].no_document_route[].by[]": _every(
        "referee", "guardian", "institution", "agency", "application_receipt", "police_report"
    ),
    "party_kinds[].no_document_route[].valid_for.n": lambda v: v >= 1,
    "party_kinds[].no_document_route[].valid_for.unit": _is("day", "month", "year"),
    "party_kinds[].verification[].method": _every(
        "sight", "chip", "eid", "video", "registry", "bank", "biometric", "wallet"
    ),
    "party_kinds[].verification[].services[]": lambda v: v in SERVICES,
    "party_kinds[].verification[].payment": _every("prepaid", "postpaid"),
    "party_kinds[].documents[].type": _any,
    "party_kinds[].documents[].expired_ok": _any,
    "party_kinds[].age.min": lambda v: v >= 1,
    "party_kinds[].age.majority": lambda v: v >= 1,
    "party_kinds[].last_day.read_from": _every("document"),
    "party_kinds[].last_day.at_majority": _is(True),
    "party_kinds[].last_day.after.n": lambda v: v >= 1,
    "party_kinds[].last_day.after.unit": _is("day", "month", "year"),
    "limits[].what": _every("lines"),
    "limits[].group": _any,
    "limits[].service": lambda v: v in SERVICES,
    "limits[].payment": _every("prepaid", "postpaid"),
    "limits[].channel": _every("remote"),
    "limits[].activated_from": _any,
    "limits[].regions[]": _any,
    "limits[].scope": _every("operator", "national"),
    "limits[].kind": _every("stock", "flow"),
    "limits[].n": _any,
    "limits[].window.n": lambda v: v >= 1,
    "limits[].window.unit": _is("day", "month", "year"),
    "limits[].over": _every("refuse", "review", "choose_keep"),
    "limits[].existing_lines": _every("keep", "must_reduce"),
    "limits[].exempt[]": _any,
    "campaigns[].cohort.when.activated_before": _any,
    "campaigns[].cohort.when.activated_from": _any,
    "campaigns[].cohort.when.registered": _any,
    "campaigns[].cohort.when.registered_before": _any,
    "campaigns[].cohort.when.assurance[]": _every("declared", "sighted", "checked", "machine_read"),
    "campaigns[].cohort.when.last_day_over": _is(True),
    "campaigns[].cohort.when.lines_over": _any,
    "campaigns[].cohort.when.party_kinds[]": lambda v: (
        v in BUILT_IN
    ),  # a kind that a pack adds is not stored with a line
    "campaigns[].cohort.when.services[]": lambda v: v in SERVICES,
    "campaigns[].cohort.when.regions[]": _any,
    "campaigns[].cohort.when.payment": _every("prepaid", "postpaid"),
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
    "campaigns[].stages[].services.voice_out": _every("allow", "deny"),
    "campaigns[].stages[].services.voice_in": _every("allow", "deny"),
    "campaigns[].stages[].services.sms_out": _every("allow", "deny"),
    "campaigns[].stages[].services.sms_in": _every("allow", "deny"),
    "campaigns[].stages[].services.data": _every("allow", "deny"),
    "campaigns[].stages[].last": _any,
    "campaigns[].stages[].always_allow[]": lambda v: v in FLOOR,
    "campaigns[].stages[].reversible": _any,
    "campaigns[].stages[].on_registered": _is("active"),
    "campaigns[].temporary_reconnection.lasts.n": lambda v: v >= 1,
    "campaigns[].temporary_reconnection.lasts.unit": _is("hour"),
    "retention[].data_class": _every("identity", "copy"),
    "retention[].services[]": lambda v: v in SERVICES,
    "retention[].anchor": _every("registration", "termination"),
    "retention[].keep.n": _any,
    "retention[].keep.unit": _is("day", "month", "year", "end_of_next_calendar_year"),
    "retention[].then": _is("erase"),
    "retention[].hold": _is("legal_hold"),
    "document_copies[].keep": _every("required", "allowed"),
    "document_copies[].services[]": lambda v: v in SERVICES,
    "document_copies[].number": _every("whole", "ends"),
    "dual_control[].acts[]": _every(
        "register",
        "transfer",
        "install",
        "port_in",
        "relocate",
        "change",
        "replace_sim",
        "terminate",
        "link_document",
    ),
    "breach[].severity": _every("any", "serious"),
    "breach[].to": _every("self", "regulator", "person", "police"),
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
    "calendar.no_action_on[]": _every(
        "weekend", "holiday"
    ),  # no line is suspended or terminated on a day on which counters are closed
    "campaigns[].stages[].enter.plus.full": _any,  # the day on which the stage before began is never counted
    "campaigns[].stages[].enter.requires[]": _every(
        "notice_delivered", "no_open_dispute", "no_pause", "human_batch_approval"
    ),  # no stage without notice, with a dispute, in a pause, or without two people
    "party_kinds[].representative.required": _is(True),  # a bearer for a company, a guardian for a minor
    "party_kinds[].user_of_line.required": _is(True),  # a company names who uses the line
    "party_kinds[].verification[].keep": _every(
        "result_only"
    ),  # only the name of the check, never what it saw
    "party_kinds[].name_model": _every("full_as_on_document"),  # the name is one text, as on the document
    "retention[].kind": _is(
        "exact", "min"
    ),  # a record is erased on the day after its last day, neither before nor later
    "disclosure[].notify_person": _is("at_once", "when_allowed"),  # at once, unless a deferral is given
    "disclosure[].two_people": _any,  # two people decide, also where the law wants one
    "campaigns[].extensions[].clock_stands_still": _every(True),  # the days of an extension do not count
    "campaigns[].stages[].number": _every(
        "held", "quarantine"
    ),  # a number whose contract a campaign ended is in quarantine
    "campaigns[].extensions[].reason": _every(
        "abroad", "hospital", "disability", "detained", "disaster", "document_pending", "dispute", "appeal"
    ),  # the clock is paused for any of these reasons
    "rights.see_lines_in_my_name": _is(True),  # the portal shows a person's lines with this operator
    "rights.deny_line": _is(True),  # by a case, opened at the portal or at the counter
    "rights.export": _is(True),
    "rights.appeal_suspends": _is(True),  # a dispute or an appeal pauses the clock
    "campaigns[].stages[].rank": _any,  # stages follow each other in the order of the pack
}
"""What Rollkeeper does for every pack: a pack may say it, and saying it changes nothing."""
_KNOWN: Final = (*_SUPPORTED, *_ALWAYS, *_SHOWN)
_SHOWN_PATTERN: Final = re.compile("|".join(re.escape(p).replace(r"\*", ".*") for p in _SHOWN))


_WITH_PARTS: Final = (BaseModel, tuple, dict)


def leaves(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf that differs from its default, with its path: ``campaigns[0].deadline.after.n``."""
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
    return tuple(dict.fromkeys([*named, *faults_together(pack)]))


def support_of(pattern: str) -> str:
    """Return how Rollkeeper supports a field that is written without numbers (``campaigns[].id``)."""
    if pattern in {"id", "status", "duty"}:
        return "yes"
    if _SHOWN_PATTERN.fullmatch(pattern) or _SHOWN_PATTERN.fullmatch(f"{pattern}.en"):
        return "shown to people"
    if pattern in _ALWAYS:
        return "always"
    rule = _SUPPORTED.get(pattern)
    is_whole = rule is _any or isinstance(rule, _Every)
    return "not yet" if rule is None else "yes" if is_whole else "some values"


def _named(path: str, value: Any) -> str:
    """Return the name of the whole field if no part of it is supported, otherwise the leaf with its value."""
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
