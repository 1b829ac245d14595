# SPDX-License-Identifier: EUPL-1.2
"""Codes of digits, which people read out or type: made at random, and read in any script with any signs between the digits."""

import secrets


def new_code(length: int) -> str:
    """Make a random code of this many digits, which no one can guess."""
    return "".join(secrets.choice("0123456789") for _ in range(length))


def figures_in(text: str) -> str:
    """Return only the digits of a text, as 0 to 9."""
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())
