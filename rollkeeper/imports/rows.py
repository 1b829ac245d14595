# SPDX-License-Identifier: EUPL-1.2
"""Turns rows of the operator's file into lines to be made, or refusals. Pure: no database, no vault, no clock.

All faults of a row are reported, each by itself; a row with a fault is not imported. If only an addition (an e-mail address, a
registration) has a fault, the line is made without it, and the fault is reported too.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import phonenumbers

from rollkeeper.imports import value_parsers
from rollkeeper.imports.choices import LineStatus
from rollkeeper.imports.column_samples import is_email
from rollkeeper.imports.delimited import Record
from rollkeeper.imports.mapping import (
    ActivatedSection,
    ImportMap,
    NumberSection,
    PaymentSection,
    ServiceSection,
    ValueSection,
)
from rollkeeper.imports.registrations import DeclaredSubscriber, RegistrationReader
from rollkeeper.imports.row_errors import (
    EMPTY,
    NOT_AN_ADDRESS,
    NOT_AN_ENVELOPE,
    UNNAMED_VALUE,
    Reason,
    RowError,
    UnreadableRow,
    wrong_width,
)
from rollkeeper.imports.status_days import StatusDays
from rollkeeper.imports.value_parsers import read_identifiers, read_numbers
from rollkeeper.kernel.choices import Service
from rollkeeper.law.pack import Pack
from rollkeeper.lines.numbers import NUMBERED, as_reference
from rollkeeper.lines.regions import by_length, region_of

_LONGEST_ADDRESS_LINE = 80
_NOT_READ = {"contact": NOT_AN_ADDRESS, "postal": NOT_AN_ENVELOPE}
"""The message for optional data that cannot be read; the line is made without it."""

type Reader = Callable[[list[list[str]]], list[Any]]
type SectionReader = tuple[str, tuple[str, ...], Reader]


@dataclass(frozen=True, slots=True, repr=False)
class Completion:
    """What a file adds to a line that an earlier import made without it."""

    line_id: bytes
    subscriber: DeclaredSubscriber | None
    language: str | None
    reference_index: bytes | None
    payment: str | None = None
    """How the line is paid, if that was not known."""


@dataclass(slots=True, repr=False)
class RowChunk:
    """A chunk of rows after reading: columns of equal length for what may be made, and every fault found."""

    rows: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    row_errors: list[RowError] = field(default_factory=list)
    remarks: list[RowError] = field(default_factory=list)
    row_count: int = 0
    refused_rows: set[int] = field(default_factory=set)
    left_out: int = 0
    """Rows that the map leaves out: lines that the operator does not serve, products that are no lines."""
    completions: list[Completion] = field(default_factory=list)
    """What is added to known lines, found while the chunk is copied."""
    essential: list[bytes] = field(default_factory=list)
    """Known lines that are essential by the file and were not marked so; counted nowhere."""
    names: dict[str, str] = field(default_factory=dict)
    """The operator's name of the column from which a part comes."""

    def keep(self, places: Sequence[int]) -> None:
        """Keep only these places of every column."""
        self.rows = [self.rows[i] for i in places]
        self.columns = {name: [values[i] for i in places] for name, values in self.columns.items()}

    def refuse(self, faults: Sequence[tuple[int, str, Reason]]) -> None:
        """Refuse rows by their place in the columns."""
        bad = {place for place, _, _ in faults}
        self.row_errors += [RowError(self.rows[place], column, reason) for place, column, reason in faults]
        self.refused_rows |= {self.rows[place] for place in bad}
        self.keep([place for place in range(len(self.rows)) if place not in bad])


