# SPDX-License-Identifier: EUPL-1.2
"""The commands `campaign …`, `explain` and `import`: thin ways in to the acts of this room."""

import dataclasses
import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from rollkeeper.campaign import showing
from rollkeeper.campaign.importing import commands as importing
from rollkeeper.kernel import clock, opening
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.console import DateOption, JsonOption, emit, err, out, progress, read_date
from rollkeeper.kernel.ids import BatchId

if TYPE_CHECKING:
    from rollkeeper.access.authority import Authority
    from rollkeeper.lines.queries import LineView

BatchArgument = Annotated[UUID, typer.Argument(help="The batch, as 'campaign status' names it.")]
NumberArgument = Annotated[str, typer.Argument(help="The whole number of the line.")]
AsOption = Annotated[
    str | None, typer.Option("--as", metavar="USERNAME", help="Who you are; the password is asked for.")
]
NeededAsOption = Annotated[
    str, typer.Option("--as", metavar="USERNAME", help="Who you are; the password is asked for.")
]
DayOption = typer.Option(parser=read_date, metavar="DATE")


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    importing.register(app)
    room = typer.Typer(no_args_is_help=True, help="All lines at once: plan, check, approve, run, undo.")
    for command in (plan, check, approve, run, stop, undo, status, unreached, pause, complaint):
        room.command()(command)
    stays = typer.Typer(no_args_is_help=True, help="A court's stay: every clock stands still.")
    stays.command("enter")(stay_enter)
    stays.command("lift")(stay_lift)
    room.add_typer(stays, name="stay")
    app.add_typer(room, name="campaign")
    app.command()(explain)


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

    with _opened():
        planned = acts.plan_campaign(_console(), pack_id=pack or settings().pack, on=on or clock.today())
    if as_json:
        emit(dataclasses.asdict(planned))
        return
    out.print(
        f"Campaign of {planned.pack_id}, begins {planned.begins_on}: {planned.members_added:,} lines added,"
        f" {planned.members_before + planned.members_added:,} in all. Their notices are owed: run 'rollkeeper"
        " notices send'."
    )


