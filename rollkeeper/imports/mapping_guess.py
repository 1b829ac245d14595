# SPDX-License-Identifier: EUPL-1.2
"""A map proposed from the header and the first rows, for a person to look at.

It proposes what the dictionary is sure of, reports what it dropped and what is missing, and never guesses a line's age or
service: if two readings fit, it asks.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rollkeeper.documents.rules import is_known_type, normalise_type
from rollkeeper.documents.verdicts import BUSINESS_LICENCE, OTHER, RESIDENT_CARD
from rollkeeper.imports import column_dictionary
from rollkeeper.imports.choices import LineStatus
from rollkeeper.imports.column_dictionary import Dropped
from rollkeeper.imports.column_samples import (
    are_days,
    are_mobile,
    are_seconds,
    date_forms,
    is_date,
    is_email,
    looks_like_a_value,
    share,
    shown_values,
    telephone_share,
    values_of,
    without_time,
)
from rollkeeper.imports.errors import IMPORT_HEADER_MISSING, IMPORT_SINGLE_COLUMN
from rollkeeper.imports.files import FileScan
from rollkeeper.imports.status_days import says_a_day
from rollkeeper.kernel.toml_text import toml_text

_SURE = 0.8
_REGISTRATION = ("name", "address", "document_type", "document_number")
_PEOPLE = {"bearer": ("bearer", "representative"), "user": ("user",)}
"""The people who act for a company or use its line, and the dictionary's words by which they are found: the first that occurs."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A map as far as it can be known, what is still missing, and what is dropped."""

    raw: dict[str, Any]
    needs: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...] = ()

    @property
    def sensitive(self) -> tuple[Dropped, ...]:
        """Return the dropped columns for which the register has no place."""
        return tuple(column for column in self.dropped if column.about)


def propose(
    scan: FileScan,
    *,
    country: str,
    as_of: dt.date,
    duty: bool,
    number_range: str | None = None,
    asks_payment: bool = False,
    asked: Collection[str] = (),
) -> Proposal:
    """Propose a map; `asks_payment`: the law asks how a line is paid; `asked`: these attributes. Refuses: IMPORT_HEADER_MISSING, IMPORT_SINGLE_COLUMN."""
    if scan.has_names:
        _require_names(scan)
    columns = _Columns(scan, country)
    raw: dict[str, Any] = {}
    needs: list[str] = []
    if number_range:
        raw["number"] = {"number_range": number_range}
    else:
        _propose_number(columns, raw, needs, scan)
    notes = _propose_status(columns, raw, needs)
    notes += _propose_service(columns, raw, needs)
    notes += _propose_activation(columns, raw, needs, as_of)
    notes += _propose_language(columns, raw)
    for part in ("region", "contact", "reference", "is_essential"):
        _propose_part(part, columns, raw)
    if asks_payment:
        _propose_payment(columns, raw, needs)
    notes += _propose_subscribers(columns, raw, needs) if duty else ()
    if not scan.has_names:
        raw["file"] = {"header": False}
    elif scan.header_row > 1:
        raw["file"] = {"header_row": scan.header_row}
        notes += (f"the column names were found in row {scan.header_row}; rows above it are passed over.",)
    return Proposal(raw, tuple(needs), dropped_columns(scan.header, columns.taken, asked=asked), notes)


