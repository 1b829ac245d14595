# SPDX-License-Identifier: EUPL-1.2
"""The commands under `agents`: let in, look after, suspend those who register people for the operator."""

import dataclasses
import datetime as dt
import hashlib
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.agents.acts import (
    Found,
    admit_agent,
    audit_agent,
    enter_agent,
    mend_finding,
    show_requirement,
)
from rollkeeper.agents.checklist import article_on_agents, checklist
from rollkeeper.agents.holding import look_for_abandoned
from rollkeeper.agents.kinds import Because, Severity
from rollkeeper.agents.places import (
    change_hours,
    end_devices,
    enrol_device,
    open_place,
    post_staff,
    withdraw_staff,
)
from rollkeeper.agents.places import close_place as close
from rollkeeper.agents.queries import AgentView, agent_called, agent_list, open_cases
from rollkeeper.agents.rechecking import follow_rechecks
from rollkeeper.agents.suspending import end_agent, reinstate_agent, suspend_agent
from rollkeeper.kernel import clock, opening
from rollkeeper.kernel.console import DateOption, JsonOption, emit, out, read_date, show_table
from rollkeeper.kernel.settings import settings

AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help="The agent's code, such as agent-017.")]
PlaceArgument = Annotated[str, typer.Argument(metavar="PLACE", help="The place's code, such as lhasa-03.")]
UserName = Annotated[str, typer.Argument(metavar="USERNAME", help="A user name of the staff.")]
HoursOption = Annotated[
    str, typer.Option("--hours", help="As in 'mon-fri 09:00-18:00; sat 09:00-13:00', or always.")
]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    room = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="Those who register people for the operator."
    )
    room.command("requirements")(requirements)
    room.command("enter")(enter)
    room.command("evidence")(evidence)
    room.command("admit")(admit)
    room.command("audit")(audit)
    room.command("mend")(mend)
    room.command("suspend")(suspend)
    room.command("reinstate")(reinstate)
    room.command("end")(end)
    room.command("place")(place)
    room.command("hours")(hours)
    room.command("close-place")(close_place)
    room.command("post")(post)
    room.command("withdraw")(withdraw)
    room.command("device")(device)
    room.command("lose-device")(lose_device)
    room.command("list")(list_)
    room.command("show")(show)
    room.command("cases")(cases)
    room.command("follow")(follow)
    app.add_typer(room, name="agents")


def requirements(as_json: JsonOption = False) -> None:
    """List what an agent has to show before it may register anybody.

    Example: rollkeeper agents requirements
    """
    opening.open_home()
    found = checklist().values()
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
        return
    show_table(
        f"Requirements (article {article_on_agents()})", ["requirement", "counts for", "what"],
        [[one.requirement, f"{one.renew_days} days", one.said("en")] for one in found],
    )  # fmt: skip


def enter(
    agent: AgentArgument,
    *,
    cap: Annotated[int | None, typer.Option("--cap", min=1, help="Registrations a day.")] = None,
    on: DateOption = None,
) -> None:
    """Enter an agent as a candidate, who may register nobody yet. Use a reference, not a name.

    Example: rollkeeper agents enter agent-017 --cap 40
    """
    opening.open_home()
    enter_agent(console_authority(), agent, daily_cap=cap, on=on or clock.today())
    out.print(f"{agent} is entered; show what it meets, then admit it.", markup=False)


def evidence(
    agent: AgentArgument,
    requirement: Annotated[str, typer.Argument(metavar="REQUIREMENT", show_default=False)],
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, show_default=False)],
    on: DateOption = None,
) -> None:
    """Attest that an agent meets a requirement, by a file that shows it. Its SHA-256 is kept; keep the file yourself.

    Example: rollkeeper agents evidence agent-017 trained certificates.pdf
    """
    if not file.stat().st_size:
        raise typer.BadParameter(f"file '{file}' is empty and shows nothing.", param_hint="'FILE'")
    opening.open_home()
    with file.open("rb") as shown:
        digest = hashlib.file_digest(shown, "sha256").hexdigest()
    last = show_requirement(console_authority(), agent, requirement, evidence=digest, on=on or clock.today())
    out.print(f"{requirement} is shown for {agent}; it counts through {last}.", markup=False)


def admit(agent: AgentArgument, on: DateOption = None) -> None:
    """Let an agent that meets every requirement register people.

    Example: rollkeeper agents admit agent-017
    """
    opening.open_home()
    admit_agent(console_authority(), agent, on=on or clock.today())
    out.print(f"{agent} is admitted.", markup=False)


