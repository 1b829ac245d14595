# SPDX-License-Identifier: EUPL-1.2
"""Country files: what several rule packs of one country share, first of all its emergency numbers.

A pack names its country by its jurisdiction: ``CN-XZ`` has the file ``cn.yaml``. Country files are read as strictly as packs. Each
fact names its source, and says whether it was read there: `confirmed` is false by default. An operator adds a country, or numbers to a
shipped one, in the folder `law/countries` of the instance.
"""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.kernel.settings import data_dir
from rollkeeper.law.errors import COUNTRY_LACKS_NUMBERS, COUNTRY_OF_ANOTHER_NAME
from rollkeeper.law.schema_common import Language, Name, Text
from rollkeeper.law.strict_yaml import MAX_BYTES, Document, in_plain_words, read_strict

type DialledNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,6}$")]
"""A short number as it is dialled, without a prefix."""
type CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
type Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5}$")]
type NumberPattern = Annotated[str, StringConstraints(pattern=r"^[0-9\[\]{},|()-]+$")]
"""An extended regular expression of digits, without backslashes: every network element reads it."""

_SUFFIX: Final = ".yaml"
_CODE: Final = re.compile("[A-Z]{2}")
_OF_ANY_STATE: Final = frozenset({"passport", "identity-card", "residence-permit", "other"})
"""Types of document that need no `check`; every other type names the module that checks its number."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CountrySource(_Part):
    """Where a fact was read, and when."""

    id: Name
    title: str
    url: str | None = None
    read_on: dt.date


class _Fact(_Part):
    source: Name
    confirmed: bool = False
    """Whether it was read in that source. Calls to an unconfirmed emergency number go through all the same."""


class ShortNumber(_Fact):
    """A short number, and who answers it."""

    number: DialledNumber
    what: Text


class DigitCount(_Part):
    """How many digits a national number has, without prefixes."""

    least: Annotated[int, Field(ge=4, le=15)]
    most: Annotated[int, Field(ge=4, le=15)]


class NumberPlan(_Fact):
    """How numbers of the country are dialled."""

    calling_code: Digits
    international_prefixes: Annotated[tuple[Digits, ...], Field(min_length=1)]
    trunk_prefix: Digits | None = None
    digits: DigitCount
    area_codes: NumberPattern | None = None
    """Only where short numbers are dialled with an area code in front."""
    dialled_without_trunk: NumberPattern | None = None
    """National numbers that are dialled without the trunk prefix."""
    dialled_within_area: NumberPattern | None = None
    """Local numbers, where they are dialled without an area code."""


class DocumentKind(_Fact):
    """A document that proves identity in the country."""

    type: Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$")]
    """As `rollkeeper.documents` knows it."""
    name: Text
    issuer: str
    check: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}\.[a-z]+$")] | None = None
    """The module of python-stdnum that checks its number; none where the library knows none."""
    holds: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The kinds of party that hold such a document."""


class RegionHolidays(_Fact):
    """Days on which the counters of a region are closed besides those of the library."""

    closed: tuple[dt.date, ...]


class CountryHolidays(_Part):
    """The regions of which holidays are known: subdivisions of the library `holidays`, and days listed here."""

    subdivisions: tuple[str, ...] = ()
    regions: dict[str, RegionHolidays] = Field(default_factory=dict)
    source: Name | None = None


class Country(_Part):
    """One country file."""

    country: CountryCode
    name: Text
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    sources: Annotated[tuple[CountrySource, ...], Field(min_length=1)]
    emergency_numbers: tuple[ShortNumber, ...]
    """The numbers that must reach an emergency service from every line, also from a barred one."""
    reachable_numbers: tuple[ShortNumber, ...] = ()
    """Further numbers that every line reaches: helplines and the like."""
    number_plan: NumberPlan
    documents: tuple[DocumentKind, ...] = ()
    holidays: CountryHolidays = CountryHolidays()


@cache
def shipped_countries() -> tuple[str, ...]:
    """Return the codes of the countries that have a file (ISO 3166-1 alpha-2)."""
    here = files("rollkeeper.law.countries").iterdir()
    return tuple(sorted(e.name.removesuffix(_SUFFIX).upper() for e in here if e.name.endswith(_SUFFIX)))


