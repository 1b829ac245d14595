# SPDX-License-Identifier: EUPL-1.2
"""Turns the bytes of a document's picture into values for a clerk to confirm and a copy that may be kept.

    intake = read_and_redact(data, asked=names, copy=CopyRules(...), mark=Mark(...), on=day)
    result.proposal    what was read, for the clerk to look at; only what the law asks
    result.copies      JPEG files ready to be sealed; empty where `result.no_copy` says why

The bytes of the picture go by pipe to a sandboxed worker and nowhere else: not to a disk, a log or a cache. Results are checked
here again, because a malicious picture may control the worker's answer.
"""

import datetime as dt
import hmac
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from rollkeeper.documents.dates import read_partial_date
from rollkeeper.documents.errors import IMAGE_REJECTED, NO_DOCUMENT_FOUND, ReaderFailed
from rollkeeper.documents.mrz import check_mrz
from rollkeeper.documents.reading.refusals import SENTENCES, RejectReason
from rollkeeper.documents.reading.worker_client import Answer, start_in_background, the_worker
from rollkeeper.documents.rules import check_number, normalise_number, normalise_type
from rollkeeper.documents.verdicts import Checked, Reason, Verdict, worst

if TYPE_CHECKING:
    from rollkeeper.law.pack import Pack

__all__ = [
    "CopyRules",
    "ImageResult",
    "Mark",
    "NoCopy",
    "Proposal",
    "copy_rules",
    "is_mark_of_reading",
    "is_plain_jpeg",
    "mark_of_reading",
    "read_and_redact",
    "read_document",
    "start_in_background",
    "worker_report",
]  # fmt: skip

_ATTRIBUTES: Final = frozenset(
    {"name", "address", "document_type", "document_number", "document_valid_until", "birth_date"}
)
_SHAPES: Final = frozenset(
    {"TD1", "TD2", "TD3", "MRV-A", "MRV-B", "cn-card-front", "cn-card-back", "cn-card"}
)
_UNWRITABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_GREATEST_VALUE: Final = 200
_PLAIN_HEAD: Final = 16
"""The length of a JPEG's head without a small picture."""


class NoCopy(StrEnum):
    """Why no copy can be kept."""

    PLACES_NOT_CERTAIN = "places_not_certain"
    """The positions of the fields are uncertain: nothing is kept rather than too much."""
    MARK_NOT_DRAWABLE = "mark_not_drawable"
    """No font here has the characters of the mark (Debian: fonts-noto-core, fonts-noto-cjk)."""

    @property
    def sentence(self) -> str:
        """Return it as a sentence for people."""
        return {
            NoCopy.PLACES_NOT_CERTAIN: "the positions of the fields are uncertain, so nothing is kept.",
            NoCopy.MARK_NOT_DRAWABLE: "no font here has the characters of the mark (Debian: fonts-noto-core, fonts-noto-cjk).",
        }[self]


@dataclass(frozen=True, slots=True)
class CopyRules:
    """What a copy may show under the pack: the requested attributes, and how much of the number."""

    shows: frozenset[str]
    shows_middle_of_number: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """The text written across a copy."""

    operator: str
    purpose: str
    on: dt.date


@dataclass(frozen=True, slots=True, repr=False)
class Proposal:
    """What was read of one document: a proposal. A person checks the document and confirms."""

    shape: str
    values: Mapping[str, str]
    """By attribute, only those that were asked for."""
    checked: Checked
    """What the check digits and dates say about what was read, requested or not."""


@dataclass(frozen=True, slots=True, repr=False)
class ImageResult:
    """The result for a picture. Everything in it is personal; the rest of the picture is gone."""

    proposal: Proposal
    copies: tuple[bytes, ...]
    no_copy: NoCopy | None


def read_document(data: bytes, *, asked: Collection[str], on: dt.date, name: str = "") -> Proposal:
    """Read a picture and make no copy. Refuses: IMAGE_REJECTED, NO_DOCUMENT_FOUND, ReaderFailed, WorkerNotSandboxed."""
    return _proposal(the_worker().ask(data, on=on, name=name), asked=asked, on=on)


def read_and_redact(
    data: bytes, *, asked: Collection[str], copy: CopyRules, mark: Mark, on: dt.date, name: str = ""
) -> ImageResult:
    """Read a picture and make the copy that may be kept. Refuses: as `read_document`."""
    wanted = {
        "shows": sorted(copy.shows & _ATTRIBUTES),
        "shows_middle": copy.shows_middle_of_number,
        "mark": [mark.operator, mark.purpose, mark.on.isoformat()],
    }
    answer = the_worker().ask(data, on=on, name=name, copy=wanted)
    proposal = _proposal(answer, asked=asked, on=on)
    if not all(map(is_plain_jpeg, answer.copies)):
        raise ReaderFailed
    no_copy = None if answer.copies else _no_copy(answer.header.get("no_copy"))
    return ImageResult(proposal, answer.copies, no_copy)


def copy_rules(pack: "Pack", *, asked: Collection[str]) -> CopyRules | None:
    """Return what a copy shows under a pack: the attributes that the law asks of the party; None if no copy is kept."""
    law = pack.document_copy
    return CopyRules(frozenset(asked) & _ATTRIBUTES, law.shows_middle_of_number) if law else None


