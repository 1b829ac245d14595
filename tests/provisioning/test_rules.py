"""The result of a try: only the network's read-back confirms, and no line stays barred because we gave up."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.provisioning.choices import ALWAYS_ALLOWED, Answer, CommandKind, CommandState, ReadBack
from rollkeeper.provisioning.rules import counted_tries, next_state, wait_after

ANSWERS = st.sampled_from([*Answer, None])


@given(st.sampled_from(CommandKind), ANSWERS, st.sampled_from(ReadBack), st.integers(1, 30_000))
def test_a_command_is_confirmed_by_its_own_proof_and_by_nothing_else(kind, answer, read_back, tries):
    followed = next_state(kind, answer=answer, read_back=read_back, tries=tries, max_tries=8)

    is_taken = kind is not CommandKind.RESTORE or answer is not Answer.RETRY
    assert (followed.state is CommandState.CONFIRMED) == (read_back is kind.proof and is_taken)


@given(ANSWERS, st.sampled_from([r for r in ReadBack if r is not ReadBack.OPEN]), st.integers(1, 30_000))
def test_restoring_is_never_given_up(answer, read_back, tries):
    followed = next_state(CommandKind.RESTORE, answer=answer, read_back=read_back, tries=tries, max_tries=1)

    assert followed.state in {CommandState.SENT, CommandState.WAITING}
    assert followed.wait <= dt.timedelta(minutes=15)


@pytest.mark.parametrize(
    ("tries", "state"), [(7, CommandState.SENT), (8, CommandState.FAILED), (9, CommandState.FAILED)]
)
@pytest.mark.parametrize("answer", [Answer.ACCEPTED, None])
@pytest.mark.parametrize("kind", [CommandKind.BAR, CommandKind.TERMINATE])
def test_barring_and_ending_are_given_up_at_the_last_try_that_the_network_took(kind, answer, tries, state):
    assert next_state(kind, answer=answer, read_back=ReadBack.OPEN, tries=tries, max_tries=8).state is state


@given(st.sampled_from(CommandKind), st.integers(1, 30_000), st.integers(1, 20))
def test_an_element_that_is_away_is_waited_for_and_has_tries_left_when_it_comes_back(kind, tries, most):
    away = next_state(kind, answer=Answer.RETRY, read_back=ReadBack.UNKNOWN, tries=tries, max_tries=most)

    assert away.state is CommandState.WAITING
    left = most - counted_tries(tries, answer=Answer.RETRY, max_tries=most)
    assert left >= min(3, most - 1)


def test_what_the_network_refuses_is_not_tried_again():
    followed = next_state(
        CommandKind.BAR, answer=Answer.REFUSED, read_back=ReadBack.OPEN, tries=1, max_tries=8
    )

    assert followed.state is CommandState.FAILED


def test_a_bar_without_the_floor_fails_at_once_and_must_be_lifted():
    followed = next_state(
        CommandKind.BAR, answer=Answer.ACCEPTED, read_back=ReadBack.FLOOR_MISSING, tries=1, max_tries=8
    )

    assert followed.state is CommandState.FAILED
    assert followed.must_restore


@pytest.mark.parametrize(("tries", "seconds"), [(1, 10), (2, 20), (3, 40), (7, 640), (8, 900), (30_000, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(tries, seconds):
    assert wait_after(tries) == dt.timedelta(seconds=seconds)


def test_the_floor_is_emergency_care_and_registration():
    assert set(ALWAYS_ALLOWED) == {"emergency", "care", "registration"}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer.RETRY, CommandState.WAITING),
        (Answer.ACCEPTED, CommandState.CONFIRMED),
        (None, CommandState.CONFIRMED),
    ],
)
def test_an_open_line_proves_no_restore_that_the_element_did_not_take(answer, state):
    followed = next_state(CommandKind.RESTORE, answer=answer, read_back=ReadBack.OPEN, tries=1, max_tries=8)

    assert followed.state is state


def test_a_bar_that_is_refused_and_bars_more_than_ordered_is_lifted():
    followed = next_state(
        CommandKind.BAR, answer=Answer.REFUSED, read_back=ReadBack.EXCESS, tries=1, max_tries=8
    )

    assert (followed.state, followed.must_restore) == (CommandState.FAILED, True)
