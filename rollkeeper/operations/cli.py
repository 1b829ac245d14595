# SPDX-License-Identifier: EUPL-1.2
"""The command line: each package brings its own commands, this file puts them under one name.

No large module is imported before `main` runs, so that Ctrl-C during the start is also answered with a sentence.
"""

import gc
import io
import os
import signal
import sys
import threading
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

from rollkeeper import __version__

if TYPE_CHECKING:
    import typer

BY_CTRL_C = 130


def make_app(*, with_django: bool = True) -> "typer.Typer":
    """Make the command line. A package's commands are imported when one of them is called, after Django is set up."""
    import typer

    from rollkeeper.operations.command_table import CommandsOnDemand, CommandsWithoutDjango

    app = typer.Typer(
        name="rollkeeper",
        cls=CommandsOnDemand if with_django else CommandsWithoutDjango,
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["--help", "-h"]},
        help="A subscriber register that leaks nothing, suspends no line without notice and a hearing, and deletes on time.",
    )
    version = typer.Option(
        "--version", is_eager=True, callback=_show_version, help="Show the version and exit."
    )

    @app.callback(help=app.info.help)
    def _options(*, version: Annotated[bool, version] = False) -> None:
        pass

    return app


def _show_version(asked: bool) -> None:  # noqa: FBT001 - Typer hands it over by its place
    if asked:
        print(f"rollkeeper {__version__}")  # noqa: T201 - the console of the other commands takes longer to import
        sys.exit()


def _only_serves(words: list[str]) -> bool:
    """Tell whether these words only serve an instance that exists: the apps then do everything else."""
    if words[:1] not in (["serve"], ["demo"]) or {"-h", "--help", "clock"} & set(words):
        return False
    from rollkeeper.kernel.settings import is_made
    from rollkeeper.operations.demo_logins import demo_exists

    return (words[0] == "serve" or demo_exists()) and is_made()


def _role_of(words: list[str]) -> str:
    """Return the database role of a command: the worker's if it only starts and watches processes, else the console's."""
    only_starts = words[:1] in (["serve"], ["worker"]) or words[:2] == ["vault", "serve"]
    return "worker" if only_starts else "console"


def _start_servers() -> None:
    from rollkeeper.platform import embedded_postgres

    with suppress(Exception):
        embedded_postgres.ensure_embedded_running()


def _ready(app: "typer.Typer") -> "typer.Typer":
    """Turn garbage collection on; objects made up to here are never examined again."""
    gc.freeze()
    gc.enable()
    return app


def main() -> None:
    """Run one command. Exit codes: 0 done, 1 the answer is no, 2 the call was wrong, 130 stopped by Ctrl-C."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")
    os.environ.setdefault("ROLLKEEPER_ROLE", _role_of(sys.argv[1:]))
    os.umask(0o077)
    gc.disable()  # imported objects stay: examining them for garbage, again and again, took a tenth of the start
    # A program started with its input closed gets empty input.
    sys.stdin = sys.stdin or io.StringIO()
    try:
        if _only_serves(sys.argv[1:]):
            # Before there are two threads: its modules import each other, and a thread could see one that is half imported.
            import_module("psycopg.conninfo")
            # If the servers have a fault, the command meets it again itself and reports it.
            threading.Thread(target=_start_servers, daemon=True).start()
            _ready(make_app(with_django=False))()
        else:
            _ready(make_app())()
    except SystemExit as end:
        # Typer has turned Ctrl-C into this code by now, without a message.
        if end.code != BY_CTRL_C:
            raise
        _end(KeyboardInterrupt())
    except (Exception, KeyboardInterrupt) as fault:
        if os.environ.get("ROLLKEEPER_TRACEBACK"):
            raise
        _end(fault)


def _end(fault: BaseException) -> None:
    """Say in a sentence what went wrong and end with the exit code that belongs to it."""
    # A second Ctrl-C would only interrupt the sentence, or the servers while they stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from rollkeeper.kernel.console import show_error
    from rollkeeper.operations.command_table import speak_at_the_end
    from rollkeeper.operations.unexpected_errors import tell

    report = tell(fault)
    with_english = speak_at_the_end(sys.argv[1:])
    show_error(report, as_json="--json" in sys.argv[1:], with_english=with_english)
    sys.exit(BY_CTRL_C if isinstance(fault, KeyboardInterrupt) else report.kind.exit_code)


if __name__ == "__main__":
    main()
