# SPDX-License-Identifier: EUPL-1.2
"""The map: which column of the operator's file means what. TOML, strictly read, every fault reported.

[file]          encoding, separator, header, header_row, sheet: only if they were detected wrongly
[number]        column (telephone numbers, names of domains and sites, address blocks: depending on the line's service),
                or number_range = "+86..." (and count) where the file holds no numbers
[service]       constant, or [[service.from]] column + values (+ left_out), the first that fits; otherwise
[status]        column + values: active, unpaid, lost_or_stolen, order, subscriber_request, operator, left_out
[activated_on]  column + formats (+ ambiguous = "first", unknown = 2000-01-01), or tenure_months + as_of, or constant
[language]      column + values, or constant         [region]   column, constant, or prefixes = {"+86891" = "Lhasa"}
[payment]       column + values: prepaid, postpaid, unknown; or constant (where a law asks how a line is paid)
[contact]       column (an e-mail address), postal (columns that make an address: name, street, place)
[reference]     column (the operator's own, of the line)         [is_essential]  column + yes (the texts that mean yes)
[registration]  name, address, document_type or document_type_is, document_number, document_types (+ left_out); every other attribute of a
                person or a line where the law asks for it: birth_date, iccid ... (docs/packs.md); citizenship + citizenships (codes)
[company]       the same columns of lines whose subscriber is a company, where they are other columns; kind + kinds: a column that says
                individual or company; [company.bearer] and [company.user]: who acts for it, who uses the line
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

from rollkeeper.imports.choices import LineStatus
from rollkeeper.imports.column_dictionary import never_about
from rollkeeper.imports.errors import IMPORT_MAP_INVALID, IMPORT_SENSITIVE_COLUMN_MAPPED
from rollkeeper.kernel.canonical import canonical_bytes, sha256_hex
from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.kernel.errors import RollkeeperError, as_one, raise_all
from rollkeeper.kernel.setting_faults import why_invalid, why_not_toml
from rollkeeper.law.attributes import ATTRIBUTES, LINE_ATTRIBUTES
from rollkeeper.lines.numbers import NUMBERED

Column = Annotated[str, Field(min_length=1)]
_NAMES = (*ATTRIBUTES, *LINE_ATTRIBUTES)


class MapSection(BaseModel):
    """One table of the map."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class FileSection(MapSection):
    """How the file is written, if that was detected wrongly."""

    encoding: str | None = None
    separator: Annotated[str | None, Field(min_length=1, max_length=1)] = None
    header: bool = True
    header_row: Annotated[int | None, Field(ge=1, le=100)] = None
    sheet: str | None = None

    @model_validator(mode="after")
    def _one_header(self) -> Self:
        if not self.header and self.header_row is not None:
            raise ValueError("a header_row belongs to a file with a row of column names")
        return self


def _whole_number(number: str) -> str:
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        raise ValueError("write the first number whole, as + and 7 to 15 digits: +8613800000000")
    return number


