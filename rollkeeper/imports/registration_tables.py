# SPDX-License-Identifier: EUPL-1.2
"""Reads a spreadsheet of registrations for the package registration: the same files, encodings and headings as an import."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from rollkeeper.imports.column_dictionary import known_value, meaning_of, service_in
from rollkeeper.imports.delimited import Record
from rollkeeper.imports.files import FileScan, scan_file
from rollkeeper.imports.row_errors import damage_in
from rollkeeper.kernel.table_files import RegistrationTable, TableRow

_LOOKED_UP: Final = frozenset(
    {"number", "service", "payment", "language", "name", "address", "document_type", "document_number"}
)


def open_table(file: Path, keys: frozenset[str]) -> RegistrationTable:
    """Open a file whose headings are these keys, or mean one of them. Refuses: the faults of a file, by row and column."""
    scan = scan_file(file)
    places: dict[str, int] = {}
    for place, heading in enumerate(scan.header):
        key = _key_of(heading, keys)
        if key is not None and key not in places:
            places[key] = place
    return RegistrationTable(frozenset(places), scan.row_count, lambda: _rows(scan, places))


def _key_of(heading: str, keys: frozenset[str]) -> str | None:
    if heading in keys:
        return heading
    meaning = meaning_of(heading)
    return meaning if meaning in _LOOKED_UP else None


def _rows(scan: FileScan, places: Mapping[str, int]) -> Iterator[TableRow]:
    for number, record in enumerate(scan.records(frozenset(places.values())), scan.first_row):
        row = _row(scan, number, record, places)
        if row.values is None or row.values:
            yield row


def _row(scan: FileScan, number: int, record: Record, places: Mapping[str, int]) -> TableRow:
    if not isinstance(record, list):
        return TableRow(number, None, record.column or "(the whole row)", record.reason.text)
    values = {key: record[place].strip() for key, place in places.items() if place < len(record)}
    for key, value in values.items():
        if reason := damage_in(value):
            return TableRow(number, None, scan.header[places[key]], reason.text)
    return TableRow(number, {key: _meant(key, value) for key, value in values.items() if value})


def _meant(key: str, value: str) -> str:
    """Return a value in the register's own words, where the dictionary knows it."""
    if key == "document_type":
        return known_value("document_types", value) or value
    if key == "payment":
        return known_value("payment_values", value) or value
    return (service_in(value) or value) if key == "service" else value
