# SPDX-License-Identifier: EUPL-1.2
"""A text as short messages carry it: in the basic alphabet if that has all its characters, else in UCS-2; in parts if long.

A part of a long message begins with six octets (3GPP TS 23.040, 9.2.3.24.1) and esm_class 0x40 says so:

    05 00 03 <which message> <how many parts> <which part>

smpplib's own division breaks characters of two septets, and emoji, between two parts.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

_BASIC_ALPHABET: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_BEHIND_ESCAPE: Final = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
_ESCAPE: Final = 0x1B
SEPTETS: Final[Mapping[str, bytes]] = {
    one: bytes([place]) for place, one in enumerate(_BASIC_ALPHABET) if place != _ESCAPE
} | {one: bytes([_ESCAPE, place]) for one, place in _BEHIND_ESCAPE.items()}
"""Each character of the basic alphabet as it is carried, an octet a septet. Source: 3GPP TS 23.038, 6.2.1."""

BASIC, UCS_2 = 0x00, 0x08  # data_coding
WITH_HEADER: Final = 0x40  # esm_class
_MOST_PARTS: Final = 255


class TooLong(Exception):
    """A text has more parts than one message can have."""


def in_parts(text: str, *, reference: UUID) -> tuple[int, list[bytes]]:
    """Return the data coding and the octets of each part; no character is split between two. Raises TooLong."""
    coding, parts = _divided(text)
    if len(parts) == 1:
        return coding, parts
    if len(parts) > _MOST_PARTS:
        raise TooLong
    return coding, [
        bytes([5, 0, 3, reference.bytes[-1], len(parts), number]) + part
        for number, part in enumerate(parts, start=1)
    ]


def sms_parts(text: str) -> int:
    """Return in how many parts a text goes out."""
    _, parts = _divided(text)
    return len(parts)


def _divided(text: str) -> tuple[int, list[bytes]]:
    """Return the data coding and the parts without headers: 160 septets or 140 octets alone, else 153 or 134 each."""
    if set(text) <= SEPTETS.keys():
        coding, pieces, alone, each = BASIC, [SEPTETS[one] for one in text], 160, 153
    else:
        coding, pieces, alone, each = UCS_2, [one.encode("utf-16-be") for one in text], 140, 134
    if sum(map(len, pieces)) <= alone:
        return coding, [b"".join(pieces)]
    return coding, _filled(pieces, each)


def _filled(pieces: Sequence[bytes], each: int) -> list[bytes]:
    parts = [b""]
    for piece in pieces:
        if len(parts[-1]) + len(piece) > each:
            parts.append(b"")
        parts[-1] += piece
    return parts