class NumberSection(MapSection):
    """Where numbers come from."""

    column: Column | None = None
    number_range: Annotated[str | None, AfterValidator(lambda number: number and _whole_number(number))] = (
        None
    )
    count: Annotated[int | None, Field(gt=0)] = None
    accounts: bool = False
    """Internet accesses have the operator's own reference here, not a telephone number, even if it is only figures."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.accounts and self.column is None:
            raise ValueError("accounts belong to a column")
        if (self.column is None) == (self.number_range is None):
            raise ValueError("give either a column or a number range")
        if self.count is not None and self.number_range is None:
            raise ValueError("a count belongs to a number range")
        return self


class ServiceColumn(MapSection):
    """A column that says the kind of service, and what its values mean."""

    column: Column
    values: Annotated[dict[str, Service], Field(min_length=1)]
    left_out: tuple[str, ...] = ()
    """Values of products that are no lines: their rows are not imported."""


class ServiceSection(MapSection):
    """Which kind of service a line is."""

    constant: Service | None = None
    sources: Annotated[list[ServiceColumn], Field(alias="from")] = []
    otherwise: Service | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.constant is None) == (not self.sources):
            raise ValueError("give either a constant or columns under [[service.from]]")
        return self

    @property
    def services(self) -> frozenset[str]:
        """Return every service that a line may be."""
        return frozenset(s.value for s in self._services())

    def _services(self) -> Iterator[Service]:
        yield from (s for s in (self.constant, self.otherwise) if s)
        yield from (s for source in self.sources for s in source.values.values())


class StatusSection(MapSection):
    """Whether a line works, is barred and why, or is no longer the operator's.

    Either one column says it, and the map names each of its values; or columns hold a day only if a line has ended, or is barred.
    """

    column: Column | None = None
    values: dict[str, LineStatus] = {}
    ended_on: Column | None = None
    barred_on: Column | None = None
    formats: tuple[Annotated[str, Field(min_length=2)], ...] = ("%Y-%m-%d",)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.column is None) == (not self.days):
            raise ValueError("give either a column and its values, or ended_on and barred_on")
        if (self.column is None) != (not self.values):
            raise ValueError("name the values of the column under [status.values]")
        return self

    @property
    def days(self) -> dict[str, str]:
        """Return the columns of days, by what a day in them means."""
        given = {"ended_on": self.ended_on, "barred_on": self.barred_on}
        return {name: column for name, column in given.items() if column}


class ActivatedSection(MapSection):
    """Since when a line is in service."""

    column: Column | None = None
    format: Annotated[str, Field(min_length=2)] | None = None
    formats: tuple[Annotated[str, Field(min_length=2)], ...] = ()
    ambiguous: Literal["refuse", "first"] = "refuse"
    unknown: dt.date | None = None
    tenure_months: Column | None = None
    as_of: dt.date | None = None
    constant: dt.date | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(value is not None for value in (self.column, self.tenure_months, self.constant)) != 1:
            raise ValueError("give one of column, tenure_months and constant")
        if self.tenure_months is not None and self.as_of is None:
            raise ValueError("tenure_months are counted back from a day: give as_of (or --as-of)")
        if self.format is not None and self.formats:
            raise ValueError("give either format or formats")
        if self.unknown is not None and self.column is None:
            raise ValueError("'unknown' is the day of rows whose date cannot be read: it belongs to a column")
        return self

    @property
    def forms(self) -> tuple[str, ...]:
        """Return the formats of dates, in the order in which they are tried."""
        return self.formats or (self.format or "%Y-%m-%d",)


class ValueSection(MapSection):
    """A value for each line: from a column, translated by a table of values if there is one, or one value for all lines."""

    column: Column | None = None
    values: dict[str, str] = {}
    constant: Annotated[str | None, Field(min_length=1, max_length=64)] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either a column or a constant")
        return self


class PaymentSection(MapSection):
    """How a line is paid: from a column, translated by a table of its values, or one value for all lines."""

    column: Column | None = None
    values: dict[str, Payment] = {}
    constant: Payment | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either a column and its values, or a constant")
        if (self.column is None) != (not self.values):
            raise ValueError("name the values of the column under [payment.values]")
        return self


class RegionSection(ValueSection):
    """Area or branch: from a column, one for all lines, or by the first digits of a number; never a person's address."""

    prefixes: dict[
        Annotated[str, Field(pattern=r"^\+[0-9]{1,14}$")], Annotated[str, Field(min_length=1, max_length=64)]
    ] = {}

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum((self.column is not None, self.constant is not None, bool(self.prefixes))) != 1:
            raise ValueError("give either a column, a constant or prefixes")
        return self


class ColumnSection(MapSection):
    """A column that is taken as it is."""

    column: Column


class ContactSection(MapSection):
    """How subscribers are reached other than by their number, for notices only."""

    column: Column | None = None
    postal: Annotated[tuple[Column, ...], Field(max_length=7)] = ()

    @model_validator(mode="after")
    def _some_way(self) -> Self:
        if self.column is None and not self.postal:
            raise ValueError("give a column of e-mail addresses, or the columns of a postal address")
        return self


class EssentialSection(MapSection):
    """Which lines no batch may ever cut: lifts, alarms, medical devices."""

    column: Column
    yes: Annotated[list[str], Field(min_length=1)] = ["yes", "true", "1"]


if TYPE_CHECKING:
    _AttributeColumns = MapSection
else:
    _AttributeColumns = create_model("_", __base__=MapSection, **dict.fromkeys(_NAMES, (Column | None, None)))


