# SPDX-License-Identifier: EUPL-1.2
"""What a subscriber has declared, limited to the operator's file and what the law asks for. Pure.

Exactly the pack's attributes are used; if the file lacks one of them, the line stays unregistered and its subscriber is asked
like all others. No person checks anything here, so such a registration is only *declared*.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rollkeeper.documents.rules import check_number, normalise_type
from rollkeeper.documents.verdicts import Verdict
from rollkeeper.imports.errors import IMPORT_MAP_INVALID
from rollkeeper.imports.mapping import RegistrationSection
from rollkeeper.imports.row_errors import (
    FALSE_DOCUMENT,
    INCOMPLETE,
    TOO_LONG,
    UNKNOWN_DOCUMENT,
    WRONG_TYPE,
    Reason,
    damage_in,
)
from rollkeeper.kernel.choices import SAID_PAYMENTS, Payment
from rollkeeper.law.attributes import fault_of
from rollkeeper.law.pack import Pack
from rollkeeper.subscribers.choices import PartyKind
from rollkeeper.vault.fields import Field

PARTY: Final = PartyKind.INDIVIDUAL
_LONGEST = 2_000


@dataclass(frozen=True, slots=True, repr=False)
class DeclaredSubscriber:
    """One subscriber as declared: what is to be sealed, and the document by which the person is known again."""

    values: Mapping[Field, str]
    document: tuple[str, str]


type Faults = list[tuple[str, Reason]]


class RegistrationReader:
    """Reads the columns of a registration."""

    def __init__(
        self,
        part: RegistrationSection,
        *,
        place: Mapping[str, int],
        services: Collection[str],
        pack: Pack,
        on: dt.date,
    ) -> None:
        self._part, self._place, self._pack, self._on = part, place, pack, on
        self._asked = {service: self._asked_of(service) for service in services}
        self._demanded = {service: self._demanded_of(service) for service in services}
        self.columns = tuple(part.columns.values())

    def read(
        self,
        table: Sequence[Sequence[str]],
        *,
        services: Sequence[object],
        payments: Sequence[object] | None = None,
    ) -> list[DeclaredSubscriber | Faults | None]:
        """Return for each row what was declared, None where nothing was or nothing is asked, or what is wrong."""
        paid = payments or [None] * len(table)
        return [
            self._read_row(row, str(service)) if self._is_registered(str(service), payment) else None
            for row, service, payment in zip(table, services, paid, strict=True)
        ]

    def _is_registered(self, service: str, payment: object) -> bool:
        """Tell whether the law has lines registered that are paid so."""
        said = payment if payment in SAID_PAYMENTS else Payment.UNKNOWN.value
        return service not in self._asked or self._pack.registers(service, str(said))

    def _read_row(self, row: Sequence[str], service: str) -> DeclaredSubscriber | Faults | None:
        asked = self._asked[service] if service in self._asked else frozenset[Field]()
        given = {Field(name): row[self._place[column]].strip() for name, column in self._part.columns.items()}
        if not asked or not any(given.values()) or given.get(Field.DOCUMENT_TYPE) in self._part.left_out:
            return None
        faults = self._faults(given, asked, demanded=self._demanded[service])
        if faults:
            return faults
        kind = self._document_type(given.get(Field.DOCUMENT_TYPE, ""))
        if kind is None:
            return [(self._part.document_type or "", UNKNOWN_DOCUMENT)]
        checked = check_number(kind, given[Field.DOCUMENT_NUMBER], self._on)
        if checked.verdict is Verdict.INVALID:
            return [(self._part.document_number, FALSE_DOCUMENT)]
        values = given | {Field.DOCUMENT_TYPE: kind, Field.DOCUMENT_NUMBER: checked.normalised}
        return DeclaredSubscriber(
            {name: value for name, value in values.items() if name in asked}, (kind, checked.normalised)
        )

    def _faults(
        self, given: Mapping[Field, str], asked: frozenset[Field], *, demanded: frozenset[Field]
    ) -> Faults:
        columns = self._part.columns
        found: Faults = []
        for name, value in given.items():
            reason = damage_in(value) or (TOO_LONG if len(value) > _LONGEST else None)
            if not reason and value and name in asked and fault_of(name.value, value, on=self._on):
                reason = WRONG_TYPE
            if reason or (not value and name in demanded):
                found.append((columns[name.value], reason or INCOMPLETE))
        return found

    def _document_type(self, text: str) -> str | None:
        if self._part.document_type is None:
            return normalise_type(self._part.document_type_is or "")
        if self._part.document_types:
            named = self._part.document_types.get(text)
            return normalise_type(named) if named else None
        return normalise_type(text)

    def _demanded_of(self, service: str) -> frozenset[Field]:
        """Return what the law demands of a subscriber; what is optional may be empty. A document's number says who it is."""
        attributes = self._pack.attributes(service, PARTY.value) if self._pack.duty else ()
        return frozenset(Field(a.name) for a in attributes if a.required) | {Field.DOCUMENT_NUMBER}

    def _asked_of(self, service: str) -> frozenset[Field]:
        """Return what the law asks of a subscriber. Refuses: IMPORT_MAP_INVALID, where a file can never say all of it."""
        attributes = self._pack.attributes(service, PARTY.value) if self._pack.duty else ()
        given = {*self._part.columns, "document_type"}
        lacking = [a.name for a in attributes if a.required and a.name not in given]
        if lacking:
            why = f"the pack {self._pack.id} also asks for {', '.join(lacking)}: register with 'rollkeeper register'"
            raise IMPORT_MAP_INVALID(map="the map", place="registration", why=why)
        return frozenset(Field(a.name) for a in attributes if a.name in given)
