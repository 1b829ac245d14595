# SPDX-License-Identifier: EUPL-1.2
"""The two ways into an Osmocom program: its control interface and its terminal (VTY).

Control, over TCP: length of what follows after the protocol byte (2 bytes, big-endian), protocol 0xee, extension 0x00,
then text: `GET <id> <variable>` or `SET <id> <variable> <value>`, answered by `GET_REPLY <id> <variable> <value>`,
`SET_REPLY ...` or `ERROR <id> <why>`; a `TRAP` may come at any time and is passed over.

Terminal: telnet; a command and a line feed, answered by its echo, its output and the prompt.
"""

import re
import socket
import struct
from types import TracebackType
from typing import Final, Self

from rollkeeper.kernel.deadlines import Deadline

_ANSWERS: Final = 10
"""A whole conversation may take this many times as long as one answer."""
_CONTROL: Final = b"\xee\x00"
_LONGEST_BYTES: Final = 1 << 16
_PROMPT: Final = re.compile(rb"(?:^|\n)\S+[>#] \Z")
_COMMAND: Final = re.compile(r"[a-z0-9+ -]{1,128}")
_VARIABLE: Final = re.compile(r"[a-z0-9.-]{1,64}")
_VALUE: Final = re.compile(r"[a-z0-9]{1,32}")
_FIGURES: Final = {
    "id": re.compile(r"[0-9]{1,19}"),
    "msisdn": re.compile(r"[0-9]{1,15}"),
    "imsi": re.compile(r"[0-9]{1,15}"),
}
"""Values of the HLR that go into later commands: a longer text, or one with a blank or a line end, would let the HLR choose the command."""


class NotUnderstood(Exception):
    """The other side sent something that no Osmocom program sends, or refused what it must not refuse."""


class _Talk:
    """One connection with a bound on waiting."""

    def __init__(self, place: str, *, patience_s: float) -> None:
        host, _, port = place.rpartition(":")
        self._deadline = Deadline(_ANSWERS * patience_s, peer=place)
        self._wire = socket.create_connection((host, int(port)), timeout=patience_s)
        self._read = b""
        self._deadline.__enter__()
        self._deadline.watch(self._wire)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._deadline.__exit__()
        self._wire.close()

    def _more(self) -> None:
        piece = self._wire.recv(1 << 14)
        if not piece or len(self._read) > _LONGEST_BYTES:
            raise NotUnderstood
        self._read += piece


class Control(_Talk):
    """The control interface."""

    _asked = 0

    def info(self, selector: str) -> dict[str, str] | None:
        """Return the HLR's record of a subscriber; None if unknown. `selector`: msisdn-… or id-…. Another's record is refused."""
        said = self._ask("GET", f"subscriber.by-{selector}.info")
        if said is None:
            return None
        found = dict(row.split("\t", 1) for row in said.split("\n") if "\t" in row)
        if not {"id", "nam_cs", "nam_ps"} <= found.keys():
            raise NotUnderstood
        if any(name in found and not form.fullmatch(found[name]) for name, form in _FIGURES.items()):
            raise NotUnderstood
        kind, _, wanted = selector.partition("-")
        if found.get(kind) != wanted:
            raise NotUnderstood
        return found

    def get(self, variable: str) -> str | None:
        """Return one variable of a subscriber."""
        return self._ask("GET", f"subscriber.by-{variable}")

    def set(self, variable: str, value: str) -> None:
        """Set one variable of a subscriber."""
        if self._ask("SET", f"subscriber.by-{variable}", value) is None:
            raise NotUnderstood

    def _ask(self, verb: str, variable: str, *value: str) -> str | None:
        if not _VARIABLE.fullmatch(variable) or not all(map(_VALUE.fullmatch, value)):
            raise NotUnderstood
        self._asked += 1
        asked = " ".join([verb, str(self._asked), variable, *value]).encode()
        self._wire.sendall(struct.pack(">H", len(asked) + 1) + _CONTROL + asked)
        while True:
            what, number, said = [*self._frame().split(" ", 2), "", ""][:3]
            if what == "ERROR" and number == str(self._asked):
                if said.startswith("No such subscriber"):
                    return None
                raise NotUnderstood
            if what == f"{verb}_REPLY" and number == str(self._asked):
                return said.removeprefix(variable).removeprefix(" ")

    def _frame(self) -> str:
        while len(self._read) < 3 or len(self._read) < (end := 3 + struct.unpack_from(">H", self._read)[0]):
            self._more()
        frame, self._read = self._read[3:end], self._read[end:]
        return frame[1:].decode("utf-8", "replace")


class Terminal(_Talk):
    """The terminal, in its privileged mode."""

    def __init__(self, place: str, *, patience_s: float) -> None:
        super().__init__(place, patience_s=patience_s)
        try:
            self._until_prompt()
            self.do("enable")
        except BaseException:
            self._end()
            raise

    def do(self, command: str) -> None:
        """Send a command. Any output is an error message."""
        if not _COMMAND.fullmatch(command):
            raise NotUnderstood
        self._wire.sendall(command.encode() + b"\n")
        if b"%" in self._until_prompt():
            raise NotUnderstood

    def _until_prompt(self) -> bytes:
        while not _PROMPT.search(self._read):
            self._more()
        said, self._read = self._read, b""
        return said
