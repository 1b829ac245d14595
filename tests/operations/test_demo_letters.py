"""Letters of the demo: what is posted, what comes back of it on which day, and what waits on the last one."""

import datetime as dt
import uuid

import pytest

from rollkeeper.kernel.choices import Channel
from rollkeeper.notices.choices import Outcome
from rollkeeper.notices.gateways.base import Message
from rollkeeper.notices.gateways.letters import read_letter
from rollkeeper.operations import demo_letters
from rollkeeper.operations.demo_letters import CAME_BACK_ON, DemoLetters
from rollkeeper.vault.secret_value import SecretValue

SECRET = b"a secret of these tests"


@pytest.fixture
def recorded(monkeypatch):
    """What is given to the page of returned letters, by the day."""
    given = {}
    monkeypatch.setattr(demo_letters, "return_secret", lambda: SECRET)
    monkeypatch.setattr(
        demo_letters, "record_returned_letters", lambda _, texts, *, on: given.setdefault(on, list(texts))
    )
    monkeypatch.setattr(demo_letters, "settle_letters", lambda _, *, on: given.setdefault(on, "taken in"))
    return given


def letters(count):
    return [Message(uuid.uuid4(), Channel.POST, SecretValue("x"), ()) for _ in range(count)]


def test_envelopes_and_slips_of_letters_come_back_and_are_taken_in_a_day_later(recorded):
    demo, day = DemoLetters(str), CAME_BACK_ON[0]
    posted = [one.gateway_reference for one in demo.send(letters(6))]

    for one in (day - dt.timedelta(days=1), day, day + dt.timedelta(days=1)):
        demo.live(one)

    verdicts = [read_letter(one, secret=SECRET) for one in recorded[day]]
    assert [one[1] for one in verdicts] == [Outcome.BOUNCED] * 2 + [Outcome.DELIVERED] * 2
    assert {one[0] for one in verdicts} < set(posted)
    assert recorded[day + dt.timedelta(days=1)] == "taken in"
    assert len(recorded) == 2


def test_one_letter_that_came_back_is_left_for_visitors(recorded):
    demo, last = DemoLetters(str), dt.date(2012, 3, 20)
    demo.send(letters(3))
    demo.live(CAME_BACK_ON[0])
    (waiting, _) = (one.gateway_reference for one in demo.send(letters(2)))

    demo.leave(last)

    assert recorded[last] == [waiting]
