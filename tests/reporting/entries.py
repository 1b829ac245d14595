# SPDX-License-Identifier: EUPL-1.2
"""Entries of every verb that a report counts, with facts drawn at random within their forms, over a year."""

import datetime as dt
import random

from django.db import connection

from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.ledger.entry_schema import ABSENT, FactType
from rollkeeper.ledger.services import entry_body
from rollkeeper.ledger.verbs import Verb
from rollkeeper.reporting.metrics import tables

FIRST = dt.date(2012, 1, 1)
ZEROS = "00000000-0000-7000-8000-000000000000"
CHANCE = {
    FactType.REFERENCE: ZEROS,
    FactType.DIGEST: "ab" * 32,
    FactType.ACTOR: "cd" * 32,
    FactType.INSTANT: "2012-03-01T01:00:00.123456+00:00",
}


_DATED = ["anchor", "batch", "last_day"]
_FORMS = {
    Verb.LINE_SUSPENDED: [[*_DATED, "bars"], _DATED],
    Verb.LINE_TERMINATED: [["by"], _DATED, [*_DATED, "by"]],
}
"""Of a verb with facts that not each of its entries has, which ones have been written together."""


def known_verbs():
    counted = {metric.verb for table in tables() for metric in table.rows}
    return [verb for verb in Verb if verb.value in counted]


def write_year(chance: random.Random, *, most: int, days: int = 366) -> int:
    """Write up to so many entries of each verb and return how many there are."""
    records = []
    for verb in known_verbs():
        records += [
            _record(verb, FIRST + dt.timedelta(days=chance.randrange(days)), chance, nth)
            for nth in range(chance.choice([0, 1, 3, 9, most // 2, most]))
        ]
    chance.shuffle(records)
    connection.ensure_connection()
    statement = "COPY ledger_entry (at, day, verb, line_id, body) FROM STDIN"
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for record in records:
            copy.write_row(record)
    return len(records)


def _record(verb, day, chance, nth):
    schema = verb.schema
    forms = _FORMS.get(verb, [list(schema.all_facts)])
    form = forms[nth % len(forms)]
    drawn = {name: _value(verb, name, kind, day, chance) for name, kind in schema.all_facts.items()}
    facts = {name: value for name, value in drawn.items() if name in form}
    line_id = None if schema.line is ABSENT else LineId(new_uuid())
    at = dt.datetime.combine(day, dt.time(4), dt.UTC)
    body = entry_body(
        verb=verb, at=at, on=day, role="clerk", actor="worker", line_id=line_id,
        commitment=None if schema.person is ABSENT else "f0" * 32, pack=None if schema.pack is ABSENT else "cd" * 32,
        article=None if schema.article is ABSENT or form == ["by"] else "art. 2", facts=facts,
    )  # fmt: skip
    return at, day, verb.value, line_id, body.decode()


def _value(verb, name, kind, day, chance):
    if kind is FactType.CODE:
        return chance.choice(_codes(verb, name))
    if kind is FactType.FLAG:
        return chance.random() < 0.5
    if kind is FactType.COUNT:
        return chance.choice([0, 1, 4, 30, 200])
    if kind is FactType.DAY:
        return (day - dt.timedelta(days=chance.randrange(5))).isoformat()
    return CHANCE[kind]


def _codes(verb, name):
    found = set()
    for table in tables():
        for metric in table.rows:
            if metric.verb == verb.value:
                found |= {value for key, value in (metric.where or {}).items() if key == name}
    return [*sorted(found), "unheard_of"]
