# SPDX-License-Identifier: EUPL-1.2
"""The network as this package sees it: something that takes orders and can say what is true.

One protocol for all elements; `tests/provisioning/test_gateways.py` is the contract that each of them passes. A gateway
gets many orders at once, so that each can use what its element offers: one connection, a window, several threads.
"""

import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.ids import CommandId, LineId
from rollkeeper.kernel.settings import data_dir
from rollkeeper.provisioning.choices import ALWAYS_ALLOWED, Answer, CommandKind, ReadBack
from rollkeeper.provisioning.errors import ELEMENT_SECRET_MISSING
from rollkeeper.vault.secret_value import SecretValue


@dataclass(frozen=True, slots=True)
class Order:
    """One command as a gateway sees it. `sequence` grows with every command: an order older than the last one done is not done.

    The floor is no field: it cannot be left out of an order, so it cannot be forgotten either.
    """

    line_id: LineId
    key: CommandId
    kind: CommandKind
    reason: str
    sequence: int
    number: SecretValue | None = None
    service: str | None = None
    bars: Bars = Bars.ALL
    """What a bar keeps the line from; everything that it does not name works."""

    def bars_of(self, part: Bars) -> Bars:
        """Return what an element that switches this part of a service has to bar."""
        return self.bars & part if self.kind is CommandKind.BAR else Bars(0)

    @property
    def allowed(self) -> tuple[str, ...]:
        """Return what must stay reachable for every kind of order. Law: art. 3."""
        return tuple(ALWAYS_ALLOWED)


type Wanted = Mapping[LineId, Bars]
"""What each line is to be barred from; a line that is not named, from all but the floor."""
NOTHING_LEFT: Final[Wanted] = MappingProxyType({})


def compared(barred: Bars, wanted: Bars) -> ReadBack:
    """Compare what an element bars with what it should bar, both limited to the part of a service that it switches."""
    if barred == wanted:
        return ReadBack.BARRED
    if not barred:
        return ReadBack.OPEN
    return ReadBack.EXCESS if barred & ~wanted else ReadBack.PARTLY


class Gateway(Protocol):
    """One way to the network."""

    @property
    def needs_number(self) -> bool:
        """Tell whether the element knows lines by their number. The number is opened only then."""
        ...

    def push(self, orders: Sequence[Order]) -> list[Answer]:
        """Hand over orders and return an answer for each, in order. Never raises because the network is away.

        An order sent twice has the same effect as once. An order older than one already carried out for the line is refused.
        """
        ...

    def read_back(self, lines: Sequence[LineId], *, bars: Wanted = NOTHING_LEFT) -> list[ReadBack]:
        """Ask what is true of each line, in order; UNKNOWN where the network does not say.

        BARRED means that exactly what `bars` names for the line is barred, as far as this element switches it.
        """
        ...


def names_of(bars: Bars) -> list[str]:
    """Return what is barred, in words: outgoing, incoming, data."""
    return [str(one.name).lower() for one in bars]


def bars_named(names: object) -> Bars:
    """Return what these words bar; everything if there are none, or one cannot be read."""
    known = {str(one.name).lower(): one for one in Bars.ALL}
    if (
        not isinstance(names, list)
        or not names
        or not all(isinstance(name, str) and name in known for name in names)
    ):
        return Bars.ALL
    return Bars(sum(known[name] for name in set(names)))


CHUNK: Final = 200
"""Orders claimed and delivered together; this many are retried when the process is killed."""


def read_secret(name: str) -> str:
    """Return the word in this file of the instance's secrets. Refuses: ELEMENT_SECRET_MISSING."""
    file = data_dir() / "secrets" / name
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise ELEMENT_SECRET_MISSING(file=name)
        word = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise ELEMENT_SECRET_MISSING(file=name) from fault
    if not word:
        raise ELEMENT_SECRET_MISSING(file=name)
    return word
