# SPDX-License-Identifier: EUPL-1.2
"""Prefills a form with what was read from a picture of a document, and makes the copy that may be kept.

The picture itself is in memory only during one request. The server stores nothing between the reading and the confirmation:
the proposal and the redacted copy go to the page and come back with the form, under marks that only this instance can make.
"""

import base64
import binascii
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from django.utils.crypto import constant_time_compare, salted_hmac

from rollkeeper.documents.image_intake import (
    ImageResult,
    Mark,
    NoCopy,
    Proposal,
    copy_rules,
    is_mark_of_reading,
    is_plain_jpeg,
    mark_of_reading,
    read_and_redact,
    read_document,
)
from rollkeeper.documents.rules import TYPES_WITH_STATE, normalise_number
from rollkeeper.documents.verdicts import Reason, Verdict
from rollkeeper.kernel.instance import instance
from rollkeeper.law.pack import Pack

MAX_COPIES, MAX_COPY_BYTES = 4, 6_000_000
_SALT: Final = "rollkeeper.documents.form_prefill"


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """The values for the form of one part, and the messages for the person who confirms them."""

    values: Mapping[str, str]
    """By the form's names of this part: proposals, the copy and the marks."""
    is_sure: bool
    reasons: tuple[Reason, ...] = ()
    copies: tuple[str, ...] = field(default=())
    """The copies as data addresses, for the page to show."""
    no_copy: NoCopy | None = None


def prefill(
    data: bytes, *, name: str, attributes: Sequence[str], pack: Pack, purpose: str, known: Callable[[str], bool], on: dt.date
) -> Reading:  # fmt: skip
    """Read a picture and make the copy that the law wants kept. Refuses: IMAGE_REJECTED, NO_DOCUMENT_FOUND, ReaderFailed, WorkerNotSandboxed."""
    rules = copy_rules(pack, asked=attributes)
    if rules is None:
        return _reading(
            ImageResult(read_document(data, asked=attributes, on=on, name=name), (), None), known=known, on=on
        )
    mark = Mark(instance().operator_name, purpose, on)
    return _reading(
        read_and_redact(data, asked=attributes, copy=rules, mark=mark, on=on, name=name), known=known, on=on
    )


def machine_read(mark: str, *, document_type: str, number: str, on: dt.date) -> bool:
    """Tell whether this number was read by machine today and is unchanged in the form."""
    return bool(mark) and is_mark_of_reading(mark, _key(), document_type=document_type, number=number, on=on)


def copies_in(text: str, mark: str, *, number: str, on: dt.date) -> tuple[bytes, ...] | None:
    """Return the copies that a form sends back with a number; None if this instance did not make them today.

    Returns no copies if the instance read another number on their document beyond doubt.
    """
    try:
        copies = tuple(base64.b64decode(one, validate=True) for one in text.split("."))
    except (binascii.Error, ValueError):
        return None
    about, _, made = mark.partition(".")
    genuine = constant_time_compare(_mark_of(copies, about, on=on), made)
    if not genuine or len(copies) > MAX_COPIES or not all(map(is_plain_jpeg, copies)):
        return None
    return copies if not about or constant_time_compare(_mark_of_number(number), about) else ()


def _reading(result: ImageResult, *, known: Callable[[str], bool], on: dt.date) -> Reading:
    proposal, written = result.proposal, [base64.b64encode(copy).decode() for copy in result.copies]
    values = _fields(proposal, known=known) | {"read": _mark_of_reading(proposal, on=on)}
    if written:
        about = _mark_of_number(_certain_number(proposal))
        values |= {"copy": ".".join(written), "copy_mark": f"{about}.{_mark_of(result.copies, about, on=on)}"}
    return Reading(
        values=values,
        is_sure=proposal.checked.verdict is Verdict.VALID,
        reasons=proposal.checked.reasons,
        copies=tuple(f"data:image/jpeg;base64,{one}" for one in written),
        no_copy=result.no_copy,
    )


def _fields(proposal: Proposal, *, known: Callable[[str], bool]) -> dict[str, str]:
    """Return the proposals by the form's field names; the user must choose a kind of document that the form does not list."""
    values = dict(proposal.values)
    kind, _, state = values.pop("document_type", "").rpartition("-")
    if kind in TYPES_WITH_STATE:
        return values | {"document_type": kind, "document_state": state.upper()}
    whole = f"{kind}-{state}" if kind else state
    return values | ({"document_type": whole} if known(whole) else {})


def _mark_of_reading(proposal: Proposal, *, on: dt.date) -> str:
    """Return a mark of a number that was read beyond doubt. A doubtful number gets none: a person checks it, and it counts as typed."""
    number = proposal.values.get("document_number")
    if proposal.checked.verdict is not Verdict.VALID or number is None:
        return ""
    return mark_of_reading(
        _key(), document_type=proposal.values.get("document_type", "other"), number=number, on=on
    )


def _certain_number(proposal: Proposal) -> str:
    """Return the number if it was read beyond doubt, even from an expired document; empty if a person may have to correct it."""
    is_certain = set(proposal.checked.reasons) <= {Reason.EXPIRED}
    return proposal.values.get("document_number", "") if is_certain else ""


def _mark_of_number(number: str) -> str:
    plain = normalise_number(number)
    return salted_hmac(f"{_SALT}.number", plain, algorithm="sha256").hexdigest() if plain else ""


def _mark_of(copies: Sequence[bytes], about: str, *, on: dt.date) -> str:
    said = [on.isoformat(), about, *(sha256(copy).hexdigest() for copy in copies)]
    return salted_hmac(f"{_SALT}.copy", "\n".join(said), algorithm="sha256").hexdigest()


def _key() -> Any:
    return salted_hmac(f"{_SALT}.reading", "", algorithm="sha256").digest()
