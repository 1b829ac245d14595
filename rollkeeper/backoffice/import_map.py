# SPDX-License-Identifier: EUPL-1.2
"""The mapping of an import as a page shows it: a meaning for each column and for each kind. Pure: it turns answers into a map, and back.

The map itself, and what it may contain, is in `imports/mapping.py`; the worker checks it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rollkeeper.documents.choices import DocumentType
from rollkeeper.imports.choices import LineStatus
from rollkeeper.imports.column_samples import DATE_FORMATS
from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.law.attributes import ATTRIBUTES, LINE_ATTRIBUTES
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.subscribers.choices import PartyKind
from rollkeeper.vault.fields import Field

MEANINGS: Final[Mapping[str, Promise]] = {
    "": _("Not imported"),
    "number": _("Number of the line"),
    "service": _("Kind of service"),
    "status": _("Whether the line works"),
    "ended_on": _("Day on which the line ended"),
    "barred_on": _("Day since which the line is barred"),
    "activated_on": _("In service since"),
    "language": _("Language"),
    "region": _("Region"),
    "payment": _("How the line is paid"),
    "contact": _("E-mail address"),
    "postal": _("Part of the postal address"),
    "reference": _("Your reference of the line"),
    "is_essential": _("Essential line"),
    "name": _("Subscriber: name"),
    "address": _("Subscriber: address"),
    "document_type": _("Subscriber: kind of document"),
    "document_number": _("Subscriber: number of the document"),
    "company.kind": _("Whether the subscriber is a company"),
    "company.name": _("Company: name"),
    "company.address": _("Company: address"),
    "company.document_number": _("Company: number of the licence"),
    "company.bearer.name": _("Who acts for the company: name"),
    "company.bearer.document_type": _("Who acts for the company: kind of document"),
    "company.bearer.document_number": _("Who acts for the company: number of the document"),
    "company.user.name": _("Who uses the company's line: name"),
    "company.user.address": _("Who uses the company's line: address"),
    "company.user.document_type": _("Who uses the company's line: kind of document"),
    "company.user.document_number": _("Who uses the company's line: number of the document"),
}
STATUS_LABELS: Final[Mapping[str, Promise | str]] = {
    LineStatus.ACTIVE: _("works"),
    LineStatus.UNPAID: SuspensionReason.UNPAID.label,
    LineStatus.LOST_OR_STOLEN: SuspensionReason.LOST_OR_STOLEN.label,
    LineStatus.ORDER: SuspensionReason.ORDER.label,
    LineStatus.SUBSCRIBER_REQUEST: SuspensionReason.SUBSCRIBER_REQUEST.label,
    LineStatus.OPERATOR: SuspensionReason.OPERATOR.label,
    LineStatus.LEFT_OUT: _("not imported"),
}
ABOUT: Final[Mapping[str, Promise]] = {
    "ethnicity": pgettext_lazy("column", "ethnicity"),
    "citizenship": pgettext_lazy("column", "citizenship"),
    "religion": pgettext_lazy("column", "religion"),
    "politics": pgettext_lazy("column", "politics"),
    "gender or sex": pgettext_lazy("column", "gender or sex"),
    "marketing": pgettext_lazy("column", "marketing"),
    "biometrics": pgettext_lazy("column", "biometrics"),
    "family": pgettext_lazy("column", "family"),
    "age": pgettext_lazy("column", "age"),
    "health": pgettext_lazy("column", "health"),
    "payment or income": pgettext_lazy("column", "payment or income"),
    "whereabouts, use or work": pgettext_lazy("column", "whereabouts, use or work"),
}
"""The contents of columns that the register does not keep, by the words of the column dictionary."""
LEFT_OUT: Final = "left_out"
_PLAIN: Final = ("number", "region", "contact", "reference")
_REGISTRATION: Final = tuple(ATTRIBUTES) + tuple(LINE_ATTRIBUTES)
_ASKED_OF: Final[Mapping[str, Promise]] = {
    "registration": _("Subscriber: %(attribute)s"),
    "company": _("Company: %(attribute)s"),
    "company.bearer": _("Who acts for the company: %(attribute)s"),
    "company.user": _("Who uses the company's line: %(attribute)s"),
}
"""The labels of attributes that a law asks for in addition, by their place in a map."""
_PARTS: Final = ("registration", "company", "company.bearer", "company.user")
_KINDS: Final = (
    "service", "status", "language", "payment", "document_type", "is_essential",
    "company.kind", "company.bearer.document_type", "company.user.document_type",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file as the page shows it."""

    place: int
    name: str
    about: Promise | None
    """The content of a column that the register does not keep."""
    meaning: str
    values: tuple[tuple[int, str, int, str], ...]
    """For a column of kinds: place, value, number of rows and meaning of each value."""
    rare: int
    others: str

    @property
    def is_kind(self) -> bool:
        """Tell whether this is a column of kinds, each of whose values has a meaning."""
        return self.meaning in _KINDS


