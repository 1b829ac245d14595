# SPDX-License-Identifier: EUPL-1.2
"""Commands about the installation itself: setup, serve, demo, doctor, backup, restore."""

import dataclasses
import datetime as dt
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from rollkeeper.kernel import clock
from rollkeeper.kernel.console import (
    JsonOption,
    LookBackOption,
    counted,
    emit,
    err,
    group_called,
    out,
    progress,
    read_date,
    read_instant,
    show_table,
)
from rollkeeper.kernel.instance import InstanceKind, instance, open_instance
from rollkeeper.kernel.settings import data_dir
from rollkeeper.operations.errors import DATA_DIR_IN_USE
from rollkeeper.operations.settings import may_run_jobs
from rollkeeper.site.web_apps import APPS, AppName, app_named

_SMALL_SERVERS = """
# A demo is small: less memory, and none of the processes that only a large register needs.
shared_buffers = '8MB'
wal_buffers = '1MB'
io_method = sync
max_logical_replication_workers = 0
"""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(setup)
    app.command()(serve)
    app.command()(worker)
    demo_group = typer.Typer(invoke_without_command=True)
    demo_group.callback()(demo)
    demo_group.command("clock")(demo_clock)
    app.add_typer(demo_group, name="demo")
    app.command()(doctor)
    app.command()(health)
    app.command()(backup)
    app.command()(restore)
    app.command("finish-restore")(finish_restore)
    if vault := group_called(app, "vault"):
        vault.command("serve")(serve_vault)


def setup(
    *,
    production: Annotated[
        bool, typer.Option("--production", help="A production instance: no demo dates.")
    ] = False,
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers",
            exists=True,
            dir_okay=False,
            metavar="FILE.toml",
            help="Settings of a production instance, so that nothing is asked.",
        ),
    ] = None,
    new_passwords: Annotated[
        bool, typer.Option("--new-passwords", help="First renew all passwords of the two servers.")
    ] = False,
) -> None:
    """Make the instance, or bring it up to date.

    A production instance must know its operator: operator_name, country_code, pack, zone, languages and care_number, from its
    settings, from a file, or at the terminal, where it asks. None of them has a default there.

    Example: ROLLKEEPER_HOME=/srv/rollkeeper rollkeeper setup --production
    """
    from rollkeeper.operations import bootstrap, setup_answers
    from rollkeeper.vault.epochs import require_root

    if answers and not production:
        raise typer.BadParameter("--answers is for a production instance: add --production.")
    if production and setup_answers.answer(answers):
        # Where the databases are was read when this process began, before the answers.
        _run_again("setup", "--production")
    if new_passwords:
        bootstrap.renew_passwords()
    bootstrap.set_up_instance(InstanceKind.PRODUCTION if production else instance().kind)
    require_root()
    out.print(f"The instance {data_dir()} is ready.")


