# SPDX-License-Identifier: EUPL-1.2
"""A separate machine for the leak test: an instance, a temporary folder, a user's folder, and all that was ever printed.

Everything that the product can write lies under one folder. The operator's own files are remembered by name: they alone
are not searched.
"""

import csv
import json
import os
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import psycopg

from tests.command_server import CommandServer, Running
from tests.imports.sheets import number, text, write_sheet
from tests.settings_files import change_settings

ROOT = Path(__file__).parents[2]
PASSWORD = "plum kettle orbit lantern"
# The write-ahead log is kept whole, so that what passed through it can be searched at the end. Servers are killed here and the machine
# is not: they need not wait for the disk.
CONFIGURATION = "wal_keep_size = '8GB'\nfsync = off\n"


class Machine:
    """An operator's machine with its files, and functions to type commands on it."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="rk-leak-"))
        self.root.chmod(0o711)  # the servers' user passes through
        for name in ("data_dir", "tmp", "user", "said", "inputs", "answers"):
            (self.root / name).mkdir()
        self.data_dir, self.inputs = self.root / "data_dir", self.root / "inputs"
        self._own_files: set[Path] = set()
        self._own_folders: set[Path] = set()
        self._number = 0
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("ROLLKEEPER_", "XDG_"))} | {
            "ROLLKEEPER_HOME": str(self.data_dir), "ROLLKEEPER_PASSWORD": PASSWORD, "TMPDIR": str(self.root / "tmp"),
            "HOME": str(self.root / "user"), "ROLLKEEPER_SERVER_CONFIGURATION": CONFIGURATION,
        }  # fmt: skip
        self._typist = CommandServer(self.environment)
        self._running: Running | None = None

    def type(
        self,
        *words: str,
        on: str | None = None,
        answers: tuple[int, ...] = (0,),
        typed: str = "",
        data_dir: Path | None = None,
        asked_for: bool = False,
    ) -> str:
        """Type a command, expect its exit code, return what it printed.

        What is `asked_for` is an answer to the person who typed the value: it may hold it, and is the operator's own.
        """
        said = self.start(*words, on=on, typed=typed, data_dir=data_dir)[1]
        if asked_for:
            self._own_files.add(said)
        code, text = self.finish(), said.read_text("utf-8")
        assert code in answers, f"{words[:2]}: exit code {code}; see {said}"
        assert "Traceback" not in said.with_suffix(".err").read_text("utf-8")
        return text

    def start(
        self, *words: str, on: str | None = None, typed: str = "", data_dir: Path | None = None
    ) -> tuple[int, Path]:
        """Type a command and do not wait for it; return its process and where its output goes."""
        said = self.said("-".join(word for word in words[:2] if word.isascii() and word.isalpha()))
        dated = [*words, *(["--on", on] if on else [])]
        with said.open("wb") as out, said.with_suffix(".err").open("wb") as err:
            self._running = self._typist.start(
                *dated, out=out.fileno(), err=err.fileno(), typed=typed, data_dir=data_dir
            )
        return self._running.process, said

    def finish(self) -> int:
        """Wait for the command that was started; return its exit code."""
        return self._running.finish()

    def said(self, what: str) -> Path:
        """Return a new file for printed output."""
        self._number += 1
        return self.root / "said" / f"{self._number:03d}-{what}.out"

    def table(self, name: str, rows: Iterable[Mapping[str, Any]], *, encoding: str = "utf-8") -> Path:
        """Write a table of the operator's own."""
        rows, file = list(rows), self.own(name)
        if file.suffix == ".xlsx":
            return write_sheet(file, _cells(rows))
        if file.suffix == ".parquet":
            pl.DataFrame([row | {"number": _national(row)} for row in rows]).write_parquet(file)
            return file
        with file.open("w", encoding=encoding, newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return file

    def lines(self, name: str, rows: Iterable[object]) -> Path:
        """Write a file of JSON lines of the operator's own; a text is written as it is."""
        texts = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
        file = self.own(name)
        file.write_text("".join(f"{text}\n" for text in texts), "utf-8")
        return file

    def own(self, name: str) -> Path:
        """Return a place for a file of the operator's own."""
        self._own_files.add(self.inputs / name)
        return self.inputs / name

    def own_folder(self, name: str) -> Path:
        """Return a place for a folder of the operator's own."""
        self._own_folders.add(self.inputs / name)
        return self.inputs / name

    @contextmanager
    def setting(self, toml: str) -> Iterator[None]:
        """Add settings for the length of a block."""
        file = self.data_dir / "settings.toml"
        before = file.read_text("utf-8")
        change_settings(file, toml)
        yield
        file.write_text(before, "utf-8")

    @contextmanager
    def register(self) -> Iterator[psycopg.Connection]:
        """Connect to the register as its superuser, as only a test does."""
        line = (self.data_dir / "secrets" / "register-postgres.pgpass").read_text("utf-8").strip()
        with psycopg.connect(
            host=self._sockets(), port=5432, dbname="rollkeeper_register", user="postgres",
            password=line.rsplit(":", 1)[1], autocommit=True,
        ) as owner:  # fmt: skip
            yield owner

    def kill_server(self) -> None:
        """End the register's PostgreSQL with kill -9 and wait until all its processes are gone."""
        data = self.data_dir / "register" / "pg"
        os.kill(int((data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        until(lambda: not any(_works_in(process, data) for process in Path("/proc").glob("[0-9]*")))

    def searched(self) -> list[Path]:
        """Return every file under the machine's folder that is not the operator's own."""
        searched = []
        for folder, folders, names in self.root.walk():
            folders[:] = [name for name in folders if folder / name not in self._own_folders]
            files = (folder / name for name in names)
            searched += [
                file for file in files if file not in self._own_files and stat.S_ISREG(file.lstat().st_mode)
            ]
        return sorted(searched)

    def hold_servers(self) -> None:
        """Keep the servers up between two commands; when it ends they stop and write what they had in memory."""
        self._typist.hold_servers(self.data_dir)

    def switch_off(self) -> None:
        """End everything that runs on it."""
        self._typist.go()

    def destroy(self) -> None:
        """Delete everything."""
        shutil.rmtree(self.root, ignore_errors=True)

    def _sockets(self) -> str:
        return str(next(self.root.rglob(".s.PGSQL.5432")).parent)


def _cells(rows: list[Mapping[str, Any]]) -> list[list[str]]:
    """Write a sheet as people do, its telephone numbers as numbers."""
    body = [
        [number(_national(row)) if key == "number" else text(str(value)) for key, value in row.items()]
        for row in rows
    ]
    return [[text(key) for key in rows[0]], *body]


def _national(row: Mapping[str, Any]) -> int:
    return int(row["number"].removeprefix("+86"))


def until(claim: Any, seconds: float = 30) -> None:
    """Wait until a condition is true."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:
        return False
