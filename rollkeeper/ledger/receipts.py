# SPDX-License-Identifier: EUPL-1.2
"""Receipts: found by a short code, written as a text that proves an entry, and checked when presented.

A code is the number of the entry and six letters out of the hash of its body: ``4711-K2M9QX``. It can be said on the telephone
and is in every notice. To a stranger it says nothing: the body is not published, and only a person who may see the line anyway gets the
receipt for it - its subscriber in the portal, a clerk, a command. A receipt discloses its entry to every reader of it.
"""

import datetime as dt
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from rollkeeper.kernel import database
from rollkeeper.kernel.ids import EntryId, LineId
from rollkeeper.ledger import auditor, queries, signed_entry_timestamps, tree
from rollkeeper.ledger.errors import (
    INVALID_RECEIPT_CODE,
    RECEIPT_ERASED,
    RECEIPT_NOT_FOUND,
    RECEIPT_NOT_GENUINE,
    ReceiptsNotReady,
)
from rollkeeper.ledger.leaves import is_reduced, receipt_code
from rollkeeper.ledger.verbs import Verb

REGISTRATIONS = frozenset({
    Verb.TENURE_REGISTERED, Verb.TENURE_TRANSFERRED, Verb.TENURE_CORRECTED, Verb.LINE_RELOCATED,
})  # fmt: skip
"""The verbs that prove a registration of a line."""
_CODE = re.compile(r"([1-9][0-9]{0,17})-([0-9A-Z]{6})")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True)
class ParsedEntry:
    """The body of an entry, and the values in it by name."""

    body: bytes

    @cached_property
    def content(self) -> Mapping[str, Any]:
        """Return the entry as an object; empty if it is not one."""
        try:
            read = json.loads(self.body)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}

    @property
    def verb(self) -> str:
        """Return what was done."""
        return str(self.content.get("verb", ""))

    @property
    def day(self) -> str:
        """Return the day by the law's zone, year first."""
        return str(self.content.get("day", ""))

    @property
    def article(self) -> str:
        """Return the article by which it was decided, empty if there was none."""
        return str(self.content.get("article", ""))

    @property
    def facts(self) -> Mapping[str, Any]:
        """Return the facts of the entry."""
        facts = self.content.get("facts")
        return facts if isinstance(facts, dict) else {}

    @property
    def line_id(self) -> LineId | None:
        """Return the line that it is about."""
        try:
            return LineId(UUID(str(self.content.get("line", ""))))
        except ValueError:
            return None

    @property
    def hash(self) -> str:
        """Return the hash of the body, by which the same entry is recognised here."""
        return tree.leaf_hash(self.body).hex()


@dataclass(frozen=True)
class LedgerReceipt:
    """The receipt of one entry, as it can be given now."""

    entry_id: EntryId
    code: str
    entry: ParsedEntry
    text: str
    is_proven: bool
    """Whether it carries a proof. If not, it is a signed entry, and its code gives the proof once the ledger is published."""


def receipt_of(entry_id: EntryId) -> LedgerReceipt:
    """Return the receipt of an entry: with its proof where a checkpoint covers it, as a signed entry until then.

    Refuses: RECEIPT_NOT_FOUND, RECEIPT_ERASED, ReceiptsNotReady.
    """
    found = database.rows("SELECT body FROM ledger_entry WHERE entry_id = %s", [entry_id])
    if not found:
        raise RECEIPT_NOT_FOUND(code=entry_id)
    return receipt_with(entry_id, found[0].body.encode())


def find_by_code(text: str) -> LedgerReceipt:
    """Return the receipt that a code names. Refuses: INVALID_RECEIPT_CODE, RECEIPT_NOT_FOUND, RECEIPT_ERASED, ReceiptsNotReady."""
    entry_id, check = read_code(text)
    (found,) = database.rows("SELECT ledger_entry_of_code(%s, %s) AS body", [entry_id, check])
    if found.body is None:
        raise RECEIPT_NOT_FOUND(code=f"{entry_id}-{check}")
    return receipt_with(entry_id, found.body.encode())


