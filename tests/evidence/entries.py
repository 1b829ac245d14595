# SPDX-License-Identifier: EUPL-1.2
"""Entries of every verb that a report counts, with facts drawn at random within their forms, over a year."""

import datetime as dt
import random

from rollkeeper.evidence.measures import tables
from rollkeeper.kernel.database import copy_rows
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.ledger.acts import entry_body
from rollkeeper.ledger.forms import NEVER, Fact
from rollkeeper.ledger.verbs import Verb

FIRST = dt.date(2012, 1, 1)
ZEROS = "00000000-0000-7000-8000-000000000000"
CHANCE = {
    Fact.REFERENCE: ZEROS,
    Fact.DIGEST: "ab" * 32,
    Fact.ACTOR: "cd" * 32,
    Fact.INSTANT: "2012-03-01T01:00:00.123456+00:00",
}


def known_verbs():
    counted = {measure.verb for table in tables() for measure in table.rows}
    return [verb for verb in Verb if verb.value in counted]


def write_year(chance: random.Random, *, most: int, days: int = 366) -> int:
    """Write up to so many entries of each verb and return how many there are."""
    records = []
    for verb in known_verbs():
        records += [
            _record(verb, FIRST + dt.timedelta(days=chance.randrange(days)), chance)
            for _ in range(chance.choice([0, 1, 3, 9, most // 2, most]))
        ]
    chance.shuffle(records)
    copy_rows("COPY ledger_entry (at, day, verb, line_id, body) FROM STDIN", records)
    return len(records)


def _record(verb, day, chance):
    form = verb.form
    facts = {name: _value(verb, name, kind, day, chance) for name, kind in form.all_facts.items()}
    line_id = None if form.line is NEVER else LineId(new_uuid())
    at = dt.datetime.combine(day, dt.time(4), dt.UTC)
    body = entry_body(
        verb=verb, at=at, on=day, role="clerk", actor="sweep", line_id=line_id,
        commitment=None if form.person is NEVER else "f0" * 32, pack=None if form.pack is NEVER else "cd" * 32,
        article=None if form.article is NEVER else "art. 2", facts=facts,
    )  # fmt: skip
    return at, day, verb.value, line_id, body.decode()


def _value(verb, name, kind, day, chance):
    if kind is Fact.CODE:
        return chance.choice(_codes(verb, name))
    if kind is Fact.FLAG:
        return chance.random() < 0.5
    if kind is Fact.COUNT:
        return chance.choice([0, 1, 4, 30, 200])
    if kind is Fact.DAY:
        return (day - dt.timedelta(days=chance.randrange(5))).isoformat()
    return CHANCE[kind]


def _codes(verb, name):
    found = set()
    for table in tables():
        for measure in table.rows:
            if measure.verb == verb.value:
                found |= {value for key, value in (measure.where or {}).items() if key == name}
    return [*sorted(found), "unheard_of"]
