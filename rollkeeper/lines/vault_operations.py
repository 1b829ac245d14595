# SPDX-License-Identifier: EUPL-1.2
"""What the vault service does about a line for a signed-in person: open one field, open one document copy."""

import base64
from typing import Final

from rollkeeper.kernel import clock
from rollkeeper.lines.opening import open_document_copy, open_field
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.vault.errors import VAULT_REQUEST_REFUSED
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.service import StaffRequest, read_as

STAFF_PURPOSES: Final = (
    Purpose.CORRECTION, Purpose.COMPLAINT, Purpose.SUBSCRIBER_REQUEST, Purpose.REVIEW,
)  # fmt: skip
"""The purposes that a person may give; Rollkeeper itself uses the others."""


def open_field_for(request: StaffRequest) -> str:
    """Return one field of the present or the last subscriber of a line. Refuses: as `open_field`."""
    line, purpose, part = _common(request)
    field = read_as(Field, request.values.get("field"))
    return open_field(
        request.authority, line, field=field, purpose=purpose, on=clock.today(), part=part
    ).reveal()


def open_copy_for(request: StaffRequest) -> str:
    """Return one copy of a document, in base64. Refuses: as `open_document_copy`."""
    line, purpose, part = _common(request)
    position = request.values.get("position")
    if not isinstance(position, int):
        raise VAULT_REQUEST_REFUSED()
    opened = open_document_copy(
        request.authority, line, position=position, purpose=purpose, on=clock.today(), part=part
    )
    return base64.b64encode(opened.reveal_copy()).decode()


def _common(request: StaffRequest) -> tuple[str, Purpose, PartyRole]:
    line = request.text("line")
    purpose = read_as(Purpose, request.values.get("purpose"))
    part = read_as(PartyRole, request.values.get("part", PartyRole.SUBSCRIBER.value))
    if purpose not in STAFF_PURPOSES:
        raise VAULT_REQUEST_REFUSED()
    return line, purpose, part