def dropped_columns(
    header: Sequence[str], used: Iterable[str], *, asked: Collection[str] = ()
) -> tuple[Dropped, ...]:
    """Return the columns that are not imported; sensitive columns with what they are about, unless that is an `asked` attribute.

    If no heading is used and fewer than two are known ("passport" may be a heading or a value), the first row may hold a person's
    data: its places are named, not its words.
    """
    kept = set(used)
    is_heading = bool(kept) or sum(map(column_dictionary.is_known, header)) > 1
    return tuple(
        Dropped(
            column if is_heading else f"(column {place})",
            column_dictionary.sensitive_about(column, asked=asked),
        )
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
    return "\n".join(line.replace("\n", " ") for line in remarks) + "\n\n" + toml_text(proposal.raw)


class _Columns:
    """The columns of a file by their meaning; each column is used once."""

    def __init__(self, scan: FileScan, country: str) -> None:
        self.country = country
        self._scan = scan
        self._values = {name: values_of(scan.sample, i) for i, name in enumerate(scan.header)}
        self._header = scan.header
        self.taken: list[str] = []

    def values(self, column: str) -> list[str]:
        return self._values[column]

    def kinds(self, column: str) -> Counter[str]:
        """Return every value of a column of kinds in the whole file, with how often it occurs."""
        return self._scan.distinct_values([column], most=column_dictionary.MOST_KINDS)[column]

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
            raise IMPORT_HEADER_MISSING(
                file=scan.file, row=scan.header_row, column=place, value_class=value_class
            )
    if (
        len(scan.header) == 1
        and column_dictionary.meaning_of(scan.header[0]) != "number"
        and not column_dictionary.named_by(scan.header[0])
    ):
        raise IMPORT_SINGLE_COLUMN(file=scan.file, row=scan.header_row)


def _propose_number(columns: _Columns, raw: dict[str, Any], needs: list[str], scan: FileScan) -> None:
    sure = [c for c in columns.free() if telephone_share(columns.values(c), columns.country) >= _SURE]
    named = [c for c in columns.free() if column_dictionary.meaning_of(c) == "number"]
    chosen = next((c for c in named if c in sure), None) or next(iter(named), None)
    unnamed = [c for c in sure if column_dictionary.meaning_of(c) is None and not are_days(columns.values(c))]
    if chosen is None and len(unnamed) == 1:
        chosen = unnamed[0]
    chosen = chosen or next((c for c in columns.free() if column_dictionary.named_by(c)), None)
    if chosen is not None:
        raw["number"] = {"column": columns.take(chosen)}
        return
    if unnamed:
        needs.append(
            f'which of {shown_values(unnamed)} holds the telephone numbers; all look like some: [number] column = "...".'
        )
        return
    needs.append(
        f"the file holds no telephone numbers. Give the first number of a number range with {scan.row_count:,} free"
        ' numbers: --number-range "+..." on the command line, or [number] number_range = "+..." in the map.'
    )


def _propose_status(columns: _Columns, raw: dict[str, Any], needs: list[str]) -> tuple[str, ...]:
    column = columns.find("status") or next((c for c in columns.free() if _are_states(c, columns)), None)
    if column is None:
        return _propose_status_days(columns, raw, needs)
    columns.take(column)
    kinds = columns.kinds(column)
    table = {v: known for v in kinds if (known := column_dictionary.known_value("status_values", v))}
    raw["status"] = {"column": column, "values": table}
    unknown = [value for value in kinds if value not in table]
    if unknown:
        needs.append(
            f"what these values of '{column}' mean: {shown_values(unknown)}. Name each under [status.values] as one of"
            f" {', '.join(LineStatus)}."
        )
    return (_counted(column, kinds, table),) if table else ()


def _propose_status_days(columns: _Columns, raw: dict[str, Any], needs: list[str]) -> tuple[str, ...]:
    """Propose the status by columns that hold a day only for lines that have ended or are barred."""
    found = {part: column for part in ("ended_on", "barred_on") if (column := columns.find(part))}
    days = {part: [v for v in columns.values(column) if says_a_day(v)] for part, column in found.items()}
    found = {part: column for part, column in found.items() if days[part]}
    if not found:
        return ("no column says whether a line works: all lines come in as active.",)
    forms, ambiguous = date_forms([value for part in found for value in days[part]])
    raw["status"] = {part: columns.take(column) for part, column in found.items()} | {
        "formats": list(forms or ambiguous)
    }
    if ambiguous or not forms:
        needs.append(
            f"how the dates in {shown_values(list(found.values()))} are written: [status] formats = [...]."
        )
    if "barred_on" in found:
        needs.append(
            f"whether every line with a day in '{found['barred_on']}' is barred now. If some work again, delete [status] barred_on"
            " and say in another column which are barred."
        )
    return (f"no column says whether a line works: a day in {shown_values(list(found.values()))} does.",)


def _are_states(column: str, columns: _Columns) -> bool:
    """Tell whether a column's heading says nothing and its values are all states of a line."""
    if column_dictionary.meaning_of(column) is not None or column_dictionary.service_of_heading(column):
        return False
    found = set(columns.values(column))
    known = [column_dictionary.known_value("status_values", value) for value in found]
    return (
        2 <= len(found) <= column_dictionary.MOST_KINDS
        and all(known)
        and "active" in known
        and len(set(known)) > 1
    )


def _propose_service(columns: _Columns, raw: dict[str, Any], needs: list[str]) -> tuple[str, ...]:
    found = [
        (c, table, unknown)
        for c in columns.free()
        if (said := _service_source(c, columns))
        for table, unknown in [said]
    ]
    for column, _, _ in found:
        columns.take(column)
    if found:
        raw["service"] = {"from": [{"column": column, "values": table} for column, table, _ in found]}
        needs += [
            f"what these values of '{column}' mean: {shown_values(unknown)}. Name each as a service under 'values', or under 'left_out'"
            " if it is no line."
            for column, _, unknown in found
            if unknown and len(found) == 1
        ]
        return tuple(_counted(column, columns.kinds(column), table) for column, table, _ in found)
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


def _service_source(column: str, columns: _Columns) -> tuple[dict[str, str], list[str]] | None:
    """Return the service that each value of a column means, and the unknown values; None if the column is not about services.

    A column of services names kinds of service, or says yes to the service in its heading. A column of products counts if most of its
    rows name a kind of service.
    """
    own = column_dictionary.service_of_heading(column)
    meaning = column_dictionary.meaning_of(column)
    values = columns.values(column)
    if (
        not values
        or (own is None and meaning not in {"service", None})
        or len(set(values)) > column_dictionary.MOST_KINDS
    ):
        return None
    if own is None and meaning is None and share(values, column_dictionary.says_service) < _SURE:
        return None
    table: dict[str, str] = {}
    unknown: list[str] = []
    for value in columns.kinds(column):
        service = column_dictionary.service_in(value) or (own if column_dictionary.says_yes(value) else None)
        if service:
            table[value] = service
        elif own is None:
            unknown.append(value)
    return (table, unknown) if table else None


def _counted(column: str, kinds: Mapping[str, int], table: Mapping[str, str]) -> str:
    """Say of each value how often it occurs and how it is read."""
    said = [f"{value} ({count:,}) = {table[value]}" for value, count in kinds.items() if value in table]
    return f"values of '{column}': {'; '.join(said)}"


def _says_mobile(column: str) -> bool:
    return any(word in column.casefold() for word in ("mobile", "msisdn", "cell", "手机", "手機"))


def _propose_activation(
    columns: _Columns, raw: dict[str, Any], needs: list[str], as_of: dt.date
) -> tuple[str, ...]:
    column = columns.find("activated_on")
    if column:
        values = columns.values(columns.take(column))
        forms, ambiguous = date_forms(values)
        if forms and not ambiguous:
            raw["activated_on"] = {"column": column, "formats": list(forms)}
            missing = 1 - share(
                values, lambda text: any(is_date(without_time(text), form=form) for form in forms)
            )
            remark = (
                f"{missing:.0%} of the first values of '{column}' are no dates of these forms: such rows are refused, unless"
                " [activated_on] unknown = ... gives them a day."
            )
            return (remark,) if missing else ()
        if are_seconds(values):
            needs.append(
                f"the days in '{column}' are seconds since 1970: export them as days of your time zone, such as 2011-01-31."
            )
            return ()
        options = " or ".join(f'"{form}"' for form in ambiguous or forms) or '"%Y-%m-%d"'
        which = "both fit" if ambiguous else "none was recognised"
        needs.append(
            f"how the dates in '{column}' are written ({which}):"
            f" [activated_on] column = '{column}', formats = [{options}]."
        )
        return ()
    tenure = columns.find("tenure_months")
    if tenure and share(columns.values(tenure), str.isdecimal) >= _SURE:
        raw["activated_on"] = {"tenure_months": columns.take(tenure), "as_of": as_of}
        return ()
    needs.append(
        'since when the lines are in service: [activated_on] column = "...", or constant = 2011-01-31 for all.'
    )
    return ()


def _propose_part(part: str, columns: _Columns, raw: dict[str, Any]) -> None:
    column = columns.find(part)
    if column is None and part == "contact":
        column = next((c for c in columns.free() if share(columns.values(c), is_email) >= _SURE), None)
    values = columns.values(column) if column else []
    if column is None or (part == "reference" and len(set(values)) < len(values)):
        return
    made: dict[str, Any] = {"column": column}
    if part == "is_essential":
        made["yes"] = [v for v in dict.fromkeys(values) if column_dictionary.says_yes(v)] or ["yes"]
    if part == "contact" and share(values, is_email) < _SURE:
        return
    raw[part] = made
    columns.take(column)


def _propose_language(columns: _Columns, raw: dict[str, Any]) -> tuple[str, ...]:
    column = columns.find("language")
    kinds = columns.kinds(column) if column else ()
    table = {v: known for v in kinds if (known := column_dictionary.known_value("languages", v))}
    if column is None or not table:
        return ()
    raw["language"] = {"column": columns.take(column), "values": table}
    if not (rest := [value for value in kinds if value not in table]):
        return ()
    return (f"no language is known by {shown_values(rest)} in '{column}': name it under [language.values], or such lines have none.",)  # fmt: skip


def _propose_payment(columns: _Columns, raw: dict[str, Any], needs: list[str]) -> None:
    column = columns.find("payment")
    if column is None:
        return
    kinds = columns.kinds(column)
    table = {
        kind: known for kind in kinds if (known := column_dictionary.known_value("payment_values", kind))
    }
    if not table:
        return
    raw["payment"] = {"column": columns.take(column), "values": table}
    if unknown := [kind for kind in kinds if kind not in table]:
        needs.append(
            f"what these values of '{column}' mean: {shown_values(unknown)}. Name each under [payment.values]: prepaid, postpaid or unknown."
        )


def _propose_subscribers(columns: _Columns, raw: dict[str, Any], needs: list[str]) -> tuple[str, ...]:
    """Propose the columns of registered persons and companies; return notes on what the file lacks about them."""
    notes = _propose_registration(columns, raw, needs)
    lacking = _propose_company(columns, raw, needs)
    return lacking if "company" in raw and "registration" not in raw else notes + lacking


def _propose_company(columns: _Columns, raw: dict[str, Any], needs: list[str]) -> tuple[str, ...]:
    """Propose the columns of companies: their own columns, and the columns that they share with persons."""
    own = {
        name: c for name in ("name", "address", "document_number") if (c := columns.find(f"company_{name}"))
    }
    kind = columns.find("company_kind")
    kinds = columns.kinds(kind) if kind else Counter()
    table = {k: known for k in kinds if (known := column_dictionary.known_value("party_values", k))}
    if not own and "company" not in table.values():
        return ()
    there = raw.get("registration", {}) | own
    lacking = [name for name in ("name", "document_number") if name not in there]
    if lacking:
        return (f"companies in this file are not registered: it lacks {', '.join(lacking)} of theirs.",)
    made: dict[str, Any] = {name: columns.take(column) for name, column in own.items()}
    if kind and "company" in table.values():
        made |= {"kind": columns.take(kind), "kinds": table}
        if unknown := [value for value in kinds if value not in table]:
            needs.append(
                f"which of these values of '{kind}' are companies: {shown_values(unknown)}. Name each under [company.kinds]: individual or"
                " company."
            )
        if "document_number" not in own and "document_type" not in there:
            made["document_type_is"] = BUSINESS_LICENCE if columns.country == "CN" else OTHER
    made |= {part: one for part, words in _PEOPLE.items() if (one := _person_of_company(columns, words))}
    raw["company"] = made
    return (
        () if "address" in there else ("this file has no addresses of companies, which many laws ask for.",)
    )


def _person_of_company(columns: _Columns, words: Sequence[str]) -> dict[str, Any]:
    """Return the columns of the person who acts for a company, or uses its line; nothing if no column has that person's name."""
    word = next((one for one in words if columns.find(f"{one}_name")), None)
    if word is None:
        return {}
    made: dict[str, Any] = {name: c for name in _REGISTRATION if (c := columns.find(f"{word}_{name}"))}
    for column in made.values():
        columns.take(column)
    if kinds := columns.kinds(made["document_type"]) if "document_type" in made else None:
        made["document_types"] = {k: known for k in kinds if (known := _document_type(k))}
    elif (
        share(columns.values(made["document_number"]) if "document_number" in made else [], _is_resident_card)
        >= _SURE
    ):
        made["document_type_is"] = RESIDENT_CARD
    return made


def _propose_registration(columns: _Columns, raw: dict[str, Any], needs: list[str]) -> tuple[str, ...]:
    """Propose the registration if the file has all of it; a part alone is of no use and is dropped."""
    found = {field: column for field in _REGISTRATION if (column := columns.find(field))}
    if not found:
        return ()
    lacking = [field for field in ("name", "address", "document_number") if field not in found]
    numbers = columns.values(found["document_number"]) if "document_number" in found else []
    made: dict[str, Any] = dict(found)
    if "document_type" in found:
        kinds = columns.kinds(found["document_type"])
        made["document_types"] = {k: known for k in kinds if (known := _document_type(k))}
    elif share(numbers, _is_resident_card) >= _SURE:
        made["document_type_is"] = "cn-resident-card"
    else:
        lacking.append("document_type")
    if lacking:
        return (f"this file registers no one: it lacks {', '.join(lacking)}.",)
    for column in found.values():
        columns.take(column)
    raw["registration"] = made
    unknown = (
        [k for k in columns.kinds(found["document_type"]) if k not in made["document_types"]]
        if "document_type" in found
        else []
    )
    if unknown:
        needs.append(
            f"what these kinds of document are: {shown_values(unknown)}. Name each under [registration.document_types], or under"
            " [registration] left_out if it registers no one."
        )
    return ()


def _document_type(text: str) -> str | None:
    known = column_dictionary.known_value("document_types", text)
    kind = normalise_type(text)
    return known or (kind if is_known_type(kind) else None)


def _is_resident_card(text: str) -> bool:
    return len(text) == 18 and text[:17].isdecimal() and (text[17].isdecimal() or text[17] in "Xx")
