# SPDX-License-Identifier: EUPL-1.2
"""A map proposed from the header and the first rows, for a person to look at.

It proposes what the dictionary is sure of, reports what it dropped and what is missing, and never guesses a line's age or
service: if two readings fit, it asks.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import tomli_w

from rollkeeper.imports import column_dictionary
from rollkeeper.imports.column_dictionary import Dropped
from rollkeeper.imports.column_samples import (
    are_mobile,
    date_formats,
    is_email,
    looks_like_a_value,
    share,
    telephone_share,
    values_of,
)
from rollkeeper.imports.errors import IMPORT_HEADER_MISSING, IMPORT_SINGLE_COLUMN
from rollkeeper.imports.files import FileScan

_SURE = 0.8
_REGISTRATION = ("name", "address", "document_type", "document_number")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A map as far as it can be known, what is still missing, and what is dropped."""

    raw: dict[str, Any]
    needs: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...] = ()

    @property
    def sensitive(self) -> tuple[Dropped, ...]:
        """Return the dropped columns that the register has no place for."""
        return tuple(column for column in self.dropped if column.about)


def propose(
    scan: FileScan, *, country: str, as_of: dt.date, duty: bool, number_range: str | None = None
) -> Proposal:
    """Propose a map. Refuses: IMPORT_HEADER_MISSING, IMPORT_SINGLE_COLUMN."""
    if scan.has_names:
        _require_names(scan)
    columns = _Columns(scan, country)
    raw: dict[str, Any] = {}
    needs: list[str] = []
    if number_range:
        raw["number"] = {"number_range": number_range}
    else:
        _propose_number(columns, raw, needs, scan)
    notes = _propose_service(columns, raw, needs)
    _propose_activation(columns, raw, needs, as_of)
    for part in ("language", "region", "contact", "reference", "is_essential"):
        _propose_part(part, columns, raw)
    notes += _propose_registration(columns, raw) if duty else ()
    if not scan.has_names:
        raw["file"] = {"header": False}
    return Proposal(raw, tuple(needs), dropped_columns(scan.header, columns.taken), notes)


def dropped_columns(header: Sequence[str], used: Iterable[str]) -> tuple[Dropped, ...]:
    """Return the columns that are not taken in, the sensitive ones with what they are about.

    Where no heading is used and not two are known ("passport" may be a heading or a value), the first row may well be a
    person's: its places are named, not its words.
    """
    kept = set(used)
    is_heading = bool(kept) or sum(map(column_dictionary.is_known, header)) > 1
    return tuple(
        Dropped(column if is_heading else f"(column {place})", column_dictionary.sensitive_about(column))
        for place, column in enumerate(header, start=1)
        if column not in kept
    )


def write_map(proposal: Proposal, scan: FileScan) -> str:
    """Write the proposal as TOML with its remarks: what a person confirms, changes and keeps."""
    remarks = [
        f"# How {scan.file.name} is read ({scan.opened.description}; {scan.row_count:,} rows). Change what is wrong."
    ]
    remarks += [f"# MISSING: {need}" for need in proposal.needs]
    remarks += [f"# Note: {note}" for note in proposal.notes]
    remarks += [f"# Dropped, since it is about {c.about}: {c.column}" for c in proposal.sensitive]
    plain = [c.column for c in proposal.dropped if not c.about]
    remarks += [f"# Dropped, not needed: {', '.join(plain)}"] if plain else []
    return "\n".join(line.replace("\n", " ") for line in remarks) + "\n\n" + tomli_w.dumps(proposal.raw)


class _Columns:
    """The columns of a file by what they mean; a column is taken once."""

    def __init__(self, scan: FileScan, country: str) -> None:
        self.country = country
        self._values = {name: values_of(scan.sample, i) for i, name in enumerate(scan.header)}
        self._header = scan.header
        self.taken: list[str] = []

    def values(self, column: str) -> list[str]:
        return self._values[column]

    def free(self) -> list[str]:
        return [c for c in self._header if c not in self.taken and not column_dictionary.sensitive_about(c)]

    def find(self, meaning: str) -> str | None:
        return next((c for c in self.free() if column_dictionary.meaning_of(c) == meaning), None)

    def take(self, column: str) -> str:
        self.taken.append(column)
        return column


def _require_names(scan: FileScan) -> None:
    for place, name in enumerate(scan.header, 1):
        value_class = looks_like_a_value(name)
        if value_class:
            raise IMPORT_HEADER_MISSING(file=scan.file, row=1, column=place, value_class=value_class)
    if (
        len(scan.header) == 1
        and column_dictionary.meaning_of(scan.header[0]) != "number"
        and not column_dictionary.named_by(scan.header[0])
    ):
        raise IMPORT_SINGLE_COLUMN(file=scan.file, row=1)