class RowReader:
    """Reads rows as one map says, for one day, country and pack."""

    def __init__(
        self,
        made: ImportMap,
        *,
        header: Sequence[str],
        country: str,
        languages: Sequence[str],
        pack: Pack,
        on: dt.date,
    ) -> None:
        self._width = len(header)
        self._place = {name: i for i, name in enumerate(header)}
        self._left_out = self._values_left_out(made)
        self._days = (
            StatusDays(made.status, place=self._place, on=on) if made.status and made.status.days else None
        )
        self._readers = self._compile(made, country=country, languages=languages, on=on)
        self._regions = by_length(made.region.prefixes) if made.region else []
        self._registration = (
            RegistrationReader(made, place=self._place, pack=pack, on=on) if made.parts else None
        )

    @property
    def wanted(self) -> frozenset[int]:
        """Return the places of the columns that are read."""
        names = {name for _, columns, _ in self._readers for name in columns}
        places = {place for place, _ in self._left_out}
        more = self._registration.columns if self._registration else ()
        return frozenset(self._place[name] for name in {*names, *more} if name in self._place) | places

    def parse(self, records: Sequence[Record], *, first_row: int) -> RowChunk:
        """Read a chunk of records, the first of which is in row `first_row`."""
        names = {part: ", ".join(columns) for part, columns, _ in self._readers}
        chunk = RowChunk(row_count=len(records), names=names)
        table = self._leave_out(self._whole_rows(records, first_row, chunk), chunk)
        faults: dict[int, list[tuple[str, Reason]]] = {}
        for part, columns, read in self._readers:
            values = read(table)
            chunk.columns[part] = values
            for place, value in enumerate(values):
                if type(value) is Reason:
                    faults.setdefault(place, []).append((", ".join(columns), value))
        if self._regions:
            chunk.columns["region"] = [region_of(number, self._regions) for number in chunk.columns["number"]]
        if self._registration:
            chunk.columns["registration"] = self._registration.read(
                table, services=chunk.columns["service"], payments=chunk.columns.get("payment")
            )
        chunk.refuse(
            [(place, column, reason) for place in sorted(faults) for column, reason in faults[place]]
        )
        self._drop_bad_additions(chunk)
        return chunk

    def _whole_rows(self, records: Sequence[Record], first_row: int, chunk: RowChunk) -> list[list[str]]:
        table, width = [], self._width
        for row, record in enumerate(records, first_row):
            if isinstance(record, UnreadableRow):
                chunk.row_errors.append(RowError(row, record.column, record.reason))
                chunk.refused_rows.add(row)
            elif len(record) == width or (len(record) > width and not any(record[width:])):
                if any(record):
                    table.append(record)
                    chunk.rows.append(row)
            elif any(record):
                chunk.row_errors.append(RowError(row, "", wrong_width(len(record), width)))
                chunk.refused_rows.add(row)
        return table

    def _leave_out(self, table: list[list[str]], chunk: RowChunk) -> list[list[str]]:
        """Drop the rows that the map leaves out before anything else in them is read: old rows often lack values."""
        if not self._left_out and not self._days:
            return table
        kept = [
            i
            for i, record in enumerate(table)
            if not any(record[place].strip() in values for place, values in self._left_out)
            and not (self._days and self._days.has_ended(record))
        ]
        chunk.left_out = len(table) - len(kept)
        chunk.rows = [chunk.rows[i] for i in kept]
        return [table[i] for i in kept]

    def _drop_bad_additions(self, chunk: RowChunk) -> None:
        """Turn a fault in an addition into a remark: the line is made without it."""
        for part, columns, _ in self._readers:
            if part in _NOT_READ and part in chunk.columns:
                values = chunk.columns[part]
                for place, value in enumerate(values):
                    if value is False:
                        chunk.remarks.append(RowError(chunk.rows[place], columns[0], _NOT_READ[part]))
                        values[place] = None
        for place, declared in enumerate(chunk.columns.get("registration", ())):
            if declared is not None and not isinstance(declared, DeclaredSubscriber):
                chunk.remarks += [RowError(chunk.rows[place], column, reason) for column, reason in declared]
                chunk.columns["registration"][place] = None

    def _compile(
        self, made: ImportMap, *, country: str, languages: Sequence[str], on: dt.date
    ) -> list[SectionReader]:
        """Return for each part of a line the columns it comes from, and its reader."""
        parts = [self._service(made.service), self._activation(made.activated_on, on=on)]
        if made.number.column:
            parts.insert(0, self._number(made.number, made.service, parts[0][2], country=country))
        if made.status and made.status.column:
            parts.append(
                self._each("status", made.status.column, value_parsers.table_reader(made.status.values))
            )
        if self._days:
            parts.append(("status", self._days.columns, self._days.read))
        if made.language:
            reading = value_parsers.language_reader(made.language.values, known=languages)
            parts.append(self._value("language", made.language, reading))
        if made.region and not made.region.prefixes:
            parts.append(self._value("region", made.region, value_parsers.text_reader()))
        parts += self._payment(made.payment)
        if made.is_essential:
            parts.append(
                self._each(
                    "is_essential", made.is_essential.column, value_parsers.yes_reader(made.is_essential.yes)
                )
            )
        if made.reference:
            parts.append(self._whole("reference", made.reference.column, value_parsers.read_references))
        if made.contact and made.contact.column:
            parts.append(self._whole("contact", made.contact.column, _read_contacts))
        if made.contact and made.contact.postal:
            parts.append(self._postal(made.contact.postal))
        return parts

    def _values_left_out(self, made: ImportMap) -> list[tuple[int, frozenset[str]]]:
        """Return the values whose rows are not imported, with the place of their column."""
        said = [(source.column, frozenset(source.left_out)) for source in made.service.sources]
        if made.status and made.status.column:
            out = {text for text, status in made.status.values.items() if status is LineStatus.LEFT_OUT}
            said.append((made.status.column, frozenset(out)))
        return [(self._place[column], values) for column, values in said if values]

    def _number(
        self, number: NumberSection, service: ServiceSection, read_services: Reader, *, country: str
    ) -> SectionReader:
        """Read a column of telephone numbers, or of whatever each line's service has, if that may be no telephone number."""
        prefix, column = f"+{phonenumbers.country_code_for_region(country)}", number.column or ""
        if service.services <= NUMBERED - {Service.INTERNET_ACCESS}:
            return self._whole("number", column, partial(read_numbers, country=country, prefix=prefix))
        place = self._place[column]

        def read(table: list[list[str]]) -> list[Any]:
            texts, services = [record[place] for record in table], read_services(table)
            if number.accounts:
                accesses = [service == Service.INTERNET_ACCESS for service in services]
                texts = [
                    as_reference(text) if is_access else text
                    for text, is_access in zip(texts, accesses, strict=True)
                ]
            return read_identifiers(texts, services=services, country=country, prefix=prefix)

        return "number", (column,), read

    def _activation(self, part: ActivatedSection, *, on: dt.date) -> SectionReader:
        if part.tenure_months and part.as_of:
            return self._each("activated_on", part.tenure_months, value_parsers.months_reader(part.as_of))
        if part.column:
            reading = value_parsers.date_reader(
                part.forms, latest=on, takes_first=part.ambiguous == "first", unknown=part.unknown
            )
            return self._each("activated_on", part.column, reading)
        return "activated_on", (), _constant(part.constant)

    def _value(
        self, name: str, part: ValueSection, reading: value_parsers.CachedParser[Any]
    ) -> SectionReader:
        return self._each(name, part.column, reading) if part.column else (name, (), _constant(part.constant))

    def _payment(self, part: PaymentSection | None) -> list[SectionReader]:
        if part is None:
            return []
        if part.constant:
            return [("payment", (), _constant(part.constant.value))]
        table = {text: payment.value for text, payment in part.values.items()}
        return [self._each("payment", part.column or "", value_parsers.payment_reader(table))]

    def _whole(self, name: str, column: str, read: Callable[[list[str]], list[Any]]) -> SectionReader:
        """Read a column whose values are almost all different."""
        place = self._place[column]
        return name, (column,), lambda table: read([record[place] for record in table])

    def _postal(self, columns: Sequence[str]) -> SectionReader:
        """Read the lines of an address as on an envelope; False marks one that does not fit."""
        places = [self._place[column] for column in columns]

        def read(table: list[list[str]]) -> list[str | bool | None]:
            return [_address([record[place] for place in places]) for record in table]

        return "postal", tuple(columns), read

    def _each(self, name: str, column: str, reading: value_parsers.CachedParser[Any]) -> SectionReader:
        """Read a column with few different values."""
        place = self._place[column]
        return name, (column,), lambda table: [reading[record[place]] for record in table]

    def _service(self, part: ServiceSection) -> SectionReader:
        if part.constant:
            return "service", (), _constant(part.constant.value)
        tables = [{text: service.value for text, service in source.values.items()} for source in part.sources]
        columns = [
            self._each("", source.column, value_parsers.table_reader(table))[2]
            for source, table in zip(part.sources, tables, strict=True)
        ]
        otherwise = part.otherwise.value if part.otherwise else None

        def read(table: list[list[str]]) -> list[Any]:
            return [
                _first(said, otherwise) for said in zip(*(column(table) for column in columns), strict=True)
            ]

        return "service", tuple(source.column for source in part.sources), read


def _first(said: tuple[Any, ...], otherwise: str | None) -> Any:
    """Return the first column's answer that names a service."""
    for value in said:
        if type(value) is not Reason:
            return value
    if otherwise and all(value in (EMPTY, UNNAMED_VALUE) for value in said):
        return otherwise
    return next((value for value in said if value is not EMPTY), EMPTY)


def _read_contacts(texts: list[str]) -> list[str | bool | None]:
    """Read e-mail addresses; False marks an invalid one."""
    return [
        (address if is_email(address) else False) if (address := text.strip()) else None for text in texts
    ]


def _address(parts: Sequence[str]) -> str | bool | None:
    """Return a postal address, one line for each part. A name alone, or a line too long for an envelope, is not an address."""
    said = [" ".join(part.split()) for part in parts]
    lines = [part for part in said if part]
    if not lines:
        return None
    fits = all(len(line) <= _LONGEST_ADDRESS_LINE for line in lines)
    return "\n".join(lines) if fits and (len(lines) > 1 or len(parts) == 1) else False


def _constant(value: Any) -> Reader:
    return lambda table: [value] * len(table)
