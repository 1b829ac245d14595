# SPDX-License-Identifier: EUPL-1.2
"""Unicode's normal forms, for texts that are not too long.

The time to sort combining marks grows with the square of their number: some hundred kilobytes of them would occupy a process for an hour.
A longer text stays as it is, and the code that uses it refuses it for its length.
"""

import re
import unicodedata
from typing import Final, Literal

LONGEST: Final = 4096
_TURNING: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def normal_form(text: str, form: Literal["NFC", "NFKC"] = "NFKC") -> str:
    """Return a text in a normal form; a text longer than `LONGEST` is returned unchanged."""
    return unicodedata.normalize(form, text) if len(text) <= LONGEST else text


def unturned(text: str) -> str:
    """Return a text without the signs that turn its direction: with them a page shows another name than the one that is compared and sent."""
    return _TURNING.sub("", text)
