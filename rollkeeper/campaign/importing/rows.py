# SPDX-License-Identifier: EUPL-1.2
"""Rows of the operator's file become lines to be made, or refusals. Pure: no database, no vault, no clock.

All faults of a row are reported, each by itself; a row with one is not taken in. A fault in what is only additional (an
e-mail address, a registration) leaves the line without it, and is reported too.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import phonenumbers

from rollkeeper.campaign.importing import readers
from rollkeeper.campaign.importing.delimited import Record
from rollkeeper.campaign.importing.maps import Map, ServicePart
from rollkeeper.campaign.importing.reasons import EMPTY, NOT_AN_ADDRESS, UNNAMED_VALUE, Reason, Refusal, Unread, ragged
from rollkeeper.campaign.importing.registrations import Declared, RegistrationReader
from rollkeeper.campaign.importing.samples import is_email
from rollkeeper.law.pack import Pack

type Reader = Callable[[list[list[str]]], list[Any]]


@dataclass(slots=True, repr=False)
class Taken:
    """A chunk of rows after reading: columns of equal length for what may be made, and every fault found."""

    rows: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[Refusal] = field(default_factory=list)
    row_count: int = 0
    refused_rows: set[int] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    """The operator's name of the column from which a part comes."""

    def keep(self, places: Sequence[int]) -> None:
        """Keep only these places of every column."""
        self.rows = [self.rows[i] for i in places]
        self.columns = {name: [values[i] for i in places] for name, values in self.columns.items()}

    def refuse(self, faults: Sequence[tuple[int, str, Reason]]) -> None:
        """Refuse rows by their place in the columns."""
        bad = {place for place, _, _ in faults}
        self.refusals += [Refusal(self.rows[place], column, reason) for place, column, reason in faults]
        self.refused_rows |= {self.rows[place] for place in bad}
        self.keep([place for place in range(len(self.rows)) if place not in bad])


