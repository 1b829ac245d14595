"""Every word of the register that a page of the back office can show has been put into words."""

import pytest

from rollkeeper.backoffice import labels
from rollkeeper.campaign.choices import Action, BatchState, SkipReason, Stage
from rollkeeper.incidents import scope
from rollkeeper.lines.choices import LineState, Service
from rollkeeper.notices.choices import Channel


@pytest.mark.parametrize(
    ("vocabulary", "known"),
    [
        ("stage", Stage),
        ("stage_note", Stage),
        ("action", Action),
        ("state", BatchState),
        ("service", Service),
        ("line_state", LineState),
        ("reason", SkipReason),
        ("channel", Channel),
    ],
)
def test_it_is_said(vocabulary, known):
    assert {word.value for word in known} <= set(labels.VOCABULARY[vocabulary])


def test_whatever_an_incident_may_have_exposed_is_said():
    assert {*scope.FIELDS, scope.OTHER} <= labels.VOCABULARY["field"].keys()


def test_every_state_of_a_batch_has_a_colour():
    assert set(labels.STATE_COLOURS) == {state.value for state in BatchState}


def test_a_word_that_nobody_put_into_words_is_shown_as_it_is():
    assert labels.say("from_tomorrow", "reason") == "from tomorrow"
