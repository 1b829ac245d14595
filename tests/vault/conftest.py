"""People to seal, and the Authority of those who may open."""

import datetime as dt

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.ids import PersonId, StaffId, TenureId, new_uuid, new_uuids
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.services import PersonRecord, open_sealed

DAY = dt.date(2012, 3, 2)


def person(**values: str) -> PersonRecord:
    """An invented person, with these attributes."""
    given = {Field(name): value for name, value in values.items()} or {
        Field.NAME: "Rigdzin Wangmo",
        Field.ADDRESS: "拉萨市城关区虚构路 1 号",
        Field.DOCUMENT_TYPE: "cn-resident-card",
        Field.DOCUMENT_NUMBER: "11010519491231002X",
    }
    return PersonRecord(PersonId(new_uuid()), TenureId(new_uuid()), given)


def people(count: int) -> list[PersonRecord]:
    """So many invented people, each with a separate name."""
    return [
        PersonRecord(
            PersonId(p), TenureId(h), {Field.NAME: f"Invented {n}", Field.DOCUMENT_NUMBER: f"INV{n:08}"}
        )
        for n, (p, h) in enumerate(zip(new_uuids(count), new_uuids(count), strict=True))
    ]


@pytest.fixture
def officer() -> Authority:
    """A data protection officer, who may open."""
    return Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "0f" * 32)


@pytest.fixture
def reveal(officer):
    """Open one field of a record and return its value."""

    def look(record: PersonRecord, field: Field = Field.NAME) -> str:
        return open_sealed(
            officer,
            person_id=record.person_id,
            tenure_id=record.tenure_id,
            field=field,
            purpose=Purpose.REVIEW,
            on=DAY,
        ).reveal()

    return look
