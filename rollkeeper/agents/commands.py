# SPDX-License-Identifier: EUPL-1.2
"""The commands under `agents`: approve, supervise and suspend agents, who register people for the operator."""

import dataclasses
import datetime as dt
import hashlib
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.agents.checklist import article_on_agents, checklist
from rollkeeper.agents.choices import Severity, SuspensionCause
from rollkeeper.agents.outlets import (
    assign_staff,
    change_hours,
    open_outlet,
    register_device,
    remove_devices,
    unassign_staff,
)
from rollkeeper.agents.outlets import close_outlet as close
from rollkeeper.agents.queries import AgentView, agent_called, agent_list, open_cases
from rollkeeper.agents.reverification import update_reverifications
from rollkeeper.agents.review_cases import open_abandoned_cases
from rollkeeper.agents.services import (
    AuditFinding,
    add_agent,
    approve_agent,
    attest_requirement,
    audit_agent,
    remediate_finding,
)
from rollkeeper.agents.settings import settings
from rollkeeper.agents.suspension import reinstate_agent, suspend_agent, terminate_agent
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import (
    DateOption,
    JsonOption,
    LookBackOption,
    counted,
    emit,
    out,
    read_date,
    show_table,
)
from rollkeeper.kernel.instance import open_instance

AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help="The agent's code, such as agent-017.")]
OutletArgument = Annotated[str, typer.Argument(metavar="OUTLET", help="The outlet's code, such as lhasa-03.")]
UserName = Annotated[str, typer.Argument(metavar="USERNAME", help="A user name of the staff.")]
HoursOption = Annotated[
    str, typer.Option("--hours", help="As in 'mon-fri 09:00-18:00; sat 09:00-13:00', or always.")
]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Agents: third parties that register people for the operator.",
    )
    group.command("requirements")(requirements)
    group.command("add")(add)
    group.command("evidence")(evidence)
    group.command("approve")(approve)
    group.command("audit")(audit)
    group.command("remediate")(remediate)
    group.command("suspend")(suspend)
    group.command("reinstate")(reinstate)
    group.command("terminate")(terminate)
    group.command("add-outlet")(add_outlet)
    group.command("hours")(hours)
    group.command("close-outlet")(close_outlet)
    group.command("assign")(assign)
    group.command("unassign")(unassign)
    group.command("add-device")(add_device)
    group.command("remove-device")(remove_device)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("cases")(cases)
    group.command("run")(run)
    app.add_typer(group, name="agents")


def requirements(as_json: JsonOption = False) -> None:
    """List the evidence that an agent must give before it may register people.

    Example: rollkeeper agents requirements
    """
    open_instance()
    found = checklist().values()
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
        return
    show_table(
        f"Requirements (article {article_on_agents()})", ["requirement", "counts for", "what"],
        [[one.requirement, counted(one.renew_days, "day", "days"), one.said("en")] for one in found],
    )  # fmt: skip


def add(
    agent: AgentArgument,
    *,
    limit: Annotated[int | None, typer.Option("--daily-limit", min=1, help="Registrations a day.")] = None,
    on: DateOption = None,
) -> None:
    """Add an agent as a candidate, which may not register people yet. Use a reference, not a name.

    Example: rollkeeper agents add agent-017 --daily-limit 40
    """
    open_instance()
    add_agent(console_authority(), agent, daily_limit=limit, on=on or clock.today())
    out.print(f"{agent} is added; enter its evidence, then approve it.", markup=False)


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
        raise typer.BadParameter(f"file '{file}' is empty.", param_hint="'FILE'")
    open_instance()
    with file.open("rb") as shown:
        digest = hashlib.file_digest(shown, "sha256").hexdigest()
    last = attest_requirement(
        console_authority(), agent, requirement, evidence=digest, on=on or clock.today()
    )
    out.print(f"{requirement} is shown for {agent}; it counts through {last}.", markup=False)


def approve(agent: AgentArgument, on: DateOption = None) -> None:
    """Approve an agent that meets every requirement; it may then register people.

    Example: rollkeeper agents approve agent-017
    """
    open_instance()
    approve_agent(console_authority(), agent, on=on or clock.today())
    out.print(f"{agent} is approved.", markup=False)


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
    """Record an audit and its findings; an agent with an overdue major finding cannot register people.

    Example: rollkeeper agents audit agent-017 --finding trained:minor:2012-04-01
    """
    read = [_finding(text) for text in finding or []]
    open_instance()
    audit_agent(console_authority(), agent, read, on=on or clock.today())
    out.print(
        f"The audit of {agent} is noted, with {counted(len(read), 'finding', 'findings')}.", markup=False
    )


