# SPDX-License-Identifier: EUPL-1.2
"""The table of commands, and the command line that reads it: a package is imported when a command of it is called.

The table repeats what the packages' ``commands.py`` register, so that ``rollkeeper --help`` imports none of them. A test
compares the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


@dataclass(frozen=True)
class CommandEntry:
    """A command or group: its name, the line that `--help` shows, and the packages whose ``commands.py`` make it up."""

    name: str
    help_line: str
    packages: tuple[str, ...]


# In the order in which `rollkeeper --help` lists them.
COMMANDS = (
    CommandEntry("simulate", "Say what the law would do to each line, day by day, before anyone is touched.", ("law",)),
    CommandEntry("counter-codes", "Give codes by which a counter finds a line, as the voice or text menu of the care number asks: a line in, a line out.", ("lines",)),
    CommandEntry("import", "Take in lines, and what is declared about their subscribers, from the operator's own export.", ("campaign",)),
    CommandEntry("explain", "Say why a line stands where it stands: dates, counting and articles.", ("campaign",)),
    CommandEntry("enrol", "Register everybody in a file; a number that has no line yet gets one.", ("enrolment",)),
    CommandEntry("erase-due", "Erase every record that the law no longer allows to keep, with its keys, and certify it in the ledger.", ("retention",)),
    CommandEntry("portal worker", "Send one-time codes to lines and answer what subscribers ask at the portal, until Ctrl-C.", ("rights",)),
    CommandEntry("protect-record", "Seal the record of whoever holds a line, whose number is the first line of standard input.", ("rights",)),
    CommandEntry("honour-receipt", "Take up a dispute with a receipt that says that somebody was registered: no batch touches the line from then on.", ("rights",)),
    CommandEntry("keep-code", "Keep one code for a line whose codes others have used up; its number is the first line of standard input.", ("rights",)),
    CommandEntry("check-named", "Tell whether a document is that of somebody whom the subscriber of a line named; exit code 1 where it is not.", ("rights",)),
    CommandEntry("setup", "Make the instance, or bring it up to date.", ("site",)),
    CommandEntry("serve", "Serve the web apps until Ctrl-C, and run the background jobs.", ("site",)),
    CommandEntry("work", "Send notices, tell the network, publish the ledger and erase what is due, by itself, until Ctrl-C.", ("site",)),
    CommandEntry("demo", "Make a demo instance with invented people, a campaign half way, and a login for each role.", ("site",)),
    CommandEntry("doctor", "Say whether this installation is sound, and what to do where it is not.", ("site",)),
    CommandEntry("backup", "Back up the register and the keys, sealed and apart, and read each backup again before it counts.", ("site",)),
    CommandEntry("restore", "Restore the register and the newest keys into a new instance (ROLLKEEPER_HOME), with new passwords.", ("site",)),
    CommandEntry("restored", "Do what 'restore' does at its end, where you brought back servers of your own with their own tools.", ("site",)),
    CommandEntry("ledger", "Publish the ledger, check it, see who looked, give and check receipts.", ("ledger", "lines")),
    CommandEntry("staff", "Accounts of staff and their roles.", ("access",)),
    CommandEntry("documents", "Documents: check a number, a zone or a picture, redact a picture, draw specimens.", ("documents",)),
    CommandEntry("vault", "Renew the keys of the vault.", ("vault", "lines")),
    CommandEntry("notices", "Notify subscribers what they are owed, and count only proof.", ("notices",)),
    CommandEntry("network", "Tell the network what to do, and read back what it did.", ("network",)),
    CommandEntry("campaign", "All lines at once: plan, check, approve, run, undo.", ("campaign", "rights")),
    CommandEntry("holds", "Legal holds: what a case keeps from being erased, and until when.", ("retention",)),
    CommandEntry("disclosure", "A third party's disclosure request about one person: the one way out.", ("disclosures",)),
    CommandEntry("incident", "When something leaked: who was exposed, what the law wants by when, and doing it.", ("incidents",)),
    CommandEntry("agents", "Those who register people for the operator.", ("agents",)),
    CommandEntry("evidence", "Figures of a period for the authority; no person in them.", ("evidence",)),
    CommandEntry("cases", "What subscribers contest or ask to be put right.", ("rights",)),
    CommandEntry("samples", "Samples that an auditor draws by lot, by reference.", ("samples",)),
    CommandEntry("captures", "What counters recorded offline.", ("captures",)),
)  # fmt: skip


def app_of(packages: Sequence[str]) -> typer.Typer:
    """Import these packages' commands and return them as one application."""
    app = typer.Typer(rich_markup_mode=None)
    app.callback()(_nothing)
    for package in packages:
        import_module(f"rollkeeper.{package}.commands").register(app)
    return app


class CommandsOnDemand(TyperGroup):
    """Lists the commands from the table, and imports a command's packages when that command is wanted."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self._entries = {entry.name: entry for entry in COMMANDS}
        self.commands = {
            name: TyperGroup(name=name, help=entry.help_line) for name, entry in self._entries.items()
        }

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command itself, its packages imported with Django ready."""
        if cmd_name not in self._entries:
            return None
        self._prepare()
        whole = typer.main.get_group(app_of(self._entries[cmd_name].packages))
        return whole.commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the names and lines of the table."""
        TyperGroup(commands=dict(self.commands)).format_commands(ctx, formatter)

    def _prepare(self) -> None:
        import django

        django.setup()


class CommandsWithoutDjango(CommandsOnDemand):
    """The same for a process that only starts others: each of those sets up Django for itself."""

    def _prepare(self) -> None:
        pass


def _nothing() -> None:
    """Keep Typer from taking a lone command for the whole program."""
