# SPDX-License-Identifier: EUPL-1.2
"""What the vault service does for workers: values of lines, one attribute, one copy, what a browser sealed.

`worker_requests.py` is the other end.
"""

import datetime as dt
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from rollkeeper.access.authority import Authority, subscriber_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import LineId, PersonId, TenureId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import canaries, offline_keys, opening
from rollkeeper.vault.errors import VAULT_OPENING_UNJUSTIFIED, VAULT_REQUEST_REFUSED
from rollkeeper.vault.fields import COPY, Field, LineField, Purpose
from rollkeeper.vault.hooks import OFFLINE
from rollkeeper.vault.worker_openings import Wanted, is_justified

type Values = Mapping[str, Any]


def do_for_worker(operation: str, values: Values) -> object:
    """Carry out an operation for a worker, in the service. Refuses: VAULT_REQUEST_REFUSED, VAULT_OPENING_UNJUSTIFIED, and as it."""
    do = _OPERATIONS.get(operation)
    if do is None:
        raise VAULT_REQUEST_REFUSED()
    try:
        return do(_authority(values), values)
    except (KeyError, TypeError, ValueError):
        raise VAULT_REQUEST_REFUSED() from None


def _line_values(authority: Authority, values: Values) -> list[str | None]:
    field, purpose, on = LineField(values["field"]), Purpose(values["purpose"]), _day(values)
    lines = [LineId(UUID(line)) for line, _ in values["pairs"]]
    wanted = Wanted(authority, lines=frozenset(lines), field=field.value)
    _require_justified(purpose.value, wanted, field=field.value, asked=len(lines), on=on)
    # The value as recorded now: the one that a worker sends may come from an older register and be of a former subscriber.
    found = rows(sql("vault", "present_line_values"), {"field": field.value, "lines": lines})
    present = {row.line_id: bytes(row.sealed or b"") for row in found}
    pairs = [(line, present.get(line, b"")) for line in lines]
    opened = opening.open_line_values(authority, field, pairs, purpose=purpose, on=on)
    return [one.reveal() if one.is_readable else None for one in opened]


def _attribute(authority: Authority, values: Values) -> str:
    field, purpose, on = Field(values["field"]), Purpose(values["purpose"]), _day(values)
    named = _named(values)
    wanted = Wanted(authority, person_id=named["person_id"], tenure_id=named["tenure_id"], field=field.value)
    _require_justified(purpose.value, wanted, field=field.value, asked=1, on=on)
    return opening.open_sealed(authority, **named, field=field, purpose=purpose, on=on).reveal()


def _copy(authority: Authority, values: Values) -> str:
    purpose, on, named = Purpose(values["purpose"]), _day(values), _named(values)
    wanted = Wanted(authority, person_id=named["person_id"], tenure_id=named["tenure_id"], field=COPY)
    _require_justified(purpose.value, wanted, field=COPY, asked=1, on=on)
    opened = opening.open_copy(authority, **named, position=int(values["position"]), purpose=purpose, on=on)
    return b64encode(opened.reveal_copy()).decode()


def _offline(authority: Authority, values: Values) -> str:
    sealed, on = b64decode(values["sealed"]), _day(values)
    named: dict[str, Any] = {
        "submission_key": str(values["submission_key"]), "ticket_id": UUID(values["ticket"]),
    }  # fmt: skip
    _require_justified(OFFLINE, Wanted(authority, sealed=sealed, **named), field=OFFLINE, asked=1, on=on)
    return b64encode(offline_keys.open_offline(authority, sealed, **named, on=on)).decode()


_OPERATIONS: Final[Mapping[str, Callable[[Authority, Values], object]]] = {
    "line-values": _line_values, "attribute": _attribute, "copy": _copy, "offline": _offline,
}  # fmt: skip


def _require_justified(purpose: str, wanted: Wanted, *, field: str, asked: int, on: dt.date) -> None:
    """Refuse an opening that no row justifies, with a ledger entry and an alarm: Rollkeeper itself never asks for one."""
    if is_justified(purpose, wanted):
        return
    (role,) = wanted.authority.roles
    facts: dict[str, str | int | bool] = {"asked": asked, "field": field, "purpose": purpose}
    with transaction.atomic(using="vault", durable=True):
        entry_id = append_entry(
            wanted.authority, verb=Verb.OPENING_REFUSED, role=role.value, on=on, facts=facts, using="vault"
        )
        canaries.raise_alarm_of_worker(wanted.authority, entry_id)
    raise VAULT_OPENING_UNJUSTIFIED(purpose=purpose, asked=asked)


def _authority(values: Values) -> Authority:
    match values["role"]:
        case StaffRole.WORKER.value:
            return worker_authority()
        case StaffRole.SUBSCRIBER.value:
            return subscriber_authority(str(values["actor"]))
        case _:
            raise VAULT_REQUEST_REFUSED()


def _named(values: Values) -> dict[str, Any]:
    """Return whose value is opened, and on which line its entry is: the record's own, or its person would not see the access."""
    person_id, tenure_id = PersonId(UUID(values["person"])), TenureId(UUID(values["tenure"]))
    found = rows(sql("vault", "line_of_record"), {"person_id": person_id, "tenure_id": tenure_id})
    return {
        "person_id": person_id, "tenure_id": tenure_id, "line_id": found[0].line_id if found else None,
        "commitment": found[0].commitment if found else None,
    }  # fmt: skip


def _day(values: Values) -> dt.date:
    """Return the day of the entry. In a production instance the database says it, and not the worker."""
    (now,) = rows("SELECT kernel_day(%s) AS day", [dt.date.fromisoformat(values["day"])])
    day: dt.date = now.day
    return day
