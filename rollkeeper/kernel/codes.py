# SPDX-License-Identifier: EUPL-1.2
"""Codes of figures, which people read out or type: made by chance, and read in any script with whatever is between."""

import secrets


def new_code(length: int) -> str:
    """Make a code of so many figures that no one can guess."""
    return "".join(secrets.choice("0123456789") for _ in range(length))


def figures_in(text: str) -> str:
    """Return the figures of a text, and nothing else of it."""
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())
