# SPDX-License-Identifier: EUPL-1.2
"""The help texts of commands in the terminal's language, by paragraph, as far as the catalogue has them.

Only a terminal that is not English imports this. A translated paragraph is broken into lines here, since Click breaks lines at
spaces, which Chinese does not write.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Any, Final
from unicodedata import east_asian_width

from django.utils.translation import pgettext

from rollkeeper.kernel.side_by_side import as_plain_text

CONTEXT: Final = "help"
_EXAMPLE: Final = re.compile(r"(?:^|(?<= ))(Example(?: row)?: )")
_CELLS: Final = 76
_KEEP_LINES: Final = "\b\n"
"""Tells Click to leave the lines of a paragraph as they are."""


def translate_help(command: Any, context: Any) -> None:
    """Say the help of a command, of its options and of the commands below it in the active language."""
    found = list(paragraphs(command.help))
    if found:
        command.help = "\n\n".join(_laid_out(one) for one in found)
        command.short_help = command.short_help or _said(found[0])
    for one in (*command.params, command.get_help_option(context)):
        if getattr(one, "help", None):
            one.help = _said(one.help)
    for one in getattr(command, "commands", {}).values():
        translate_help(one, context)


def texts_of(paragraph: str) -> list[str]:
    """Return the texts of a paragraph that a catalogue has: what comes before its example, and what announces that."""
    before, *example = _EXAMPLE.split(paragraph, maxsplit=1)
    return [one for one in (before.strip(), *example[:1]) if one]


def paragraphs(text: str | None) -> Iterator[str]:
    """Yield the paragraphs of a help text, each in one line."""
    for one in inspect.cleandoc(text or "").split("\n\n"):
        if words := one.split():
            yield " ".join(words)


def _said(paragraph: str) -> str:
    for text in texts_of(paragraph):
        paragraph = paragraph.replace(text, as_plain_text(pgettext(CONTEXT, text)), 1)
    return paragraph


def _laid_out(paragraph: str) -> str:
    said = _said(paragraph)
    return said if said == paragraph else _KEEP_LINES + "\n".join(_lines(said))


def _lines(text: str) -> Iterator[str]:
    """Break a text at spaces and between Chinese characters; a mark that opens or ends something stays with its neighbour."""
    line, cells = "", 0
    for piece in re.findall(r"[“（]?(?:[!-~]+ ?|.)[，。；：、？！）”]*|\s", text):
        wide = sum(1 + (east_asian_width(sign) in "WF") for sign in piece)
        if line and cells + wide > _CELLS:
            yield line.rstrip()
            line, cells = "", 0
        line, cells = line + piece, cells + wide
    yield line.rstrip()