def meanings_of(proposal: Mapping[str, Any]) -> dict[str, Promise | str]:
    """Return the possible meanings of a column: those of every file, and the attributes that the law asked for when this file was read."""
    more = {
        name if place == "registration" else f"{place}.{name}": str(label) % {"attribute": Field(name).label}
        for place, label in _ASKED_OF.items()
        for name in proposal.get("asked", {}).get(place, ())
    }
    return dict(MEANINGS) | {name: label for name, label in more.items() if name not in MEANINGS}


def columns_of(proposal: Mapping[str, Any], chosen: Mapping[str, Any]) -> list[Column]:
    """Return the columns with their proposed meanings, or with the meanings chosen since then."""
    raw = chosen.get("raw") or proposal.get("raw", {})
    meanings, tables, others = dict(_meanings(raw)), dict(_tables(raw)), chosen.get("others", {})
    return [
        Column(
            place, one["name"], ABOUT.get(one["about"]), meanings.get(one["name"], ""),
            tuple(
                (i, value, rows, tables.get(one["name"], {}).get(value, ""))
                for i, (value, rows) in enumerate(one["values"].items())
            ),
            one["rare"], others.get(one["name"], ""),
        )
        for place, one in enumerate(proposal.get("columns", ()))
    ]  # fmt: skip


