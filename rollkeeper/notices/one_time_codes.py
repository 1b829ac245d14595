# SPDX-License-Identifier: EUPL-1.2
"""Pass a one-time code to a line, at once: by the line's own number or contact, opened at the moment of sending.

Not a notice: it starts no clock. Only the message contains the code. Quiet hours do not apply, since the person who asks is
awake.
"""

import datetime as dt
from collections.abc import Mapping

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.notices.dispatch import address_in, line_of
from rollkeeper.notices.gateways.base import Answer, Gateway, GatewayBroken, Message
from rollkeeper.notices.gateways.registry import gateways
from rollkeeper.notices.rules import channels_to
from rollkeeper.notices.texts import RenderedText, best_language, sms_signature, write_code
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
    (row,) = rows(
        "SELECT service, state, is_registered AND NOT must_reverify AS is_settled, number_sealed, contact_sealed, contact_kind,"
        " (SELECT bit_or(s.bars) FROM lines_suspension s WHERE s.line_id = l.line_id AND s.restored_on IS NULL) AS bars"
        " FROM lines_line l WHERE line_id = %s",
        [line_id],
    )
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