def codes_of(events: Sequence[tuple[LineId, Collection[Verb], dt.date]]) -> list[str | None]:
    """Return for each line the code of its newest entry of these kinds on a day; None if there is none."""
    values = {
        "lines": [line_id for line_id, _, _ in events], "days": [day for _, _, day in events],
        "verbs": [" ".join(sorted(verb.value for verb in verbs)) for _, verbs, _ in events],
    }  # fmt: skip
    found = {
        row.nth - 1: code_of(EntryId(row.entry_id), row.body.encode())
        for row in database.rows(database.sql("ledger", "codes"), values)
    }
    return [found.get(nth) for nth in range(len(events))]


def code_of(entry_id: EntryId, body: bytes) -> str:
    """Return the code of an entry's receipt."""
    return receipt_code(entry_id, body.decode())


def read_code(text: str) -> tuple[EntryId, str]:
    """Read a code as people write it: small letters, spaces, O for 0, I and L for 1. Refuses: INVALID_RECEIPT_CODE."""
    found = _CODE.fullmatch("".join(text.split()).upper().translate(_MISREAD))
    if found is None:
        raise INVALID_RECEIPT_CODE()
    return EntryId(int(found[1])), found[2]


def is_code(text: str) -> bool:
    """Tell whether a text is a code and no whole receipt."""
    return _CODE.fullmatch("".join(text.split()).upper().translate(_MISREAD)) is not None


def verify_receipt(text: str) -> ParsedEntry:
    """Return the entry that a receipt proves, whether or not this register still knows it; or that a code names.

    Anyone can hide fields of a proof that they have, such as the line. This instance hides none, so a receipt with a hidden field is refused.
    Refuses: RECEIPT_NOT_GENUINE if this instance's key did not sign exactly this text; RECEIPT_NOT_FOUND, ReceiptsNotReady.
    """
    if is_code(text):
        return find_by_code(text).entry
    key = signed_entry_timestamps.vkey()
    if key is None:
        raise ReceiptsNotReady
    try:
        shown = auditor.check_receipt_text(text, file=Path("The receipt"), key=auditor.read_key(key))
    except auditor.AuditError:
        raise RECEIPT_NOT_GENUINE() from None
    if shown.hidden:
        raise RECEIPT_NOT_GENUINE()
    return ParsedEntry(shown.entry.encode())


def is_in_ledger(entry: ParsedEntry) -> bool:
    """Tell whether this register still has the entry of a registration, so that nothing in its receipt was lost."""
    (found,) = database.rows(
        "SELECT ledger_has_registration(%s, %s) AS is_there", [entry.line_id, entry.body.decode()]
    )
    return bool(found.is_there)


def erasures_of(entry: ParsedEntry) -> list[LedgerReceipt]:
    """Return the certificates of erasure of the record that a receipt is about, the oldest first; none if it is still kept.

    A certificate that names a different tenure of the line than the receipt belongs to another subscriber.
    """
    found = database.rows("SELECT entry_id, body FROM ledger_erasures_of(%s)", [entry.line_id])
    certificates = [(EntryId(row.entry_id), row.body.encode()) for row in found]
    mine = entry.facts.get("tenure")
    return [
        receipt_with(entry_id, body)
        for entry_id, body in certificates
        if mine is None or ParsedEntry(body).facts.get("tenure") in {None, mine}
    ]


def receipt_with(entry_id: EntryId, body: bytes) -> LedgerReceipt:
    """Return the receipt of an entry whose body the caller may have. Refuses: RECEIPT_ERASED, ReceiptsNotReady."""
    if is_reduced(body.decode()):
        raise RECEIPT_ERASED(code=code_of(entry_id, body))
    proof = queries.receipt(entry_id, body=body.decode())
    text = proof or signed_entry_timestamps.sign_entry(body)
    if text is None:
        raise ReceiptsNotReady
    return LedgerReceipt(
        entry_id, code_of(entry_id, body), ParsedEntry(body), text, is_proven=proof is not None
    )
