# SPDX-License-Identifier: EUPL-1.2
"""A value that is said to be supported changes an answer of the pack; one that changes none is said to be done for every pack."""

import datetime as dt
import re
from typing import Any

import pytest

from rollkeeper.kernel.choices import IdentityCheck, Payment
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.acts import Act, first_day, may_act
from rollkeeper.law.calendars import closed_flags
from rollkeeper.law.disclosures import disclosure_laws
from rollkeeper.law.docs_page import _fields
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import read_pack
from rollkeeper.law.rights import decide_by
from rollkeeper.law.rules import History, Span, keeps_until, run_history
from rollkeeper.law.schema import PackFile
from rollkeeper.law.supported_fields import (
    _ALWAYS,
    _SUPPORTED,
    _any,
    _Every,
    leaves,
    support_of,
    unsupported_fields,
)
from tests.builders.kinds import TOURIST, VISITOR, until_majority, with_checks, with_proof
from tests.builders.packs import confirmed
from tests.builders.stages import LATE, asking_again, phased, staged
from tests.disclosures.lawful import lawful_pack

ON = dt.date(2012, 3, 2)
BECAUSE = 'because: {article: "3"}'
MORE = {
    "\nretention:": f"""
limits:
  - {{what: lines, group: person, scope: operator, kind: flow, n: 5, window: {{n: 30, unit: day}}, over: review, service: mobile, payment: prepaid, exempt: [minor], activated_from: 2011-03-01, regions: [Lhasa], existing_lines: keep, {BECAUSE}}}
  - {{what: lines, group: person, scope: operator, kind: stock, n: 9, over: refuse, channel: remote, {BECAUSE}}}
dual_control:
  - {{acts: [transfer], {BECAUSE}}}
line_attributes:
  - {{name: iccid, required: "yes", services: [mobile], party_kinds: [individual], payment: prepaid, purpose: {{en: which SIM}}, {BECAUSE}}}
retention:""",
    "    - services: [mobile, data_card, fixed_line]\n": "    - services: [mobile, data_card, fixed_line]\n      payment: prepaid\n",
    "      - method: sight\n": "      - method: sight\n        payment: prepaid\n",
    "\nnumber_reuse:": f"\nrights: {{correct: {{n: 7, unit: day}}, reply: {{n: 20, unit: day}}, see_lines_in_my_name: true, deny_line: true, export: true, appeal_suspends: true, {BECAUSE}}}\nnumber_reuse:",
    "agents:\n  registered: true": "agents:\n  registered: true\n  subagents: false\n  daily_limit: 40",
    "      - must_be_delivered: true\n": "      - must_be_delivered: true\n        channels: [sms]\n        min_attempts: 2\n        attempts_apart: {n: 36, unit: hour}\n",
    "    stages:\n": f"      - {{must_be_delivered: false, before_deadline: {{n: 14, unit: day}}, {BECAUSE}}}\n    stages:\n",
    "  - id: minor\n": f"{VISITOR}{TOURIST}{until_majority()}  - id: minor\n    no_document_route: [{{by: [referee], valid_for: {{n: 30, unit: day}}, {BECAUSE}}}]\n",
    "  no_action_on:": '  quiet_hours: [{begins: "20:00", ends: "08:30"}]\n  no_action_on:',
    "  begins: 2012-01-01\n": "  begins: 2012-01-01\n  ends: 2030-12-31\n",
    "      after: {n: 60, unit: day}\n": "      after: {n: 60, unit: day}\n      floor: {n: 20, unit: day}\n",
    "    number: whole\n": "    number: ends\n",
    "subdivision: XZ}": "subdivision: XZ, closed_besides: [2012-03-07]}",
    '    within: at_once\n    because: {article: "12", words: {zh-hans: 应当立即报告主管部门': '    within: {n: 72, unit: hour}\n    second_report: {n: 30, unit: day}\n    exempt_if: encrypted\n    because: {article: "12", words: {zh-hans: 应当立即报告主管部门',
}  # fmt: skip
OTHER: dict[Any, Any] = {
    True: False, False: True, "individual": "minor", "mobile": "domain", "register": "install", "unknown": False, "day": "month",
    "hour": "day", "refuse": "review", "review": "refuse", "sms": "voice", "warrant": "subpoena", "court": "police", "any": "serious",
    "serious": "any", "self": "regulator", "regulator": "person", "required": "allowed", "ends": "whole",
    "first_of_next": "last_day_of_month", "when_allowed": "at_once", "Asia/Shanghai": "UTC", "CN": "ZA", "XZ": None, "name": "address", "iccid": "imsi",
    "address": "name", "document_type": "name", "document_number": "name", "referee": "guardian", "flow": "stock", "person": "company",
    "prepaid": "postpaid", "operator": "national", "year": "month", "20:00": "21:00", "08:30": "07:30", "minor": "individual", "transfer": "register", "identity": "copy", "termination": "registration", "encrypted": None, "allow": "deny", "keep": "must_reduce",
}  # fmt: skip
"""What each value is changed into; another number and another day follow by themselves."""
ONLY_ONE = {"calendar.holidays.library", "limits[].what", "party_kinds[].last_day.read_from"}
"""The schema knows a single value of these."""