def check(
    day: Annotated[
        dt.date | None, typer.Argument(parser=read_date, metavar="[DAY]", help="Default: today.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; draw nothing up.")] = False,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Say what would be suspended and what ended on a day, and draw up a batch of it for approval.

    A random sample with its explanations is shown for review by eye. Nothing happens to anybody.

    Example: rollkeeper campaign check 2012-03-02
    """
    from rollkeeper.campaign import acts, queries

    with _opened():
        today = on or clock.today()
        if not dry_run:
            acts.advance(_console(), on=today)
        look = acts.check_day if dry_run else acts.draw_up_batches
        found = look(_console(), due_on=day or today, on=today)
        details = [queries.batch(due.batch_id) for due in found if due.batch_id is not None]
    if as_json:
        emit([dataclasses.asdict(due) | {"batch": _plain(detail)} for due, detail in _paired(found, details)])
        return
    for due, detail in _paired(found, details):
        showing.due(due, detail)


def approve(batch: BatchArgument, as_: NeededAsOption, on: DateOption = None) -> None:
    """Say yes to a batch, as one person; it takes two different ones.

    The password is prompted for, or is the first line of standard input, or stands in ROLLKEEPER_PASSWORD.

    Example: rollkeeper campaign approve 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182 --as tashi
    """
    from rollkeeper.campaign import acts

    with _opened():
        state = acts.approve_batch(_signed_in(as_), BatchId(batch), on=on or clock.today())
    out.print("Approved: it may run." if state == "approved" else "Noted. It needs another person as well.")


def run(
    batch: Annotated[
        UUID | None, typer.Argument(help="Only this batch; default: all whose day has come.")
    ] = None,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Play the night: start clocks, let go who registered, undo what was asked, carry out approved batches.

    Goes as far as the cap per hour and the first share allow, and says when to run it again. May be killed at any
    instant, run twice, at once or late. Exit code 1 where a batch stopped by itself.

    Example: rollkeeper campaign run
    """
    from rollkeeper.campaign import acts

    with _opened():
        today = on or clock.today()
        swept = acts.advance(_console(), on=today)
        asked = acts.undos_asked()
        with _bar("Undoing", len(asked)) as moved:
            undone = [acts.undo_batch(_console(), one, on=today, moved=moved) for one in asked]
        chosen = acts.batches_to_run(on=today) if batch is None else [BatchId(batch)]
        with _bar("Carrying out", len(chosen)) as moved:
            ran = [acts.run_batch(_console(), one, on=today, moved=moved) for one in chosen]
    if as_json:
        emit(
            {
                "swept": _plain(swept),
                "undone": [_plain(one) for one in undone],
                "ran": [_plain(one) for one in ran],
            }
        )
    else:
        showing.night(swept, undone, ran)
    if any(one.state == "stopped" for one in ran):
        raise typer.Exit(1)


def stop(
    batch: BatchArgument,
    because: Annotated[str, typer.Option(help="Why; no names.")] = "stopped by a person",
    as_: AsOption = None,
    on: DateOption = None,
) -> None:
    """Stop a batch for good; a run under way stops before its next chunk.

    Example: rollkeeper campaign stop 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182 --because "wrong list"
    """
    from rollkeeper.campaign import acts

    with _opened():
        acts.stop_batch(_console_or(as_), BatchId(batch), on=on or clock.today(), because=because)
    out.print("Stopped. What it did stands until it is undone.")


def undo(
    batch: BatchArgument, as_: AsOption = None, as_json: JsonOption = False, on: DateOption = None
) -> None:
    """Put every line of a batch back to its exact former state, with its clock time.

    Whoever registered since is left as they are. Example: rollkeeper campaign undo 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182
    """
    from rollkeeper.campaign import acts

    with _opened():
        authority = _console_or(as_)
        with progress("Undoing") as bar:
            undone = acts.undo_batch(authority, BatchId(batch), on=on or clock.today(), moved=bar.advance)
    if as_json:
        emit(dataclasses.asdict(undone))
        return
    out.print(
        f"{undone.undone:,} lines are as they were; {undone.left_alone:,} had moved on and were left alone."
    )


def status(as_json: JsonOption = False, on: DateOption = None) -> None:
    """Show lines per stage, who was reached, what falls due, and the batches.

    Example: rollkeeper campaign status --json
    """
    from rollkeeper.campaign import queries

    with _opened():
        seen = queries.overview(on or clock.today())
        batches, stays = queries.batches(), queries.stays()
    if as_json:
        emit(
            {
                "campaign": _plain(seen),
                "batches": [_plain(b) for b in batches],
                "stays": [_plain(s) for s in stays],
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
    with _opened():
        while page := queries.unreached(after=last):
            for line in page:
                if as_json:
                    out.print(canonical_bytes(_plain(line)).decode(), markup=False)
                else:
                    showing.unreached(line)
            count, last = count + len(page), page[-1].line_id
    err.print(f"{count:,} lines.")
    if count:
        raise typer.Exit(1)


def pause(
    number: NumberArgument,
    reason: Annotated[
        str, typer.Option(help="abroad, hospital, disability, detention, disaster, document_applied_for, …")
    ],
    first: Annotated[
        dt.date | None, typer.Option("--from", parser=read_date, metavar="DATE", help="Default: today.")
    ] = None,
    last: Annotated[
        dt.date | None, typer.Option("--to", parser=read_date, metavar="DATE", help="Default: open.")
    ] = None,
    on: DateOption = None,
) -> None:
    """Let a line's clock stand still: a declaration is enough, proof may come later.

    Example: rollkeeper campaign pause 13812345678 --reason hospital --to 2012-03-10
    """
    from rollkeeper.lines.acts import pause_clock
    from rollkeeper.lines.states import PauseReason

    if reason not in set(PauseReason):
        raise typer.BadParameter(f"--reason is one of: {', '.join(PauseReason)}")
    with _opened():
        today, line = on or clock.today(), _line(number)
        pause_clock(_console(), line.line_id, first or today, last, PauseReason(reason), today)
    out.print("The clock of that line stands still.")


def complaint(number: NumberArgument, on: DateOption = None) -> None:
    """Note that somebody says the campaign was wrong about a line; enough of them stop the batch.

    Example: rollkeeper campaign complaint 13812345678
    """
    from rollkeeper.campaign import acts

    with _opened():
        batch_id = acts.record_complaint(_console(), _line(number).line_id, on=on or clock.today())
    out.print(f"Noted, against batch {batch_id}." if batch_id else "Noted; no batch has acted on that line.")


def stay_enter(
    reason: Annotated[str, typer.Option(help="Case number or order; no names.")],
    first: Annotated[
        dt.date | None, typer.Option("--from", parser=read_date, metavar="DATE", help="Default: today.")
    ] = None,
    last: Annotated[
        dt.date | None, typer.Option("--to", parser=read_date, metavar="DATE", help="Default: open.")
    ] = None,
    on: DateOption = None,
) -> None:
    """Let every clock stand still; a batch that runs stops before its next chunk.

    Example: rollkeeper campaign stay enter --reason "order 12/2012"
    """
    from rollkeeper.campaign import acts

    if not reason.strip():
        raise typer.BadParameter("--reason is empty: name the case or the order")
    with _opened():
        today = on or clock.today()
        stay_id = acts.enter_stay(_console(), first=first or today, last=last, reason=reason, on=today)
    out.print(f"Stay {stay_id} is entered.")


def stay_lift(
    stay: Annotated[UUID, typer.Argument(help="The stay, as 'campaign status' names it.")],
    as_: NeededAsOption,
    on: DateOption = None,
) -> None:
    """Agree, as one person, that today is the last day of a stay; it takes two different ones.

    Example: rollkeeper campaign stay lift 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182 --as tashi
    """
    from rollkeeper.campaign import acts

    with _opened():
        lifted = acts.lift_stay(_signed_in(as_), stay_id=stay, on=on or clock.today())
    out.print("Today is its last day." if lifted else "Noted. It needs another person as well.")


def explain(number: NumberArgument, as_json: JsonOption = False, on: Annotated[dt.date | None, typer.Option(
    "--on", parser=read_date, metavar="DATE", help="As it stands on DATE; one that lies ahead: if nothing changes."
)] = None) -> None:  # fmt: skip
    """Say why a line stands where it stands: dates, counting and articles. Leaves a mark in the ledger.

    Exit code 1 where no line has that number. Example: rollkeeper explain 13812345678 --on 2012-03-02
    """
    from rollkeeper.campaign import acts

    with _opened():
        today = clock.today()
        found = acts.look_up_line(_console(), number=_written(number), about=on or today, on=today)
    if found is None:
        err.print("No line of this register has that number. Look at the number again and type all of it.")
        raise typer.Exit(1)
    emit(dataclasses.asdict(found)) if as_json else showing.explanation(found)


@contextmanager
def _opened() -> Iterator[None]:
    opening.open_home()
    yield


@contextmanager
def _bar(what: str, batches: int) -> Iterator[Callable[[int], None]]:
    """Show a bar while there is a batch to be moved along; say nothing on a night without one."""
    if not batches:
        yield lambda _: None
        return
    with progress(what) as bar:
        yield bar.advance


def _console() -> "Authority":
    from rollkeeper.access.authority import console_authority

    return console_authority()


def _console_or(username: str | None) -> "Authority":
    return _console() if username is None else _signed_in(username)


def _signed_in(username: str) -> "Authority":
    from rollkeeper.access.acts import sign_in

    return sign_in(username, _password())


def _password() -> str:
    """Take the password from the environment, else from standard input, else ask."""
    given = os.environ.get("ROLLKEEPER_PASSWORD")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True))


def _written(number: str) -> str:
    from rollkeeper.kernel.settings import settings
    from rollkeeper.lines.numbers import normalise_identifier, service_guess

    return normalise_identifier(number, service=service_guess(number), country=settings().country_code)


def _line(number: str) -> "LineView":
    from rollkeeper.lines.errors import LineNotFound
    from rollkeeper.lines.queries import find_line

    line = find_line(_written(number))
    if line is None:
        raise LineNotFound
    return line


def _paired(found: list[Any], details: list[Any]) -> list[tuple[Any, Any]]:
    by_id = {detail.view.batch_id: detail for detail in details if detail is not None}
    return [(due, by_id.get(due.batch_id)) for due in found]


_plain: Callable[[Any], Any] = lambda value: None if value is None else dataclasses.asdict(value)  # noqa: E731
