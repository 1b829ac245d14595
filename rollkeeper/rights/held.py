# SPDX-License-Identifier: EUPL-1.2
"""What is held about somebody, each entry with its article and last day; in clear only for whoever proved to be the holder.

Copies of documents are among it. A list of what is held opens nothing; each value and each picture that is opened leaves its
entry in the ledger, for whoever it is about to see.
"""

import base64
import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import HoldingId, LineId
from rollkeeper.kernel.settings import settings
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import keeps_until
from rollkeeper.rights.errors import AskNotRead, NotAmongYours
from rollkeeper.rights.visits import Holding, Visit
from rollkeeper.vault.acts import open_copy, open_line_values, open_sealed
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, LineField, Purpose

COPY = "document_copy"
"""What a copy is called among the fields, as in the ledger."""
MEDIA_TYPE = "image/jpeg"

type Shown = dict[str, Any]


def list_kept(visit: Visit, holding: Holding) -> list[Shown]:
    """Return what is held with one holding: which entry, by which article, and the last day, once it is known."""
    pack = load_pack(settings().pack)
    ended = holding.ended_on or (holding.until and holding.until.date())
    said = {
        "line": str(holding.line_id), "record": str(holding.holding_id), "service": holding.service.value,
        "last_day": keeps_until(pack, ended).isoformat() if ended and pack.duty else None,
        "kept_article": pack.retention.article if pack.duty else "",
    }  # fmt: skip
    return [said | row for row in (*_fields(visit, holding, pack), *_copies(visit, holding, pack))]


def open_kept(visit: Visit, *, pictures: bool, on: dt.date) -> list[Shown]:
    """Return all that is held about whoever proved to be the holder, in clear; with `pictures`, copies of documents too.

    Ledger: vault:sealed:opened for each. Refuses: ProofNeeded, CopyStoreAway.
    """
    visit.demand_proof()
    held = list(visit.holdings())
    numbers = open_numbers(visit, held, on=on)
    return [
        row
        | {"value": _value(visit, one, row, number=numbers.get(one.line_id, ""), pictures=pictures, on=on)}
        for one in held
        for row in list_kept(visit, one)
    ]


def show_copy(visit: Visit, asked: dict[str, Any], *, on: dt.date) -> Shown:
    """Return one copy of a document, in base64.

    Ledger: vault:sealed:opened. Refuses: ProofNeeded, AskNotRead, NotAmongYours, CannotOpen, CopyStoreAway.
    """
    visit.demand_proof()
    try:
        record, position = HoldingId(UUID(str(asked.get("record")))), int(asked.get("position", ""))
    except ValueError:
        raise AskNotRead from None
    holding = next((one for one in visit.holdings() if one.holding_id == record), None)
    if holding is None:
        raise NotAmongYours
    return {"media_type": MEDIA_TYPE, "value": _picture(visit, holding, position, on=on)}


def open_numbers(visit: Visit, held: Sequence[Holding], *, on: dt.date) -> dict[LineId, str]:
    """Return the numbers of lines that somebody holds now; of one that does not open, nothing.

    Ledger: vault:sealed:opened for each. Refuses: NotAllowed.
    """
    pairs = [
        (one.line_id, one.number_sealed) for one in held if one.number_sealed is not None and one.is_present
    ]
    values = open_line_values(
        visit.authority, LineField.NUMBER, pairs, purpose=Purpose.SUBSCRIBER_REQUEST, on=on
    )
    numbers: dict[LineId, str] = {}
    for (line_id, _), value in zip(pairs, values, strict=True):
        try:
            numbers[line_id] = value.reveal()
        except CannotOpen:
            numbers[line_id] = ""
    return numbers


def _fields(visit: Visit, holding: Holding, pack: Pack) -> list[Shown]:
    articles = {one.name: one.article for one in pack.attributes(holding.service.value, holding.party_kind)}
    found = rows(
        "SELECT field FROM vault_sealed WHERE person_id = %s AND holding_id = %s ORDER BY field",
        [visit.person_id, holding.holding_id],
    )
    named = [(row.field, articles.get(row.field, "")) for row in found]
    if holding.number_sealed is not None and holding.is_present:
        named.append((LineField.NUMBER.value, pack.act_article("register") or ""))
    return [
        {"field": name, "article": article, "position": None, "media_type": None} for name, article in named
    ]


def _copies(visit: Visit, holding: Holding, pack: Pack) -> list[Shown]:
    found = rows(
        "SELECT position FROM vault_copy WHERE person_id = %s AND holding_id = %s ORDER BY position",
        [visit.person_id, holding.holding_id],
    )
    article = pack.document_copy.article if pack.document_copy else ""
    return [
        {"field": COPY, "article": article, "position": row.position, "media_type": MEDIA_TYPE}
        for row in found
    ]


def _value(visit: Visit, holding: Holding, row: Shown, *, number: str, pictures: bool, on: dt.date) -> str:
    match row["field"]:
        case LineField.NUMBER.value:
            return number
        case _ if row["media_type"]:
            return _picture_or_nothing(visit, holding, row["position"], on=on) if pictures else ""
        case field:
            return _open(visit, holding, Field(field), on=on)


def _open(visit: Visit, holding: Holding, field: Field, *, on: dt.date) -> str:
    try:
        return open_sealed(
            visit.authority, person_id=visit.demand_proof(), holding_id=holding.holding_id, field=field,
            purpose=Purpose.SUBSCRIBER_REQUEST, on=on, line_id=holding.line_id, commitment=holding.commitment,
        ).reveal()  # fmt: skip
    except CannotOpen:
        return ""


def _picture_or_nothing(visit: Visit, holding: Holding, position: int, *, on: dt.date) -> str:
    try:
        return _picture(visit, holding, position, on=on)
    except CannotOpen:
        return ""


def _picture(visit: Visit, holding: Holding, position: int, *, on: dt.date) -> str:
    opened = open_copy(
        visit.authority, person_id=visit.demand_proof(), holding_id=holding.holding_id, position=position,
        purpose=Purpose.SUBSCRIBER_REQUEST, on=on, line_id=holding.line_id, commitment=holding.commitment,
    )  # fmt: skip
    return base64.b64encode(opened.reveal_copy()).decode()
