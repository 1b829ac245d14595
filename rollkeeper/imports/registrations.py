# SPDX-License-Identifier: EUPL-1.2
"""Reads what subscribers have declared, limited to the operator's file and what the law asks for. Pure.

Exactly the pack's attributes are used; if the file lacks one of them, the line stays unregistered and its subscriber is asked
like all others. A row of a company registers the company and the people who act for it, never a person by the company's licence. No
person checks anything here, so such a registration is only *declared*.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from rollkeeper.documents.rules import check_number, normalise_type
from rollkeeper.documents.verdicts import BUSINESS_LICENCE, OTHER, Verdict
from rollkeeper.imports.errors import IMPORT_MAP_INVALID
from rollkeeper.imports.mapping import CompanySection, ImportMap, PartSection
from rollkeeper.imports.row_errors import (
    FALSE_DOCUMENT,
    INCOMPLETE,
    PERSON_AND_COMPANY,
    TOO_LONG,
    UNKNOWN_DOCUMENT,
    WRONG_TYPE,
    Reason,
    damage_in,
)
from rollkeeper.kernel.choices import SAID_PAYMENTS, Payment
from rollkeeper.kernel.normal_form import unturned
from rollkeeper.law.attributes import HAVE_A_FORM, LINE_ATTRIBUTES, fault_of, written
from rollkeeper.law.pack import Pack
from rollkeeper.subscribers.choices import PARTY_ROLES, PartyKind, PartyRole, pack_kind
from rollkeeper.vault.fields import Field

_LICENCES: Final = frozenset({BUSINESS_LICENCE, "cn-company", "cn-uscc"})
_LONGEST = 2_000
_OF_NO_ONE: Final = frozenset({Field.DOCUMENT_TYPE, *map(Field, LINE_ATTRIBUTES)})
"""The attributes that a row may have without declaring a subscriber."""
_FORMED: Final = frozenset(map(Field, HAVE_A_FORM))


@dataclass(frozen=True, slots=True, repr=False)
class DeclaredPart:
    """One part as declared: the values to be sealed, and the document by which the person is recognised."""

    values: Mapping[Field, str]
    document: tuple[str, str] | None


@dataclass(frozen=True, slots=True, repr=False)
class DeclaredSubscriber:
    """One subscriber as declared, with the people who act for a company."""

    kind: PartyKind
    parts: Mapping[PartyRole, DeclaredPart]


type Faults = list[tuple[str, Reason]]


class Asked(NamedTuple):
    """What decides what the law asks of a row: the service of its line, and how the line is paid."""

    service: str
    payment: str


_PLACES: Final = {
    "registration": (PartyKind.INDIVIDUAL, PartyRole.SUBSCRIBER),
    "company": (PartyKind.COMPANY, PartyRole.SUBSCRIBER),
    "company.bearer": (PartyKind.COMPANY, PartyRole.BEARER),
    "company.user": (PartyKind.COMPANY, PartyRole.USER),
}


def asked_in_files(pack: Pack) -> dict[str, tuple[str, ...]]:
    """Return the attributes that the law asks of subscribers whom a file can register, by their place in a map."""
    return {
        place: tuple(
            dict.fromkeys(
                one.name
                for service in pack.services
                for one in pack.attributes(service, pack_kind(kind.value, role))
            )
        )
        for place, (kind, role) in _PLACES.items()
    }


def _said(payment: object) -> str:
    return str(payment) if payment in SAID_PAYMENTS else Payment.UNKNOWN.value


class RegistrationReader:
    """Reads the columns of a registration."""

    def __init__(self, made: ImportMap, *, place: Mapping[str, int], pack: Pack, on: dt.date) -> None:
        self._pack, self._company = pack, made.company or CompanySection()
        company = {PartyRole.SUBSCRIBER: self._company.shared(made.registration)} | {
            role: part
            for role in PARTY_ROLES[PartyKind.COMPANY]
            if (part := self._company.people.get(role.key))
        }
        sections: dict[PartyKind, Mapping[PartyRole, PartSection]] = {PartyKind.COMPANY: company}
        if made.registration:
            sections[PartyKind.INDIVIDUAL] = {PartyRole.SUBSCRIBER: made.registration}
        self._services = made.service.services
        self._readers = {
            kind: [
                (role, _PartReader(parts.get(role, PartSection()), kind, role, place=place, services=self._services, pack=pack, on=on))
                for role in PARTY_ROLES[kind]
            ]
            for kind, parts in sections.items()
        }  # fmt: skip
        if made.registration:
            self._readers[PartyKind.INDIVIDUAL][0][1].require_complete()
        kind = self._company.kind
        of_parts = [column for part in made.parts.values() for column in part.columns.values()]
        self.columns = tuple(dict.fromkeys([*([kind] if kind else []), *of_parts]))
        self._kind = place[kind] if kind else None
        names, persons = ("name", "document_number"), made.registration
        self._own = {
            name: place[column]
            for name in names
            if (column := getattr(self._company, name)) and column != getattr(persons, name, None)
        }
        self._of_persons = {name: place[persons.columns[name]] for name in names} if persons else {}
        self._type = place[persons.document_type] if persons and persons.document_type else None
        self._line_of = cache(self._as_asked)
        self._shown = cache(lambda text: _type_of(persons, text) if persons else None)

    def read(
        self,
        table: Sequence[Sequence[str]],
        *,
        services: Sequence[object],
        payments: Sequence[object] | None = None,
    ) -> list[DeclaredSubscriber | Faults | None]:
        """Return for each row what was declared, or its faults; None if nothing was declared or nothing is asked."""
        paid = payments or [None] * len(table)
        return [
            self._read_row(row, line) if (line := self._line_of(str(service), payment)) else None
            for row, service, payment in zip(table, services, paid, strict=True)
        ]

    def _as_asked(self, service: str, payment: object) -> Asked | None:
        """Return what decides what the law asks of a line, None if the law registers no line of this service and payment."""
        line = Asked(service, _said(payment))
        return line if service not in self._services or self._pack.registers(*line) else None

    def _read_row(self, row: Sequence[str], line: Asked) -> DeclaredSubscriber | Faults | None:
        kind = self._kind_of(row)
        if kind is None:
            return [(self._company.document_number or "", PERSON_AND_COMPANY)]
        parts: dict[PartyRole, DeclaredPart] = {}
        faults: Faults = []
        for role, reader in self._readers.get(kind, ()):
            found = reader.read(row, line)
            if isinstance(found, DeclaredPart):
                parts[role] = found
            elif found is None and role is PartyRole.SUBSCRIBER:
                return None
            elif found:
                faults += found
        return faults or (DeclaredSubscriber(kind, parts) if parts else None)

    def _kind_of(self, row: Sequence[str]) -> PartyKind | None:
        """Return the kind of a row's subscriber, by the column of kinds, the company's own columns or the document. None: they disagree."""
        said = self._company.kinds.get(row[self._kind].strip()) if self._kind is not None else None
        shown = self._shown("" if self._type is None else row[self._type].strip())
        if said:
            return None if self._contradicts(PartyKind(said), shown, row) else PartyKind(said)
        if self._own:
            own = {name for name, place in self._own.items() if row[place].strip()}
            persons = {name for name, place in self._of_persons.items() if row[place].strip()}
            if "document_number" in own:
                return None if "document_number" in persons else PartyKind.COMPANY
            if own and not persons:
                return PartyKind.COMPANY
        return PartyKind.COMPANY if shown in _LICENCES else PartyKind.INDIVIDUAL

    def _contradicts(self, said: PartyKind, shown: str | None, row: Sequence[str]) -> bool:
        """Tell whether the kind of document in a row belongs to another kind of subscriber than the row says."""
        if self._type is None or not row[self._type].strip() or shown in {None, OTHER}:
            return False
        if said is PartyKind.INDIVIDUAL:
            return shown in _LICENCES
        return "document_number" not in self._own and shown not in _LICENCES


class _PartReader:
    """Reads one part of a registration."""

    def __init__(
        self, part: PartSection, kind: PartyKind, role: PartyRole, *,
        place: Mapping[str, int], services: Collection[str], pack: Pack, on: dt.date,
    ) -> None:  # fmt: skip
        self._part, self._role, self._pack, self._on = part, role, pack, on
        self._columns = part.columns
        self._places = [(Field(name), place[column]) for name, column in self._columns.items()]
        self._named = "company" if role is PartyRole.SUBSCRIBER else f"company.{role.key}"
        is_company = kind is PartyKind.COMPANY and role is PartyRole.SUBSCRIBER
        is_chinese = pack.file.jurisdiction.partition("-")[0] == "CN"
        self._otherwise = BUSINESS_LICENCE if is_company and is_chinese else OTHER
        self._asked = {
            Asked(service, payment): {
                Field(one.name): one.required
                for one in (pack.attributes(service, pack_kind(kind.value, role)) if pack.duty else ())
                if one.is_asked(payment=payment, is_remote=False)
            }
            for service in services
            for payment in Payment.values
        }
        self._demanded = {
            s for s, asked in self._asked.items() if role is not PartyRole.SUBSCRIBER and any(asked.values())
        }
        """The lines for which the law demands a person in this part, besides the subscriber."""
        said = {*self._columns, Field.DOCUMENT_TYPE.value}
        self._lacking = {
            line: [name for name in (*asked, Field.DOCUMENT_NUMBER) if name.value not in said and self._demands(name, asked)]
            for line, asked in self._asked.items()
        }  # fmt: skip
        """What the law demands and no column says."""

    def require_complete(self) -> None:
        """Refuse columns that can never say all that the law demands, however a line is paid. Refuses: IMPORT_MAP_INVALID."""
        for service in {line.service for line in self._lacking}:
            per_payment = [set(self._lacking[Asked(service, one)]) for one in SAID_PAYMENTS]
            lacking = [
                name
                for name in self._lacking[Asked(service, Payment.UNKNOWN.value)]
                if all(name in one for one in per_payment)
            ]
            if not lacking:
                continue
            named = ", ".join(dict.fromkeys(name.value for name in lacking))
            why = f"the pack {self._pack.id} also asks for {named}: register with 'rollkeeper register'"
            raise IMPORT_MAP_INVALID(map="the map", place="registration", why=why)

    def read(self, row: Sequence[str], line: Asked) -> DeclaredPart | Faults | None:
        """Return what was declared, or its faults; None if nothing was declared or nothing is asked."""
        asked = self._asked.get(line, {})
        given = {name: unturned(row[place]).strip() for name, place in self._places}
        if states := given.get(Field.CITIZENSHIP):
            given[Field.CITIZENSHIP] = self._part.citizenships.get(states, states)
        is_there = any(value for name, value in given.items() if name not in _OF_NO_ONE)
        is_there = is_there and given.get(Field.DOCUMENT_TYPE) not in self._part.left_out
        if not asked or not (is_there or line in self._demanded):
            return None
        faults = self._faults(given, asked)
        faults += [(f"{self._named}.{name}", INCOMPLETE) for name in dict.fromkeys(self._lacking[line])]
        if faults:
            return faults
        return self._with_document({name: value for name, value in given.items() if value}, asked)

    def _with_document(self, given: dict[Field, str], asked: Collection[Field]) -> DeclaredPart | Faults:
        document = None
        if number := given.get(Field.DOCUMENT_NUMBER):
            kind = _type_of(self._part, given.get(Field.DOCUMENT_TYPE, ""), otherwise=self._otherwise)
            if kind is None:
                return [(self._part.document_type or "", UNKNOWN_DOCUMENT)]
            checked = check_number(kind, number, self._on)
            if checked.verdict is Verdict.INVALID:
                return [(self._columns["document_number"], FALSE_DOCUMENT)]
            document = kind, checked.normalised
            given |= {Field.DOCUMENT_TYPE: kind, Field.DOCUMENT_NUMBER: checked.normalised}
        return DeclaredPart(
            {
                name: written(name.value, value) if name in _FORMED else value
                for name, value in given.items()
                if name in asked
            },
            document,
        )

    def _faults(self, given: Mapping[Field, str], asked: Mapping[Field, bool]) -> Faults:
        found: Faults = []
        for name, value in given.items():
            reason = damage_in(value) or (TOO_LONG if len(value) > _LONGEST else None)
            if (
                not reason
                and value
                and name in _FORMED
                and name in asked
                and fault_of(name.value, value, on=self._on)
            ):
                reason = WRONG_TYPE
            if reason or (not value and self._demands(name, asked)):
                found.append((self._columns[name.value], reason or INCOMPLETE))
        return found

    def _demands(self, name: Field, asked: Mapping[Field, bool]) -> bool:
        """Tell whether a value may not be empty: if the law demands it, or it is the number of a subscriber's document, which identifies them."""
        return asked.get(name, False) or (
            name is Field.DOCUMENT_NUMBER and self._role is PartyRole.SUBSCRIBER
        )


def _type_of(part: PartSection, text: str, *, otherwise: str = OTHER) -> str | None:
    """Return the kind of a document, None if the map does not name it."""
    if part.document_type is None:
        return normalise_type(part.document_type_is or otherwise)
    if part.document_types:
        named = part.document_types.get(text)
        return normalise_type(named) if named else None
    return normalise_type(text)