class RowReader:
    """Reads rows as one map says, for one day, country and pack."""

    def __init__(
        self, made: Map, *, header: Sequence[str], country: str, languages: Sequence[str], pack: Pack, on: dt.date
    ) -> None:
        self._width = len(header)
        self._place = {name: i for i, name in enumerate(header)}
        self._readers = self._compile(made, country=country, languages=languages, on=on)
        self._registration = (
            RegistrationReader(made.registration, place=self._place, services=made.service.services, pack=pack, on=on)
            if made.registration
            else None
        )

    @property
    def wanted(self) -> frozenset[int]:
        """Return the places of the columns that are read."""
        names = {name for _, columns, _ in self._readers for name in columns}
        more = self._registration.columns if self._registration else ()
        return frozenset(self._place[name] for name in {*names, *more} if name in self._place)

    def take(self, records: Sequence[Record], *, first_row: int) -> Taken:
        """Read a chunk of records, the first of which stands in `first_row`."""
        names = {part: ", ".join(columns) for part, columns, _ in self._readers}
        taken = Taken(row_count=len(records), names=names)
        table = self._whole_rows(records, first_row, taken)
        faults: dict[int, list[tuple[str, Reason]]] = {}
        for part, columns, read in self._readers:
            values = read(table)
            taken.columns[part] = values
            for place, value in enumerate(values):
                if type(value) is Reason:
                    faults.setdefault(place, []).append((", ".join(columns), value))
        if self._registration:
            taken.columns["registration"] = self._registration.read(table, services=taken.columns["service"])
        taken.refuse([(place, column, reason) for place in sorted(faults) for column, reason in faults[place]])
        self._set_aside_additions(taken)
        return taken

    def _whole_rows(self, records: Sequence[Record], first_row: int, taken: Taken) -> list[list[str]]:
        table, width = [], self._width
        for row, record in enumerate(records, first_row):
            if type(record) is Unread:
                taken.refusals.append(Refusal(row, record.column, record.reason))
                taken.refused_rows.add(row)
            elif len(record) == width or (len(record) > width and not any(record[width:])):
                if any(record):
                    table.append(record)
                    taken.rows.append(row)
            elif any(record):
                taken.refusals.append(Refusal(row, "", ragged(len(record), width)))
                taken.refused_rows.add(row)
        return table

    def _set_aside_additions(self, taken: Taken) -> None:
        """Turn a fault in an addition into a remark: the line is made without it."""
        for part, columns, _ in self._readers:
            if part == "contact" and part in taken.columns:
                values = taken.columns[part]
                for place, value in enumerate(values):
                    if value is False:
                        taken.remarks.append(Refusal(taken.rows[place], columns[0], NOT_AN_ADDRESS))
                        values[place] = None
        for place, declared in enumerate(taken.columns.get("registration", ())):
            if declared is not None and not isinstance(declared, Declared):
                taken.remarks += [Refusal(taken.rows[place], column, reason) for column, reason in declared]
                taken.columns["registration"][place] = None

    def _compile(
        self, made: Map, *, country: str, languages: Sequence[str], on: dt.date
    ) -> list[tuple[str, tuple[str, ...], Reader]]:
        """Return for each part of a line the column it comes from and what reads it."""
        compiled: list[tuple[str, tuple[str, ...], Reader]] = []
        if made.number.column:
            prefix = f"+{phonenumbers.country_code_for_region(country)}"
            take = self._column(made.number.column)
            compiled.append(
                (
                    "number",
                    (made.number.column,),
                    lambda t: readers.read_numbers(take(t), country=country, prefix=prefix),
                )
            )
        compiled.append(self._service(made.service))
        activated = made.activated_on
        if activated.constant:
            compiled.append(("activated_on", (), _constant(activated.constant)))
        elif activated.tenure_months and activated.as_of:
            by_months = readers.months_reader(activated.as_of)
            compiled.append(("activated_on", (activated.tenure_months,), self._each(activated.tenure_months, by_months)))
        elif activated.column:
            by_date = readers.date_reader(activated.format, latest=on)
            compiled.append(("activated_on", (activated.column,), self._each(activated.column, by_date)))
        for part, value, reading in (
            ("language", made.language, readers.language_reader(made.language.values if made.language else {}, known=languages)),
            ("region", made.region, readers.text_reader()),
        ):
            if value and value.column:
                compiled.append((part, (value.column,), self._each(value.column, reading)))
            elif value and value.constant:
                compiled.append((part, (), _constant(value.constant)))
        if made.is_protected:
            column = made.is_protected.column
            compiled.append(("is_protected", (column,), self._each(column, readers.yes_reader(made.is_protected.yes))))
        if made.reference:
            take_reference = self._column(made.reference.column)
            compiled.append(("reference", (made.reference.column,), lambda t: readers.read_references(take_reference(t))))
        if made.contact:
            take_contact = self._column(made.contact.column)
            compiled.append(("contact", (made.contact.column,), lambda t: [_contact(v) for v in take_contact(t)]))
        return compiled

    def _column(self, name: str) -> Callable[[list[list[str]]], list[str]]:
        place = self._place[name]
        return lambda table: [record[place] for record in table]

    def _each(self, name: str, reading: readers.Remembering[Any]) -> Reader:
        place = self._place[name]
        return lambda table: [reading[record[place]] for record in table]

    def _service(self, part: ServicePart) -> tuple[str, tuple[str, ...], Reader]:
        if part.constant:
            return "service", (), _constant(part.constant.value)
        columns = [
            self._each(source.column, readers.service_reader({k: v.value for k, v in source.values.items()}))
            for source in part.sources
        ]
        otherwise = part.otherwise.value if part.otherwise else None

        def read(table: list[list[str]]) -> list[Any]:
            return [_first(said, otherwise) for said in zip(*(column(table) for column in columns), strict=True)]

        return "service", tuple(source.column for source in part.sources), read


def _first(said: tuple[Any, ...], otherwise: str | None) -> Any:
    """Return the first column's answer that names a service."""
    for value in said:
        if type(value) is not Reason:
            return value
    if otherwise and all(value in (EMPTY, UNNAMED_VALUE) for value in said):
        return otherwise
    return next((value for value in said if value is not EMPTY), EMPTY)


def _contact(text: str) -> str | None | bool:
    address = text.strip()
    return address if is_email(address) else (False if address else None)


def _constant(value: Any) -> Reader:
    return lambda table: [value] * len(table)
