# SPDX-License-Identifier: EUPL-1.2
"""Numbers as they are written, turned into the one text by which a line is found.

Each number space has a shape that no other has, so that one text is the key of one line, whatever the service:

    telephone  +868916331234             all services that have a telephone number, an internet access too
    domain     example.cn                in ASCII, as IDNA 2008 with the mapping of UTS 46 has it
    site       https://example.cn        the name of its domain, but another line
    block      192.0.2.0/24              its network in canonical form
    access     user@isp, acc-1, #100200  the operator's own reference; # before what could be read as something else

Only the *length* and shape of a telephone number are checked, not whether its prefix is known: tables of prefixes become outdated,
and an operator knows its own prefixes better. The fast path must answer as `phonenumbers` does; a test compares the two.
"""

import ipaddress
import re
import unicodedata
from typing import Final

import idna
import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.normal_form import normal_form
from rollkeeper.lines.errors import NumberNotRead

GREATEST_LENGTH = 64
GREATEST_DOMAIN_LENGTH = 253
_SHORTEST_TO_MASK: Final = 9

# The forms in which most rows of an operator's export come: 1.3 million a second instead of 30,000 (one core).
_FAST: Final = {
    "CN": re.compile(
        r"(?:(?:\+?86)?(?=1)|(?:\+86|0)(?=[2-9]))(1(?:[3-68][0-9]|7[0-8]|9[0-9])[0-9]{8}|[2-9][0-9]{8,10})",
        re.ASCII,
    ),
    "IN": re.compile(r"(?:\+?91)?([6-9][0-9]{9})", re.ASCII),
    "US": re.compile(r"(?:\+?1)?([2-9][0-9]{2}[2-9][0-9]{6})", re.ASCII),
}
_FAST_PREFIX: Final = {"CN": "+86", "IN": "+91", "US": "+1"}
_TEXT = re.compile(r"[^\W\d_]")
_WRITTEN: Final = re.compile(r"""=?["']?(?:tel:)?[+\d\s()\[\]./~‐-―−ー-]+["']?""", re.IGNORECASE)
"""Digits and the signs that people put between them; a spreadsheet adds quotation marks and an equals sign so that a number stays a text."""
_DECIMAL: Final = re.compile(r"\D*\d+\.(?:0+|\d)\D*")
"""A number as a program writes it that takes it for an amount: 13800138000.0. With the zero it would be the number of another line."""
_REVERSING: Final = "\u202e"
"""Shows the text after it backwards, so that a reader saw another number."""
_SITE: Final = "https://"
_AT_SITE: Final = re.compile(r"https?://([^/]+)/?", re.ASCII | re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?=.{3,64}$)(?:[A-Za-z0-9][A-Za-z0-9._+/#-]*@[A-Za-z0-9.-]+|[A-Za-z][A-Za-z0-9.+]*[_/#-][A-Za-z0-9._+/#-]*)",
    re.ASCII,
)
_ANY_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/#@-]{0,63}", re.ASCII)
NUMBERED: Final = frozenset({Service.MOBILE, Service.DATA_CARD, Service.FIXED_LINE, Service.INTERNET_ACCESS})
NAMED: Final = frozenset({Service.HOSTED_SITE, Service.INTERNET_ACCESS})
"""Services whose names need a mark before them where the service is not given: https:// or #."""
_FAULTS: Final = {
    ValidationResult.TOO_SHORT: "too short",
    ValidationResult.TOO_LONG: "too long",
    ValidationResult.INVALID_LENGTH: "no number of that country is so long",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "the area code is missing",
    ValidationResult.INVALID_COUNTRY_CODE: "unknown country code",
}


def normalise(text: str, country: str) -> str:
    """Return a telephone number as E.164. `country` is where numbers without a country code belong.

    Refuses: NumberNotRead, with the class of the fault and never the value.
    """
    fast = _FAST.get(country)
    found = fast.fullmatch(text) if fast else None
    return _FAST_PREFIX[country] + found.group(1) if found else _parse(text, country)


def normalise_identifier(text: str, *, service: Service, country: str) -> str:
    """Return the normalised identifier for a line of this service: a number, a domain or an address block.

    Refuses: NumberNotRead.
    """
    if len(text) > GREATEST_DOMAIN_LENGTH:
        raise NumberNotRead(value_class="too long")
    if service is Service.INTERNET_ACCESS and has_reference(text):
        return _reference(text)
    if service in NUMBERED:
        return normalise(text, country)
    if service is Service.ADDRESS_BLOCK:
        return _block(text)
    return _site(text) if service is Service.HOSTED_SITE else _domain(text)


def service_guess(text: str) -> Service:
    """Guess the service from the shape of its identifier: for look-ups where only the text is known."""
    shown = _as_displayed(text)
    if shown.startswith("#") or _is_plain_reference(shown):
        return Service.INTERNET_ACCESS
    if _AT_SITE.fullmatch(shown):
        return Service.HOSTED_SITE
    # Four numbers with dots are an address, even if they can be dialled: otherwise another subscriber would be found.
    if "/" in shown or shown.count(":") > 1 or _is_address(shown):
        return Service.ADDRESS_BLOCK
    return Service.DOMAIN if _TEXT.search(shown) and "." in shown and "@" not in shown else Service.MOBILE


def has_reference(text: str) -> bool:
    """Tell whether an access is named by the operator's own reference and by no telephone number.

    It has ``#`` before it or an ``@`` in it, or begins with a letter and has a mark such as ``-``: a number with a mistyped
    letter is not a reference.
    """
    shown = _as_displayed(text)
    return shown.startswith("#") or bool(_REFERENCE.fullmatch(shown))


def as_reference(text: str) -> str:
    """Mark a text that is known to be the operator's reference, so that it is read as a reference even if it has only digits."""
    return text if not text.strip() or has_reference(text) else f"#{text.strip()}"


def _reference(text: str) -> str:
    """Return a reference as the network knows it: letters keep their case, since RADIUS tells them apart."""
    bare = _as_displayed(text).removeprefix("#")
    if not _ANY_REFERENCE.fullmatch(bare):
        raise NumberNotRead(value_class="not a reference of an access")
    return bare if _is_plain_reference(bare) else f"#{bare}"


def _is_plain_reference(bare: str) -> bool:
    """Tell whether a reference can be read as nothing else: with a dot and no ``@`` it could be a domain. policy.conf checks the same."""
    return bool(_REFERENCE.fullmatch(bare)) and ("@" in bare or "." not in bare)


def masked_number(number: str) -> str:
    """Return a normalised number as pages and receipts show it: enough to tell two lines apart, too little to dial one.

    Of a short number, at most half is shown.
    """
    if number.startswith("+"):
        code = str(phonenumbers.parse(number).country_code)
        return f"+{code} … {number[-min(4, (len(number) - 1 - len(code)) // 2) :]}"
    if number.startswith(_SITE):
        return _SITE + masked_number(number.removeprefix(_SITE))
    if service_guess(number) is Service.INTERNET_ACCESS:
        return f"{number[:2]}…{number[-2:]}" if len(number) >= _SHORTEST_TO_MASK else "…"
    head, dot, end = number.rpartition("/" if "/" in number else ".")
    return f"{head[: min(3, len(head) // 2)]}…{dot}{end}"


def _is_address(shown: str) -> bool:
    try:
        ipaddress.ip_address(shown)
    except ValueError:
        return False
    return True


def _parse(text: str, country: str) -> str:
    shown = normal_form(text).strip()
    if not shown:
        raise NumberNotRead(value_class="empty")
    if len(shown) > GREATEST_LENGTH:
        raise NumberNotRead(value_class="too long")
    try:
        number = phonenumbers.parse(shown, country)
    except NumberParseException as fault:
        raise NumberNotRead(value_class=_unread(shown, fault)) from None
    if number.extension:
        raise NumberNotRead(value_class="an extension has no separate line")
    if fault_class := _misread(shown):
        raise NumberNotRead(value_class=fault_class)
    verdict = phonenumbers.is_possible_number_with_reason(number)
    if verdict != ValidationResult.IS_POSSIBLE:
        raise NumberNotRead(value_class=_FAULTS.get(verdict, "not a telephone number"))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _misread(shown: str) -> str | None:
    """Return why no number may be taken from a text, or None: the library drops letters, and the rest may be another line's number."""
    plain = "".join(sign for sign in shown if sign == _REVERSING or unicodedata.category(sign) != "Cf")
    if _WRITTEN.fullmatch(plain) and not _DECIMAL.fullmatch(plain):
        return None
    return "letters instead of digits" if _TEXT.search(plain) else "not a telephone number"


def _unread(shown: str, fault: NumberParseException) -> str:
    if fault.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return "unknown country code"
    if fault.error_type in {NumberParseException.TOO_SHORT_AFTER_IDD, NumberParseException.TOO_SHORT_NSN}:
        return "too short"
    if fault.error_type == NumberParseException.TOO_LONG:
        return "too long"
    return "letters instead of digits" if _TEXT.search(shown) else "not a telephone number"


def _block(text: str) -> str:
    """Read a block; a block that is written with an address inside it is ambiguous, and is refused."""
    shown = _as_displayed(text)
    try:
        block = ipaddress.ip_network(shown, strict=False)
        address = ipaddress.ip_address(shown.partition("/")[0])
    except ValueError:
        raise NumberNotRead(value_class="not an address block") from None
    if "%" in shown:
        raise NumberNotRead(value_class="not an address block")
    if address != block.network_address:
        raise NumberNotRead(value_class="an address inside a block, since its host bits are not zero")
    return str(block)


def _site(text: str) -> str:
    """Read the name of a whole site, with or without its scheme; a name with a path is refused, since it may be a part of another line."""
    shown = _as_displayed(text)
    found = _AT_SITE.fullmatch(shown)
    return _SITE + _domain(found[1] if found else shown)


def _domain(text: str) -> str:
    try:
        ascii_form = idna.encode(_as_displayed(text).removesuffix("."), uts46=True, std3_rules=True).decode(
            "ascii"
        )
    except UnicodeError:
        raise NumberNotRead(value_class="not a domain name") from None
    labels = ascii_form.split(".")
    if (
        len(labels) < 2
        or not all(labels)
        or labels[-1].isdecimal()
        or len(ascii_form) > GREATEST_DOMAIN_LENGTH
    ):
        raise NumberNotRead(value_class="not a domain name")
    return ascii_form


def _as_displayed(text: str) -> str:
    """Return a text as it looks: full-width signs are signs, and the full stop of Chinese is a dot."""
    return normal_form(text).replace("。", ".").strip()
