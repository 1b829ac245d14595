# SPDX-License-Identifier: EUPL-1.2
"""The commands for a court's stay."""

from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.terminal import UserOption
from rollkeeper.campaign import court_stays, queries
from rollkeeper.campaign.commands.cli_options import (
    CampaignOption,
    FirstDayOption,
    LastDayOption,
    console,
    opened,
    signed_in,
)
from rollkeeper.campaign.open_campaign import named_campaigns
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, out


def enter(
    reason: Annotated[str, typer.Option(help="Case number or order; no names.")],
    first: FirstDayOption = None,
    last: LastDayOption = None,
    campaign: CampaignOption = None,
    on: DateOption = None,
) -> None:
    """Pause every clock, or those of one campaign; a running batch stops before its next chunk.

    If it begins on a past day, the batches that acted since then are listed: their lines get service back only when they are
    undone. Example: rollkeeper campaign stay enter --reason "order 12/2012"
    """
    if not reason.strip():
        raise typer.BadParameter("--reason is empty: name the case or the order")
    with opened():
        today = on or clock.today()
        paused = named_campaigns(campaign)[0] if campaign else None
        stay_id = court_stays.enter_stay(
            console(), first=first or today, last=last, reason=reason, on=today, campaign=paused
        )
        acted = queries.batches_that_acted(first or today, last, campaign=paused)
    out.print(f"Stay {stay_id} is entered.")
    for batch_id in acted:
        out.print(f"It covers days on which a batch acted. Undo it: rollkeeper campaign undo {batch_id}")


def end(
    stay: Annotated[UUID, typer.Argument(help="The stay, as 'campaign status' names it.")],
    as_: UserOption,
    on: DateOption = None,
) -> None:
    """Approve today as the last day of a stay; two different people must approve.

    Example: rollkeeper campaign stay end 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182 --as tashi
    """
    with opened():
        ended = court_stays.end_stay(signed_in(as_), stay_id=stay, on=on or clock.today())
    out.print("Today is its last day." if ended else "Recorded. Another person must approve too.")
