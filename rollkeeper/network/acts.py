# SPDX-License-Identifier: EUPL-1.2
"""Ask the network for something, push what was asked, and believe only its own read-back."""

import datetime as dt

from rollkeeper.kernel.ids import BatchId, CommandId, LineId, new_uuid
from rollkeeper.network.kinds import CommandKind
from rollkeeper.network.models import Command


def ask(
    line_id: LineId, *, kind: CommandKind, reason: str, at: dt.datetime, batch_id: BatchId | None = None
) -> CommandId:
    """Leave a command for the network in the present transaction; `push_due` carries it out.

    A command takes the place of every older one for the same line that the network has not confirmed.
    Precondition: the caller's act has locked the line and leaves its own ledger entry.
    """
    command_id = CommandId(new_uuid())
    Command.objects.create(
        line_id=line_id,
        command_id=command_id,
        kind=CommandKind(kind).value,
        reason=reason,
        batch_id=batch_id,
        asked_at=at,
    )
    return command_id