def map_of(proposal: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """Return the map made from a page's answers, which the worker checks and uses for counting."""
    raw: dict[str, Any] = {}
    others: dict[str, str] = {}
    proposed, offered = proposal.get("raw", {}), meanings_of(proposal)
    if file := proposal.get("raw", {}).get("file"):
        raw["file"] = file
    for place, one in enumerate(proposal.get("columns", ())):
        meaning, name = answers.get(f"column-{place}", ""), one["name"]
        table = {value: answers.get(f"value-{place}-{i}", "") for i, value in enumerate(one["values"])}
        if meaning in offered:
            _put(
                raw, meaning, name, {value: said for value, said in table.items() if said}, answers, proposed
            )
        if rest := answers.get(f"others-{place}", ""):
            others[name] = rest
    if "service" not in raw:
        raw["service"] = {"constant": answers.get("service", "") or None}
    if "activated_on" not in raw and answers.get("since"):
        raw["activated_on"] = {"constant": answers["since"]}
    _put_kinds_of_documents(raw, answers.get("document_type_is", "") or None, proposed)
    return {"raw": raw, "others": others}


def missing_in(raw: Mapping[str, Any]) -> list[str]:
    """Return the questions that a person must still answer before the rows can be counted."""
    missing = []
    if "number" not in raw:
        missing.append(gettext("Say which column holds the numbers of the lines."))
    if not raw["service"].get("constant") and not raw["service"].get("from"):
        missing.append(gettext("Say which kind of service these lines are."))
    if "activated_on" not in raw:
        missing.append(gettext("Say since when the lines are in service: by a column, or one day for all."))
    return missing


def date_form_of(raw: Mapping[str, Any]) -> str:
    """Return the form in which dates are written, empty for the proposed form."""
    formats = raw.get("activated_on", {}).get("formats", ())
    return formats[0] if len(formats) == 1 else ""


def choices_of(meaning: str) -> list[tuple[str, Promise | str]]:
    """Return the possible meanings of the values of a column of kinds."""
    left_out = (LEFT_OUT, _("not imported"))
    match meaning:
        case "status":
            return list(STATUS_LABELS.items())
        case "service":
            return [*Service.choices, left_out]
        case "company.kind":
            return [(kind.value, kind.label) for kind in (PartyKind.INDIVIDUAL, PartyKind.COMPANY)]
        case "document_type" | "company.bearer.document_type" | "company.user.document_type":
            return [*DocumentType.choices, (LEFT_OUT, _("registers no one"))]
        case "language":
            return [("en", "English"), ("zh-hans", "中文"), ("bo", "བོད་ཡིག")]
        case "payment":
            return list(Payment.choices)
        case "is_essential":
            return [("yes", _("Yes"))]
    return []


def date_forms() -> list[tuple[str, str]]:
    """Return the forms of dates with the same day written in each."""
    import datetime as dt

    day = dt.datetime(2011, 3, 28, tzinfo=dt.UTC)
    return [(form, day.strftime(form)) for form in DATE_FORMATS]


def _put(
    raw: dict[str, Any],
    meaning: str,
    name: str,
    table: Mapping[str, str],
    answers: Mapping[str, str],
    proposed: Mapping[str, Any],
) -> None:
    match meaning:
        case "number" | "region" | "contact" | "reference":
            raw.setdefault(meaning, {})["column"] = name
        case "postal":
            raw.setdefault("contact", {}).setdefault("postal", []).append(name)
        case "activated_on":
            raw["activated_on"] = _activated(name, answers, proposed.get("activated_on", {}))
        case "ended_on" | "barred_on":
            raw.setdefault("status", {"formats": _status_forms(answers, proposed)})[meaning] = name
        case "status" | "language" | "payment":
            raw[meaning] = raw.get(meaning, {}) | {"column": name, "values": dict(table)}
        case "service":
            raw.setdefault("service", {"from": []})["from"].append(
                {"column": name, "values": _meant(table), "left_out": _left_out(table)}
            )
        case "is_essential":
            raw[meaning] = {"column": name, "yes": [value for value, said in table.items() if said == "yes"]}
        case _ if meaning:
            _put_registration(raw, meaning, name, table)


def _activated(name: str, answers: Mapping[str, str], proposed: Mapping[str, Any]) -> dict[str, Any]:
    if proposed.get("tenure_months") == name:
        return dict(proposed)
    chosen = answers.get("date-form", "")
    formats = [chosen] if chosen else [form for form in answers.get("date-forms", "").split("|") if form]
    return {"column": name, "formats": formats} | (
        {"unknown": answers["since"]} if answers.get("since") else {}
    )


def _status_forms(answers: Mapping[str, str], proposed: Mapping[str, Any]) -> list[str]:
    """Return the form of the days in status columns: the proposed one, or else the form of the days of activation."""
    chosen = answers.get("date-form") or answers.get("date-forms", "")
    return list(proposed.get("status", {}).get("formats", ())) or [form for form in chosen.split("|") if form]


def _meant(table: Mapping[str, str]) -> dict[str, str]:
    return {value: said for value, said in table.items() if said != LEFT_OUT}


def _left_out(table: Mapping[str, str]) -> list[str]:
    return [value for value, said in table.items() if said == LEFT_OUT]


def _put_registration(raw: dict[str, Any], meaning: str, name: str, table: Mapping[str, str]) -> None:
    *places, last = (meaning if "." in meaning else f"registration.{meaning}").split(".")
    made = raw
    for place in places:
        made = made.setdefault(place, {})
    made[last] = name
    if last == "document_type":
        made["document_types"], made["left_out"] = _meant(table), _left_out(table)
    if last == "kind":
        made["kinds"] = dict(table)


def _put_kinds_of_documents(
    raw: Mapping[str, Any], answered: str | None, proposed: Mapping[str, Any]
) -> None:
    """Set the document type if no column has it: for persons the type that was answered, for companies the proposed one."""
    for place in _PARTS:
        made, was = _part(raw, place), _part(proposed, place)
        if not made or "document_type" in made:
            continue
        said = was.get("document_type_is") if place.startswith("company") else None
        if said or (answered and place != "company") or place == "registration":
            made["document_type_is"] = said or answered


def _part(raw: Mapping[str, Any], place: str) -> Any:
    """Return one part of a registration from a map."""
    part: Any = raw
    for one in place.split("."):
        part = part.get(one) or {}
    return part


def _meanings(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part in (*_PLAIN, "activated_on", "status", "language", "payment", "is_essential"):
        column = raw.get(part, {}).get("column") or raw.get(part, {}).get("tenure_months")
        if column:
            yield column, part
    yield from (
        (raw["status"][part], part) for part in ("ended_on", "barred_on") if part in raw.get("status", {})
    )
    yield from ((column, "postal") for column in raw.get("contact", {}).get("postal", ()))
    yield from ((source["column"], "service") for source in raw.get("service", {}).get("from", ()))
    for place in _PARTS:
        part, head = _part(raw, place), "" if place == "registration" else f"{place}."
        yield from ((part[name], head + name) for name in ("kind", *_REGISTRATION) if name in part)


def _tables(raw: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    for part in ("status", "language", "payment"):
        if "values" in raw.get(part, {}):
            yield raw[part]["column"], raw[part]["values"]
    for source in raw.get("service", {}).get("from", ()):
        yield source["column"], source["values"] | dict.fromkeys(source.get("left_out", ()), LEFT_OUT)
    if "is_essential" in raw:
        yield raw["is_essential"]["column"], dict.fromkeys(raw["is_essential"]["yes"], "yes")
    for part in (_part(raw, place) for place in _PARTS):
        if "document_types" in part:
            left_out = dict.fromkeys(part.get("left_out", ()), LEFT_OUT)
            yield part["document_type"], part["document_types"] | left_out
        if "kinds" in part:
            yield part["kind"], part["kinds"]
