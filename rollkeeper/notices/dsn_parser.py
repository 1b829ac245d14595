# SPDX-License-Identifier: EUPL-1.2
"""What a mail to a return address says about the message concerned. Pure.

Only a delivery status notification (RFC 3464) says anything. An answer, by a person or by an automatic
out-of-office reply, proves nothing: machines answer for people who never read. Addresses and texts in a report are not looked at.

    multipart/report, report-type=delivery-status
      message/delivery-status:  a block about the message, then one for each recipient (we have one)
        Action: failed | delayed | delivered | relayed | expanded      Status: class.subject.detail (RFC 3463)

Servers are not so exact. Some leave empty lines after the last block, or none between the first two; some label the whole mail
multipart/mixed; some invent a name for a nameless envelope.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Compat32
from enum import StrEnum
from typing import Final
from uuid import UUID

from rollkeeper.notices.choices import Outcome
from rollkeeper.notices.verp import attempts_named

_UNKNOWN_MAILBOX: Final = re.compile(r"5\.(1\.(?![78]$)\d+|2\.1)")
"""There is no such mailbox, or it is closed. All others are about the server or about us: 5.1.7 and 5.1.8 about our own
address, 5.2.2 about a mailbox that is full, 5.2.121 about how much comes at once."""
_CONCERNS_MAILBOX: Final = re.compile(r"[45]\.(1\.(?![78]$)|2\.)\d+")
_NO_SUCH_MAILBOX: Final = {550, 551, 553}


def is_unknown_mailbox(status: str | None, *, code: int | None) -> bool:
    """Tell whether the mailbox does not exist: by the status, or by the reply code if the status says nothing."""
    if status is None or status == "5.0.0":
        return code in _NO_SUCH_MAILBOX
    return _UNKNOWN_MAILBOX.fullmatch(status) is not None


def concerns_mailbox(status: str | None) -> bool:
    """Tell whether a refusal is about this mailbox, and not about the server, the network or us."""
    return status is not None and _CONCERNS_MAILBOX.fullmatch(status) is not None


MOST_BYTES: Final = 2_000_000
_LONGEST_FIELD: Final = 2000
_LONGEST_HEADER: Final = 20_000
_SENT_TO: Final = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_STATUS_PARTS: Final = ("message/delivery-status", "message/global-delivery-status")  # RFC 6533
_ACTION: Final = re.compile(
    r"\s*(failed|delayed|delivered|relayed|expanded)\s*(?:\((.*)\))?\s*(?:;.*)?", re.IGNORECASE
)
_TO_A_MAILBOX: Final = {"", "to mailbox"}
"""What sendmail adds to `delivered` if a mailbox got the mail, and not a list or a program."""
_WHOLE: Final = ("multipart/report", "multipart/mixed")
_STATUS: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY: Final = re.compile(r"\s*(?:smtp\s*;)?\s*(\d{3})(?![\d.])", re.IGNORECASE)


class ReportKind(StrEnum):
    """The kinds of mail in the mailbox for reports."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """The address does not exist."""
    FAILED = "failed"
    """Not delivered this time: another try may succeed."""
    NOT_YET = "not_yet"
    """Delayed, relayed or expanded: no proof, and not final."""
    NO_REPORT = "no_report"
    """A mail that a person wrote, or an automatic reply."""
    NOT_OURS = "not_ours"
    """To no return address of ours: forged, or strayed here."""

    @property
    def outcome(self) -> Outcome | None:
        """Return the outcome for the attempt, None if there is none."""
        return (
            Outcome(self.value)
            if self in {ReportKind.DELIVERED, ReportKind.BOUNCED, ReportKind.FAILED}
            else None
        )


@dataclass(frozen=True, slots=True)
class MailReport:
    """One mail, read."""

    kind: ReportKind
    attempt_id: UUID | None = None


def read_mail(raw: bytes, *, secret: bytes) -> MailReport:
    """Read one mail of the mailbox for reports; its parts are read only if it came to a return address of ours."""
    head = BytesHeaderParser().parsebytes(raw[:MOST_BYTES])
    named = attempts_named("\n".join(_headers(head, _SENT_TO)), secret=secret)
    if len(named) != 1:
        return MailReport(ReportKind.NOT_OURS)
    (attempt_id,) = named
    try:
        blocks = _status_blocks(message_from_bytes(raw[:MOST_BYTES], policy=_Bounded()))
    except Exception:  # noqa: BLE001 - a recipient can send any mail to its return address; a person looks at mails that no server writes
        blocks = []
    if not blocks:
        return MailReport(ReportKind.NO_REPORT, attempt_id)
    if any(_names_another(one, attempt_id) for one in blocks):
        return MailReport(ReportKind.NOT_OURS)
    about = [one for one in blocks if "Action" in one or "Final-Recipient" in one]
    return MailReport(_together([_judge(one) for one in about]), attempt_id)


class _Bounded(Compat32):
    """Cuts long headers short: the time to read a type's parameters grows with the square of their number."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return a header's name and its value."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_HEADER]


