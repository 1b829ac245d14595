# SPDX-License-Identifier: EUPL-1.2
"""Whatever a law decided says so for good: its entry carries the hash of the rule pack and the article."""

import json
from pathlib import Path

from rollkeeper.ledger.entry_schema import OPTIONAL, REQUIRED
from rollkeeper.ledger.verbs import Verb

FROZEN = Path(__file__).parents[1] / "ledger" / "golden" / "entry_schemas.json"

ALWAYS = {
    "campaign:campaign:planned", "campaign:campaign:closed", "campaign:line:waived", "campaign:clock:started",
    "campaign:batch:prepared", "campaign:nightly_run:finished", "line:line:suspended", "line:route:used", "line:limit:overridden",
    "line:copy:kept", "line:copy:erased", "line:clock:paused", "line:clock:resumed", "line:line:reconnected", "line:number:freed",
    "line:record:erased", "campaign:member:released", "incidents:duty:met", "agents:agent:approved", "disclosures:request:opened",
    "disclosures:notification:deferred",
}  # fmt: skip
"""A law decides each of these, whatever it is about."""
WHERE_AN_ARTICLE_SPEAKS = {
    "line:line:activated", "line:line:terminated", "line:line:relocated", "line:tenure:registered",
    "line:tenure:transferred", "line:tenure:relinquished", "line:tenure:corrected", "line:tenure:accepted", "disclosures:request:entered",
    "disclosures:request:refused", "selfcare:application:submitted",
}  # fmt: skip
"""A law decides these, or people do: a subscriber ends a contract, staff refuse a disclosure request."""
BY_PEOPLE_UNDER_A_LAW = {
    "campaign:batch:approved", "campaign:batch:started", "campaign:batch:stopped", "campaign:batch:finished",
    "campaign:batch:undone", "campaign:batch:undo_requested", "campaign:undo:approved", "campaign:undo:withdrawn", "line:line:restored", "incidents:incident:opened",
    "agents:reverification:started",
    "campaign:campaign:cancelled", "law:version:adopted",
}  # fmt: skip
"""People decide these; the entry says under which law, and no article has them do it."""


def frozen():
    return json.loads(FROZEN.read_text("utf-8"))


def test_what_a_law_decides_cannot_be_entered_without_its_hash_and_article():
    needs = {verb: (form["pack"], form["article"]) for verb, form in frozen().items()}

    assert {verb for verb, need in needs.items() if need == (REQUIRED.value, REQUIRED.value)} == ALWAYS
    assert {
        verb for verb, (_, article) in needs.items() if article == OPTIONAL.value
    } == WHERE_AN_ARTICLE_SPEAKS


def test_an_entry_naming_a_pack_is_decided_by_law_or_listed_as_an_exception():
    naming = {verb.value for verb in Verb if verb.schema.pack in {REQUIRED, OPTIONAL}}

    assert naming == ALWAYS | WHERE_AN_ARTICLE_SPEAKS | BY_PEOPLE_UNDER_A_LAW


def test_what_stops_or_starts_a_clock_or_takes_service_away_is_decided_by_a_law():
    clocks = {verb.value for verb in Verb if ":clock:" in verb.value}

    assert clocks | {"line:line:suspended"} <= ALWAYS
