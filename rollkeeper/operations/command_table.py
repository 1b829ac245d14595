# SPDX-License-Identifier: EUPL-1.2
"""The table of commands, and the command line that reads it: a package is imported when a command of it is called.

The table repeats what the packages' ``commands.py`` register, so that ``rollkeeper --help`` imports none of them. A test
compares the two.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
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
    CommandEntry("simulate", "Show what the law would do to each line, day by day, without effect on the register.", ("law",)),
    CommandEntry("law", "Rule packs: what they say, whether they hold, who confirmed them, which was in force.", ("law", "lawbook")),
    CommandEntry("counter-codes", "Issue codes by which a counter finds a line, for the voice or text menu of the care number: a line in, a line out.", ("lines",)),
    CommandEntry("import", "Import lines, and what is declared about their subscribers, from the operator's own export.", ("imports",)),
    CommandEntry("imports", "Files that were imported, and what came of each.", ("imports",)),
    CommandEntry("explain", "Explain why a line has its status: dates, counting and articles.", ("campaign",)),
    CommandEntry("register", "Register all people in a file; a number that has no line yet gets one.", ("registration",)),
    CommandEntry("setup", "Make the instance, or bring it up to date.", ("operations",)),
    CommandEntry("serve", "Serve the web apps until Ctrl-C, and run the background jobs.", ("operations",)),
    CommandEntry("worker", "Run the background jobs until Ctrl-C: send notices and network commands, publish the ledger, erase what is due.", ("operations",)),
    CommandEntry("demo", "Make a demo instance with invented people, a half-finished campaign, and a login for each role.", ("operations",)),
    CommandEntry("doctor", "Check this installation, and say how to fix problems.", ("operations",)),
    CommandEntry("health", "Ask each process of this instance whether it can do its work now.", ("operations",)),
    CommandEntry("backup", "Back up register and keys, encrypted and separately, and verify each backup by reading it again.", ("operations",)),
    CommandEntry("restore", "Restore the register and the newest keys into a new instance (ROLLKEEPER_HOME), with new passwords.", ("operations",)),
    CommandEntry("finish-restore", "Start the jobs of a restored instance; erase again in servers that you restored with your own tools.", ("operations",)),
    CommandEntry("campaign", "All lines at once: plan, prepare, approve, run, undo.", ("campaign", "selfcare")),
    CommandEntry("retention", "Erase what the law no longer allows to keep.", ("retention",)),
    CommandEntry("holds", "Legal holds: records that a case protects from erasure, and until when.", ("retention",)),
    CommandEntry("cases", "Cases: disputes, appeals and corrections.", ("selfcare",)),
    CommandEntry("subscribers", "Subscribers under protection.", ("selfcare",)),
    CommandEntry("disputes", "Disputes about a record.", ("selfcare",)),
    CommandEntry("codes", "Codes for lines.", ("selfcare",)),
    CommandEntry("delegates", "People whom subscribers named.", ("selfcare",)),
    CommandEntry("ledger", "Publish the ledger, check it, see who accessed what, give and check receipts.", ("ledger", "lines")),
    CommandEntry("staff", "Accounts of staff and their roles.", ("access",)),
    CommandEntry("settings", "Decisions of this instance that a named person answers for.", ("languages",)),
    CommandEntry("documents", "Documents: check a number, a zone or a picture, redact a picture, draw specimens.", ("documents",)),
    CommandEntry("vault", "Renew the keys of the vault.", ("vault", "lines", "operations")),
    CommandEntry("notices", "Notify subscribers, and count only proven delivery.", ("notices",)),
    CommandEntry("provisioning", "Send commands to the network, and read back its state.", ("provisioning",)),
    CommandEntry("disclosures", "Disclosure requests by authorities about one person.", ("disclosures",)),
    CommandEntry("incidents", "After a leak: who is affected, what the law requires by when, and doing it.", ("incidents",)),
    CommandEntry("agents", "Agents: third parties that register people for the operator.", ("agents",)),
    CommandEntry("reports", "Figures of a period for the authority, and audit samples; without personal data.", ("reporting",)),
    CommandEntry("offline", "Registrations that counters recorded offline.", ("offline",)),
)  # fmt: skip


COMMANDS_WITH_KEYS = (
    ("setup",), ("doctor",), ("backup",), ("restore",), ("finish-restore",), ("demo",), ("serve",), ("worker",), ("import",),
    ("register",), ("retention",), ("incidents",), ("vault", "rotate"), ("vault", "serve"), ("disclosures", "run"),
    ("offline",),
)  # fmt: skip
"""Commands that hold the keys in a production instance: they seal in bulk, destroy, rotate, back up. All others ask the service."""


_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


def app_of(packages: Sequence[str]) -> typer.Typer:
    """Import these packages' commands and return them as one application."""
    app = typer.Typer(rich_markup_mode=None)
    app.callback()(_nothing)
    for package in packages:
        import_module(f"rollkeeper.{package}.commands").register(app)
    import_module("rollkeeper.operations.json_answers").answer_in_json(app)
    return app


@cache
def _group_of(packages: tuple[str, ...]) -> TyperGroup:
    """Read these packages' commands, once a process: reading all signatures of a package takes longer than many commands."""
    return typer.main.get_group(app_of(packages))


