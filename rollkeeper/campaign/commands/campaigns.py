# SPDX-License-Identifier: EUPL-1.2
"""The commands for a whole campaign: plan it, show its status and the lines still to be reached, close it."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.terminal import UserOption
from rollkeeper.campaign import cancellation, cli_output, closure, planning, queries
from rollkeeper.campaign.choices import WaiverReason
from rollkeeper.campaign.commands.cli_options import (
    CampaignOption,
    console,
    opened,
    plain,
    signed_in,
)
from rollkeeper.campaign.errors import CANCELLATION_NOT_CONFIRMED
from rollkeeper.campaign.register_histories import count_not_concerned
from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.console import DateOption, JsonOption, LookBackOption, counted, emit, err, out
from rollkeeper.kernel.errors import Phrase
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack


def plan(
    pack: Annotated[str | None, typer.Argument(help="A rule pack; default: the one in the settings.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count; add no line and queue no notice.")
    ] = False,
    campaign: Annotated[
        str | None,
        typer.Option(
            "--campaign", metavar="ID", help="Only this campaign of the pack; default: all that it states."
        ),
    ] = None,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Add every line that the law concerns to a campaign and queue its first notice.

    Run it again after an import: only new lines are added.

    Where a line fits several campaigns of the law, it becomes a member of the one with the later last day.

    Example: rollkeeper campaign plan cn-xz-2011
    """
    chosen, today = pack or instance().pack, on or clock.today()
    with opened():
        if dry_run:
            checked = planning.check_plans(console(), pack_id=chosen, on=today, name=campaign)
            found: list[planning.PlanResult | planning.PlanCheck] = [*checked]
        else:
            found = [*planning.plan_campaigns(console(), pack_id=chosen, on=today, name=campaign)]
        law = load_pack(chosen)
        all_others = [count_not_concerned(law.of(one.name)) for one in found]
    if as_json:
        shown = [
            dataclasses.asdict(one) | {"not_concerned": dataclasses.asdict(others)}
            for one, others in zip(found, all_others, strict=True)
        ]
        names = [name for name in ("members_before", "members_added", "to_add") if name in shown[0]]
        counts = {name: sum(one[name] for one in shown) for name in names}
        emit((shown[0] if len(shown) == 1 else counts) | {"campaigns": shown})
        return
    for one, others in zip(found, all_others, strict=True):
        cli_output.planned(one, others, law.of(one.name))


def status(campaign: CampaignOption = None, as_json: JsonOption = False, on: LookBackOption = None) -> None:
    """Show lines per stage, who was reached, what falls due, and the batches.

    Example: rollkeeper campaign status --json
    """
    with opened():
        seen = queries.overviews(on or clock.today(), campaign)
        batches = [one for one in queries.batches() if campaign in {None, one.campaign}]
        stays = queries.stays()
    if as_json:
        emit(
            {
                "campaign": plain(seen[0]) if len(seen) == 1 else None,
                "campaigns": [plain(one) for one in seen],
                "batches": [plain(b) for b in batches],
                "stays": [plain(s) for s in stays],
            }
        )
        return
    cli_output.status(seen, batches, stays)


def unreachable(campaign: CampaignOption = None, as_json: JsonOption = False) -> None:
    """List the lines whose subscribers no notice has provably reached, by reference.

    Exit code 1 if any of them is not waived. Example: rollkeeper campaign unreachable
    """
    count, waived, last = 0, 0, None
    with opened():
        while page := queries.unreachable(after=last, name=campaign):
            for line in page:
                if as_json:
                    out.print(canonical_bytes(plain(line)).decode(), markup=False)
                else:
                    cli_output.unreachable(line)
            count, last = count + len(page), page[-1].line_id
            waived += sum(line.waiver_reason is not None for line in page)
    err.print(f"{counted(count, 'line', 'lines')}" + (f", {waived:,} of them waived." if waived else "."))
    if count > waived:
        raise typer.Exit(1)


