# SPDX-License-Identifier: EUPL-1.2
"""Adds a canary to the register: an invented person with a terminated line.

Terminated, because such a line is not counted, notified, provisioned or put in a batch; it is erased in time like every other.
Its number cannot be a real one. Its values are those that the pack in force asks for at the counter; what makes them a canary's
is inside the sealed values (`vault.canaries`).
"""

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, TenureId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.attributes import ATTRIBUTES, LINE_ATTRIBUTES, AttributeType
from rollkeeper.law.packs import load_pack
from rollkeeper.subscribers.choices import PartyKind
from rollkeeper.subscribers.queries import document_index
from rollkeeper.subscribers.services import make_subscriber
from rollkeeper.vault.blind_index import blind_numbers
from rollkeeper.vault.fields import Field, LineField
from rollkeeper.vault.services import PersonRecord, seal_line_values, seal_persons

_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国文辉"
_STREETS: Final = ("和平路", "团结路", "建设路", "解放路", "人民路", "江苏路", "北京路", "林廓路")
_DOCUMENT: Final = "cn-resident-card"
_NO_AREA: Final = "99"  # no area of the country begins with 99, so no one has this number
_RANDOM: Final = secrets.SystemRandom()


def make_canary(on: dt.date, entry_id: EntryId) -> None:
    """Add one invented person with a terminated line, inside the present action; `entry_id` is the entry of this action.

    The tenure names that entry as the entry of its end, so that it is erased in time. No app reads that column.
    """
    began_at, ended_at = _tenure_period()
    began_on, terminated_on = (min(on, clock.local_day(at)) for at in (began_at, ended_at))
    person, tenure, line = (
        PersonId(_uuid_at(began_at)),
        TenureId(_uuid_at(began_at)),
        LineId(_uuid_at(began_at)),
    )
    values = _values()
    (commitment,) = seal_persons([PersonRecord(person, tenure, _required_only(values), is_canary=True)])
    number = (
        f"+8610{secrets.randbelow(10**9):09}"  # too long for the landlines of Beijing: no one has this number
    )
    (document,) = document_index([(_DOCUMENT, values[Field.DOCUMENT_NUMBER])])
    language = secrets.choice(instance().languages)
    make_subscriber(
        person,
        kind=PartyKind.INDIVIDUAL.value,
        language=language,
        document=(document, _DOCUMENT),
        on=began_on,
    )
    run(
        sql("lines", "make_canary"),
        {
            "line": line, "person": person, "tenure": tenure, "service": Service.MOBILE.value,
            "kind": PartyKind.INDIVIDUAL.value, "language": language, "commitment": commitment,
            "began_on": began_on, "terminated_on": terminated_on, "began_at": began_at, "ended_at": ended_at,
            "number_index": blind_numbers([number])[0],
            "sealed": seal_line_values(LineField.NUMBER, [(line, number)], canaries=True)[0],
            "entry": entry_id,
            "until": load_pack(instance().pack).number_quarantine.last_day(terminated_on),
        },
    )  # fmt: skip


def _required_only(values: Mapping[Field, str]) -> dict[Field, str]:
    """Keep the values that counters ask for by the pack in force, and invent the missing ones: a canary has as many values as a real person."""
    asked = load_pack(instance().pack).attributes(Service.MOBILE.value, PartyKind.INDIVIDUAL.value)
    given = [one for one in asked if one.required or Field(one.name) in values or secrets.randbelow(2)]
    found = {Field(one.name): values.get(Field(one.name)) or _invented(one.name) for one in given}
    return found or dict(values)


def _invented(name: str) -> str:
    """Return an invented value of an attribute's type."""
    figures = str(secrets.randbelow(9 * 10**14) + 10**14)
    match (ATTRIBUTES | LINE_ATTRIBUTES)[name]:
        case AttributeType.EMAIL:
            return f"{figures}@{'x' * secrets.randbelow(9)}.invalid"
        case AttributeType.TELEPHONE:
            return f"+8610{figures[:9]}"
        case AttributeType.SIM_CARD:
            body = f"8986{figures[:14]}"
            return body + str(luhn.calc_check_digit(body))
        case AttributeType.STATES:
            return secrets.choice(("CHN", "IND", "NPL"))
        case AttributeType.LONG_TEXT:
            return f"{secrets.choice(_STREETS)}{figures[:3]}号"
        case _:
            return figures


def _values() -> dict[Field, str]:
    born = dt.date(1950, 1, 1) + dt.timedelta(days=secrets.randbelow(20_000))
    name = secrets.choice(_SURNAMES) + "".join(
        secrets.choice(_GIVEN) for _ in range(1 + secrets.randbelow(2))
    )
    return {
        Field.NAME: name,
        Field.ADDRESS: f"{secrets.choice(_STREETS)}{1 + secrets.randbelow(220)}号",
        Field.DOCUMENT_TYPE: _DOCUMENT,
        Field.DOCUMENT_NUMBER: _document_number(born),
        Field.DOCUMENT_VALID_UNTIL: (clock.today() + dt.timedelta(days=secrets.randbelow(5000))).isoformat(),
        Field.BIRTH_DATE: born.isoformat(),
    }


def _document_number(born: dt.date) -> str:
    digits = f"{_NO_AREA}{secrets.randbelow(10**4):04}{born:%Y%m%d}{secrets.randbelow(1000):03}"
    return digits + str(mod_11_2.calc_check_digit(digits))


def _tenure_period() -> tuple[dt.datetime, dt.datetime]:
    """Return two instants for an invented tenure, after the first subscriber was made or at least in the last hour."""
    (found,) = rows("SELECT min(made_on) AS first FROM subscribers_subscriber")
    now, first = clock.now(), clock.now() - dt.timedelta(hours=1)
    if found.first is not None:
        first = min(first, dt.datetime.combine(found.first, dt.time(12), clock.zone()).astimezone(dt.UTC))
    span, shares = now - first, sorted(_RANDOM.random() for _ in range(2))
    return first + span * shares[0], first + span * shares[1]


def _uuid_at(instant: dt.datetime) -> UUID:
    """Make a reference of version 7 as if it had been made at an instant."""
    noise = secrets.token_bytes(10)
    head = int(instant.timestamp() * 1000).to_bytes(6)
    return UUID(bytes=head + bytes((0x70 | noise[0] & 0x0F, noise[1], 0x80 | noise[2] & 0x3F)) + noise[3:])