@pytest.fixture(scope="module")
def whole() -> Pack:
    text = lawful_pack(people=2)
    cases, questions = text.index("\ntests:"), text.index("\nopen_questions:")
    text = text[:cases] + text[questions:]
    for old, new in MORE.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    pack = read_pack(confirmed(text).encode(), file="pack.yaml")
    pack.refuse_unsupported()
    return pack


def answers(pack: Pack) -> list[object]:
    """Return everything that packages ask of a pack."""
    kinds = [kind.id for kind in pack.file.party_kinds]
    services = ("mobile", "domain", "internet_access")
    history = History(dt.date(2010, 5, 1), dt.date(2011, 12, 20))
    late = History(dt.date(2010, 5, 1), dt.date(2012, 4, 20))
    first = dt.date(2012, 1, 1).toordinal()
    return [
        pack.zone, pack.services, pack.number_quarantine, [pack.quarantine(s) for s in ("mobile", "domain")], pack.duty,
        [pack.attributes(s, k) for s in services for k in kinds], [pack.routes(s, k) for s in services for k in kinds],
        [pack.registers(s, p) for s in services for p in Payment.values], pack.payment_asked,
        [pack.sight_article(k, payment=p) for k in kinds for p in Payment.values], [pack.checks(k, payment=p) for k in kinds for p in Payment.values], pack.added_kinds, [pack.documents(k) for k in kinds], [pack.last_day(k) for k in kinds], [pack.age(k) for k in kinds], [pack.authority_proof(k) for k in kinds], pack.limits, [one.campaign for one in pack.campaigns], pack.temporary_reconnection, pack.retention,
        [(law.retention, law.document_copy, law.sight_article("individual")) for law in map(pack.for_service, services)],
        pack.notification_rules, pack.reminders, pack.document_copy, [pack.dual_control_article(a) for a in ("register", "transfer")],
        pack.told_before,
        [pack.act_article(a) for a in ("register", "transfer", "install", "port_in", "relocate", "change", "replace_sim")],
        pack.file.agents and pack.file.agents.daily_limit, [one.model_dump(exclude={"because"}) for one in pack.file.breach],
        pack.file.at_once and pack.file.at_once.counts.model_dump(), disclosure_laws(pack, on=ON),
        [decide_by(pack, right, asked_on=ON) for right in ("correct", "reply")],
        closed_flags(pack, first=first, last=first + 400), keeps_until(pack, dt.date(2012, 2, 29)),
        run_history(pack, history, Span(dt.date(2012, 1, 1), dt.date(2013, 12, 31))),
        run_history(pack, late, Span(dt.date(2012, 1, 1), dt.date(2013, 12, 31))),
        [may_act(pack, act, on=day) for act in Act for day in (ON, dt.date(2031, 6, 1))], [first_day(pack, act) for act in Act],
        pack.file.valid.ends,
    ]  # fmt: skip


def patterns_in(file: PackFile) -> dict[str, tuple[str, Any]]:
    """Return the first leaf of each pattern that a pack holds."""
    found: dict[str, tuple[str, Any]] = {}
    for path, value in leaves(file):
        found.setdefault(re.sub(r"\[\d+\]", "[]", path), (path, value))
    return found


def with_leaf(part: Any, steps: list[str | int], value: Any) -> Any:
    """Return a part of a pack with one leaf changed."""
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        return (*part[:step], with_leaf(part[step], rest, value) if rest else value, *part[step + 1 :])
    return part.model_copy(update={step: with_leaf(getattr(part, step), rest, value) if rest else value})


def closed_fields() -> dict[str, list[str]]:
    """Return the fields for which the schema lists values, with these."""
    schema = PackFile.model_json_schema()
    open_ones = {
        "text",
        "whole number",
        "true, false",
        "date",
        "date-time",
        "text by language",
        "a length of time",
    }
    return {path: said.split(", ") for path, said in _fields(schema, schema, "") if said not in open_ones}


