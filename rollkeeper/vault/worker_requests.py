# SPDX-License-Identifier: EUPL-1.2
"""How a worker asks the vault service: for values of lines, one attribute, one copy, what a browser sealed.

`worker_operations.py` is the other end.
"""

import datetime as dt
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.kernel.ids import LineId, PersonId, TenureId
from rollkeeper.vault import client
from rollkeeper.vault.fields import Field, LineField, Purpose
from rollkeeper.vault.secret_value import SecretDocumentCopy, SecretValue


def ask_for_line_values(
    authority: Authority,
    field: LineField,
    pairs: Sequence[tuple[LineId, bytes]],
    *,
    purpose: Purpose,
    on: dt.date,
) -> list[SecretValue]:
    """Have the service open a value of each line. Refuses: as `opening.open_line_values`, and VAULT_OPENING_UNJUSTIFIED."""
    if not pairs:
        return []
    values = client.ask(
        "line-values", **_who(authority), field=field.value, purpose=purpose.value, day=on,
        pairs=[(str(line_id), b64encode(sealed).decode()) for line_id, sealed in pairs],
    )  # fmt: skip
    return [SecretValue(value) for value in values]


def ask_for_attribute(
    authority: Authority,
    *,
    person_id: PersonId,
    tenure_id: TenureId,
    field: Field,
    purpose: Purpose,
    on: dt.date,
) -> SecretValue:
    """Have the service open one attribute. Refuses: as `opening.open_sealed`, and VAULT_OPENING_UNJUSTIFIED."""
    value = client.ask(
        "attribute", **_who(authority), **_whose(person_id, tenure_id), field=field.value, purpose=purpose.value, day=on,
    )  # fmt: skip
    return SecretValue(value)


def ask_for_copy(
    authority: Authority,
    *,
    person_id: PersonId,
    tenure_id: TenureId,
    position: int,
    purpose: Purpose,
    on: dt.date,
) -> SecretDocumentCopy:
    """Have the service open one copy of a document. Refuses: as `opening.open_copy`, and VAULT_OPENING_UNJUSTIFIED."""
    copy = client.ask(
        "copy", **_who(authority), **_whose(person_id, tenure_id), position=position, purpose=purpose.value, day=on,
    )  # fmt: skip
    return SecretDocumentCopy(b64decode(copy))


def ask_for_offline(
    authority: Authority, sealed: bytes, *, submission_key: str, ticket_id: UUID, on: dt.date
) -> bytes:
    """Have the service open what a browser sealed. Refuses: as `offline_keys.open_offline`, and VAULT_OPENING_UNJUSTIFIED."""
    clear = client.ask(
        "offline", **_who(authority), sealed=b64encode(sealed).decode(), submission_key=submission_key,
        ticket=str(ticket_id), day=on,
    )  # fmt: skip
    return b64decode(clear)


def _who(authority: Authority) -> dict[str, Any]:
    (role,) = authority.roles
    return {"role": role.value, "actor": authority.commitment}


def _whose(person_id: PersonId, tenure_id: TenureId) -> dict[str, Any]:
    return {"person": str(person_id), "tenure": str(tenure_id)}