def worker_report() -> tuple[str, ...]:
    """Return what the kernel enforces on the worker of this process. Refuses: WorkerNotSandboxed."""
    return the_worker().held


def mark_of_reading(key: bytes, *, document_type: str, number: str, on: dt.date) -> str:
    """Return a mark by which a later request can show that this number was read by machine that day.

    It goes to the page with the proposal and comes back with what the clerk confirmed, so that the read values need not be stored
    in between. The key never leaves the server.
    """
    said = "\n".join((normalise_type(document_type), normalise_number(number), on.isoformat()))
    return hmac.new(key, said.encode(), sha256).hexdigest()


def is_mark_of_reading(mark: str, key: bytes, *, document_type: str, number: str, on: dt.date) -> bool:
    """Tell whether a mark belongs to this typed number: if not, the number was not read by machine."""
    expected = mark_of_reading(key, document_type=document_type, number=number, on=on)
    return hmac.compare_digest(mark.encode(), expected.encode())


def is_plain_jpeg(data: bytes) -> bool:
    """Tell whether a file is a JPEG with pixels and nothing else: no EXIF, no comment, not a byte behind its end."""
    if not data.startswith(b"\xff\xd8") or not data.endswith(b"\xff\xd9"):
        return False
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            scan = data[at + 2 + length :]
            # In a scan, 0 or a restart follows each 0xFF, and the end of the picture follows only the last one.
            return len(re.findall(rb"\xff[^\x00\xd0-\xd7]", scan, re.DOTALL)) == 1
        if marker not in {0xC0, 0xC4, 0xDB, 0xDD, 0xE0} or length < 2:
            return False
        # The head says resolution and version, and may hold a small picture, or anything.
        if marker == 0xE0 and (at != 2 or length != _PLAIN_HEAD):
            return False
        at += 2 + length
    return False


def _proposal(answer: Answer, *, asked: Collection[str], on: dt.date) -> Proposal:
    refused = answer.header.get("refused")
    if refused is not None:
        raise (
            IMAGE_REJECTED(why=SENTENCES[RejectReason(refused)])
            if refused in set(RejectReason)
            else ReaderFailed()
        )
    findings = answer.header.get("findings")
    if not isinstance(findings, list):
        raise ReaderFailed
    if not findings:
        raise NO_DOCUMENT_FOUND()
    read = [_believable(finding) for finding in findings]
    return _joined([_one(*one, on=on) for one in read], asked=asked)


def _believable(finding: Any) -> tuple[str, dict[str, str], str, bool]:
    """Return the parts of one of the worker's findings, if a document can say them. Refuses: ReaderFailed."""
    try:
        shape, values, zone, mended = (finding[part] for part in ("shape", "values", "zone", "mended"))
        texts = [shape, zone, *values, *values.values()]
    except (KeyError, TypeError, AttributeError) as fault:
        raise ReaderFailed from fault
    if (
        not all(isinstance(text, str) and len(text) <= _GREATEST_VALUE for text in texts)
        or shape not in _SHAPES
        or not set(values) <= _ATTRIBUTES
        or any(_UNWRITABLE.search(text) for text in values.values())
    ):
        raise ReaderFailed
    return (
        shape,
        {name: unicodedata.normalize("NFC", value) for name, value in values.items()},
        zone,
        mended is True,
    )


def _one(shape: str, values: dict[str, str], zone: str, mended: bool, *, on: dt.date) -> Proposal:  # noqa: FBT001
    if zone:
        checked = check_mrz(zone, on=on)
        return Proposal(shape, values, _doubted(checked, Reason.LOOKS_ALIKE) if mended else checked)
    if "document_number" not in values:
        return Proposal(shape, values, _expired(Checked(Verdict.VALID, "", ()), values, on=on))
    checked = check_number(values.get("document_type", "other"), values["document_number"], on)
    return Proposal(shape, values, _expired(checked, values, on=on))


def _expired(checked: Checked, values: Mapping[str, str], *, on: dt.date) -> Checked:
    try:
        if read_partial_date(values.get("document_valid_until", "")).latest() >= on:
            return checked
    except ValueError:
        return checked
    return _doubted(checked, Reason.EXPIRED)


def _doubted(checked: Checked, why: Reason) -> Checked:
    return Checked(worst(checked.verdict, Verdict.DOUBTFUL), checked.normalised, (*checked.reasons, why))


def _joined(read: Sequence[Proposal], *, asked: Collection[str]) -> Proposal:
    """Join the sides of one document; if a file has two documents, the first counts."""
    first = read[0]
    same = [one for one in read if one.values.get("document_type") == first.values.get("document_type")]
    values: dict[str, str] = {}
    for one in reversed(same):
        values |= one.values
    numbered = next((one for one in same if "document_number" in one.values), first)
    reasons = tuple(dict.fromkeys(reason for one in same for reason in one.checked.reasons))
    checked = Checked(worst(*(one.checked.verdict for one in same)), numbered.checked.normalised, reasons)
    shown = {name: value for name, value in values.items() if name in asked}
    return Proposal(numbered.shape, shown, checked)


def _no_copy(said: Any) -> NoCopy:
    return NoCopy(said) if said in set(NoCopy) else NoCopy.PLACES_NOT_CERTAIN