class PartSection(_AttributeColumns):
    """The columns of one part of a registration: a subscriber, or a person who acts for one; one for each attribute of the law."""

    name: Column | None = None
    address: Column | None = None
    document_number: Column | None = None
    document_type: Column | None = None
    document_type_is: Annotated[str | None, Field(min_length=1)] = None
    document_types: dict[str, str] = Field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    """Kinds of document that register no one: such lines are imported without a registration."""
    citizenships: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.document_type is not None and self.document_type_is is not None:
            raise ValueError("give either document_type (a column) or document_type_is")
        return self

    @property
    def columns(self) -> dict[str, str]:
        """Return the column of each attribute."""
        return {name: column for name in _NAMES if (column := getattr(self, name))}


class RegistrationSection(PartSection):
    """The columns of what subscribers have declared."""

    name: Column
    address: Column
    document_number: Column

    @model_validator(mode="after")
    def _some_kind(self) -> Self:
        if self.document_type is None and self.document_type_is is None:
            raise ValueError("give either document_type (a column) or document_type_is")
        return self


class CompanySection(PartSection):
    """The columns of lines whose subscriber is a company, and of the people who act for it.

    A company shares with persons the columns that are not named here. Without a column of kinds a line is a company's if its own columns
    hold a licence, or a name while persons' columns are empty; or if the document is a business licence.
    """

    kind: Column | None = None
    kinds: dict[str, Literal["individual", "company"]] = Field(default_factory=dict)
    bearer: PartSection | None = None
    user: PartSection | None = None

    @model_validator(mode="after")
    def _named_kinds(self) -> Self:
        if (self.kind is None) != (not self.kinds):
            raise ValueError(
                "name the values of the column 'kind' under [company.kinds]: individual or company"
            )
        return self

    @property
    def people(self) -> dict[str, PartSection]:
        """Return the people who act for a company, by their name in the map."""
        return {name: part for name, part in (("bearer", self.bearer), ("user", self.user)) if part}

    def shared(self, persons: PartSection | None) -> PartSection:
        """Return the columns of a company itself, with those that it shares with persons."""
        own = self.model_dump(include={*PartSection.model_fields}, exclude_defaults=True)
        there = persons.model_dump(exclude_defaults=True) if persons else {}
        if own.keys() & {"document_number", "document_type", "document_type_is"}:
            there = {
                name: one for name, one in there.items() if not name.startswith(("document_type", "left"))
            }
        return PartSection.model_validate(there | own)


class ImportMap(MapSection):
    """How one file is read."""

    file: FileSection = FileSection()
    number: NumberSection
    service: ServiceSection
    status: StatusSection | None = None
    activated_on: ActivatedSection
    language: ValueSection | None = None
    region: RegionSection | None = None
    payment: PaymentSection | None = None
    contact: ContactSection | None = None
    reference: ColumnSection | None = None
    is_essential: EssentialSection | None = None
    registration: RegistrationSection | None = None
    company: CompanySection | None = None

    @property
    def parts(self) -> dict[str, PartSection]:
        """Return every part of a registration, by its place in the map."""
        company = self.company
        given = {"registration": self.registration, "company": company}
        people = {f"company.{name}": part for name, part in (company.people if company else {}).items()}
        return {place: part for place, part in (given | people).items() if part}

    @model_validator(mode="after")
    def _begins_somehow(self) -> Self:
        if self.region and self.region.prefixes and self.number.column is None:
            raise ValueError("prefixes of numbers need [number] column: give [region] a column or a constant")
        return self

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        unnumbered = self.service.services - NUMBERED
        if self.number.number_range and unnumbered:
            raise ValueError(
                f"a number range gives telephone numbers, and {', '.join(sorted(unnumbered))} has none: give [number] column"
            )
        return self

    @model_validator(mode="after")
    def _found_again(self) -> Self:
        if self.number.number_range and self.reference is None:
            raise ValueError(
                "a file without numbers needs [reference]: without it the next import could not tell who has a line"
            )
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that are imported."""
        return tuple(dict.fromkeys(column for _, column in self.places()))

    def kinds(self) -> Iterator[tuple[str, frozenset[str], str]]:
        """Yield each column of kinds, the values that the map names, and where it may name more."""
        if self.status and self.status.column:
            yield self.status.column, frozenset(self.status.values), "Name each under [status.values]."
        if self.payment and self.payment.column:
            yield self.payment.column, frozenset(self.payment.values), "Name each under [payment.values]."
        if len(self.service.sources) == 1 and not self.service.otherwise:
            (source,) = self.service.sources
            named = frozenset(source.values) | frozenset(source.left_out)
            yield source.column, named, "Name each under 'values' of [[service.from]], or under 'left_out'."
        if self.company and self.company.kind:
            yield self.company.kind, frozenset(self.company.kinds), "Name each under [company.kinds]."
        for place, part in self.parts.items():
            if part.document_type and part.document_types:
                named = frozenset(part.document_types) | frozenset(part.left_out)
                where = f"Name each under [{place}.document_types], or under 'left_out' of [{place}]."
                yield part.document_type, named, where

    @property
    def hash(self) -> str:
        """Return the hash by which two imports with the same map are recognised."""
        said = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        return sha256_hex(canonical_bytes(said))

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield each place of the map that names a column, and the column."""
        single = {
            "number": self.number.column, "activated_on": self.activated_on.column,
            "activated_on.tenure_months": self.activated_on.tenure_months, "status": self.status and self.status.column,
            "language": self.language and self.language.column, "region": self.region and self.region.column,
            "payment": self.payment and self.payment.column,
            "contact": self.contact and self.contact.column, "reference": self.reference and self.reference.column,
            "is_essential": self.is_essential and self.is_essential.column,
        }  # fmt: skip
        yield from ((place, column) for place, column in single.items() if column)
        yield from (
            (f"status.{name}", column) for name, column in (self.status.days if self.status else {}).items()
        )
        yield from (("contact.postal", column) for column in (self.contact.postal if self.contact else ()))
        yield from (("service.from", source.column) for source in self.service.sources)
        if self.company and self.company.kind:
            yield "company.kind", self.company.kind
        for place, part in self.parts.items():
            yield from ((f"{place}.{field}", column) for field, column in part.columns.items())


