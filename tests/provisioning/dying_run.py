# SPDX-License-Identifier: EUPL-1.2
"""A process that pushes against the demo network and kills itself, without a last word, where the test says."""

import datetime as dt
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rollkeeper.access.authority import worker_authority
from rollkeeper.operations.bootstrap import open_instance
from rollkeeper.provisioning.choices import ReadBack
from rollkeeper.provisioning.gateways.file import FileGateway
from rollkeeper.provisioning.services import push_due


class Dying(FileGateway):
    """The demo network, for a process that dies at one place."""

    def __init__(self, journal: Path, where: str) -> None:
        super().__init__(journal)
        self._where = where

    def push(self, orders: Sequence[Any]) -> Any:
        """Take the orders, or half of them, or none."""
        self._die("before anything was sent")
        if self._where == "half way":
            super().push(orders[: len(orders) // 2])
            self._die("half way")
        answers = super().push(orders)
        self._die("after all was sent")
        return answers

    def read_back(self, lines: Sequence[Any], *, bars: Any = ()) -> list[ReadBack]:
        """Say how the lines are."""
        said = super().read_back(lines)
        self._die("after the read-back")
        return said

    def _die(self, where: str) -> None:
        if where == self._where:
            os.kill(os.getpid(), signal.SIGKILL)


def main(journal: str, where: str) -> None:
    """Push all that is due."""
    open_instance()
    push_due(worker_authority(), on=dt.date(2012, 3, 2), gateway=Dying(Path(journal), where))