def own_file(code: str) -> Path:
    """Return where the operator's own file of a country lies in this instance, whether or not it is there."""
    return data_dir() / "law" / "countries" / f"{code.lower()}{_SUFFIX}"


def country_bytes(jurisdiction: str) -> bytes | None:
    """Return the country file of a jurisdiction, byte by byte: the operator's own before the shipped one; None if there is none.

    An own file that is refused counts as not there: `law check` and `doctor` say why.
    """
    code = _code(jurisdiction)
    own = _own_bytes(code)
    if own is not None:
        with suppress(RollkeeperError):
            read_own(own, code)
            return own
    return _shipped_bytes(code)


def country_of(jurisdiction: str) -> Country | None:
    """Return the country file of a jurisdiction (ISO 3166-1 or 3166-2: ``CN``, ``CN-XZ``), None if there is none.

    Refuses: PACK_FAULT.
    """
    text = country_bytes(jurisdiction)
    return None if text is None else _read(text, f"{_code(jurisdiction).lower()}{_SUFFIX}")


def own_country(jurisdiction: str) -> Country | None:
    """Return the operator's own country file, None if there is none. Refuses: PACK_FAULT, COUNTRY_OF_ANOTHER_NAME, COUNTRY_LACKS_NUMBERS."""
    code = _code(jurisdiction)
    text = _own_bytes(code)
    return None if text is None else read_own(text, code)


def read_own(text: bytes, code: str) -> Country:
    """Read an operator's own country file. If the country is shipped too, the file must keep every shipped number: one more does no harm,
    one fewer may.

    Refuses: PACK_FAULT, COUNTRY_OF_ANOTHER_NAME, COUNTRY_LACKS_NUMBERS.
    """
    file = str(own_file(code))
    found = _read(text, file)
    if found.country != code:
        raise COUNTRY_OF_ANOTHER_NAME(file=file, country=found.country)
    shipped = _shipped_bytes(code)
    if shipped is not None:
        known = _read(shipped, f"{code.lower()}{_SUFFIX}")
        lacks = sorted(
            {one.number for one in known.emergency_numbers} - {one.number for one in found.emergency_numbers}
        )
        every = {one.number for one in (*found.emergency_numbers, *found.reachable_numbers)}
        lacks += sorted({one.number for one in known.reachable_numbers} - every)
        if lacks:
            raise COUNTRY_LACKS_NUMBERS(file=file, country=code, numbers=", ".join(lacks))
    return found


def _code(jurisdiction: str) -> str:
    return jurisdiction.partition("-")[0]


@cache
def _shipped_bytes(code: str) -> bytes | None:
    if code not in shipped_countries():
        return None
    return (files("rollkeeper.law.countries") / f"{code.lower()}{_SUFFIX}").read_bytes()


def _own_bytes(code: str) -> bytes | None:
    """Return the operator's own file; None where there is none, where it cannot be read, or where `code` is no country's code."""
    if not _CODE.fullmatch(code):
        return None
    try:
        with own_file(code).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        return None


@lru_cache(maxsize=64)
def _read(text: bytes, name: str) -> Country:
    document = read_strict(text, name)
    try:
        found = Country.model_validate(document.data)
    except ValidationError as fault:
        raise_all([document.fault(tuple(one["loc"]), in_plain_words(one)) for one in fault.errors()])
        raise
    raise_all(list(_inner_faults(found, document)))
    return found


def _inner_faults(country: Country, document: Document) -> Iterator[RollkeeperError]:
    known = {source.id for source in country.sources}
    for chapter in ("emergency_numbers", "reachable_numbers", "documents"):
        for index, fact in enumerate(getattr(country, chapter)):
            if fact.source not in known:
                yield document.fault((chapter, index, "source"), "the file names no such source")
    for index, one in enumerate(country.documents):
        if one.type not in _OF_ANY_STATE and one.check is None:
            yield document.fault(
                ("documents", index, "type"),
                f"write one of {', '.join(sorted(_OF_ANY_STATE))}, or the module of python-stdnum that knows its number under 'check'",
            )
    numbers = [one.number for one in (*country.emergency_numbers, *country.reachable_numbers)]
    for twice in sorted({one for one in numbers if numbers.count(one) > 1}):
        yield document.fault(("emergency_numbers",), f"'{twice}' occurs twice")
