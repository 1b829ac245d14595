# SPDX-License-Identifier: EUPL-1.2
"""A process that sends what is due, and kills itself with SIGKILL at the place that the test names."""

import datetime as dt
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.notices.gateways.file import FileGateway
from rollkeeper.notices.gateways.smtp import SmtpGateway
from rollkeeper.notices.services import send_due
from rollkeeper.operations.bootstrap import open_instance

ON = dt.date(2011, 12, 20)


def die() -> None:
    """End this process at once, as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingOutbox(FileGateway):
    """The file outbox, for a process that dies at one place."""

    def __init__(self, folder: Path, where: str) -> None:
        super().__init__(folder)
        self._where = where

    def send(self, messages: Sequence[Any]) -> Any:
        """Send all, half or nothing."""
        if self._where == "before anything was sent":
            die()
        if self._where == "half way":
            super().send(messages[: len(messages) // 2])
            die()
        super().send(messages)
        die()


class DyingMailer(SmtpGateway):
    """A gateway to a real mail server, for a process that dies after it has sent this many mails."""

    left = 0

    def _send_one(self, server: Any, message: Any) -> Any:
        given = super()._send_one(server, message)
        DyingMailer.left -= 1
        if not DyingMailer.left:
            die()
        return given


def into_outbox(folder: str, where: str) -> None:
    """Send into the file outbox."""
    _send(Channel.SMS, DyingOutbox(Path(folder), where))


def into_outbox_to_the_end(folder: str) -> None:
    """Send into the file outbox without dying."""
    _send(Channel.SMS, FileGateway(Path(folder)))


def by_mail(url: str, mails: str) -> None:
    """Send by mail until this many mails are sent."""
    DyingMailer.left = int(mails)
    _send(Channel.EMAIL, DyingMailer(url, sender="register@operator.example", operator="Test"))


def _send(channel: Channel, way: Any) -> None:
    open_instance()
    clock.set_demo_date(ON)
    send_due(worker_authority(), on=ON, by_channel={channel: way})
