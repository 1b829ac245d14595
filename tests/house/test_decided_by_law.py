# SPDX-License-Identifier: EUPL-1.2
"""Whatever a law decided says so for good: its entry carries the hash of the rule pack and the article."""

import json
from pathlib import Path

from rollkeeper.ledger.forms import MAY, MUST
from rollkeeper.ledger.verbs import Verb

FROZEN = Path(__file__).parents[1] / "ledger" / "golden" / "forms.json"

ALWAYS = {
    "campaign:campaign:planned", "campaign:campaign:closed", "campaign:line:excused", "campaign:clock:started",
    "campaign:batch:drawn_up", "campaign:sweep:ran", "line:line:suspended", "line:route:taken", "line:limit:passed",
    "line:copy:kept", "line:clock:paused", "line:clock:resumed", "line:line:lifted_for_hours", "line:number:freed",
    "line:record:erased", "campaign:member:let_go", "incidents:duty:met", "agents:agent:admitted", "disclosures:demand:opened",
    "disclosures:telling:put_off",
}  # fmt: skip
"""A law decides each of these, whatever it is about."""
WHERE_AN_ARTICLE_SPEAKS = {
    "line:line:activated", "line:line:ended", "line:line:relocated", "line:holding:registered",
    "line:holding:transferred", "line:holding:given_up", "line:holding:corrected", "line:holding:accepted", "disclosures:demand:entered",
    "disclosures:demand:refused", "rights:application:made",
}  # fmt: skip
"""A law decides these, or people do: a holder ends a contract, somebody finds a demand wanting."""
BY_PEOPLE_UNDER_A_LAW = {
    "campaign:batch:approved", "campaign:batch:started", "campaign:batch:stopped", "campaign:batch:finished",
    "campaign:batch:undone", "campaign:batch:undo_asked", "line:line:restored", "incidents:incident:opened",
    "agents:recheck:begun",
}  # fmt: skip
"""People decide these; the entry says under which law, and no article has them do it."""


def frozen():
    return json.loads(FROZEN.read_text("utf-8"))


def test_what_a_law_decides_cannot_be_entered_without_its_hash_and_article():
    needs = {verb: (form["pack"], form["article"]) for verb, form in frozen().items()}

    assert {verb for verb, need in needs.items() if need == (MUST.value, MUST.value)} == ALWAYS
    assert {verb for verb, (_, article) in needs.items() if article == MAY.value} == WHERE_AN_ARTICLE_SPEAKS


def test_an_entry_that_names_a_pack_is_one_that_a_law_decides_or_is_said_to_be_another():
    naming = {verb.value for verb in Verb if verb.form.pack in {MUST, MAY}}

    assert naming == ALWAYS | WHERE_AN_ARTICLE_SPEAKS | BY_PEOPLE_UNDER_A_LAW


def test_what_stops_or_starts_a_clock_or_takes_service_away_is_decided_by_a_law():
    clocks = {verb.value for verb in Verb if ":clock:" in verb.value}

    assert clocks | {"line:line:suspended"} <= ALWAYS
