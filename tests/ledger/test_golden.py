# SPDX-License-Identifier: EUPL-1.2
"""What the ledger can say is frozen: a verb is never renamed, never used again, and its bytes never change.

`golden/entries.jsonl` holds one whole entry for each verb, with all that its form allows, and a further one for each time that its form
was given more: what is added may be left out. ``python -m tests.ledger.test_golden >> tests/ledger/golden/entries.jsonl`` prints the lines
that are missing.
"""

import datetime as dt
import json
from pathlib import Path
from uuid import UUID

from rollkeeper.ledger.entry_schema import ABSENT, FactType
from rollkeeper.ledger.services import entry_body
from rollkeeper.ledger.verbs import Verb

GOLDEN = Path(__file__).parent / "golden" / "entries.jsonl"
A_FACT = {
    FactType.CODE: "registration",
    FactType.REFERENCE: "01900000-0000-7000-8000-000000000002",
    FactType.DIGEST: "ab" * 32,
    FactType.ACTOR: "0e" * 32,
    FactType.DAY: "2012-03-01",
    FactType.INSTANT: "2012-03-01T01:00:00.123456+00:00",
    FactType.COUNT: 60,
    FactType.FLAG: False,
}


def line_for(verb, names=None):
    """Write an entry with these facts; with all of them where none are named."""
    schema = verb.schema
    return entry_body(
        verb=verb,
        at=dt.datetime(2012, 3, 2, 1, 0, 0, 123_000, tzinfo=dt.UTC),
        on=dt.date(2012, 3, 2),
        role="supervisor",
        actor="0f" * 32,
        line_id=None if schema.line is ABSENT else UUID("01900000-0000-7000-8000-000000000001"),
        commitment=None if schema.person is ABSENT else "f0" * 32,
        pack=None if schema.pack is ABSENT else "cd" * 32,
        article=None if schema.article is ABSENT else "art. 3 第三条",
        facts={
            name: A_FACT[kind] for name, kind in schema.all_facts.items() if names is None or name in names
        },
    ).decode()


def golden():
    return GOLDEN.read_text("utf-8").splitlines()


def lacking():
    return [line for verb in Verb if (line := line_for(verb)) not in golden()]


def test_every_entry_that_was_ever_frozen_is_still_written_with_the_same_bytes():
    frozen = [(line, json.loads(line)) for line in golden()]

    assert [
        line for line, said in frozen if line_for(Verb(said["verb"]), said.get("facts", ())) != line
    ] == []


def test_every_verb_is_frozen_with_all_that_its_form_allows():
    assert lacking() == [], "append it to golden/entries.jsonl"


def test_keys_stand_in_their_canonical_order():
    for line in golden():
        assert line == json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    print("\n".join(lacking()))