def audit(
    agent: AgentArgument,
    *,
    finding: Annotated[
        list[str] | None,
        typer.Option(
            "--finding", metavar="REQUIREMENT:SEVERITY:DAY", help="As in trained:minor:2012-04-01; repeat it."
        ),
    ] = None,
    on: DateOption = None,
) -> None:
    """Note an audit with what it found; a major finding not mended on its day keeps the agent from registering anybody.

    Example: rollkeeper agents audit agent-017 --finding trained:minor:2012-04-01
    """
    read = [_finding(text) for text in finding or []]
    opening.open_home()
    audit_agent(console_authority(), agent, read, on=on or clock.today())
    out.print(f"The audit of {agent} is noted, with {len(read)} findings.", markup=False)


def mend(
    finding: Annotated[UUID, typer.Argument(metavar="FINDING", show_default=False)], on: DateOption = None
) -> None:
    """Note that a finding is mended; 'rollkeeper agents show' gives its reference.

    Example: rollkeeper agents mend 0198c0de-0000-7000-8000-000000000001
    """
    opening.open_home()
    mend_finding(console_authority(), finding, on=on or clock.today())
    out.print("It is mended.")


def suspend(
    agent: AgentArgument,
    because: Annotated[Because, typer.Option("--because", help="Why.", show_default=False)],
    on: DateOption = None,
) -> None:
    """Suspend an agent at once, its accounts with it. For fraud, each of its lines is asked for anew; none is cut off.

    Example: rollkeeper agents suspend agent-017 --because fraud
    """
    opening.open_home()
    done = suspend_agent(console_authority(), agent, because, on=on or clock.today())
    out.print(f"{agent} is suspended, and {done.accounts:,} accounts are closed.", markup=False)
    if because is Because.FRAUD:
        out.print(
            f"{done.lines:,} lines are asked to be confirmed; 'rollkeeper notices send' tells their holders. All of them"
            " go on working."
        )


def reinstate(agent: AgentArgument, on: DateOption = None) -> None:
    """Let a suspended agent that meets every requirement go on, its accounts with it.

    Example: rollkeeper agents reinstate agent-017
    """
    opening.open_home()
    opened = reinstate_agent(console_authority(), agent, on=on or clock.today())
    out.print(f"{agent} may go on; {opened:,} accounts are open again.", markup=False)


def end(agent: AgentArgument, on: DateOption = None) -> None:
    """End the work with an agent for good. What it registered stays good.

    Example: rollkeeper agents end agent-017
    """
    opening.open_home()
    closed = end_agent(console_authority(), agent, on=on or clock.today())
    out.print(f"{agent} is ended, and {closed:,} accounts are closed.", markup=False)


def place(
    agent: AgentArgument,
    place: PlaceArgument,
    *,
    hours: HoursOption,
    device: Annotated[
        bool, typer.Option("--device/--no-device", help="Whether a device of its own is needed.")
    ] = True,
    on: DateOption = None,
) -> None:
    """Open a place of an agent, with its hours in the zone of the law.

    Example: rollkeeper agents place agent-017 lhasa-03 --hours 'mon-sat 09:30-18:30'
    """
    opening.open_home()
    open_place(console_authority(), agent, place, hours=hours, needs_device=device, on=on or clock.today())
    out.print(f"{place} of {agent} is open.", markup=False)


def hours(agent: AgentArgument, place: PlaceArgument, *, hours: HoursOption, on: DateOption = None) -> None:
    """Give a place other hours, from now.

    Example: rollkeeper agents hours agent-017 lhasa-03 --hours 'mon-fri 09:30-18:30'
    """
    opening.open_home()
    change_hours(console_authority(), agent, place, hours=hours, on=on or clock.today())
    out.print(f"{place} of {agent} has other hours.", markup=False)


def close_place(agent: AgentArgument, place: PlaceArgument, on: DateOption = None) -> None:
    """Close a place for good: nobody is registered there from now.

    Example: rollkeeper agents close-place agent-017 lhasa-03
    """
    opening.open_home()
    close(console_authority(), agent, place, on=on or clock.today())
    out.print(f"{place} of {agent} is closed.", markup=False)


def post(username: UserName, agent: AgentArgument, place: PlaceArgument, on: DateOption = None) -> None:
    """Bind an account to a place: it registers people there and nowhere else.

    Example: rollkeeper agents post clerk-07 agent-017 lhasa-03
    """
    opening.open_home()
    post_staff(console_authority(), username, agent=agent, place=place, on=on or clock.today())
    out.print(f"{username} works at {place} of {agent}.", markup=False)


def withdraw(username: UserName, on: DateOption = None) -> None:
    """Take an account away from its place; until it is posted again it registers nobody anywhere.

    Example: rollkeeper agents withdraw clerk-07
    """
    opening.open_home()
    withdraw_staff(console_authority(), username, on=on or clock.today())
    out.print(f"{username} works at no place of an agent any more.", markup=False)