def _propose_number(columns: _Columns, raw: dict[str, Any], needs: list[str], scan: FileScan) -> None:
    sure = [c for c in columns.free() if telephone_share(columns.values(c), columns.country) >= _SURE]
    named = [c for c in columns.free() if column_dictionary.meaning_of(c) == "number"]
    chosen = next((c for c in named if c in sure), None) or next(iter(named), None)
    unnamed = [c for c in sure if column_dictionary.meaning_of(c) is None]
    if chosen is None and len(unnamed) == 1:
        chosen = unnamed[0]
    chosen = chosen or next((c for c in columns.free() if column_dictionary.named_by(c)), None)
    if chosen is not None:
        raw["number"] = {"column": columns.take(chosen)}
        return
    needs.append(
        f"the file holds no telephone numbers. Give the first number of a number range with {scan.row_count:,} free"
        ' numbers: --number-range "+..." on the command line, or [number] number_range = "+..." in the map.'
    )


def _propose_service(columns: _Columns, raw: dict[str, Any], needs: list[str]) -> tuple[str, ...]:
    sources = [s for c in columns.free() if (s := _service_source(c, columns.values(c)))]
    for source in sources:
        columns.take(source["column"])
    if sources:
        raw["service"] = {"from": sources}
        return ()
    number = raw.get("number", {}).get("column")
    if number and (named := column_dictionary.named_by(number)):
        raw["service"] = {"constant": named}
        return ()
    if number and column_dictionary.meaning_of(number) == "number" and _says_mobile(number):
        raw["service"] = {"constant": "mobile"}
        return ()
    if number and are_mobile(columns.values(number), columns.country):
        raw["service"] = {"constant": "mobile"}
        return (
            "every number in the first rows is one of a mobile network. Are some of them data cards? Say so.",
        )
    needs.append('which kind of service these lines are, for example [service] constant = "mobile".')
    return ()


def _service_source(column: str, values: list[str]) -> dict[str, Any] | None:
    """Return what a column says about the service: kinds of it, or a yes to the one in its heading."""
    own = column_dictionary.service_of_heading(column)
    if own is None and column_dictionary.meaning_of(column) != "service":
        return None
    table = {}
    for value in dict.fromkeys(values):
        service = column_dictionary.known_value("service_values", value) or (
            own if column_dictionary.says_yes(value) else None
        )
        if service:
            table[value] = service
    return {"column": column, "values": table} if table else None


def _says_mobile(column: str) -> bool:
    return any(word in column.casefold() for word in ("mobile", "msisdn", "cell", "手机", "手機"))


def _propose_activation(columns: _Columns, raw: dict[str, Any], needs: list[str], as_of: dt.date) -> None:
    column = columns.find("activated_on")
    if column:
        fitting = date_formats(columns.values(column))
        if len(fitting) == 1:
            raw["activated_on"] = {"column": columns.take(column), "format": fitting[0]}
            return
        columns.take(column)
        which = "both fit" if fitting else "none was recognised"
        options = " or ".join(f'"{f}"' for f in fitting) or '"%Y-%m-%d"'
        needs.append(
            f"how the dates in '{column}' are written ({which}):"
            f" [activated_on] column = '{column}', format = {options}."
        )
        return
    tenure = columns.find("tenure_months")
    if tenure and share(columns.values(tenure), str.isdecimal) >= _SURE:
        raw["activated_on"] = {"tenure_months": columns.take(tenure), "as_of": as_of}
        return
    needs.append(
        'since when the lines are in service: [activated_on] column = "...", or constant = 2011-01-31 for all.'
    )


def _propose_part(part: str, columns: _Columns, raw: dict[str, Any]) -> None:
    column = columns.find(part)
    if column is None and part == "contact":
        column = next((c for c in columns.free() if share(columns.values(c), is_email) >= _SURE), None)
    values = columns.values(column) if column else []
    if column is None or (part == "reference" and len(set(values)) < len(values)):
        return
    made: dict[str, Any] = {"column": column}
    if part == "language":
        made["values"] = {
            v: known
            for v in dict.fromkeys(values)
            if (known := column_dictionary.known_value("languages", v))
        }
        if not made["values"]:
            return
    if part == "is_essential":
        made["yes"] = [v for v in dict.fromkeys(values) if column_dictionary.says_yes(v)] or ["yes"]
    if part == "contact" and share(values, is_email) < _SURE:
        return
    raw[part] = made
    columns.take(column)


def _propose_registration(columns: _Columns, raw: dict[str, Any]) -> tuple[str, ...]:
    """Propose the registration where the file has all of it; a part alone is of no use and is dropped."""
    found = {field: column for field in _REGISTRATION if (column := columns.find(field))}
    if not found:
        return ()
    lacking = [field for field in ("name", "address", "document_number") if field not in found]
    numbers = columns.values(found["document_number"]) if "document_number" in found else []
    made: dict[str, Any] = dict(found)
    if "document_type" in found:
        kinds = dict.fromkeys(columns.values(found["document_type"]))
        made["document_types"] = {
            k: known for k in kinds if (known := column_dictionary.known_value("document_types", k))
        }
    elif share(numbers, _is_resident_card) >= _SURE:
        made["document_type_is"] = "cn-resident-card"
    else:
        lacking.append("document_type")
    if lacking:
        return (f"this file registers no one: it lacks {', '.join(lacking)}.",)
    for column in found.values():
        columns.take(column)
    raw["registration"] = made
    return ()


def _is_resident_card(text: str) -> bool:
    return len(text) == 18 and text[:17].isdecimal() and (text[17].isdecimal() or text[17] in "Xx")