def waive(
    because: Annotated[str, typer.Option(help=f"One of: {', '.join(WaiverReason)}.")],
    as_: UserOption,
    lines: Annotated[
        list[UUID] | None, typer.Argument(help="References, as 'campaign unreachable' lists them.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", exists=True, dir_okay=False, help="What 'campaign unreachable --json' printed."
        ),
    ] = None,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Waive lines whose subscribers could not be notified, under your name. The lines do not change; the campaign can then close.

    Example: rollkeeper campaign waive 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182 --because no_person --as tashi
    """
    if because not in set(WaiverReason):
        raise typer.BadParameter(
            Phrase("{option} is one of {limit}", option="--because", limit=", ".join(WaiverReason))
        )
    asked = [LineId(line) for line in [*(lines or []), *(_references(file) if file else [])]]
    if not asked:
        raise typer.BadParameter("name the lines, or a file of them with --file")
    with opened():
        waived = closure.waive_unreachable(
            signed_in(as_), asked, because=WaiverReason(because), on=on or clock.today()
        )
    if as_json:
        emit(plain(waived))
        return
    out.print(
        f"{counted(waived.waived, 'line is', 'lines are')} waived; {counted(waived.left_alone, 'was', 'were')} not waiting to be."
    )


def close(campaign: CampaignOption = None, as_json: JsonOption = False, on: DateOption = None) -> None:
    """Close the campaign. Every line must be finished, and lines never notified must be waived by a named person.

    Example: rollkeeper campaign close
    """
    with opened():
        closed = closure.close_campaign(console(), on=on or clock.today(), name=campaign)
    if as_json:
        emit(plain(closed))
        return
    out.print(
        f"The campaign is closed: {closed.out_of_scope:,} registered or out of scope, {closed.terminated:,} terminated, {closed.waived:,} never"
        " notified and waived."
    )


def cancel(
    *,
    campaign: CampaignOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Cancel it without asking.")] = False,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Cancel a campaign that should not have been planned, after a question. None of its lines may be suspended, and no batch open.

    Queued notices are withdrawn and no clock runs any more. A new plan begins with new notices. Example: rollkeeper campaign cancel
    """
    with opened():
        name, members, notified = cancellation.check_cancellation(console(), name=campaign)
        if not yes:
            _ask_to_cancel(name, members, notified)
        done = cancellation.cancel_campaign(console(), on=on or clock.today(), name=campaign)
    if as_json:
        emit(plain(done))
        return
    out.print(
        f"The campaign is cancelled: it concerned {counted(done.members, 'line', 'lines')}, and none of them loses service by it."
    )
    if done.notified:
        out.print(
            f"The subscribers of {counted(done.notified, 'line', 'lines')} had been notified by then. Tell them that the day they were given has lapsed."
        )


def _ask_to_cancel(name: str, members: int, notified: int) -> None:
    """Say what would be cancelled, and ask. Refuses: CANCELLATION_NOT_CONFIRMED."""
    err.print(
        f"Campaign {name}: {counted(members, 'line', 'lines')}, the subscribers of {notified:,} notified. Queued notices are withdrawn, all its clocks"
        " stop, and a new plan begins with new notices."
    )
    if not (sys.stdin.isatty() and typer.confirm("Cancel this campaign?", err=True)):
        raise CANCELLATION_NOT_CONFIRMED(campaign=name)


def _references(file: Path) -> list[UUID]:
    """Read references from a file: one a line, alone or as `line_id` of an object."""
    found = []
    for row, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), start=1):
        try:
            said = json.loads(line) if line.lstrip().startswith("{") else {"line_id": line.strip()}
            found += [UUID(said["line_id"])] if line.strip() else []
        except (ValueError, KeyError, TypeError, AttributeError):
            said = Phrase("{file}, row {row}: this is not the reference of a line", file=file.name, row=row)
            raise typer.BadParameter(said) from None
    return found
