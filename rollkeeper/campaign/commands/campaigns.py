# SPDX-License-Identifier: EUPL-1.2
"""The commands for a campaign as a whole: plan it, see how it stands and whom it has yet to reach."""

import dataclasses
from typing import Annotated

import typer

from rollkeeper.campaign import showing
from rollkeeper.campaign.commands.asked import console, opened, plain
from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.console import DateOption, JsonOption, emit, err, out


def plan(
    pack: Annotated[str | None, typer.Argument(help="A rule pack; default: the one in the settings.")] = None,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Take every line that the law concerns into a campaign and owe each its first notice.

    Run it again after an import: only new lines are added. Example: rollkeeper campaign plan cn-xz-2011
    """
    from rollkeeper.campaign import acts
    from rollkeeper.kernel.settings import settings

    with opened():
        planned = acts.plan_campaign(console(), pack_id=pack or settings().pack, on=on or clock.today())
    if as_json:
        emit(dataclasses.asdict(planned))
        return
    out.print(
        f"Campaign of {planned.pack_id}, begins {planned.begins_on}: {planned.members_added:,} lines added,"
        f" {planned.members_before + planned.members_added:,} in all. Their notices are owed: run 'rollkeeper"
        " notices send'."
    )


def status(as_json: JsonOption = False, on: DateOption = None) -> None:
    """Show lines per stage, who was reached, what falls due, and the batches.

    Example: rollkeeper campaign status --json
    """
    from rollkeeper.campaign import queries

    with opened():
        seen = queries.overview(on or clock.today())
        batches, stays = queries.batches(), queries.stays()
    if as_json:
        emit(
            {
                "campaign": plain(seen),
                "batches": [plain(b) for b in batches],
                "stays": [plain(s) for s in stays],
            }
        )
        return
    showing.status(seen, batches, stays)


def unreached(as_json: JsonOption = False) -> None:
    """List the lines whose holders no notice has provably reached, by reference.

    Exit code 1 where there are any. Example: rollkeeper campaign unreached
    """
    from rollkeeper.campaign import queries

    count, last = 0, None
    with opened():
        while page := queries.unreached(after=last):
            for line in page:
                if as_json:
                    out.print(canonical_bytes(plain(line)).decode(), markup=False)
                else:
                    showing.unreached(line)
            count, last = count + len(page), page[-1].line_id
    err.print(f"{count:,} lines.")
    if count:
        raise typer.Exit(1)
