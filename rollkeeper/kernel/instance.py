# SPDX-License-Identifier: EUPL-1.2
"""What an instance is: its kind, rule pack, zone, languages, operator and databases. Every package reads this table."""

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from rollkeeper.kernel.errors import Phrase
from rollkeeper.kernel.hooks import Hook
from rollkeeper.kernel.setting_values import PORT, is_port
from rollkeeper.kernel.settings import DATA_FORMAT, INSTANCE, OnPages, Table, table

LONGEST_NAME: Final = 20
"""The most letters that networks accept in the signature of an SMS."""


class InstanceKind(StrEnum):
    """A demo instance contains invented people and may be given a date; a production instance refuses one."""

    DEMO = "demo"
    PRODUCTION = "production"


def _known_database(url: str) -> str:
    # Loading psycopg takes a tenth of a second: it is loaded only if the settings name servers.
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        place = conninfo_to_dict(url) if url.startswith(("postgresql://", "postgres://")) else {}
    except ProgrammingError:
        place = {}
    if not place.get("dbname"):
        raise ValueError(
            "write it as postgresql://host:port/database, with more hosts and settings of libpq as you need"
        )
    if not all(is_port(one) for one in str(place.get("port", "")).split(",") if one):
        raise ValueError(PORT)
    if place.get("password") or place.get("passfile"):
        raise ValueError("the passwords belong into the files secrets/*.pgpass, not into the address")
    if place.get("user"):
        raise ValueError("leave out the user: each process signs in with its own role")
    return url


def _verified_database(url: str) -> str:
    """Refuse a key server that is not verified: over a network, its certificate must name it."""
    from psycopg.conninfo import conninfo_to_dict

    place = conninfo_to_dict(_known_database(url))
    hosts = str(place.get("hostaddr") or place.get("host") or "").split(",")
    if all(_is_on_this_machine(host) for host in hosts) or place.get("sslmode") == "verify-full":
        return url
    raise ValueError(
        "add ?sslmode=verify-full (and sslrootcert=...): a server of keys that is not verified is not used"
    )


def _is_on_this_machine(host: str) -> bool:
    return not host or host.startswith(("/", "@")) or host in {"localhost", "127.0.0.1", "::1"}


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as fault:
        raise ValueError(
            Phrase("there is no time zone {zone}; one is Asia/Shanghai", zone=repr(name))
        ) from fault
    return name


def _known_country(code: str) -> str:
    # Loading every country's numbers takes a third of a second: they are loaded only if the settings name a country.
    from phonenumbers import SUPPORTED_REGIONS

    if code not in SUPPORTED_REGIONS:
        raise ValueError("write the two capital letters of a country, such as CN")
    return code


def _brief_name(name: str) -> str:
    """Refuse a name that is too long to sign an SMS: it signs every notice and code, unless another signature is set."""
    if len(name) > LONGEST_NAME:
        said = "write at most {limit} letters: the name signs each SMS, and networks take no longer signature"
        raise ValueError(Phrase(said, limit=LONGEST_NAME))
    return name


def _dialled(number: str) -> str:
    """Refuse a number that cannot be dialled: every notice tells it to the subscriber."""
    if not any(sign.isdigit() for sign in number):
        raise ValueError("write the number as people dial it, such as 10086")
    return number


def _spoken_languages(languages: list[str]) -> list[str]:
    """Refuse a language without texts: its notices would go out in English, and their readers might not understand them."""
    there = {"en"} | {
        one.name.replace("_", "-").lower()
        for one in (files("rollkeeper") / "site" / "locale").iterdir()
        if one.is_dir()
    }
    if unknown := [one for one in languages if one not in there]:
        raise ValueError(
            Phrase(
                "there are no texts in {unknown}: choose from {known}",
                unknown=", ".join(unknown),
                known=", ".join(sorted(there)),
            )
        )
    return languages


def _lasting_pack(name: str) -> str:
    if name.endswith((".yaml", ".yml")) and not Path(name).is_absolute():
        raise ValueError("write the whole path of the file, from / on, or the id of a shipped pack")
    return name


class Instance(Table):
    """The instance and its operator."""

    format: Annotated[int, Field(description="The version of the data directory; do not edit it.")] = (
        DATA_FORMAT
    )
    kind: Annotated[
        InstanceKind, Field(description="`demo` (invented people, any date) or `production`.")
    ] = InstanceKind.DEMO
    pack: Annotated[
        str,
        AfterValidator(_lasting_pack),
        Field(description="The rule pack: the id of a shipped one, or an absolute path."),
    ] = "cn-xz-2011"
    zone: Annotated[
        str, AfterValidator(_known_zone), Field(description="The zone in which days are counted.")
    ] = "Asia/Shanghai"
    demo_date: Annotated[
        dt.date | None,
        Field(
            ge=dt.date(1900, 1, 1),
            le=dt.date(2199, 12, 31),
            description="The date of a demo instance.",
        ),
    ] = None
    country_code: Annotated[
        str,
        AfterValidator(_known_country),
        Field(description="The country of numbers without a country code."),
    ] = "CN"
    languages: Annotated[
        list[str],
        AfterValidator(_spoken_languages),
        Field(min_length=1, description="Languages of notices and pages."),
        OnPages(),
    ] = [
        "en",
        "zh-hans",
        "bo",
    ]
    operator_name: Annotated[
        str,
        AfterValidator(_brief_name),
        Field(min_length=1, description="The operator's name in notices and on pages, at most 20 letters."),
        OnPages(),
    ] = "Invented Telecom"
    care_number: Annotated[str, AfterValidator(_dialled), Field(description="The care desk's number.")] = (
        "10086"
    )
    registration_number: Annotated[
        str | None,
        Field(description="The number for registering; empty: the care number."),
    ] = None
    register_url: Annotated[
        str | None,
        AfterValidator(lambda url: _known_database(url) if url else None),
        Field(description="A PostgreSQL 18 for the register; empty: the embedded one."),
    ] = None
    keys_url: Annotated[
        str | None,
        AfterValidator(lambda url: _verified_database(url) if url else None),
        Field(description="The same for the keys; on another machine with `sslmode=verify-full`."),
    ] = None

    @model_validator(mode="after")
    def _both_servers(self) -> "Instance":
        if (self.register_url is None) != (self.keys_url is None):
            raise ValueError(
                "give both 'register_url' and 'keys_url', or neither: Rollkeeper runs both servers, or none"
            )
        return self


instance = table(INSTANCE, Instance)


INSTANCE_OPENER: Final[Hook[Callable[[], None]]] = Hook("kernel: open the instance")
"""Hook that opens this process's instance. `operations` registers it."""


def open_instance() -> None:
    """Open this process's instance: servers started, tables present."""
    INSTANCE_OPENER.only()()
