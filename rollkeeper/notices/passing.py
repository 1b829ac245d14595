# SPDX-License-Identifier: EUPL-1.2
"""Pass a one-time code to a line, at once: by the line's own number or contact, opened at the moment of sending.

No notice: nothing is owed and nothing starts a clock. The code is in the message alone. Quiet hours do not bind, since
whoever asks is awake.
"""

import datetime as dt
from collections.abc import Mapping

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.notices.gateways.base import Answer, Gateway, GatewayBroken, Message
from rollkeeper.notices.gateways.registry import gateways
from rollkeeper.notices.kinds import Channel
from rollkeeper.notices.rules import ways_to
from rollkeeper.notices.sending import address_in, line_of
from rollkeeper.notices.texts import Written, best_language, write_code
from rollkeeper.vault.acts import open_line_values
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import LineField, Purpose


def pass_code(
    authority: Authority,
    line_id: LineId,
    *,
    code: str,
    minutes: int,
    language: str,
    on: dt.date,
    ways: Mapping[Channel, Gateway] | None = None,
) -> Channel | None:
    """Send a code to a line by the first way that is open to it; None where no way took it.

    Ledger: vault:sealed:opened, before the address is opened. Refuses: NotAllowed, LinkInNotice.
    """
    demand(authority, Power.SEND_NOTICES)
    present = gateways() if ways is None else ways
    (row,) = rows(
        "SELECT service, state, is_registered, number_sealed, contact_sealed, contact_kind FROM lines_line WHERE line_id = %s",
        [line_id],
    )
    line = line_of(row)
    open_ways = ways_to(line) - {Channel.POST} if line else frozenset[Channel]()
    for channel in (one for one in present if one in open_ways):
        envelope = row.number_sealed if channel.uses_the_line else row.contact_sealed
        field = LineField.NUMBER if channel.uses_the_line else LineField.CONTACT
        (address,) = open_line_values(
            authority, field, [(line_id, bytes(envelope))], purpose=Purpose.NOTICE, on=on
        )
        chosen = settings()
        spoken = best_language(language, offered=chosen.languages)
        text = write_code(
            code, language=spoken, minutes=minutes, operator=chosen.operator_name, care=chosen.care_number
        )
        said = (Written(spoken, chosen.operator_name, text),)
        message = Message(new_uuid(), channel, address_in(address, channel), said)
        try:
            (handed,) = present[channel].send([message])
        except (CannotOpen, GatewayBroken):
            continue
        if handed.answer is Answer.TAKEN:
            return channel
    return None
