# SPDX-License-Identifier: EUPL-1.2
"""Letters of the demo, to subscribers of fixed lines whom no call reached. Some envelopes come back, and some slips.

As in `demo.py`, nothing is written into a table here. A demo prints nothing, so this gateway replaces the operator's program for post.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.kernel.choices import Channel
from rollkeeper.notices.gateways.base import Answer, Gateway, Message, SubmissionResult
from rollkeeper.notices.gateways.letters import letter_reference, slip_reference
from rollkeeper.notices.gateways.registry import gateways
from rollkeeper.notices.returned_mail import record_returned_letters, settle_letters
from rollkeeper.notices.verp import return_secret

CAME_BACK_ON: Final = (dt.date(2012, 2, 8), dt.date(2012, 3, 12))
_ONE_IN: Final = 3
"""Of every three letters, one comes back as an envelope and one as a slip; nothing comes back of the third."""


class DemoLetters:
    """What was posted, and what came back of it."""

    rings, batch_size = False, 200

    def __init__(self, as_staff: Callable[[str], Authority]) -> None:
        self._as = as_staff
        self._posted: list[str] = []
        self._awaited: list[str] = []
        """The letters of which something may still come back."""

    def with_the_others(self) -> Mapping[Channel, Gateway]:
        """Return the gateways of the demo, with this one for letters."""
        return {**gateways(), Channel.POST: self}

    def send(self, messages: Sequence[Message]) -> list[SubmissionResult]:
        """Post the letters."""
        references = [letter_reference(one.reference) for one in messages]
        fresh = [one for one in references if one not in self._posted]
        self._posted += fresh
        self._awaited += fresh
        return [SubmissionResult(Answer.ACCEPTED, one) for one in references]

    def live(self, day: dt.date) -> None:
        """Record returned letters on their day, and import them on the next."""
        if day in CAME_BACK_ON:
            secret = return_secret()
            slips = [slip_reference(one, secret=secret) for one in self._awaited[1::_ONE_IN]]
            record_returned_letters(self._as("supervisor"), [*self._awaited[::_ONE_IN], *slips], on=day)
            self._awaited.clear()
        elif day - dt.timedelta(days=1) in CAME_BACK_ON:
            settle_letters(worker_authority(), on=day)

    def leave(self, day: dt.date) -> None:
        """Leave one envelope that is recorded and not imported yet."""
        record_returned_letters(self._as("supervisor"), self._awaited[:1], on=day)
