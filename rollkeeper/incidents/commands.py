# SPDX-License-Identifier: EUPL-1.2
"""The commands under `incidents`."""

import dataclasses
import datetime as dt
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import STAFF_UNKNOWN
from rollkeeper.access.queries import staff_list
from rollkeeper.access.services import linked_accounts
from rollkeeper.incidents import queries, services
from rollkeeper.incidents.choices import About, Remedy, Severity, Table
from rollkeeper.incidents.drafts import draft
from rollkeeper.incidents.exercise import run_drill
from rollkeeper.incidents.queries import IncidentView
from rollkeeper.incidents.remedies import remedy_incident
from rollkeeper.incidents.report import LANGUAGES, write_report
from rollkeeper.incidents.services import close_incident
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import (
    DateOption,
    JsonOption,
    LookBackOption,
    counted,
    emit,
    out,
    progress,
    read_instant,
    show_table,
)
from rollkeeper.kernel.ids import StaffId
from rollkeeper.kernel.instance import open_instance
from rollkeeper.languages.queries import require_spoken
from rollkeeper.notices.choices import NO_LANGUAGE

IncidentArgument = Annotated[UUID, typer.Argument(metavar="INCIDENT", show_default=False)]
AccountOption = Annotated[
    list[str] | None,
    typer.Option("--account", metavar="USER", help="An account; repeat it for a device's."),
]
LanguageOption = Annotated[
    str, typer.Option("--language", metavar="CODE", help="Of the report: en or zh-hans.")
]


InstantOption = typer.Option(parser=read_instant, metavar="INSTANT")


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    group = typer.Typer(
        no_args_is_help=True,
        help="After a leak: who is affected, what the law requires by when, and doing it.",
    )
    group.command("open")(open_)
    group.command()(status)
    group.command()(scope)
    group.command()(remedy)
    group.command()(notify)
    group.command()(report)
    group.command()(close)
    group.command()(drill)
    app.add_typer(group, name="incidents")


