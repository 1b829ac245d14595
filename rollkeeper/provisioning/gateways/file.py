# SPDX-License-Identifier: EUPL-1.2
"""A network for demos: it stores its orders in a file and reports them.

``network/journal.jsonl`` in the instance has one line for each order carried out: the line's reference, the order's key and
sequence, the state, and what stays reachable. Never a number. The last line of a reference is the truth; a half
written last line of the file (the process was killed) is cut off by the next writer and ignored by readers.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.files import cut_torn_end
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.settings import data_dir
from rollkeeper.provisioning.choices import ALWAYS_ALLOWED, Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.base import (
    NOTHING_LEFT,
    Order,
    Wanted,
    bars_named,
    compared,
    names_of,
)
from rollkeeper.provisioning.settings import settings


@dataclass(slots=True)
class _Known:
    state: ReadBack
    sequence: int
    bars: Bars = Bars.ALL


class FileGateway:
    """The gateway to the file. A line that it never received a command about is open, as in a network already in service."""

    needs_number = False

    def __init__(self, journal: Path, *, fault_share: float = 0.0) -> None:
        self._journal, self._fault_share = journal, fault_share
        self._known: dict[str, _Known] = {}
        self._read_to = 0

    @classmethod
    def of_this_instance(cls) -> "FileGateway":
        """Return the demo network of this instance."""
        return cls(data_dir() / "network" / "journal.jsonl", fault_share=settings().demo_faults)

    def push(self, orders: Sequence[Order]) -> list[Answer]:
        """Carry out orders and remember them on disk before answering."""
        with self._locked(fcntl.LOCK_EX) as file:
            cut_torn_end(file)
            self._catch_up(file)
            file.seek(0, os.SEEK_END)
            answers = [self._carry_out(order, file) for order in orders]
            file.flush()
            os.fsync(file.fileno())
            self._read_to = file.tell()
        return answers

    def read_back(self, lines: Sequence[LineId], *, bars: Wanted = NOTHING_LEFT) -> list[ReadBack]:
        """Say what is true of each line."""
        with self._locked(fcntl.LOCK_SH) as file:
            self._catch_up(file)
        return [self._state(str(line), bars.get(line, Bars.ALL)) for line in lines]

    def _state(self, line: str, wanted: Bars) -> ReadBack:
        known = self._known.get(line)
        if known is None or known.state is not ReadBack.BARRED:
            return known.state if known else ReadBack.OPEN
        return compared(known.bars, wanted)

    def _carry_out(self, order: Order, file: IO[bytes]) -> Answer:
        line, known = str(order.line_id), self._known.get(str(order.line_id))
        if known and known.sequence > order.sequence:
            return Answer.REFUSED
        if (known and known.sequence == order.sequence) or self._is_faulty(line):
            return Answer.ACCEPTED
        self._known[line] = _Known(order.kind.proof, order.sequence, order.bars)
        row: dict[str, object] = {
            "line": line,
            "key": str(order.key),
            "sequence": order.sequence,
            "state": order.kind.proof.value,
        }
        if order.kind is CommandKind.BAR:
            row["allows"], row["bars"] = list(order.allowed), names_of(order.bars)
        file.write(json.dumps(row).encode() + b"\n")
        return Answer.ACCEPTED

    def _is_faulty(self, line: str) -> bool:
        """Tell whether the demo network accepts orders for this line and does nothing."""
        return int.from_bytes(hashlib.sha256(line.encode()).digest()[:4]) < self._fault_share * 2**32

    def _catch_up(self, file: IO[bytes]) -> None:
        file.seek(self._read_to)
        for raw in file:
            if not raw.endswith(b"\n"):
                break
            row = json.loads(raw)
            self._known[row["line"]] = _Known(_state_of(row), row["sequence"], bars_named(row.get("bars")))
            self._read_to += len(raw)

    @contextmanager
    def _locked(self, how: int) -> Iterator[IO[bytes]]:
        self._journal.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self._journal, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            fcntl.flock(file, how)
            yield file


def _state_of(row: dict[str, object]) -> ReadBack:
    state = ReadBack(str(row["state"]))
    allows = row.get("allows")
    whole = isinstance(allows, list) and set(ALWAYS_ALLOWED) <= set(allows)
    return ReadBack.FLOOR_MISSING if state is ReadBack.BARRED and not whole else state
