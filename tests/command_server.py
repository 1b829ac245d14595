# SPDX-License-Identifier: EUPL-1.2
"""Runs commands, each in a separate process, without importing everything and testing the law for each of them.

One process warms up and waits at a socket. A caller hands over words, surroundings and three files; a child takes
its place, its instance and its look at the settings, and runs what the words say to the end. It is forked once: a fork copies what the
process maps, which takes as long as a small command. `CommandServer` is the caller in a test;
`lend_command` puts a `rollkeeper` that calls into a folder, for tests that type into a shell; where it is wanted, a `python` that calls
with "-m" or "-c" as well.
A word that begins with "@" is a function of a test: "@tests.leak.opening:main".
"""

import array
import atexit
import gc
import json
import os
import runpy
import select
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.stack import call_with_room

ROOT = Path(__file__).parents[1]
_MOST_BYTES = 1 << 20
_LANGUAGE = frozenset({"LC_ALL", "LC_MESSAGES", "LANG"})
_CALL = """\
#!{python} -IS
import array, json, os, socket, sys
call = socket.socket(socket.AF_UNIX)
call.connect({socket_path!r})
said = json.dumps({{"words": {before!r} + sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd()}}).encode()
files = array.array("i", [0, 1, 2])
call.sendmsg([len(said).to_bytes(4) + said], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
answer = call.makefile()
answer.readline()
code = int(answer.readline())
sys.exit(code if code >= 0 else 128 - code)
"""


class Running:
    """A command under way."""

    def __init__(self, call: socket.socket) -> None:
        self._answer = call.makefile()
        call.close()  # the file keeps it
        self.process = int(self._answer.readline())

    def finish(self) -> int:
        """Wait for its end; return its exit code, negative where a signal ended it."""
        with self._answer:
            return int(self._answer.readline())