def remediate(
    finding: Annotated[UUID, typer.Argument(metavar="FINDING", show_default=False)], on: DateOption = None
) -> None:
    """Record that a finding is remediated; 'rollkeeper agents show' gives its reference.

    Example: rollkeeper agents remediate 0198c0de-0000-7000-8000-000000000001
    """
    open_instance()
    remediate_finding(console_authority(), finding, on=on or clock.today())
    out.print("It is remediated.")


def suspend(
    agent: AgentArgument,
    because: Annotated[SuspensionCause, typer.Option("--because", help="Why.", show_default=False)],
    on: DateOption = None,
) -> None:
    """Suspend an agent and its accounts at once. For fraud, the subscriber of each of its lines is asked to confirm; no line is
    suspended.

    Example: rollkeeper agents suspend agent-017 --because fraud
    """
    open_instance()
    done = suspend_agent(console_authority(), agent, because, on=on or clock.today())
    out.print(
        f"{agent} is suspended, and {counted(done.accounts, 'account is', 'accounts are')} closed.",
        markup=False,
    )
    if because is SuspensionCause.FRAUD:
        out.print(
            f"{counted(done.lines, 'line is', 'lines are')} asked to be confirmed; 'rollkeeper notices send' tells their subscribers. All of them"
            " go on working."
        )


def reinstate(agent: AgentArgument, on: DateOption = None) -> None:
    """Reinstate a suspended agent that meets every requirement, with its accounts.

    Example: rollkeeper agents reinstate agent-017
    """
    open_instance()
    opened = reinstate_agent(console_authority(), agent, on=on or clock.today())
    out.print(f"{agent} may go on; {counted(opened, 'account is', 'accounts are')} open again.", markup=False)


def terminate(agent: AgentArgument, on: DateOption = None) -> None:
    """Terminate an agent permanently. Its registrations remain valid.

    Example: rollkeeper agents terminate agent-017
    """
    open_instance()
    closed = terminate_agent(console_authority(), agent, on=on or clock.today())
    out.print(
        f"{agent} is terminated, and {counted(closed, 'account is', 'accounts are')} closed.", markup=False
    )


def add_outlet(
    agent: AgentArgument,
    outlet: OutletArgument,
    *,
    hours: HoursOption,
    device: Annotated[
        bool, typer.Option("--device/--no-device", help="Whether the account must use a registered device.")
    ] = True,
    on: DateOption = None,
) -> None:
    """Open an outlet of an agent, with its hours in the zone of the law.

    Example: rollkeeper agents add-outlet agent-017 lhasa-03 --hours 'mon-sat 09:30-18:30'
    """
    open_instance()
    open_outlet(console_authority(), agent, outlet, hours=hours, needs_device=device, on=on or clock.today())
    out.print(f"{outlet} of {agent} is open.", markup=False)


def hours(agent: AgentArgument, outlet: OutletArgument, *, hours: HoursOption, on: DateOption = None) -> None:
    """Give an outlet other hours, from now.

    Example: rollkeeper agents hours agent-017 lhasa-03 --hours 'mon-fri 09:30-18:30'
    """
    open_instance()
    change_hours(console_authority(), agent, outlet, hours=hours, on=on or clock.today())
    out.print(f"{outlet} of {agent} has other hours.", markup=False)


def close_outlet(agent: AgentArgument, outlet: OutletArgument, on: DateOption = None) -> None:
    """Close an outlet permanently: no one can be registered there from now.

    Example: rollkeeper agents close-outlet agent-017 lhasa-03
    """
    open_instance()
    close(console_authority(), agent, outlet, on=on or clock.today())
    out.print(f"{outlet} of {agent} is closed.", markup=False)


def assign(username: UserName, agent: AgentArgument, outlet: OutletArgument, on: DateOption = None) -> None:
    """Assign an account to an outlet: it can register people only there.

    Example: rollkeeper agents assign clerk-07 agent-017 lhasa-03
    """
    open_instance()
    assign_staff(console_authority(), username, agent=agent, outlet=outlet, on=on or clock.today())
    out.print(f"{username} works at {outlet} of {agent}.", markup=False)


def unassign(username: UserName, on: DateOption = None) -> None:
    """Remove an account from its outlet; until it is assigned again it cannot register people.

    Example: rollkeeper agents unassign clerk-07
    """
    open_instance()
    unassign_staff(console_authority(), username, on=on or clock.today())
    out.print(f"{username} is no longer assigned to an outlet.", markup=False)


def add_device(username: UserName, on: DateOption = None) -> None:
    """Register the newest passkey of an account as a device of its outlet; add the passkey on that device first.

    Example: rollkeeper agents add-device clerk-07
    """
    open_instance()
    registered = register_device(console_authority(), username, on=on or clock.today())
    out.print(f"The device is registered, as {registered}.", markup=False)


