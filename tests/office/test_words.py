"""Every word of the register that a page of the office can show has been put into words."""

import pytest

from rollkeeper.campaign.stages import Action, BatchState, PassedOver, Stage
from rollkeeper.incidents import scoping
from rollkeeper.lines.states import LineState, Service
from rollkeeper.notices.kinds import Channel
from rollkeeper.office import words


@pytest.mark.parametrize(
    ("vocabulary", "known"),
    [
        ("stage", Stage),
        ("stage_note", Stage),
        ("action", Action),
        ("state", BatchState),
        ("service", Service),
        ("line_state", LineState),
        ("reason", PassedOver),
        ("channel", Channel),
    ],
)
def test_it_is_said(vocabulary, known):
    assert {word.value for word in known} <= set(words.VOCABULARY[vocabulary])


def test_whatever_an_incident_may_have_exposed_is_said():
    assert {*scoping.FIELDS, scoping.OTHER} <= words.VOCABULARY["field"].keys()


def test_every_state_of_a_batch_has_a_colour():
    assert set(words.STATE_COLOURS) == {state.value for state in BatchState}


def test_a_word_that_nobody_put_into_words_is_shown_as_it_is():
    assert words.say("from_tomorrow", "reason") == "from tomorrow"