def device(username: UserName, on: DateOption = None) -> None:
    """Enrol at its place the newest passkey of an account, added in the very device that stands there.

    Example: rollkeeper agents device clerk-07
    """
    opening.open_home()
    enrolled = enrol_device(console_authority(), username, on=on or clock.today())
    out.print(f"The device is enrolled, as {enrolled}.", markup=False)


def lose_device(username: UserName, on: DateOption = None) -> None:
    """End at once every enrolled device of an account, such as one that was lost.

    Example: rollkeeper agents lose-device clerk-07
    """
    opening.open_home()
    ended = end_devices(console_authority(), username, on=on or clock.today())
    out.print(f"{ended:,} devices are ended.")


def list_(as_json: JsonOption = False) -> None:
    """List the agents in the order of their codes: how each stands and when something is due. No figures, no ranking.

    Example: rollkeeper agents list
    """
    opening.open_home()
    found = agent_list()
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
        return
    show_table(
        "Agents", ["agent", "state", "next due", "open cases"],
        [[one.code, one.state.value, one.next_due or "", one.open_cases] for one in found],
    )  # fmt: skip


def show(agent: AgentArgument, as_json: JsonOption = False, on: DateOption = None) -> None:
    """Show one agent: its checklist, audits, places, open cases and own figures.

    Example: rollkeeper agents show agent-017
    """
    opening.open_home()
    view = agent_called(agent, on=on or clock.today(), window_days=settings().agents_window_days)
    emit(dataclasses.asdict(view)) if as_json else _show(view)


def cases(as_json: JsonOption = False) -> None:
    """List what is unusual and waits for a supervisor. Every registration among them stands, with its date.

    They are settled in the office, by a person who is known by name.

    Example: rollkeeper agents cases
    """
    opening.open_home()
    found = open_cases()
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
        return
    show_table(
        "Open cases", ["since", "agent", "place", "pattern", "case", "line"],
        [[c.opened_on, c.agent, c.place, c.pattern.value, str(c.case_id), str(c.line_id or "")] for c in found],
    )  # fmt: skip


def follow(as_json: JsonOption = False, on: DateOption = None) -> None:
    """See what came of the records that are to be confirmed, and look for pictures that came to nothing. Run it daily.

    Nothing is cut off: where the days are over, a supervisor gets a case.

    Example: rollkeeper agents follow
    """
    opening.open_home()
    done = follow_rechecks(console_authority(), on=on or clock.today())
    done["abandoned"] = look_for_abandoned(console_authority(), on=on or clock.today())
    if as_json:
        emit(done)
        return
    out.print(
        f"{done['told']:,} were told, {done['confirmed']:,} confirmed, {done['over']:,} lines ended otherwise;"
        f" {done['not_confirmed']:,} were not confirmed in time and wait for a supervisor, as do"
        f" {done['abandoned']:,} accounts with many pictures and few registrations."
    )


def _finding(text: str) -> Found:
    try:
        requirement, severity, day = text.split(":")
        return Found(requirement, Severity(severity), read_date(day))
    except ValueError:
        raise typer.BadParameter(
            f"'{text}' is no finding: write it as trained:minor:2012-04-01, or with {Severity.MAJOR}.",
            param_hint="'--finding'",
        ) from None


def _show(view: AgentView) -> None:
    since = f" since {view.suspended_on}, because of {view.suspended_because}" if view.suspended_on else ""
    out.print(f"{view.code} is {view.state.value}{since}.", markup=False)
    figures = view.figures
    out.print(
        f"Registered today: {figures.today:,} of {figures.cap:,}; in {settings().agents_window_days} days:"
        f" {figures.in_window:,}, of which {figures.held_in_window:,} were held. To be confirmed: {view.rechecks:,}."
    )
    show_table(
        "Checklist", ["requirement", "counts through", "met"],
        [[r.requirement, r.renew_by or "never shown", "yes" if r.is_met else "no"] for r in view.requirements],
    )  # fmt: skip
    audited = f"last {view.audited_on}, next by {view.audit_by}" if view.audited_on else "none yet"
    show_table(
        f"Open findings (audits: {audited})", ["mend by", "severity", "requirement", "finding"],
        [[_day(f.due_on, overdue=f.is_overdue), f.severity.value, f.requirement, str(f.finding_id)]
         for f in view.findings],
    )  # fmt: skip
    show_table(
        "Places", ["place", "hours", "devices", "accounts"],
        [[p.code, p.hours, p.devices if p.needs_device else "none needed", ", ".join(p.accounts)]
         for p in view.places],
    )  # fmt: skip


def _day(day: dt.date, *, overdue: bool) -> str:
    return f"{day} (overdue)" if overdue else str(day)