class CommandsOnDemand(TyperGroup):
    """Lists the commands from the table, and imports a command's packages when that command is wanted."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self._entries = {entry.name: entry for entry in COMMANDS}
        self.commands = {
            name: TyperGroup(name=name, help=entry.help_line) for name, entry in self._entries.items()
        }

    def make_context(self, *args: Any, **how: Any) -> Any:
        """Read the program's own words. Raises: WrongCall."""
        with _refusing_wrong_calls():
            return super().make_context(*args, **how)

    def invoke(self, ctx: Any) -> Any:
        """Read the words of a command, and run it. Raises: WrongCall."""
        with _refusing_wrong_calls():
            return super().invoke(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command itself, after Django is set up and the command's packages are imported."""
        if cmd_name not in self._entries:
            return None
        self._prepare()
        packages = self._entries[cmd_name].packages
        if asks_for_help(sys.argv[1:]) and _speaks_otherwise():
            from rollkeeper.operations.help_texts import translate_help

            command = typer.main.get_group(app_of(packages)).commands[cmd_name]
            translate_help(command, ctx)
            return command
        return _group_of(packages).commands[cmd_name]

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Offer names and lines of the table: a person who presses Tab waits for no import."""
        from typer._click.core import Command
        from typer._click.shell_completion import CompletionItem

        names = [entry for name, entry in sorted(self._entries.items()) if name.startswith(incomplete)]
        offered = [CompletionItem(entry.name, help=entry.help_line) for entry in names]
        return offered + Command.shell_complete(self, ctx, incomplete)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, in the terminal's language if that is not English."""
        if names_a_translation():
            from rollkeeper.kernel.errors import RollkeeperError
            from rollkeeper.operations.help_texts import translate_help

            with suppress(RollkeeperError):  # help is there without an instance too
                self._prepare()
            if _speaks_otherwise():
                translate_help(self, ctx)
        super().format_help(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the names and lines of the table."""
        TyperGroup(commands=dict(self.commands)).format_commands(ctx, formatter)

    def _prepare(self) -> None:
        import django
        from django.apps import apps

        _read_settings()
        if not apps.ready:
            _leave_keys_alone(sys.argv[1:])
        django.setup()
        if _names_a_locale():
            from rollkeeper.kernel.terminal_language import speak_as_the_terminal

            speak_as_the_terminal(sys.argv[1:])


class CommandsWithoutDjango(CommandsOnDemand):
    """The same for a process that only starts other processes, each of which sets up Django itself."""

    def _prepare(self) -> None:
        _read_settings()


@contextmanager
def _refusing_wrong_calls() -> Iterator[None]:
    try:
        yield
    except Exception as fault:
        from typer._click.exceptions import NoArgsIsHelpError, UsageError

        if not isinstance(fault, UsageError) or isinstance(fault, NoArgsIsHelpError):
            raise
        from rollkeeper.operations.wrong_calls import WrongCall

        raise WrongCall(fault, speak_at_the_end) from None


def _names_a_locale() -> bool:
    return any(os.environ.get(name) for name in _LOCALE)


def speak_at_the_end(words: Sequence[str]) -> bool:
    """Choose the terminal's language for the last message; return whether English is needed too.

    A command that makes content, or only starts other processes, did not choose it before. English is needed too if neither settings
    nor register can tell whether this instance speaks the language.
    """
    if names_a_translation():
        with suppress(Exception):  # then the message is in English
            import django

            from rollkeeper.kernel.errors import RollkeeperError

            try:
                django.setup()
            except RollkeeperError:  # the settings have a fault: the catalogues can be read all the same
                _read_catalogues_alone()
            from rollkeeper.kernel.terminal_language import speak_as_the_terminal

            return speak_as_the_terminal(words, is_over=True)
    return False


def _read_catalogues_alone() -> None:
    import django
    from django.conf import settings

    place = Path(__file__).parents[1] / "site"
    settings.configure(
        LOCALE_PATHS=[place / "locale"], FORMAT_MODULE_PATH="rollkeeper.site.formats", USE_TZ=True
    )
    django.setup()


def names_a_translation() -> bool:
    """Tell, without loading anything, whether the terminal may have another language than English."""
    return next((given for name in _LOCALE if (given := os.environ.get(name))), "").startswith(("zh", "bo"))


def _speaks_otherwise() -> bool:
    """Tell whether the command answers in another language than English."""
    if not names_a_translation():
        return False
    from django.utils.translation import get_language

    return get_language() not in {None, "en"}


def asks_for_help(words: Sequence[str]) -> bool:
    """Tell whether a command's help is shown: asked for, or because no command of a group was named."""
    return not {"--help", "-h"}.isdisjoint(words) or len(words) == 1


def _read_settings() -> None:
    from rollkeeper.kernel.instance import INSTANCE_OPENER
    from rollkeeper.operations.settings import check_settings

    INSTANCE_OPENER.register_by_name("rollkeeper.operations.bootstrap:open_instance")
    check_settings()


def _leave_keys_alone(words: Sequence[str]) -> None:
    """Leave this process without keys in a production instance, unless its command needs them."""
    from rollkeeper.kernel.instance import InstanceKind, instance

    has_keys = any(tuple(words[: len(prefix)]) == prefix for prefix in COMMANDS_WITH_KEYS)
    if not has_keys and instance().kind is InstanceKind.PRODUCTION:
        os.environ.setdefault("ROLLKEEPER_OPENS", "no")


def _nothing() -> None:
    """Keep Typer from treating a single command as the whole program."""
