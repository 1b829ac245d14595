# SPDX-License-Identifier: EUPL-1.2
"""One spelling for each number, document and reference, so that the same thing has the same keyed hash.

Spelling only: whether a document number can be true is decided in the package documents. Two numbers that differ in more than
spelling must never become one: no one may be found under another person's document.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from rollkeeper.kernel.normal_form import normal_form
from rollkeeper.law.rules import Allowed, Decision, Refused

_DASHES_AND_DOTS = "-‐‑‒–—―−./\\·・•‧_"
_BRACKETS = "()[]{}<>"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SEPARATORS = str.maketrans("", "", _DASHES_AND_DOTS + _BRACKETS + _INVISIBLE)
_LOOKS_LIKE_X = "×ΧХχх✕✖"
_TELEPHONE = re.compile(r"\+?[0-9]{3,}")
_CHINESE_17 = re.compile(r"[0-9]{17}.")
_CHINESE_15 = re.compile(r"[0-9]{15}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"


def normalise_number(number: str) -> str:
    """Return the digits of a number in E.164; a domain name or an address block in lower case."""
    if number.isascii() and number[:1] == "+" and number[1:].isdigit():
        return number[1:]
    plain = _settled(number, str.casefold)
    bare = plain.translate(_SEPARATORS)
    if _TELEPHONE.fullmatch(bare) and "." not in plain and "/" not in plain:
        return bare.removeprefix("+")
    return plain


def normalise_document(number: str) -> str:
    """Return a document number in ASCII capitals without separators; a Chinese one of 15 digits as one of 18."""
    plain = _settled(number, lambda text: text.translate(_SEPARATORS).upper())
    if _CHINESE_17.fullmatch(plain) and plain[-1] in _LOOKS_LIKE_X:
        return plain[:-1] + "X"
    return _as_18(plain) if _CHINESE_15.fullmatch(plain) else plain


def normalise_reference(reference: str) -> str:
    """Return the operator's own reference as it is, except for the width of characters and surrounding space."""
    return normal_form(reference).strip()


@dataclass(frozen=True, slots=True)
class RefusedForEveryone(Refused):
    """Refused to all staff: together they have reached the limit."""


def may_open_more(*, lately: int, asked: int, limit: int) -> Decision:
    """Decide whether a member of staff who opened `lately` values in 24 hours may open the `asked` ones."""
    if lately + asked <= limit:
        return Allowed()
    return Refused(
        article="art. 5",
        reason=f"{lately} of {limit} values were opened in 24 hours, and {asked} more were asked for",
        remedy="Wait, or let another member of staff do it; 'vault.opens_per_day' in settings.toml is the limit.",
    )


def may_everyone_open_more(*, lately: int, asked: int, limit: int) -> Decision:
    """Decide whether staff, who together opened `lately` values in 24 hours, may open the `asked` ones."""
    if lately + asked <= limit:
        return Allowed()
    return RefusedForEveryone(
        article="art. 5",
        reason=f"all staff together opened {lately} of {limit} values in 24 hours, and {asked} more were asked for",
        remedy="Wait, and ask the data protection officer, who is notified; 'vault.opens_per_day_total' in settings.toml is the limit.",
    )


def may_workers_open_more(*, purpose: str, opened: int, asked: int, limit: int) -> Decision:
    """Decide whether workers, which have `opened` values for a purpose within a day, may open the `asked` ones."""
    if opened + asked <= limit:
        return Allowed()
    return RefusedForEveryone(
        article="art. 5",
        reason=f"workers opened {opened} of {limit} values for '{purpose}' today, and {asked} more were asked for",
        remedy="Ask the data protection officer, who is notified; 'vault.*_opens_per_day' in settings.toml are the limits.",
    )


def _settled(text: str, spell: Callable[[str], str]) -> str:
    """Remove width and space from a text and spell it one way, again and again until nothing changes.

    Once is not enough: when a space is removed, two characters can combine into one.
    """
    for _ in range(8):
        once = spell("".join(normal_form(text).split()))
        if once == text:
            break
        text = once
    return text


def _as_18(digits: str) -> str:
    """Write a Chinese number of 15 digits as one of 18, as GB 11643-1999 does; any other 15 digits stay as they are."""
    # Until 1999 the year had two digits. The sequence numbers 996 to 999 were given to those born before 1900.
    century = "18" if digits[12:] in {"996", "997", "998", "999"} else "19"
    longer = digits[:6] + century + digits[6:]
    try:
        dt.date.fromisoformat(longer[6:14])
    except ValueError:
        return digits
    remainder = sum(int(digit) * weight for digit, weight in zip(longer, _WEIGHTS, strict=True)) % 11
    return longer + _CHECK_CHARACTERS[remainder]
