# SPDX-License-Identifier: EUPL-1.2
"""Each submission happens once: its key and its receipt.

An act stores its receipt as its last step. If two acts with the same key run at the same time, the second waits at this
step for the first, rolls back (`ConcurrentChange`), is tried again, and finds the first one's receipt.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db.utils import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from rollkeeper.access.authority import Authority
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import (
    action,
    commit_with_it,
    pipeline,
    prepared_later,
    prepared_rows,
    sql,
    value_later,
)
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import EntryId, LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.ledger.receipts import LedgerReceipt, receipt_with
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.counter_codes import number_index_of_handle
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.lines.queries import LineKey, has_another_number, has_other_number, number_index_of
from rollkeeper.registration.errors import INVALID_SUBMISSION_KEY, SUBMISSION_KEY_USED, ConcurrentUpdate
from rollkeeper.registration.rules import is_usable_key
from rollkeeper.registration.submissions import ROW_KEY, Receipt, Submission

TRIES = 5


class ConcurrentChange(Exception):
    """A concurrent writer did the same, or took the same number: roll back and retry."""


def find_receipts(submission_keys: Sequence[str]) -> dict[str, Receipt]:
    """Return the receipts of these keys."""
    return find_receipts_later(submission_keys)()


def find_receipts_later(submission_keys: Sequence[str]) -> Callable[[], dict[str, Receipt]]:
    """Send the query for the receipts of these keys; return a function that gives them, to be called after the block of `pipeline`."""
    found = value_later(
        "(SELECT jsonb_object_agg(submission_key, receipt) FROM registration_receipts_of(%s))",
        [list(submission_keys)],
    )
    return lambda: {key: _read(key, kept) for key, kept in _as_read(found() or {}).items()}


def save_receipts(receipts: Sequence[Receipt]) -> Callable[[], None]:
    """Store receipts in the present transaction. The function returned raises ConcurrentChange if one of the keys was used meanwhile."""
    kept = prepared_later(sql("registration", "insert_receipts"), {
        "keys": [r.submission_key for r in receipts], "at": clock.now(),
        "receipts": [json.dumps(r.as_json()) for r in receipts],
    })  # fmt: skip

    def all_kept() -> None:
        if len(kept()) != len(receipts):
            raise ConcurrentChange

    return all_kept


def repeat_receipt(receipt: Receipt, *, verb: Verb) -> Receipt | RollkeeperError:
    """Return the first receipt for a repeated submission, or a refusal if the key was used for something else."""
    if receipt.verb not in _answers(verb):
        return SUBMISSION_KEY_USED(day=receipt.day)
    return receipt.again()


def receipt_is_of_another(authority: Authority, submission: Submission, line: LineKey | None) -> bool:
    """Tell whether a receipt is about another line than this submission, or about a contract that is over.

    A file may use the customer's number as its key, and a customer may have several lines; a row without a key has one made from
    its content, and may ask for a second contract with the same content. A receipt for something else would make the person
    believe that they are registered.
    """
    if line is None:
        return False
    if submission.number.startswith("handle:"):
        return not on_number(authority, submission.number)(line.line_id)
    if line.is_over and submission.submission_key.startswith(ROW_KEY):
        return True
    try:
        service = submission.service or service_guess(submission.number)
        number = normalise_identifier(submission.number, service=service, country=instance().country_code)
    except RollkeeperError:
        return False
    return has_other_number(line.line_id, number)


def _answers(verb: Verb) -> frozenset[str]:
    """Return the verbs with which an act may end: a subscriber who shows no document may be accepted for a time instead of registered."""
    may_accept = verb in {Verb.TENURE_REGISTERED, Verb.TENURE_TRANSFERRED}
    return frozenset({verb.value, Verb.TENURE_ACCEPTED.value} if may_accept else {verb.value})


_kept_with: ContextVar[Callable[[], None] | None] = ContextVar("kept_with", default=None)


@contextmanager
def kept_with(keep: Callable[[], None]) -> Iterator[None]:
    """Run `keep` with the commit of the registration in the block, such as to store where its user goes on; not if it is refused."""
    token = _kept_with.set(keep)
    try:
        yield
    finally:
        _kept_with.reset(token)


_last: ContextVar[list[Callable[[], None]] | None] = ContextVar("last", default=None)


def write_last(write: Callable[[], None]) -> None:
    """Let the present attempt write this at its end, together with its commit, so that it waits for one answer instead of two.

    Precondition: within `retry_on_conflict`.
    """
    last = _last.get()
    if last is None:
        raise RuntimeError("what is written last belongs to an attempt")
    last.append(write)


def retry_on_conflict[T](attempt: Callable[[], T], *, is_done: Callable[[T], bool] = lambda _: False) -> T:
    """Run `attempt` in one transaction; if a concurrent writer came first, roll back and retry.

    If `is_done` is true for the result, the function of `kept_with` runs in the same commit. Refuses: ConcurrentUpdate, after TRIES tries.
    """
    for _ in range(TRIES):
        last: list[Callable[[], None]] = []
        token = _last.set(last)
        try:
            with action():
                done = attempt()
                with counted_lookups(), pipeline():
                    for write in last:
                        write()
                    if (keep := _kept_with.get()) and is_done(done):
                        keep()
                    commit_with_it()
                return done
        except ConcurrentChange:
            continue
        except OperationalError as fault:
            # A chunk of a batch may lock a line for longer than this process waits for a lock.
            if not isinstance(fault.__cause__, DeadlockDetected | LockNotAvailable | SerializationFailure):
                raise
        finally:
            _last.reset(token)
    raise ConcurrentUpdate


def on_line(line_id: LineId) -> Callable[[LineId], bool]:
    """Return a function that tells whether a line is this one."""
    return lambda known: known == line_id


def on_number(authority: Authority, text: str) -> Callable[[LineId], bool]:
    """Return a function that tells whether a line is the one that a clerk means, by a typed number or by its handle.

    If a handle has expired, this can no longer be known, and the function returns True. Refuses: NumberNotRead.
    """

    def is_meant(known: LineId) -> bool:
        is_handle = text.startswith("handle:")
        index = number_index_of_handle(authority, text) if is_handle else number_index_of(text)
        return index is None or not has_another_number(known, index)

    return is_meant


def run_once(
    submission_key: str,
    *,
    verb: Verb,
    on: dt.date,
    about: Callable[[LineId], bool],
    do: Callable[[], tuple[LineId, EntryId]],
) -> Receipt:
    """Do one act once, also under concurrency, and return its receipt.

    `about` tells whether a line is the one that is meant: a receipt about another line would make the person believe that something was
    done for them. Refuses: INVALID_SUBMISSION_KEY, SUBMISSION_KEY_USED, ConcurrentUpdate.
    """
    if not is_usable_key(submission_key):
        raise INVALID_SUBMISSION_KEY()

    def repeated(first: Receipt) -> Receipt | RollkeeperError:
        if not about(first.line_id):
            return SUBMISSION_KEY_USED(day=first.day)
        return repeat_receipt(first, verb=verb)

    def attempt() -> Receipt | RollkeeperError:
        if submission_key in (found := find_receipts([submission_key])):
            return repeated(found[submission_key])
        try:
            line_id, entry_id = do()
        except RollkeeperError:
            # An earlier identical submission may have changed the line so that a second one is refused.
            if submission_key in (found := find_receipts([submission_key])):
                return repeated(found[submission_key])
            raise
        receipt = Receipt(submission_key, verb.value, line_id, on, entry_id)
        save_receipts([receipt])()
        return receipt

    outcome = retry_on_conflict(attempt)
    if isinstance(outcome, RollkeeperError):
        raise outcome
    return outcome


def _as_read(kept: dict[str, Any] | str) -> dict[str, Any]:
    """Return parsed JSON: the database driver parses it, unless Django switched that off."""
    read: dict[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
    return read


def _read(submission_key: str, values: Mapping[str, str | int]) -> Receipt:
    return Receipt(
        submission_key,
        str(values["verb"]),
        LineId(UUID(str(values["line"]))),
        dt.date.fromisoformat(str(values["day"])),
        EntryId(int(values["entry"])),
    )


def ledger_receipt_of(receipt: Receipt) -> LedgerReceipt | None:
    """Return the receipt to hand out for a submission; None if it is too old: then it is found by its code.

    Refuses: RECEIPT_ERASED, ReceiptsNotReady, INDEX_LOOKUPS_USED_UP.
    """
    with counted_lookups():
        (found,) = prepared_rows("SELECT registration_entry_of(%s) AS body", [receipt.submission_key])
    return None if found.body is None else receipt_with(receipt.entry_id, found.body.encode())


def receipt_for(submission_key: str) -> Receipt | None:
    """Return the receipt of a submission, None if there is none."""
    return find_receipts([submission_key]).get(submission_key) if is_usable_key(submission_key) else None