class _Warm:
    """The process that waits. It stays to the end of the tests: to warm one up takes as long as ten commands."""

    def __init__(self, surroundings: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="rk-command_server-")
        self.socket = str(Path(self._folder.name) / "socket")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.command_server", self.socket], cwd=ROOT,
            # A process with threads is not forked. Which language a command speaks it reads when it runs.
            env={k: v for k, v in surroundings.items() if k not in _LANGUAGE} | {"OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._owner = os.getpid()
        atexit.register(self._go)

    def wait_until_warm(self) -> None:
        if not Path(self.socket).exists():
            assert self._process.stdout
            assert self._process.stdout.readline() == "ready\n", "the typist did not start"

    @property
    def is_there(self) -> bool:
        return self._process.poll() is None

    def _go(self) -> None:
        if os.getpid() == self._owner:  # and not where a test forked this process
            self._process.communicate(timeout=120)
            self._folder.cleanup()


_WARM: dict[frozenset[tuple[str, str]], _Warm] = {}


def _is_read_late(variable: str) -> bool:
    """Tell whether a command reads this variable when it runs, and not when the process warms up."""
    is_ours = variable.startswith(("ROLLKEEPER_", "PYTEST_")) or variable in {"COLUMNS", *_LANGUAGE}
    return is_ours and variable not in {"ROLLKEEPER_APP", "ROLLKEEPER_HOSTS", "ROLLKEEPER_OPENS"}


class CommandServer:
    """Types commands in the same `surroundings`; others type at the same process, unless something differs that it reads at its start."""

    def __init__(self, surroundings: Mapping[str, str]) -> None:
        self._surroundings = dict(surroundings)
        key = frozenset(item for item in self._surroundings.items() if not _is_read_late(item[0]))
        if key not in _WARM or not _WARM[key].is_there:
            _WARM[key] = _Warm(self._surroundings)
        self._warm = _WARM[key]
        self._subscribers: dict[str, tuple[Running, int]] = {}

    def start(
        self, *words: str, out: int, err: int, typed: str = "", data_dir: Path | None = None,
        terminal: int | None = None, surroundings: Mapping[str, str] | None = None,
    ) -> Running:  # fmt: skip
        """Start a command, its output going into these open files; `surroundings` are its own, or it sits at a terminal."""
        self._warm.wait_until_warm()
        if terminal is not None:
            return self._call(words, data_dir, [terminal, out, err], surroundings)
        reading, writing = os.pipe()
        os.write(writing, typed.encode())
        os.close(writing)
        try:
            return self._call(words, data_dir, [reading, out, err], surroundings)
        finally:
            os.close(reading)

    def run(self, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; `more` as for `start`."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            code = self.start(*words, out=out.fileno(), err=err.fileno(), **more).finish()
            out.seek(0), err.seek(0)
            return subprocess.CompletedProcess(words, code, out.read(), err.read())

    def hold_servers(self, data_dir: Path) -> None:
        """Keep an instance's servers up between two commands."""
        self._warm.wait_until_warm()
        reading, writing = os.pipe()
        up, said = os.pipe()
        held = self._call(["@tests.command_server:hold"], data_dir, [reading, said, said])
        os.close(reading), os.close(said)
        assert os.read(up, 2) == b"up", "the servers did not start"
        os.close(up)
        self._subscribers[str(data_dir)] = held, writing

    def release_servers(self, data_dir: Path) -> None:
        """Let them stop, and wait until they have written what they had in memory."""
        if found := self._subscribers.pop(str(data_dir), None):
            held, writing = found
            os.close(writing)
            held.finish()

    def lend_command(self, folder: Path, *, with_python: bool = False) -> None:
        """Put a `rollkeeper`, and a `python`, into a folder, whose commands and programs run here in the surroundings of their caller."""
        self._warm.wait_until_warm()
        folder.mkdir(exist_ok=True)
        lent = {"rollkeeper": []} | ({"python": [f"@{__name__}:run_python"]} if with_python else {})
        for name, before in lent.items():
            command = folder / name
            command.write_text(
                _CALL.format(python=sys.executable, socket_path=self._warm.socket, before=before), "utf-8"
            )
            command.chmod(0o755)

    def go(self) -> None:
        """Let go of the servers that it holds."""
        for data_dir in list(self._subscribers):
            self.release_servers(Path(data_dir))

    def _call(
        self,
        words: Any,
        data_dir: Path | None,
        files: list[int],
        surroundings: Mapping[str, str] | None = None,
    ) -> Running:
        call = socket.socket(socket.AF_UNIX)
        call.connect(self._warm.socket)
        here = {"ROLLKEEPER_HOME": str(data_dir)} if data_dir else {}
        callers = {name: value for name, value in os.environ.items() if name == "ROLLKEEPER_HOME"}
        environment = callers | self._surroundings | dict(surroundings or {}) | here
        asked = {"words": words, "environment": environment, "folder": str(ROOT)}
        said = json.dumps(asked).encode()
        socket.send_fds(call, [len(said).to_bytes(4) + said], files)
        return Running(call)


@cache
def common_server() -> CommandServer:
    """Return the one of this process, for every file of tests: its commands have no role given, no language, and the caller's instance."""
    server = CommandServer({k: v for k, v in os.environ.items() if k not in {"ROLLKEEPER_ROLE", *_LANGUAGE}})
    # The first test that asks may have another instance than the next.
    del server._surroundings["ROLLKEEPER_HOME"]
    atexit.register(server.go)
    return server


def main(socket_path: str) -> None:
    """Run requests until no caller is left."""
    call_with_room(warm_up)
    under_way: dict[int, tuple[int, socket.socket]] = {}
    with socket.socket(socket.AF_UNIX) as waiting:
        waiting.bind(socket_path)
        waiting.listen()
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([waiting, sys.stdin, *under_way], [], [])
            if sys.stdin in ready:
                return None
            for ended in under_way.keys() & set(ready):
                say_end(ended, *under_way.pop(ended))
            if waiting in ready:
                call, _ = waiting.accept()
                if not (asked := read_call(call)):
                    continue
                if not (child := os.fork()):
                    for one in (waiting, call, *(call for _, call in under_way.values())):
                        one.close()
                    for one in under_way:
                        os.close(one)
                    become(*asked)
                    return call_with_room(run, asked[0]["words"])
                for file in asked[1]:
                    os.close(file)
                with suppress(OSError):
                    call.sendall(b"%d\n" % child)
                under_way[os.pidfd_open(child)] = child, call


def warm_up() -> None:
    """Import what every command needs and try the law. No file of an instance is opened, no connection, no thread."""
    import typer
    from typer.main import get_command

    from rollkeeper.operations import cli

    os.environ["DJANGO_SETTINGS_MODULE"] = "rollkeeper.site.settings"
    from django.conf import settings

    from tests.demo import QuickScrypt

    program = get_command(cli.make_app())
    for name in program.list_commands(typer.Context(program)):
        program.get_command(typer.Context(program), name)
    for name in (
        "campaign.batch_execution",
        "registration.bulk",
        "notices.services",
        "provisioning.services",
        "retention.services",
        "operations.doctor",
        "operations.restore",
    ):
        import_module(f"rollkeeper.{name}")
    import rich.progress
    import tomlkit
    import typer._adapters
    from django.db.migrations.loader import MigrationLoader

    from rollkeeper.law.packs import load_pack

    with suppress(ModuleNotFoundError):  # an extra, which some tests do without
        import_module("numpy")
    assert tomlkit
    assert rich.progress  # as `MigrationLoader` imports what each instance is made by
    MigrationLoader(None, ignore_no_migrations=True)

    load_pack("cn-xz-2011")
    # Of the many who sign in here none is guarded by how long a guess takes.
    settings.PASSWORD_HASHERS = [f"{QuickScrypt.__module__}.{QuickScrypt.__name__}"]
    gc.collect()
    gc.freeze()


def read_call(call: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return what is asked and the three files of the caller, or nothing where the caller is gone."""
    files = array.array("i")
    said, ancillary, _, _ = call.recvmsg(_MOST_BYTES, socket.CMSG_SPACE(3 * files.itemsize))
    for _, _, data in ancillary:
        files.frombytes(data)
    while len(said) < 4 + int.from_bytes(said[:4]):
        if not (more := call.recv(_MOST_BYTES)):
            call.close()
            for file in files:
                os.close(file)
            return None
        said += more
    return json.loads(said[4:]), list(files)


def say_end(ended: int, child: int, call: socket.socket) -> None:
    """Say the exit code of a command to its caller, if that is still there."""
    os.close(ended)
    _, status = os.waitpid(child, 0)
    with call, suppress(OSError):
        call.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def become(asked: dict[str, Any], files: list[int]) -> None:
    """Take the place of a command: its folder, its surroundings, its files, its own look at the settings."""
    from django.db import connections

    from rollkeeper.kernel import console, stores
    from rollkeeper.kernel.database import KeysRole, Role, address, this_role
    from rollkeeper.kernel.settings import forget_settings

    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"] | {"DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings"})
    # As `rollkeeper.operations.cli` says before Django is set up.
    os.environ.setdefault("ROLLKEEPER_ROLE", "console")
    tempfile.tempdir = None
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    forget_settings()
    columns = os.environ.get("COLUMNS", "")
    for one in (console.out, console.err):  # made while the process warmed up
        one._width = int(columns) if columns.isdigit() else None
    for alias, place in (
        ("default", (stores.REGISTER, this_role())), ("vault", (stores.REGISTER, Role.VAULT)),
        ("keys", (stores.KEYS, KeysRole.VAULT)), ("leaf_secrets", (stores.KEYS, KeysRole.LEDGER)),
    ):  # fmt: skip
        connections[alias].settings_dict.update(address(*place))


def run(words: list[str]) -> None:
    """Run one command to its end, and end without taking apart everything that was imported."""
    from rollkeeper.operations import cli

    try:
        if words[0].startswith("@"):
            module, name = words[0][1:].split(":")
            sys.exit(getattr(import_module(module), name)(*words[1:]))
        sys.argv = ["rollkeeper", *words]
        sys.modules["__main__"].__package__ = None  # as of the program: its help says how it was called
        cli.main()
    except SystemExit as end:
        if isinstance(end.code, str):
            raise
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush(), sys.stderr.flush()
        os._exit(end.code or 0)


def run_python(option: str, program: str, *words: str) -> None:
    """Run a module or a program as `python -m` and `python -c` do."""
    sys.argv = [option, *words]
    if option == "-m":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        return
    assert option == "-c", option
    exec(program, {"__name__": "__main__"})  # noqa: S102 - what a test hands over


def hold() -> None:
    """Keep the servers of this instance up until the caller lets go."""
    from rollkeeper.platform import embedded_postgres

    embedded_postgres.ensure_running()
    os.write(1, b"up")
    os.read(0, 1)


if __name__ == "__main__":
    main(sys.argv[1])
