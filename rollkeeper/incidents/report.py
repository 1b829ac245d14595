# SPDX-License-Identifier: EUPL-1.2
"""The report to the authority: figures and deadlines in the authority's language, no references of people."""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils import translation

from rollkeeper.incidents.queries import DutyView, IncidentView
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import label_of
from rollkeeper.kernel.instance import instance
from rollkeeper.law.choices import IncidentDuty
from rollkeeper.vault.fields import field_label

LANGUAGES = ("en", "zh-hans")


def write_report(incident: IncidentView, by_field: Mapping[str, int], *, language: str) -> str:
    """Write the report as plain text."""
    texts = _texts(language)
    with translation.override(language):
        return "\n".join(_lines(incident, by_field, texts=texts)) + "\n"


@cache
def _texts(language: str) -> dict[str, Any]:
    return tomllib.loads(
        (files("rollkeeper") / "incidents" / "texts" / f"{language}.toml").read_text("utf-8")
    )


def _lines(incident: IncidentView, by_field: Mapping[str, int], *, texts: dict[str, Any]) -> Iterator[str]:
    words = texts["words"]
    yield texts["title"]
    if incident.is_drill:
        yield texts["drill"]
    yield ""
    for label, value in (
        ("operator", instance().operator_name),
        ("reference", incident.incident_id),
        ("about", incident.about.label),
        ("severity", incident.severity.label),
        ("noticed", _instant(incident.noticed_at)),
        (
            "span",
            f"{_instant(incident.since) if incident.since else texts['ever']} – {_instant(incident.until)}",
        ),
        ("people", f"{incident.people:,}"),
        ("unnamed", f"{incident.unregistered_lines:,}"),
        ("sealed", f"{incident.sealed_people:,}"),
        ("openings", f"{incident.openings:,}"),
    ):
        yield f"{texts[label]}: {value}"
    yield f"\n{texts['by_field']}:"
    yield from (
        f"  {words.get(field) or field_label(field)}: {people:,}" for field, people in by_field.items()
    )
    yield f"\n{texts['remedies']}:"
    for one in incident.remedies:
        yield f"  {words[one.remedy.value]}, {_instant(one.applied_at)} ({one.touched:,})"
    if not incident.remedies:
        yield f"  {texts['none_yet']}"
    yield f"\n{texts['notified']}: {incident.notices:,} ({incident.unreachable:,} {texts['unreachable']})"
    yield f"\n{texts['clocks']}:"
    yield from (f"  {_say_duty(duty, texts)}" for duty in incident.duties)
    yield f"\n{texts['nobody']}"


def _say_duty(duty: DutyView, texts: dict[str, Any]) -> str:
    count, _, unit = duty.within.partition(" ")
    within = f"{count} {texts['words'][unit]}" if unit else texts["words"][count]
    if duty.exempt_because:
        state = texts["exempt"]
    else:
        state = f"{texts['met']} {_instant(duty.met_at)}" if duty.met_at else texts["open"]
        state += f", {texts['late']}" if duty.in_time is False else ""
    return f"{label_of(duty.to, IncidentDuty)} ({duty.article}; {within}; {_instant(duty.due_at)}): {state}"


def _instant(instant: dt.datetime) -> str:
    return instant.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M %z")
