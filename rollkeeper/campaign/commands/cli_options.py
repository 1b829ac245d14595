# SPDX-License-Identifier: EUPL-1.2
"""Arguments and options that this package's commands share, and opening the instance."""

import dataclasses
import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

import typer

from rollkeeper.access import terminal
from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.campaign import queries
from rollkeeper.campaign.choices import BatchState
from rollkeeper.campaign.errors import BATCH_NOT_NAMED, NO_SUCH_BATCH_NOW
from rollkeeper.kernel.console import read_date
from rollkeeper.kernel.errors import Phrase
from rollkeeper.kernel.ids import BatchId
from rollkeeper.kernel.instance import open_instance
from rollkeeper.lines.choices import NOT_DECLARED, PauseReason
from rollkeeper.lines.queries import LineView
from rollkeeper.lines.services import look_up_line

BatchArgument = Annotated[
    UUID | None,
    typer.Argument(help="The batch, as 'campaign status' names it; needed where several could be meant."),
]
NumberArgument = Annotated[str, typer.Argument(help="The whole number of the line.")]
FirstDayOption = Annotated[
    dt.date | None, typer.Option("--from", parser=read_date, metavar="DATE", help="Default: today.")
]
LastDayOption = Annotated[
    dt.date | None, typer.Option("--to", parser=read_date, metavar="DATE", help="Default: open.")
]


CampaignOption = Annotated[
    str | None,
    typer.Option(
        "--campaign",
        metavar="ID",
        help="The campaign, by its id in the pack; needed where several could be meant.",
    ),
]


@contextmanager
def opened() -> Iterator[None]:
    """Open the instance, starting its servers if they are not running."""
    open_instance()
    yield


def named_or_only(batch: UUID | None, *states: BatchState, campaign: str | None = None) -> BatchId:
    """Return the batch that was named, or the only one in one of these states, of a campaign or of all.

    Refuses: NO_SUCH_BATCH_NOW, BATCH_NOT_NAMED.
    """
    if batch is not None:
        return BatchId(batch)
    found = batches_in(*states, campaign=campaign)
    if not found:
        raise NO_SUCH_BATCH_NOW()
    if len(found) > 1:
        raise BATCH_NOT_NAMED(count=len(found), batches=", ".join(map(str, found)))
    return found[0]


def batches_in(*states: BatchState, campaign: str | None = None) -> list[BatchId]:
    """Return the batches in one of these states, of a campaign or of all."""
    return [
        one.batch_id for one in queries.batches() if one.state in states and campaign in {None, one.campaign}
    ]


def console() -> Authority:
    """Return the authority of the user who types commands on the machine."""
    return console_authority()


def console_or_user(username: str | None) -> Authority:
    """Return the authority of the named person, if one is named."""
    return console() if username is None else signed_in(username)


def signed_in(username: str) -> Authority:
    """Return the authority of a person who proves who they are with the password (or ROLLKEEPER_PASSWORD) and the second factor."""
    return terminal.signed_in(username, password=os.environ.get("ROLLKEEPER_PASSWORD"))


def line_with(number: str, *, on: dt.date) -> LineView:
    """Return the line that has a number, for a command that helps its subscriber, also a protected one; the lookup is recorded.

    Refuses: NumberNotRead, LineNotFound, AccessLimitReached.
    """
    return look_up_line(console(), number, on=on, helps=True)


def declared_reason(written: str) -> PauseReason:
    """Return one of the reasons that a person declares."""
    declared = [one.value for one in PauseReason if one not in NOT_DECLARED]
    if written not in declared:
        raise typer.BadParameter(
            Phrase("{option} is one of {limit}", option="--reason", limit=", ".join(declared))
        )
    return PauseReason(written)


def plain(value: Any) -> Any:
    """Return the result of a service or a query in a form that JSON can hold."""
    return None if value is None else dataclasses.asdict(value)