def open_(
    *,
    about: Annotated[About, typer.Option("--about", help="What was compromised.")],
    severity: Annotated[
        Severity, typer.Option("--severity", help="The severity; deadlines depend on it.")
    ] = Severity.SERIOUS,
    account: AccountOption = None,
    agent: Annotated[
        str | None,
        typer.Option("--agent", metavar="AGENT", help="An agent: all accounts that ever worked for it."),
    ] = None,
    epoch: Annotated[int | None, typer.Option("--epoch", help="The number of an epoch of keys.")] = None,
    table: Annotated[
        Table | None, typer.Option("--table", help="A table that leaked without the keys.")
    ] = None,
    since: Annotated[dt.datetime | None, InstantOption] = None,
    until: Annotated[dt.datetime | None, InstantOption] = None,
    noticed: Annotated[dt.datetime | None, InstantOption] = None,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Open an incident; the clock of every legal duty starts when it was noticed, by default now.

    Start from an account, an agent, a device (its accounts), an epoch of keys, a table, or a time alone.

    Example: rollkeeper incidents open --about account --account clerk-07 --since 2012-03-01T08:00
    """
    open_instance()
    made = services.open_incident(
        console_authority(), about=about, severity=severity, noticed_at=noticed or clock.now(),
        on=on or clock.today(), accounts=_accounts(account or [], agent, on or clock.today()), epoch_id=epoch, table=table,
        since=since, until=until,
    )  # fmt: skip
    view = queries.incident(console_authority(), made, now=clock.now())
    emit(_plain(view)) if as_json else _show(view)


def status(as_json: JsonOption = False, on: LookBackOption = None) -> None:  # noqa: ARG001 - the option gives the day by itself
    """List every incident with its figures and deadlines. Exit code 1 while an open one has missed a deadline.

    Example: rollkeeper incidents status
    """
    open_instance()
    found = queries.incidents(console_authority(), now=clock.now())
    if as_json:
        emit([_plain(one) for one in found])
    elif not found:
        out.print("There is no incident.")
    else:
        for one in found:
            _show(one)
    if any(
        duty.in_time is False and not duty.met_at for one in found if not one.closed_at for duty in one.duties
    ):
        raise typer.Exit(1)


def scope(
    incident: IncidentArgument,
    *,
    references: Annotated[
        bool, typer.Option("--references", help="Write the references of all people affected, one a line.")
    ] = False,
    as_json: JsonOption = False,
    on: LookBackOption = None,
) -> None:
    """List exactly the people affected, from the ledger and the key epochs, and count them.

    References only: no sealed value is opened.

    Example: rollkeeper incidents scope 01900000-0000-7000-8000-000000000000 --references
    """
    open_instance()
    found = services.scope_incident(console_authority(), incident, on=on or clock.today())
    if references:
        for one in queries.affected_people(console_authority(), incident):
            what = f"person {one.person_id}" if one.person_id else f"line {one.line_id}"
            out.print(f"{what} {','.join(one.fields)} {one.openings}", markup=False)
    elif as_json:
        emit(dataclasses.asdict(found))
    else:
        out.print(
            f"{counted(found.people, 'person is', 'people are')} affected, and {counted(found.unregistered_lines, 'line', 'lines')} without a registered subscriber, by"
            f" {counted(found.openings, 'opening', 'openings')}. Of {found.sealed_people:,} only sealed values leaked."
        )


def remedy(
    incident: IncidentArgument,
    what: Annotated[Remedy, typer.Argument(metavar="REMEDY", help=", ".join(Remedy), show_default=False)],
    on: DateOption = None,
) -> None:
    """Close accounts, sign out everyone, or renew the keys and reseal everything. The incident records it.

    Example: rollkeeper incidents remedy 01900000-0000-7000-8000-000000000000 sign_out_everyone
    """
    open_instance()
    with progress("Remedying") as bar:
        touched = remedy_incident(
            console_authority(), incident, what, on=on or clock.today(), progress=bar.advance
        )
    out.print(f"Done: {what.value}; it touched {touched:,}.")


def notify(
    incident: IncidentArgument,
    *,
    send: Annotated[
        bool, typer.Option("--send", help="Queue the notices; 'notices send' sends them.")
    ] = False,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Draft a notice to each person affected, in their language; with --send, queue them, once.

    Example: rollkeeper incidents notify 01900000-0000-7000-8000-000000000000 --send
    """
    open_instance()
    if send:
        notified, missed = services.notify_affected(console_authority(), incident, on=on or clock.today())
        answer = {"notices": notified, "unreachable": missed}
        said = f"{counted(notified, 'notice is', 'notices are')} sent by 'rollkeeper notices send'; {missed:,} cannot be reached that way."
        emit(answer) if as_json else out.print(said)
        return
    drafted = draft(console_authority(), incident)
    if as_json:
        emit(dataclasses.asdict(drafted))
        return
    for language, texts in drafted.texts.items():
        named = "no language named" if language == NO_LANGUAGE else language
        out.print(f"{named}: {counted(drafted.by_language[language], 'person', 'people')}\n", markup=False)
        for one in texts:
            out.print(f"{one.subject}\n\n{one.text}\n", markup=False)
    out.print(f"{drafted.unreachable:,} cannot be reached. Nothing is sent yet: add --send.")


def report(
    incident: IncidentArgument,
    *,
    language: LanguageOption = "en",
    sent: Annotated[bool, typer.Option("--sent", help="Record that it was sent to the authority.")] = False,
    on: DateOption = None,
) -> None:
    """Write the report to the authority: figures and deadlines, no references. With --sent its clock stops.

    Example: rollkeeper incidents report 01900000-0000-7000-8000-000000000000 --language zh-hans
    """
    if language not in LANGUAGES:
        raise typer.BadParameter(f"choose one of {', '.join(LANGUAGES)}.", param_hint="'--language'")
    open_instance()
    require_spoken(language)
    if sent:
        services.note_report_sent(console_authority(), incident, on=on or clock.today())
    view = queries.incident(console_authority(), incident, now=clock.now())
    out.print(write_report(view, queries.people_by_field(incident), language=language), markup=False)


def close(incident: IncidentArgument, on: DateOption = None) -> None:
    """Close an incident whose every duty is met.

    Example: rollkeeper incidents close 01900000-0000-7000-8000-000000000000
    """
    open_instance()
    close_incident(console_authority(), incident, on=on or clock.today())
    out.print("Closed.")


def drill(as_json: JsonOption = False, on: DateOption = None) -> None:
    """Run an incident exercise from start to end without effect: it assumes that everything opened in the last 24 hours leaked.

    No one is notified, nothing is suspended or renewed, and every ledger entry says that it was a drill.

    Example: rollkeeper incidents drill
    """
    open_instance()
    view, by_field = run_drill(console_authority(), on=on or clock.today())
    if as_json:
        emit(_plain(view))
    else:
        out.print(write_report(view, by_field, language="en"), markup=False)


def _accounts(names: list[str], agent: str | None, on: dt.date) -> list[StaffId]:
    known = {staff.username: staff.staff_id for staff in staff_list(on)}
    for name in names:
        if name not in known:
            raise STAFF_UNKNOWN()
    return [*(known[name] for name in names), *(linked_accounts("agent", agent) if agent else ())]


def _plain(view: IncidentView) -> dict[str, object]:
    return dataclasses.asdict(view)


def _show(view: IncidentView) -> None:
    drill_mark = " (a drill)" if view.is_drill else ""
    status = "closed" if view.closed_at else "open"
    out.print(
        f"{view.incident_id} about {view.about.value}, {view.severity.value}, {status}{drill_mark}",
        markup=False,
    )
    if view.scoped_at:
        out.print(
            f"{counted(view.people, 'person', 'people')}, {counted(view.unregistered_lines, 'line', 'lines')} without a subscriber; {counted(view.notices, 'notice', 'notices')}."
        )
    show_table(
        "Duties", ("to", "article", "within", "until", "status"),
        [
            (d.to, d.article, d.within, d.due_at.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M"), _status_of(d))
            for d in view.duties
        ],
    )  # fmt: skip


def _status_of(duty: object) -> str:
    exempt, met = getattr(duty, "exempt_because", None), getattr(duty, "met_at", None)
    if exempt:
        return f"exempt: {exempt}"
    late = ", late" if getattr(duty, "in_time", None) is False else ""
    return ("met" if met else "open") + late