@pytest.mark.parametrize("pattern", closed_fields())
def test_which_values_of_a_closed_field_are_supported_is_written_out(pattern):
    rule = _SUPPORTED.get(pattern) or _ALWAYS.get(pattern)

    assert rule is not _any
    if isinstance(
        rule, _Every
    ):  # a value that is new in the schema: list it here once an engine supports it, or say `_is`
        assert [str(one) for one in rule.values] == closed_fields()[pattern]


def test_a_value_that_is_new_to_a_closed_field_is_refused_by_name(whole):
    (path, _) = patterns_in(whole.file)["limits[].over"]

    changed = with_leaf(whole.file, ["limits", 0, "over"], "another")

    assert unsupported_fields(changed) == (f"'{path}: another'",)


def other(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | dt.date):
        return OTHER.get(value, "another")
    return value + (1 if isinstance(value, int) else dt.timedelta(days=-40))


def changed_answers(pack: Pack, pattern: str) -> bool:
    path, value = patterns_in(pack.file)[pattern]
    steps = [int(one) if one.isdigit() else one for one in re.findall(r"[a-z_]+|\d+", path)]
    changed = Pack(with_leaf(pack.file, steps, other(value)), pack.hash)
    try:
        return answers(changed) != answers(pack)
    except RollkeeperError:  # another value is refused by its name
        return True


OF_STAGES = {
    **dict.fromkeys(("voice_in", "sms_in", "data"), "{voice_in: allow, sms_in: allow, data: allow}"),
    **dict.fromkeys(
        ("voice_out", "sms_out"), "{voice_out: allow, voice_in: allow, sms_out: allow, sms_in: allow}"
    ),
}
"""What a stage leaves, in a stage that leaves it: no one stage leaves all."""


@pytest.mark.parametrize("service", OF_STAGES)
def test_what_a_stage_leaves_changes_an_answer(service):
    bars = (("part", OF_STAGES[service]), ("whole", "{}"))
    pack = read_pack(confirmed(staged(20, 30, bars=bars)).encode(), file="pack.yaml")

    assert changed_answers(pack, f"campaigns[].stages[].services.{service}")


def test_a_last_stage_without_an_end_has_to_say_so():
    pack = read_pack(confirmed(staged(20, ends=False)).encode(), file="pack.yaml")

    pack.refuse_unsupported()
    assert changed_answers(pack, "campaigns[].stages[].last")


@pytest.mark.parametrize(
    "condition", ["registered_before", "assurance[]", "last_day_over", "lines_over", "party_kinds[]"]
)
def test_which_registrations_are_asked_again_changes_an_answer(condition):
    pack = read_pack(
        confirmed(
            asking_again(assurances="declared", last_day=True, kinds="individual", lines_over=2)
        ).encode(),
        file="pack.yaml",
    )

    pack.refuse_unsupported()
    assert changed_answers(pack, f"campaigns[].cohort.when.{condition}")


OF_A_PHASE = phased(
    "id: old, cohort: {activated_before: 2011-06-01, activated_from: 2001-01-01, registered: false, services: [mobile]}, deadline: {base: "
    '2012-01-05, not_before_notice: true, after: {n: 50, unit: day}, floor: {n: 20, unit: day}, because: {article: "3"}}',
    "id: again, cohort: {registered: true, registered_before: 2011-06-30, assurance: [declared], last_day_over: true, lines_over: 2, party_kinds: [individual], regions: [Lhasa], payment: prepaid}",
    LATE,
)
"""Phases that between them say everything that a phase can say."""


@pytest.mark.parametrize("pattern", sorted(one for one in _SUPPORTED if ".phases[]." in one))
def test_what_a_phase_says_changes_an_answer(pattern):
    pack = read_pack(confirmed(OF_A_PHASE).encode(), file="pack.yaml")

    pack.refuse_unsupported()
    assert changed_answers(pack, pattern)


def test_from_when_lines_are_concerned_changes_an_answer():
    text = asking_again().replace(
        "activated_before: 2012-01-01", "activated_before: 2012-01-01, activated_from: 2001-01-01"
    )
    pack = read_pack(confirmed(text).encode(), file="pack.yaml")

    pack.refuse_unsupported()
    assert changed_answers(pack, "campaigns[].cohort.when.activated_from")