def remove_device(username: UserName, on: DateOption = None) -> None:
    """Remove every registered device of an account at once, for example after a loss.

    Example: rollkeeper agents remove-device clerk-07
    """
    open_instance()
    ended = remove_devices(console_authority(), username, on=on or clock.today())
    out.print(f"{counted(ended, 'device is', 'devices are')} ended.")


def list_(as_json: JsonOption = False) -> None:
    """List the agents by code, with status and due days. No figures, no ranking.

    Example: rollkeeper agents list
    """
    open_instance()
    found = agent_list()
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
        return
    show_table(
        "Agents", ["agent", "state", "next due", "open cases"],
        [[one.code, one.state.value, one.next_due or "", one.open_cases] for one in found],
    )  # fmt: skip


def show(agent: AgentArgument, as_json: JsonOption = False, on: LookBackOption = None) -> None:
    """Show one agent: its checklist, audits, outlets, open cases and own figures.

    Example: rollkeeper agents show agent-017
    """
    open_instance()
    view = agent_called(agent, on=on or clock.today(), window_days=settings().window_days)
    emit(dataclasses.asdict(view)) if as_json else _show(view)


def cases(as_json: JsonOption = False) -> None:
    """List unusual activity that waits for a supervisor. The registrations concerned remain valid, with their dates.

    A named person settles them in the back office.

    Example: rollkeeper agents cases
    """
    open_instance()
    found = open_cases()
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
        return
    show_table(
        "Open cases", ["since", "agent", "outlet", "pattern", "case", "line"],
        [[c.opened_on, c.agent, c.outlet, c.pattern.value, str(c.case_id), str(c.line_id or "")] for c in found],
    )  # fmt: skip


def run(as_json: JsonOption = False, on: DateOption = None) -> None:
    """Check which records were confirmed, and find accounts with many document images but few registrations. Run it daily.

    No line is suspended: after the last day, a supervisor gets a case.

    Example: rollkeeper agents run
    """
    open_instance()
    done = update_reverifications(console_authority(), on=on or clock.today())
    done["abandoned"] = open_abandoned_cases(console_authority(), on=on or clock.today())
    if as_json:
        emit(done)
        return
    out.print(
        f"{counted(done['notified'], 'was', 'were')} notified, {done['confirmed']:,} confirmed, {counted(done['over'], 'line', 'lines')} ended otherwise, {counted(done['cleared'], 'was', 'were')} settled by a supervisor;"
        f" {counted(done['not_confirmed'], 'was', 'were')} not confirmed in time; these are for a supervisor, as are"
        f" {counted(done['abandoned'], 'account', 'accounts')} with many document images and few registrations."
    )


def _finding(text: str) -> AuditFinding:
    try:
        requirement, severity, day = text.split(":")
        return AuditFinding(requirement, Severity(severity), read_date(day))
    except ValueError:
        raise typer.BadParameter(
            f"'{text}' is not a finding: write it as trained:minor:2012-04-01, or with {Severity.MAJOR}.",
            param_hint="'--finding'",
        ) from None


def _show(view: AgentView) -> None:
    since = f" since {view.suspended_on}, because of {view.suspended_because}" if view.suspended_on else ""
    out.print(f"{view.code} is {view.state.value}{since}.", markup=False)
    figures = view.figures
    out.print(
        f"Registered today: {figures.today:,} of {figures.limit:,}; in {settings().window_days} days:"
        f" {figures.in_window:,}, of which {counted(figures.flagged_in_window, 'was', 'were')} flagged for review. To be confirmed: {view.reverifications:,}."
    )
    show_table(
        "Checklist", ["requirement", "counts through", "met"],
        [[r.requirement, r.renew_by or "never shown", "yes" if r.is_met else "no"] for r in view.requirements],
    )  # fmt: skip
    audited = f"last {view.audited_on}, next by {view.audit_by}" if view.audited_on else "none yet"
    show_table(
        f"Open findings (audits: {audited})", ["remediate by", "severity", "requirement", "finding"],
        [[_day(f.due_on, overdue=f.is_overdue), f.severity.value, f.requirement, str(f.finding_id)]
         for f in view.findings],
    )  # fmt: skip
    show_table(
        "Outlets", ["outlet", "hours", "devices", "accounts"],
        [[p.code, p.hours, p.devices if p.needs_device else "none needed", ", ".join(p.accounts)]
         for p in view.outlets],
    )  # fmt: skip


def _day(day: dt.date, *, overdue: bool) -> str:
    return f"{day} (overdue)" if overdue else str(day)