def _headers(mail: Message, names: Sequence[str]) -> list[str]:
    return [str(value) for name in names for value in mail.get_all(name, [])]


def _status_blocks(mail: Message) -> list[Message]:
    if mail.get_content_type() not in _WHOLE or not mail.is_multipart():
        return []
    for part in mail.get_payload():
        if isinstance(part, Message) and part.get_content_type() in _STATUS_PARTS:
            blocks = part.get_payload()
            found = [one for one in blocks if isinstance(one, Message)] if isinstance(blocks, list) else []
            return found + [block for one in found for block in _blocks_within(one)]
    return []


def _blocks_within(block: Message) -> list[Message]:
    """Return the blocks after the first block of an internationalised report, which Python reads as that block's body."""
    del block[
        "Content-Type"
    ]  # its sender chooses the encoding: one that does not exist breaks the reading, a slow one holds it up
    text = block.get_payload()
    pieces = re.split(r"\r?\n\r?\n", text) if isinstance(text, str) else []
    return [message_from_string(piece.lstrip()) for piece in pieces if piece.strip()]


def _field(block: Message, name: str) -> str:
    return str(block.get(name, ""))[:_LONGEST_FIELD]


def _names_another(block: Message, attempt_id: UUID) -> bool:
    """Tell whether a report names an envelope of ours other than the one to whose return address it came."""
    try:
        return UUID(str(block.get("Original-Envelope-Id", "")).strip()) != attempt_id
    except ValueError:
        return False


def _judge(block: Message) -> ReportKind:
    said = _ACTION.fullmatch(_field(block, "Action"))
    status, diagnostic = _STATUS.match(_field(block, "Status").strip()), _field(block, "Diagnostic-Code")
    if (
        status and status[2] == status[3] == "0"
    ):  # some servers say no more here, and put the detail into the diagnostic code
        status = _STATUS.search(diagnostic) or status
    action = said[1].lower() if said else "failed" if status and status[1] == "5" else ""
    if action == "failed":
        reply = _REPLY.match(diagnostic)
        is_final = status and is_unknown_mailbox(status[0], code=int(reply[1]) if reply else None)
        return ReportKind.BOUNCED if is_final else ReportKind.FAILED
    if action == "delivered" and status and status[1] == "2":
        return (
            ReportKind.DELIVERED
            if said and (said[2] or "").strip().lower() in _TO_A_MAILBOX
            else ReportKind.NOT_YET
        )
    return ReportKind.NOT_YET if action else ReportKind.NO_REPORT


def _together(said: Sequence[ReportKind]) -> ReportKind:
    """Judge a report about several recipients by its worst part, since it is unknown to whom the message was forwarded."""
    worst = (
        ReportKind.NOT_YET,
        ReportKind.NO_REPORT,
        ReportKind.BOUNCED,
        ReportKind.FAILED,
        ReportKind.DELIVERED,
    )
    return next((one for one in worst if one in said), ReportKind.NO_REPORT)
