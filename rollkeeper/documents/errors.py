# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the room documents."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class PictureNotRead(RollkeeperError):
    """A picture was given; this version reads text only."""

    code = "picture_not_read"
    kind = Kind.MALFORMED
    sentence = "Pictures and PDF files are not read by this version: only numbers and machine-readable zones as text."
    remedy = "Type the number, or paste the lines of the machine-readable zone: rollkeeper documents check -"


class NothingToCheck(RollkeeperError):
    """The command was given no number."""

    code = "nothing_to_check"
    kind = Kind.MALFORMED
    sentence = "There is no number to check."
    remedy = "Give one, or '-' and the text on standard input, which leaves it out of the shell's history."
