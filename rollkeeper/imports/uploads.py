# SPDX-License-Identifier: EUPL-1.2
"""A file handed in on a page: sealed at once by the app, which cannot open it; read, counted, imported and destroyed by the worker.

::

    browser --- file, in memory ---> back office: seals it to the vault ---> vault_file, imports_upload
                                                                              worker with keys: proposes a map
    browser <-- columns, kinds, counts: nothing of a person ------------- <-- imports_upload.proposal
    browser --- the corrected map, "count", "import" or "discard" ------> --> worker: does it; then the key is destroyed

The page asks for each step (`access.staff_requests`); the worker does it in the name of the person who asked.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.choices import RequestJob
from rollkeeper.access.errors import APPROVER_UNKNOWN
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import Permission
from rollkeeper.access.staff_requests import ask, last_request
from rollkeeper.imports.choices import UploadState
from rollkeeper.imports.errors import (
    IMPORT_FILE_EMPTY,
    UPLOAD_COUNTED_AGAIN,
    UPLOAD_NOT_FOUND,
    UPLOAD_NOT_IN_STATE,
)
from rollkeeper.imports.models import Upload
from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.database import action, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.stored_refusals import restored_refusals
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault.files import MAX_BYTES, seal_file

MOST_BYTES: Final = MAX_BYTES
"""A larger file is imported by the command."""
READ: Final = "imports-read"
KINDS: Final = {
    UploadState.COUNT_REQUESTED: "imports-count",
    UploadState.IMPORT_REQUESTED: "imports-import",
    UploadState.DISCARD_REQUESTED: "imports-discard",
}
"""The kind of request by which a page asks for each step."""
_DECIDABLE = (UploadState.PROPOSED, UploadState.COUNTED)


@dataclass(frozen=True, slots=True)
class UploadView:
    """An upload as a page shows it: what the worker found, and what was decided."""

    upload_id: UUID
    state: UploadState
    byte_count: int
    uploaded_by: str
    uploaded_at: dt.datetime
    ended_at: dt.datetime | None
    proposal: Mapping[str, Any]
    map: Mapping[str, Any]
    outcome: Mapping[str, Any]

    @property
    def counted_as(self) -> str:
        """Return a mark of the map and its counts, which the person who imports sends back as they saw it; empty if nothing was counted."""
        if self.state is not UploadState.COUNTED:
            return ""
        return sha256(json.dumps([self.map, self.outcome], sort_keys=True).encode()).hexdigest()

    @property
    def refusals(self) -> list[RollkeeperError]:
        """Return why the last step was not done."""
        return restored_refusals(self.outcome.get("refusals", ()))


def receive_upload(authority: Authority, data: bytes, *, on: dt.date) -> UUID:
    """Seal a file under its own key and note that it is there; return its reference.

    Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, IMPORT_FILE_EMPTY, SEALED_FILE_TOO_LARGE. Ledger: imports:upload:received.
    """
    role = require(authority, Permission.IMPORT_LINES)
    if authority.staff_id is None:
        raise APPROVER_UNKNOWN()
    if not data:
        raise IMPORT_FILE_EMPTY(file="The file", lacking="byte")
    upload_id, file_id = new_uuid(), new_uuid()
    with action():
        seal_file(upload_id, file_id, data)
        run(
            "INSERT INTO imports_upload (upload_id, file_id, state, byte_count, uploaded_by, uploaded_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [upload_id, file_id, UploadState.RECEIVED.value, len(data), authority.staff_id, clock.now()],
        )
        append_entry(authority, verb=Verb.UPLOAD_RECEIVED, role=role, on=on, facts={"upload": str(upload_id)})
        ask(authority, READ, job=RequestJob.KEYS, subject=upload_id)
    return upload_id


def decide_upload(
    authority: Authority,
    upload_id: UUID,
    step: UploadState,
    *,
    on: dt.date,
    chosen: Mapping[str, Any] | None = None,
    counted_as: str = "",
) -> None:
    """Ask the worker to count with a map, to import as it was counted, or to discard.

    `counted_as`: to import, the mark of the figures that this person saw (`UploadView.counted_as`).
    Refuses: NOT_ALLOWED, UPLOAD_NOT_FOUND, UPLOAD_NOT_IN_STATE, UPLOAD_COUNTED_AGAIN. Ledger: imports:upload:decided.
    """
    role = require(authority, Permission.IMPORT_LINES)
    needed = (UploadState.COUNTED,) if step is UploadState.IMPORT_REQUESTED else _DECIDABLE
    with action():
        lock_matter("work_request", f"upload {upload_id}")
        found = Upload.objects.filter(upload_id=upload_id).first()
        if found is None:
            raise UPLOAD_NOT_FOUND(upload=upload_id)
        if _state(found) not in needed:
            raise UPLOAD_NOT_IN_STATE(upload=upload_id)
        if step is UploadState.IMPORT_REQUESTED and counted_as != _view(found).counted_as:
            raise UPLOAD_COUNTED_AGAIN()
        ask(
            authority, KINDS[step], job=RequestJob.KEYS, subject=upload_id,
            payload={"map": dict(chosen)} if chosen is not None else {},
        )  # fmt: skip
        facts = {"step": step.value, "upload": str(upload_id)}
        append_entry(authority, verb=Verb.UPLOAD_DECIDED, role=role, on=on, facts=facts)


def upload(authority: Authority, upload_id: UUID) -> UploadView:
    """Return one upload. Refuses: NOT_ALLOWED, UPLOAD_NOT_FOUND."""
    require(authority, Permission.IMPORT_LINES)
    found = Upload.objects.filter(upload_id=upload_id).first()
    if found is None:
        raise UPLOAD_NOT_FOUND(upload=upload_id)
    return _view(found)


def uploads(authority: Authority, *, limit: int = 20) -> list[UploadView]:
    """Return the uploads, the newest first. Refuses: NOT_ALLOWED."""
    require(authority, Permission.IMPORT_LINES)
    return [_view(one) for one in Upload.objects.order_by("-uploaded_at")[:limit]]


def _state(one: Upload) -> UploadState:
    """Return how far a file is: the step that was asked for and is not done yet, else the last step done."""
    asked = (step for step, kind in KINDS.items() if last_request(kind, one.upload_id, is_open=True))
    return UploadState(one.state) if one.ended_at else next(asked, UploadState(one.state))


def _view(one: Upload) -> UploadView:
    name = Staff.objects.filter(staff_id=one.uploaded_by).values_list("username", flat=True).first()
    return UploadView(
        one.upload_id, _state(one), one.byte_count, name or "", one.uploaded_at, one.ended_at,
        one.proposal or {}, one.map or {}, one.outcome or {},
    )  # fmt: skip
