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
from rollkeeper.kernel.phrasing import bracketed, cite, clauses, colon, listed, write_day
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
        yield f"{texts[label]}{colon()}{value}"
    if by_field:
        yield f"\n{texts['by_field']}{colon()}".rstrip()
    yield from (
        f"  {words.get(field) or field_label(field)}{colon()}{people:,}" for field, people in by_field.items()
    )
    yield f"\n{texts['remedies']}{colon()}".rstrip()
    for one in incident.remedies:
        yield f"  {listed([words[one.remedy.value], _instant(one.applied_at)])}{bracketed(f'{one.touched:,}')}"
    if not incident.remedies:
        yield f"  {texts['none_yet']}"
    unreachable = bracketed(f"{incident.unreachable:,} {texts['unreachable']}")
    yield f"\n{texts['notified']}{colon()}{incident.notices:,}{unreachable}"
    yield f"\n{texts['clocks']}{colon()}".rstrip()
    yield from (f"  {_say_duty(duty, texts)}" for duty in incident.duties)
    yield f"\n{texts['no_names']}"


def _say_duty(duty: DutyView, texts: dict[str, Any]) -> str:
    count, _, unit = duty.within.partition(" ")
    within = f"{count} {texts['words'][unit]}" if unit else texts["words"][count]
    if duty.exempt_because:
        state = texts["exempt"]
    else:
        state = f"{texts['met']} {_instant(duty.met_at)}" if duty.met_at else texts["open"]
        state = listed([state, texts["late"]]) if duty.in_time is False else state
    ground = bracketed(clauses([cite(duty.article), within, _instant(duty.due_at)]))
    return f"{label_of(duty.to, IncidentDuty)}{ground}{colon()}{state}"


def _instant(instant: dt.datetime) -> str:
    here = instant.astimezone(clock.zone())
    return f"{write_day(here)} {here:%z}"
