# SPDX-License-Identifier: EUPL-1.2
"""Unicode's normal forms, of texts as long as anything that has one here.

To put combining marks into their order costs the square of their number: those of some hundred kilobytes would occupy a process for an
hour. A text that is longer stays as it is, and what is then made of it refuses it for its length.
"""

import unicodedata
from typing import Final, Literal

LONGEST: Final = 4096


def normal_form(text: str, form: Literal["NFC", "NFKC"] = "NFKC") -> str:
    """Return a text in a normal form; a longer one than `LONGEST` unchanged."""
    return unicodedata.normalize(form, text) if len(text) <= LONGEST else text
