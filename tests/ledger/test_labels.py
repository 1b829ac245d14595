# SPDX-License-Identifier: EUPL-1.2
"""What a subscriber reads of an entry: a suspension says what it barred, where the entry does."""

import pytest

from rollkeeper.kernel.choices import BarLevel
from rollkeeper.ledger.labels import ACTION_LABELS, action_label
from rollkeeper.ledger.verbs import Verb


@pytest.mark.parametrize("level", list(BarLevel))
def test_a_suspension_names_what_is_barred(level):
    assert str(level.label) in action_label(Verb.LINE_SUSPENDED, {"bars": level.value})


@pytest.mark.parametrize("facts", [{}, {"bars": ""}, {"bars": "unheard of"}])
def test_an_entry_that_names_no_bar_says_that_the_line_is_suspended(facts):
    assert action_label(Verb.LINE_SUSPENDED, facts) == str(ACTION_LABELS[Verb.LINE_SUSPENDED])


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"first": "2012-03-20", "last": "2012-04-20"},
            " First day: 20 March 2012; last day: 20 April 2012.",
        ),
        ({"first": "2012-03-20"}, " First day: 20 March 2012."),
        ({}, ""),
    ],
)
def test_a_pause_names_its_days(facts, said):
    assert (
        action_label(Verb.CLOCK_PAUSED, facts) == f"These days do not count for any clock of the line.{said}"
    )


def test_what_is_barred_is_said_of_no_other_entry():
    assert action_label(Verb.LINE_RESTORED, {"bars": "outgoing"}) == str(ACTION_LABELS[Verb.LINE_RESTORED])


@pytest.mark.parametrize(
    ("part", "said"), [("representative", "a person to act for you."), ("heir", "an heir.")]
)
def test_who_was_named_is_said_and_not_who_could_have_been(part, said):
    named = f"You have named {said} That person is not notified."

    assert action_label(Verb.DELEGATE_ADDED, {"part": part}) == named
