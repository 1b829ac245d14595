# SPDX-License-Identifier: EUPL-1.2
"""Sends a one-time code to a line: at once by the line's own number or contact, or by letter. The address is opened when it is sent.

Not a notice: it starts no clock. Only the message contains the code. Quiet hours do not apply, since the person who asks is
awake; the hours for printing letters do.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.notices.dispatch import address_in, line_of
from rollkeeper.notices.gateways.base import Answer, Gateway, GatewayBroken, Message
from rollkeeper.notices.gateways.registry import channels_with_a_gateway, gateway_of, gateways
from rollkeeper.notices.rules import channels_to, end_of_quiet
from rollkeeper.notices.settings import settings
from rollkeeper.notices.texts import (
    RenderedText,
    best_language,
    sms_signature,
    write_code,
    write_code_letter,
)
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import LineField, Purpose
from rollkeeper.vault.services import open_line_values


def send_one_time_code(
    authority: Authority,
    line_id: LineId,
    *,
    code: str,
    minutes: int,
    language: str,
    on: dt.date,
    by_channel: Mapping[Channel, Gateway] | None = None,
) -> Channel | None:
    """Send a code to a line by the first channel that is open to it; None if no channel accepted it.

    Ledger: vault:sealed:opened, before the address is opened. Refuses: NOT_ALLOWED, LINK_IN_NOTICE.
    """
    require(authority, Permission.SEND_NOTICES)
    present = gateways() if by_channel is None else by_channel
    row = _row_of(line_id)
    line = line_of(row)
    open_channels = channels_to(line) - {Channel.POST} if line else frozenset[Channel]()
    for channel in (one for one in present if one in open_channels):
        envelope = row.number_sealed if channel.uses_line else row.contact_sealed
        field = LineField.NUMBER if channel.uses_line else LineField.CONTACT
        (address,) = open_line_values(
            authority, field, [(line_id, bytes(envelope))], purpose=Purpose.NOTICE, on=on
        )
        here = instance()
        spoken = best_language(language, offered=here.languages)
        text = write_code(
            code,
            language=spoken,
            minutes=minutes,
            operator=here.operator_name,
            care=here.care_number,
            signature=sms_signature() if channel is Channel.SMS else None,
        )
        said = (RenderedText(spoken, here.operator_name, text),)
        message = Message(new_uuid(), channel, address_in(address, channel), said)
        try:
            (result,) = present[channel].send([message])
        except (CannotOpen, GatewayBroken):
            continue
        if result.answer is Answer.ACCEPTED:
            return channel
    return None


@dataclass(frozen=True, slots=True, repr=False)
class CodeLetter:
    """A code that is to go by letter."""

    line_id: LineId
    code: str
    language: str
    reference: UUID = field(default_factory=new_uuid)


def channels_of(line_id: LineId) -> frozenset[Channel]:
    """Return by which channels of this instance a code can reach a line."""
    line = line_of(_row_of(line_id))
    return (channels_to(line) if line else frozenset[Channel]()) & set(channels_with_a_gateway())


def may_print_now() -> bool:
    """Tell whether letters are printed at this hour, so that the letters of a day are printed together."""
    chosen = settings()
    if Channel.POST not in channels_with_a_gateway():
        return False
    now = clock.now().astimezone(clock.zone())
    return (
        chosen.post_program is None
        or end_of_quiet(now, quiet_from=chosen.post_until, quiet_until=chosen.post_from) is None
    )


def post_one_time_codes(
    authority: Authority,
    letters: Sequence[CodeLetter],
    *,
    days: int,
    on: dt.date,
    gateway: Gateway | None = None,
) -> list[tuple[Answer, str | None]]:
    """Print letters with codes in one file; return for each the printer's answer, and what the window of its envelope shows.

    Ledger: vault:sealed:opened, before an address is opened. Refuses: NOT_ALLOWED, LINK_IN_NOTICE.
    """
    require(authority, Permission.SEND_NOTICES)
    messages = {one.reference: made for one in letters if (made := _letter(authority, one, days=days, on=on))}
    try:
        said = (gateway or gateway_of(Channel.POST)).send(list(messages.values())) if messages else []
    except GatewayBroken:
        return [(Answer.RETRY, None)] * len(letters)
    answers = {
        one: (result.answer, result.gateway_reference) for one, result in zip(messages, said, strict=True)
    }
    return [answers.get(one.reference, (Answer.REFUSED, None)) for one in letters]


def _letter(authority: Authority, letter: CodeLetter, *, days: int, on: dt.date) -> Message | None:
    row, here = _row_of(letter.line_id), instance()
    line = line_of(row)
    if line is None or not line.has_postal_address:
        return None
    (address,) = open_line_values(
        authority,
        LineField.CONTACT,
        [(letter.line_id, bytes(row.contact_sealed))],
        purpose=Purpose.NOTICE,
        on=on,
    )
    if not address.is_readable:
        return None
    text = write_code_letter(
        letter.code,
        language=best_language(letter.language, offered=here.languages),
        days=days,
        operator=here.operator_name,
        care=here.care_number,
    )
    return Message(
        letter.reference, Channel.POST, address_in(address, Channel.POST), (text,), needs_slip=False
    )


def _row_of(line_id: LineId) -> Any:
    (row,) = rows(
        "SELECT service, state, is_registered AND NOT must_reverify AS is_settled, number_sealed, contact_sealed, contact_kind,"
        " (SELECT bit_or(s.bars) FROM lines_suspension s WHERE s.line_id = l.line_id AND s.restored_on IS NULL) AS bars"
        " FROM lines_line l WHERE line_id = %s",
        [line_id],
    )
    return row