def read_map(file: Path, *, as_of: dt.date | None = None, number_range: str | None = None) -> dict[str, Any]:
    """Read a map from its file, and add what was given on the command line. Refuses: IMPORT_MAP_INVALID."""
    text = ""
    try:
        raw = tomllib.loads(text := file.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise IMPORT_MAP_INVALID(map=file, place="the whole file", why=why_not_toml(fault, text)) from None
    return complete(raw, as_of=as_of, number_range=number_range)


def complete(raw: dict[str, Any], *, as_of: dt.date | None, number_range: str | None) -> dict[str, Any]:
    """Add what was given on the command line to a map that is still being made."""
    filled = {name: dict(part) if isinstance(part, dict) else part for name, part in raw.items()}
    activated = filled.get("activated_on")
    if as_of and isinstance(activated, dict) and "tenure_months" in activated:
        activated["as_of"] = as_of
    if number_range:
        filled["number"] = {k: v for k, v in filled.get("number", {}).items() if k == "count"} | {
            "number_range": number_range
        }
    return filled


def file_part(raw: dict[str, Any], *, named: object) -> FileSection:
    """Return how the file is to be read, before the rest of the map is looked at. Refuses: IMPORT_MAP_INVALID."""
    try:
        return FileSection.model_validate(raw.get("file", {}))
    except ValidationError as fault:
        raise as_one(_faults(fault, named=named, under="file")) from None


def make_map(raw: dict[str, Any], *, named: object, header: Sequence[str]) -> ImportMap:
    """Return the map, checked against the columns of the file. Refuses: IMPORT_MAP_INVALID, IMPORT_SENSITIVE_COLUMN_MAPPED, all at once."""
    try:
        made = ImportMap.model_validate(raw)
    except ValidationError as fault:
        raise as_one(_faults(fault, named=named)) from None
    faults: list[RollkeeperError] = []
    # If not one column fits, the first row may hold a person's data: it is not repeated.
    is_heading = any(column in header for column in made.columns)
    has = f"it has {', '.join(header)}" if is_heading else "its first row names none of the map's columns"
    for place, column in made.places():
        about = never_about(column, used_as=place.rpartition(".")[2])
        if column not in header:
            why = f"the file has no column '{column}'; {has}"
            faults.append(IMPORT_MAP_INVALID(map=named, place=place, why=why))
        elif about:
            faults.append(IMPORT_SENSITIVE_COLUMN_MAPPED(map=named, place=place, column=column, about=about))
    raise_all(faults)
    return made


def _faults(fault: ValidationError, *, named: object, under: str = "") -> list[RollkeeperError]:
    return [
        IMPORT_MAP_INVALID(
            map=named,
            place=".".join([*([under] if under else []), *map(str, error["loc"])]) or "the whole file",
            why="a map has no such entry" if error["type"] == "extra_forbidden" else why_invalid(error),
        )
        for error in fault.errors(include_input=False, include_url=False)
    ]