def serve(
    *,
    host: Annotated[
        str, typer.Option("--host", help="The address of this machine to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="The back office's port; each further app takes the next.")
    ] = 8000,
    app: Annotated[
        list[AppName] | None, typer.Option("--app", help="Only this app; repeat for more.")
    ] = None,
    no_worker: Annotated[
        bool,
        typer.Option("--no-worker", help="Do not run the background jobs: 'rollkeeper worker' runs them."),
    ] = False,
    handed_over: Annotated[
        bool,
        typer.Option(
            "--handed-over",
            help="Serve one app, and nothing else, from what 'rollkeeper worker --hand-over' wrote. For a container.",
        ),
    ] = False,
) -> None:
    """Serve the web apps until Ctrl-C, and run the background jobs.

    Example: rollkeeper serve --port 8000
    """
    from rollkeeper.operations.process_supervisor import serve as serve_apps
    from rollkeeper.operations.process_supervisor import serve_handed_over

    chosen = tuple(app_named(one.value) for one in app or ()) or APPS
    if handed_over:
        if len(chosen) != 1:
            raise typer.BadParameter("name one app with --app", param_hint="--handed-over")
        serve_handed_over(chosen[0], host=host, port=port)
    serve_apps(host=host, port=port, apps=chosen, with_workers=not no_worker)


def worker(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Run every job once and exit, for a timer or a check.")
    ] = False,
    hand_over: Annotated[
        Path | None,
        typer.Option(
            "--hand-over",
            help="Write into a folder here, for each app, what it needs to run in a container, and keep it up to date.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the background jobs until Ctrl-C: send notices and network commands, publish the ledger, erase what is due.

    'rollkeeper serve' runs them too, unless told not to. Each job runs in one process at a time, and 'rollkeeper doctor' says
    when each last ran. With --once the exit code is 1 if one failed.

    Example: rollkeeper worker --once
    """
    if once and hand_over:
        raise typer.BadParameter(
            "what is handed over is kept up to date: leave --once out", param_hint="--hand-over"
        )
    open_instance()
    if not may_run_jobs():
        err.print("This instance runs no jobs: 'rollkeeper doctor' says why.")
    if not once:
        from rollkeeper.operations.process_supervisor import worker as run_workers

        run_workers(hand_over=hand_over)
        return
    from rollkeeper.operations.scheduler import all_jobs, run_each_once

    done = run_each_once(all_jobs())
    if as_json:
        emit([{"job": name, **dataclasses.asdict(run)} for name, run in done.items()])
    else:
        show_table(
            "Background jobs",
            ("what", "did", "fault"),
            [(name, f"{run.did:,}", run.fault or "") for name, run in done.items()],
        )
    if any(run.fault for run in done.values()):
        raise typer.Exit(1)


def serve_vault() -> None:
    """Run the vault service until Ctrl-C: it opens sealed values for pages, commands and workers, and records each.

    'rollkeeper serve' and 'rollkeeper worker' start it too, where none runs yet. Where root runs it, it has its own user
    (rollkeeper-vault), to which the root of trust then belongs.

    Example: rollkeeper vault serve
    """
    open_instance()
    from rollkeeper.operations.process_supervisor import vault

    vault()


def demo(
    context: typer.Context,
    *,
    lines: Annotated[int, typer.Option(min=100, max=10_000, help="How many lines to invent.")] = 10_000,
    serve_it: Annotated[bool, typer.Option("--serve", help="Serve the web apps when it is made.")] = False,
    port: Annotated[
        int, typer.Option("--port", help="The back office's port; each further app takes the next.")
    ] = 8000,
) -> None:
    """Make a demo instance with invented people, a half-finished campaign, and a login for each role.

    An existing demo instance is not changed.

    Example: ROLLKEEPER_HOME=/tmp/trial rollkeeper demo --serve
    """
    if context.invoked_subcommand:
        return
    from rollkeeper.operations.demo_logins import demo_exists, logins, subscriber

    if not demo_exists():
        _make_demo(lines)
        if serve_it:
            _start_again(port)
    show_table(
        "Logins of this demo instance",
        ("user name", "password", "role"),
        # A later start loads no Django, which would translate the roles' titles.
        [(x["user"], x["password"], x["role"].replace("_", " ")) for x in logins()],
    )
    person = subscriber()
    show_table(
        "A subscriber of this demo instance",
        ("number", "document", "its number", "name"),
        [(person["number"], person["document_type"], person["document_number"], person["name"])],
    )
    out.print(
        f"No one is registered for {person.get('unregistered') or 'no line'}: its user may register it in the same portal.",
        markup=False,
    )
    out.print(
        f"The code for the subscriber portal comes into {data_dir() / 'outbox' / 'messages.jsonl'}.",
        markup=False,
    )
    if serve_it:
        from rollkeeper.operations.process_supervisor import serve as serve_apps

        serve_apps(host="127.0.0.1", port=port, is_compact=True)


def demo_clock(
    day: Annotated[
        dt.date | None, typer.Argument(parser=read_date, metavar="[DAY]", help="The new day; a later one.")
    ] = None,
) -> None:
    """Show the date of this demo instance, or move it to a later day. Every command and page uses it.

    Example: rollkeeper demo clock 2012-01-02
    """
    from rollkeeper.operations import demo_clock as clock_of_demo

    open_instance()
    if day is not None:
        clock_of_demo.move_on(day)
    out.print(f"It is {clock.today()} in this instance.")


def _start_again(port: int) -> None:
    """Replace this process by one that only serves, because the code that made the demo needs 110 MB more."""
    from django.db import connections

    from rollkeeper.platform import embedded_postgres

    connections.close_all()
    embedded_postgres.stop_if_unused()  # the servers too have filled their memory while the demo was made
    _run_again("demo", "--serve", "--port", str(port))


def _run_again(*words: str) -> None:
    """Replace this process by a new one with these words."""
    os.execv(sys.executable, [sys.executable, "-P", "-m", "rollkeeper.operations.cli", *words])  # noqa: S606 - this program again


def _make_demo(lines: int) -> None:
    from rollkeeper.operations import demo as scenario
    from rollkeeper.operations.demo_logins import demo_was_interrupted

    if not demo_was_interrupted() and data_dir().is_dir() and any(data_dir().iterdir()):
        # A demo that breaks off is cleared away, whole folder and all: nothing else may lie in it.
        raise DATA_DIR_IN_USE(data_dir=data_dir())
    os.environ.setdefault("ROLLKEEPER_SERVER_CONFIGURATION", _SMALL_SERVERS)
    with progress("Inventing people and running a campaign", total=scenario.day_count()) as bar:
        scenario.make_demo(lines=lines, on_day_passed=scenario.telling_by(bar))


def doctor(*, as_json: JsonOption = False) -> None:
    """Check this installation, and say how to fix problems.

    In groups: before going live, now, soon. It makes and changes nothing. Exit codes: 0 nothing must be fixed, 1 something must, 2 it could not be checked, because there is
    no instance or a database does not answer.

    Example: rollkeeper doctor --json
    """
    from rollkeeper.operations.doctor import examine
    from rollkeeper.operations.findings import Health, Urgency
    from rollkeeper.operations.server_checks import examine_servers

    unanswering = examine_servers()
    if not unanswering:
        open_instance()
    found = unanswering or examine()
    if as_json:
        emit([
            {"check": f.check, "urgency": f.urgency, "health": f.health, "sentence": f.sentence, "remedy": f.remedy} for f in found
        ])  # fmt: skip
    else:
        marks = {Health.OK: "ok", Health.WARNING: "warning", Health.ERROR: "ERROR"}
        for urgency in Urgency:
            if here := [f for f in found if f.urgency is urgency]:
                show_table(
                    urgency.value.capitalize(), ("", "what", "found"),
                    [(marks[f.health], f.check, f"{f.sentence} {f.remedy}".strip()) for f in here],
                )  # fmt: skip
    if unanswering:
        raise typer.Exit(2)
    if any(f.health is Health.ERROR for f in found):
        raise typer.Exit(1)


def health(
    *,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Ask only the app that listens on this port of this machine."),
    ] = None,
    process: Annotated[
        str | None, typer.Option(metavar="NAME", help="Ask only the processes of this name, such as vault.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask each process of this instance whether it can do its work now. The apps answer on their ports: /healthz and /readyz.

    It opens nothing and starts nothing. The exit code is 1 if a process is not ready or does not answer, or if none runs.

    Example: rollkeeper health --json
    """
    from rollkeeper.operations.process_health import examine

    found = examine(port=port, process=process)
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
    else:
        show_table(
            "The processes of this instance", ("process", "alive", "ready", "missing"),
            [(one.process, _yes(one.alive), _yes(one.ready), one.missing) for one in found],
        )  # fmt: skip
    if not found or not all(one.ready for one in found):
        raise typer.Exit(1)


def _yes(answer: bool) -> str:
    return "yes" if answer else "NO"


def backup(
    folder: Annotated[
        Path, typer.Argument(help="The directory for backups; made if missing.", metavar="DIR")
    ],
    *,
    register_only: Annotated[bool, typer.Option("--register", help="Only the register.")] = False,
    keys_only: Annotated[
        bool, typer.Option("--keys", help="Only the keys; the older backup of them is removed.")
    ] = False,
    as_json: JsonOption = False,
    on: LookBackOption = None,
) -> None:
    """Back up register and keys, encrypted and separately, and verify each backup by reading it again.

    All backups of the register are kept, under DIR/register. Only one backup of the keys is kept, DIR/keys/keys.sealed, so that
    erased records cannot come back. Neither contains the root of trust: keep it separately, or no backup can be restored.

    Example: rollkeeper backup /mnt/backup
    """
    from rollkeeper.access.authority import console_authority
    from rollkeeper.operations.backup import Part, back_up, estimated_bytes

    open_instance()
    parts = [Part.REGISTER] * register_only + [Part.KEYS] * keys_only or list(Part)
    with progress("Backing up (bytes)", total=estimated_bytes(parts)) as bar:
        made = back_up(
            console_authority(), folder, parts=parts, on=on or clock.today(), on_progress=bar.advance
        )
    if as_json:
        emit(
            [{"store": b.part, "file": str(b.file), "bytes": b.byte_count, "sha256": b.digest} for b in made]
        )
        return
    for one in made:
        out.print(f"{one.file}: {one.byte_count:,} bytes, read again and intact.", markup=False)


def restore(
    folder: Annotated[Path, typer.Argument(help="The folder that 'rollkeeper backup' wrote.", metavar="DIR")],
    *,
    secrets: Annotated[
        Path,
        typer.Option(
            "--secrets", help="The directory with the separately kept files: root.key and the others."
        ),
    ],
    register_name: Annotated[
        str | None, typer.Option("--register", help="A named backup of the register; the newest without it.")
    ] = None,
    root_url: Annotated[
        str | None, typer.Option("--root-url", help="The key service, if it is the root of trust.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Restore the register and the newest keys into a new instance (ROLLKEEPER_HOME), with new passwords.

    Records erased since the register was backed up stay erased.

    Example: ROLLKEEPER_HOME=/srv/restored rollkeeper restore /mnt/backup --secrets /media/kept
    """
    from rollkeeper.access.authority import console_authority
    from rollkeeper.operations.restore import backup_bytes, moment_text
    from rollkeeper.operations.restore import restore as bring_back

    with progress("Restoring (bytes)", total=backup_bytes(folder, register_name=register_name)) as bar:
        back = bring_back(
            console_authority(), folder, secrets=secrets, register_name=register_name, root_url=root_url, on_progress=bar.advance,
        )  # fmt: skip
    if as_json:
        emit(dataclasses.asdict(back))
        return
    out.print(
        f"The instance {data_dir()} is restored: the register of {moment_text(back.register_made_at)}, the keys of {moment_text(back.keys_made_at)}."
    )
    out.print(
        f"{counted(back.opening, 'sealed record opens', 'sealed records open')}; {back.erased_again:,} erased since then were erased again."
    )
    out.print(
        "It does nothing by itself and publishes into its own folder. If it replaces the other instance, write 'folder' under"
        " [ledger] into settings.toml, and run 'rollkeeper finish-restore'."
    )
    if back.without_key:
        out.print(
            f"{counted(back.without_key, 'record was', 'records were')} sealed after the keys were backed up, and lost: register again."
        )


def finish_restore(
    *,
    register_of: Annotated[
        dt.datetime | None,
        typer.Option(
            "--register-of",
            parser=read_instant,
            metavar="INSTANT",
            help="Servers of your own: the time of the register.",
        ),
    ] = None,
    keys_of: Annotated[
        dt.datetime | None,
        typer.Option(
            "--keys-of",
            parser=read_instant,
            metavar="INSTANT",
            help="Servers of your own: the time of the keys.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Start the jobs of a restored instance; erase again in servers that you restored with your own tools.

    A restored instance does nothing by itself until then: run it once the other instance is certainly gone. With servers of your
    own, give both times: people who were erased since are erased again, and orders to the network continue after all that
    elements may know. A time without an offset is in the instance's zone. docs/runbook/own-servers.md says what comes before.

    Example: rollkeeper finish-restore
    """
    from rollkeeper.access.authority import console_authority
    from rollkeeper.operations.restore import finish_restore as finish
    from rollkeeper.operations.restore import start_jobs

    open_instance()
    if register_of is None and keys_of is None:
        start_jobs(console_authority())
        out.print("The restore is finished: this instance runs its jobs.")
        return
    if register_of is None or keys_of is None:
        raise typer.BadParameter("--register-of and --keys-of belong together.")
    back = finish(console_authority(), register_of=register_of, keys_of=keys_of, on=clock.today())
    if as_json:
        emit(dataclasses.asdict(back))
        return
    out.print(
        f"{counted(back.opening, 'sealed record opens', 'sealed records open')}; {back.erased_again:,} erased since then were erased again; {back.without_key:,} came"
        " after the keys and are lost."
    )