@pytest.mark.parametrize("regions", ["regions: [Lhasa]", "regions: [Lhasa, Shigatse]"])
def test_of_which_regions_lines_are_concerned_changes_an_answer(regions):
    text = asking_again().replace("activated_before: 2012-01-01", f"activated_before: 2012-01-01, {regions}")
    pack = read_pack(confirmed(text).encode(), file="pack.yaml")

    pack.refuse_unsupported()
    assert changed_answers(pack, "campaigns[].cohort.when.regions[]")


def test_how_lines_are_paid_changes_which_are_concerned():
    text = asking_again().replace(
        "activated_before: 2012-01-01", "activated_before: 2012-01-01, payment: prepaid"
    )
    pack = read_pack(confirmed(text).encode(), file="pack.yaml")

    pack.refuse_unsupported()
    assert changed_answers(pack, "campaigns[].cohort.when.payment")


@pytest.mark.parametrize("method", [one for one in IdentityCheck.values if one != "sight"])
def test_each_check_that_a_law_names_changes_an_answer(method):
    pack = read_pack(confirmed(with_checks(method, "sight", payment="prepaid")).encode(), file="pack.yaml")

    pack.refuse_unsupported()
    for pattern in ("party_kinds[].verification[].method", "party_kinds[].verification[].payment"):
        assert changed_answers(pack, pattern)


def test_what_proves_authority_changes_an_answer():
    pack = read_pack(confirmed(with_proof()).encode(), file="pack.yaml")
    kinds = [one.id for one in pack.file.party_kinds]
    steps = ["party_kinds", kinds.index("company"), "representative", "proof"]

    pack.refuse_unsupported()
    changed = Pack(with_leaf(pack.file, steps, {"en": "a stamp"}), pack.hash)
    assert answers(changed) != answers(pack)


APART = {one for one in _SUPPORTED if ".phases[]." in one} | {"campaigns[].cohort.when.activated_from"}
APART |= {
    f"campaigns[].cohort.when.{one}"
    for one in (
        "registered_before",
        "assurance[]",
        "last_day_over",
        "lines_over",
        "party_kinds[]",
        "regions[]",
        "payment",
    )
}
APART |= {f"campaigns[].stages[].services.{service}" for service in OF_STAGES} | {"campaigns[].stages[].last"}


@pytest.mark.parametrize("pattern", sorted(set(_SUPPORTED) - ONLY_ONE - APART))
def test_a_supported_value_changes_an_answer(whole, pattern):
    assert pattern in patterns_in(whole.file), "the sample pack does not hold it"

    assert changed_answers(whole, pattern)


UNITS = ("hour", "day", "working_day", "month", "year", "end_of_next_calendar_year")
COUNTED = {
    pattern: [unit for unit in UNITS if rule(unit)]
    for pattern, rule in _SUPPORTED.items()
    if pattern.endswith(".unit") and ".phases[]." not in pattern
}
"""The units in which each length of time of a law may be."""


@pytest.mark.parametrize("pattern", [one for one, units in COUNTED.items() if len(units) > 1])
def test_each_unit_of_a_length_of_time_gives_other_answers(whole, pattern):
    path = patterns_in(whole.file)[pattern][0].replace(
        "stages[0]", "stages[1]"
    )  # the first is at the deadline
    steps = [int(one) if one.isdigit() else one for one in re.findall(r"[a-z_]+|\d+", path)]
    packs = [Pack(with_leaf(whole.file, steps, unit), whole.hash) for unit in COUNTED[pattern]]

    found = [answers(pack) for pack in packs]

    assert [pack.unsupported_fields for pack in packs] == [()] * len(packs)
    assert all(one != other for at, one in enumerate(found) for other in found[:at])


@pytest.mark.parametrize("pattern", sorted(_ALWAYS))
def test_a_value_that_is_done_for_every_pack_is_not_called_supported(pattern):
    assert pattern not in _SUPPORTED


def test_of_a_check_its_name_alone_is_kept_and_a_name_is_one_piece_in_every_pack():
    said = with_checks("chip", "sight").replace("{method: chip,", "{method: chip, keep: result_only,", 1)
    said = said.replace(
        "  - id: individual\n", "  - id: individual\n    name_model: full_as_on_document\n", 1
    )
    copied = said.replace("keep: result_only", "keep: copy", 1)

    pack = read_pack(confirmed(said).encode(), file="pack.yaml")

    assert unsupported_fields(pack.file) == ()
    assert pack.checks("individual").methods == ("chip", "sight")
    with pytest.raises(RollkeeperError, match="write one of result_only"):
        read_pack(confirmed(copied).encode(), file="pack.yaml")
    for pattern in ("party_kinds[].verification[].keep", "party_kinds[].name_model"):
        assert support_of(pattern) == "always"
