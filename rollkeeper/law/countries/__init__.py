# SPDX-License-Identifier: EUPL-1.2
"""Country files: what several rule packs of one country share, first of all its emergency numbers.

A pack names its country by its jurisdiction: ``CN-XZ`` has the file ``cn.yaml``. Country files are read as strictly as packs.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from rollkeeper.kernel.errors import raise_all
from rollkeeper.law.strict_yaml import read_strict

type DialledNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,6}$")]
"""A short number as it is dialled, without a prefix."""

_SUFFIX: Final = ".yaml"


class Country(BaseModel):
    """One country file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    """ISO 3166-1 alpha-2."""
    emergency_numbers: tuple[DialledNumber, ...]
    """The numbers that must reach an emergency service from every line, also from a barred one."""


@cache
def shipped_countries() -> tuple[str, ...]:
    """Return the codes of the countries that have a file (ISO 3166-1 alpha-2)."""
    here = files("rollkeeper.law.countries").iterdir()
    return tuple(sorted(e.name.removesuffix(_SUFFIX).upper() for e in here if e.name.endswith(_SUFFIX)))


@cache
def country_of(jurisdiction: str) -> Country | None:
    """Return the country file of a jurisdiction (ISO 3166-1 or 3166-2: ``CN``, ``CN-XZ``), None if there is none.

    Refuses: PACK_FAULT.
    """
    code = jurisdiction.partition("-")[0]
    if code not in shipped_countries():
        return None
    file = files("rollkeeper.law.countries") / f"{code.lower()}{_SUFFIX}"
    document = read_strict(file.read_bytes(), file.name)
    try:
        return Country.model_validate(document.data)
    except ValidationError as fault:
        raise_all([document.fault(tuple(one["loc"]), one["msg"]) for one in fault.errors()])
        raise
