# SPDX-License-Identifier: EUPL-1.2
"""The outgoing channels as this package sees them: something that takes messages and says whether it took them.

One protocol for all; `tests/notices/test_gateways.py` is the contract that each of them passes. A gateway gets many
messages at once, so that each can use what its kind offers: one connection, a window, a throttle. That a message
arrived is reported later, by reference, to `notices.services.record_outcomes`.
"""

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from smpplib.exceptions import PDUError

from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.notices.texts import RenderedText
from rollkeeper.vault.secret_value import SecretValue

log = logging.getLogger("rollkeeper.notices")
CHUNK: Final = 200
"""Notices claimed and delivered together."""


class Answer(StrEnum):
    """A gateway's answer to a message."""

    ACCEPTED = "accepted"
    RETRY = "retry"
    """Out of reach or busy."""
    FAILED = "failed"
    """Not this message, not now: a full mailbox. Says nothing of other messages."""
    DECLINED = "declined"
    """Not this message, permanently, though the address may exist: for example the other side blocks the sender."""
    REFUSED = "refused"
    """The address does not exist."""


class GatewayBroken(Exception):
    """A fault in this instance, not on the other side: no attempt is used, no other channel is paid for, and staff must fix it."""


class GatewayAway(Exception):
    """The other side does not answer: its notices wait, and those of the other channels do not."""


def log_away(gateway: str, fault: BaseException) -> None:
    """Write into the log why a gateway takes nothing: the state of the connection, never what was said of a message or an address."""
    match fault:
        case smtplib.SMTPResponseException():
            why = f"it answered {fault.smtp_code}"
        case PDUError():
            why = f"it answered {fault.args[0]}"
        case RollkeeperError():
            why = str(fault)
        case OSError(strerror=str(said)):
            why = said
        case _:
            why = type(fault).__name__
    log.warning("%s takes nothing: %s", gateway, why)


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `reference` is the attempt's id; it stays the same if a crash left it unclear whether the message went out."""

    reference: UUID
    channel: Channel
    address: SecretValue
    texts: tuple[RenderedText, ...]
    """The same text in each language that the recipient may read."""
    is_repeat: bool = False
    needs_slip: bool = True
    """Of a letter: whether it has a slip that proves that it was opened. A letter without a slip proves nothing."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages in which it is said (BCP 47)."""
        return tuple(one.language for one in self.texts)

    @property
    def subject(self) -> str:
        """Return the subject, in all languages."""
        return " · ".join(one.subject for one in self.texts)

    @property
    def text(self) -> str:
        """Return the text, one language after the other."""
        return ("\n" if self.channel.uses_line else "\n\n\n").join(one.text for one in self.texts)


@dataclass(frozen=True, slots=True)
class SubmissionResult:
    """A gateway's answer, with its own id for the message if it has one; `FAILED` with an id was an attempt to reach the subscriber."""

    answer: Answer
    gateway_reference: str | None = None


class Gateway(Protocol):
    """One channel."""

    @property
    def rings(self) -> bool:
        """Tell whether a message makes a telephone ring or buzz: then it waits for the end of the quiet hours."""
        ...

    @property
    def batch_size(self) -> int:
        """Return how many messages are delivered before their answers are written down.

        This many may be sent twice after a crash, under the same reference. A channel that recognises a repeated reference takes
        a whole chunk; one that cannot (a mail server) takes few.
        """
        ...

    def send(self, messages: Sequence[Message]) -> list[SubmissionResult]:
        """Hand over messages and return an answer for each, in order. Never raises because the channel is blocked.

        Raises GatewayBroken if it cannot record what it does; messages that may have been sent are sent again under their
        reference.
        """
        ...
