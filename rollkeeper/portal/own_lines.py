# SPDX-License-Identifier: EUPL-1.2
"""Prepares a subscriber's lines for a page: the most urgent first, each with its number and only the actions that are possible now. Pure.

Separate from the views, since several pages of actions use it as well as the page of lines.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from rollkeeper.access.dual_control import reference_of
from rollkeeper.campaign.choices import Action
from rollkeeper.kernel.choices import BarLevel, Service, label_of
from rollkeeper.kernel.phrasing import cite
from rollkeeper.kernel.side_by_side import named
from rollkeeper.lines.choices import LineState, SuspensionReason, reason_label
from rollkeeper.portal.forms import WithdrawForm
from rollkeeper.portal.tokens import HERE
from rollkeeper.selfcare.choices import CaseKind, DecisionReason, DisputeReason, ForgerySign
from rollkeeper.vault.fields import Field, LineField, Paper

type Shown = dict[str, Any]

_SOON_DAYS: Final = 14
_IN_FORCE: Final = frozenset({"active", "suspended"})
_BY_WHOM_IT_CONCERNS: Final = frozenset(
    {"correct", "not-mine", "terminate", "add-delegate", "remove-delegate"}
)
"""Actions that need the second proof."""
ABOUT_A_PERSON: Final = frozenset({"add-delegate", "remove-delegate"})


def said_lines(shown: Shown, numbers: Mapping[str, str], *, on: dt.date) -> list[Shown]:
    """Return the lines of an answer in words, the most urgent first; among equals, the line in the hand first."""
    lines = [_said_line(line, shown, numbers, on=on) for line in shown["lines"]]
    return sorted(lines, key=lambda line: line["urgency"])


def may_do(what: str, line: Shown, shown: Shown) -> bool:
    """Tell whether an action can be done to a line now, or could after the second proof."""
    opened = {one["kind"] for one in line["cases"] if not one["settled_on"]}
    here, held = line["here"], line["held"]
    rules = {
        "register": here and not line["registered"] and not held and not shown["applied_until"],
        "pause": True,
        "reconnect": line["may_reconnect"],
        "dispute": CaseKind.DISPUTE not in opened,
        "appeal": line["has_appeal_left"] and CaseKind.APPEAL not in opened,
        "correct": held and CaseKind.CORRECT not in opened,
        "not-mine": held and not line["contested_on"] and CaseKind.NOT_MINE not in opened,
        "terminate": held and not line["disputed"],
        "report-death": here and held and CaseKind.INHERIT not in opened,
        "deny-death": shown["verified"] and CaseKind.INHERIT in opened,
        "counter-code": here,
        "add-delegate": held,
        "remove-delegate": held and bool(shown["named"]),
    }
    is_open = line["state"] in _IN_FORCE and not line["until"]
    is_barred = bool(shown["proof_refused"]) and needs_proof(what, shown)
    return (
        is_open and bool(rules[what]) and not is_barred and not (shown["limited"] and what not in _OF_LIMITED)
    )


def needs_proof(what: str, shown: Shown) -> bool:
    """Tell whether an action still needs the second proof."""
    return what in _BY_WHOM_IT_CONCERNS and not shown["verified"]


_OF_LIMITED: Final = frozenset({"register", "pause", "reconnect", "dispute", "appeal"})


def _said_line(line: Shown, shown: Shown, numbers: Mapping[str, str], *, on: dt.date) -> Shown:
    days = {
        name: line[name] and dt.date.fromisoformat(line[name])
        for name in ("since", "until", "contested_on", "good_through")
    }
    can = {
        what.replace("-", "_"): may_do(what, line, shown) and not needs_proof(what, shown) for what in _ALL
    }
    deadline = _said_deadline(line, on=on)
    return line | days | {
        "works_until": line["works_until"] and dt.datetime.fromisoformat(line["works_until"]),
        "handle": reference_of(line["line"]),  # tells the lines of one visit apart in an address
        "service": label_of(line["service"], Service), "state_said": label_of(line["state"], LineState),
        "number": numbers.get(line["line"]) or (numbers.get(HERE, "") if line["here"] else ""),
        "reasons": [reason_label(SuspensionReason(one), must_reverify=line["must_reverify"]) for one in line["reasons"]],
        "barred_said": label_of(line["barred"], BarLevel) if line["barred"] else "",
        "sentences": [one | {"article": cite(one["article"])} for one in line["sentences"]],
        "cases": [_said_case(one) | _withdrawal(one, line, shown) for one in line["cases"]],
        "deadline": deadline, "can": can, "is_past": bool(days["good_through"] and days["good_through"] < on),
        "waits_for_proof": [what for what in _ALL if may_do(what, line, shown) and needs_proof(what, shown)],
        "urgency": (-deadline["weight"] if deadline else 0, not line["here"]),
    }  # fmt: skip


_ALL: Final = ("register", "pause", "reconnect", "dispute", "appeal", "correct", "not-mine", "terminate", "report-death", "deny-death",
               "counter-code")  # fmt: skip


def _said_deadline(line: Shown, *, on: dt.date) -> Shown | None:
    """Return the clock that runs, with its days; the weight says how urgent it is."""
    found = line["deadline"]
    if found is None or (line["registered"] and not line["must_reverify"]):
        return None
    last, earliest = (found[name] and dt.date.fromisoformat(found[name]) for name in ("last_day", "earliest"))
    is_soon = earliest is not None and (earliest - on).days <= _SOON_DAYS
    suspends = found["follows"] == Action.SUSPEND
    said: Shown = found | {
        "last_day": last, "earliest": earliest, "suspends": suspends, "is_over": earliest is not None and earliest <= on,
        "is_soon": is_soon, "is_paused": earliest is None, "weight": 1 + is_soon + (not suspends),
        "barred_said": named(found["title"], label_of(found["barred"], BarLevel) if found["barred"] else ""),
    }  # fmt: skip
    return said


def _withdrawal(case: Shown, line: Shown, shown: Shown) -> Shown:
    """Return the form to withdraw an open case, if it may be withdrawn."""
    may = case["kind"] in {CaseKind.DISPUTE, CaseKind.APPEAL} or (
        shown["verified"] and case["kind"] in {CaseKind.NOT_MINE, CaseKind.CORRECT}
    )
    if not may or case["settled_on"] or shown["limited"]:
        return {"may_withdraw": False}
    return {"may_withdraw": True, "form": WithdrawForm.for_case(line["line"], case["case"])}


def _said_case(case: Shown) -> Shown:
    about = (
        label_of(case["about"], Field, LineField, Paper, DisputeReason, ForgerySign) if case["about"] else ""
    )
    return case | {
        "kind_said": label_of(case["kind"], CaseKind), "about": about, "is_forgery": case["kind"] == CaseKind.FORGERY,
        "stops_the_clock": case["kind"] not in {CaseKind.CORRECT, CaseKind.FORGERY},
        "because_said": label_of(case["because"], DecisionReason) if case["because"] and not case["withdrawn"] else "",
        "is_lost": bool(case["settled_on"]) and not case["upheld"] and not case["withdrawn"],
        **{name: case[name] and dt.date.fromisoformat(case[name]) for name in ("opened_on", "due_on", "settled_on")},
    }  # fmt: skip
