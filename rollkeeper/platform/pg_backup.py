# SPDX-License-Identifier: EUPL-1.2
"""Copies of the two stores by PostgreSQL's own tools, as streams: nothing here is written to a disk in clear.

The register is copied as a whole cluster (`pg_basebackup`), which comes back as fast as it can be read, and is checked by
`pg_verifybackup`. The keys are copied row by row (`pg_dump`): a copy of their cluster would carry, in pages not yet
vacuumed and in the write-ahead log, keys that were destroyed.
"""

import contextlib
import os
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import psycopg

from rollkeeper.kernel import stores
from rollkeeper.kernel.database import KeysRole, connect, embedded_address
from rollkeeper.platform import embedded_postgres
from rollkeeper.platform.errors import BACKUP_TOOL_FAILED

_PIECE_BYTES = 1024 * 1024
_KEPT_BYTES = 64 * 1024
_KEYS_DATABASE = "rollkeeper_keys"
# They count how many secrets apps were given in a day: the counts begin again by themselves, and no role reads or sets them.
_COUNTED = ("ledger_secrets_given", "ledger_secrets_given_since", "kernel_countmark")


def register_bytes() -> int:
    """Estimate how many bytes a copy of the register has."""
    with _superuser() as cluster:
        found = cluster.execute("SELECT sum(pg_database_size(oid))::bigint FROM pg_database").fetchone()
    return int(found[0]) if found else 0


def register_identity() -> str:
    """Return the number that PostgreSQL gave the register's cluster when it was made; every copy keeps it."""
    with _superuser() as cluster:
        found = cluster.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone()
    return str(found[0]) if found else ""


def stream_register() -> Iterator[bytes]:
    """Yield a copy of the register's cluster as a tar with its manifest and write-ahead log. Refuses: BACKUP_TOOL_FAILED."""
    with _superuser() as cluster:
        # While this session lives, the server removes no segment of the log that the copy needs.
        cluster.execute(
            "SELECT pg_create_physical_replication_slot('backup_' || pg_backend_pid(), true, true)"
        )
        yield from _output(
            stores.REGISTER, embedded_postgres.SUPERUSER, "pg_basebackup", "--pgdata=-", "--format=tar", "--wal-method=fetch",
            "--checkpoint=fast", "--no-password",
        )  # fmt: skip


def stream_keys() -> Iterator[bytes]:
    """Yield the living keys and the epochs, as they are at one instant. Refuses: BACKUP_TOOL_FAILED."""
    yield from _output(
        stores.KEYS, KeysRole.VAULT, "pg_dump", "--format=custom", "--compress=none", "--data-only", "--no-password",
        *(f"--exclude-table={one}" for one in _COUNTED), f"--dbname={_KEYS_DATABASE}",
    )  # fmt: skip


def verify_register(folder: Path) -> None:
    """Check an unpacked copy against its manifest, and read its write-ahead log. Refuses: BACKUP_TOOL_FAILED."""
    done = subprocess.run(  # noqa: S603
        [_tool("pg_verifybackup"), "--quiet", str(folder)],
        check=False, capture_output=True, text=True, env=_environment(), stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        raise BACKUP_TOOL_FAILED(tool="pg_verifybackup", why=_last_line(done.stderr))


def read_keys(pieces: Iterable[bytes]) -> None:
    """Read through a copy of the keys as far as the tool understands it, writing nothing. Refuses: BACKUP_TOOL_FAILED."""
    _input(pieces, "pg_restore", "--data-only", "--file=/dev/null")


def load_keys(pieces: Iterable[bytes]) -> None:
    """Put a copy of the keys into an empty store, all of it or nothing. Refuses: BACKUP_TOOL_FAILED."""
    # The superuser alone may load rows past the trigger that refuses keys of ended epochs.
    _input(
        pieces, "pg_restore", "--data-only", "--disable-triggers", "--single-transaction", "--exit-on-error",
        "--no-password", *_place(stores.KEYS, embedded_postgres.SUPERUSER), f"--dbname={_KEYS_DATABASE}",
        signs_in=(stores.KEYS, embedded_postgres.SUPERUSER),
    )  # fmt: skip


def reset_passwords(store: stores.Store, roles: Iterable[str]) -> None:
    """Give roles of a stopped cluster new passwords of this instance. Refuses: BACKUP_TOOL_FAILED."""
    said = "".join(
        f"ALTER ROLE {role} PASSWORD '{stores.password(store, role)}'\n"
        for role in [embedded_postgres.SUPERUSER, *roles]
    )
    user = embedded_postgres.server_user(store)
    done = subprocess.run(  # noqa: S603
        [_tool("postgres"), "--single", "-D", str(store.data), "postgres"],
        check=False, capture_output=True, text=True, input=said, cwd="/", env=_environment(),
        user=user, group=user, extra_groups=[] if user else None,
    )  # fmt: skip
    if done.returncode:
        raise BACKUP_TOOL_FAILED(tool="postgres --single", why=_last_line(done.stderr))


def _output(store: stores.Store, role: str, tool: str, *arguments: str) -> Iterator[bytes]:
    command = [_tool(tool), *_place(store, role), *arguments]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        env=_environment((store, role)),
    ) as running:  # fmt: skip
        said = _listen(running.stderr)
        try:
            yield from iter(_reader(running.stdout, _PIECE_BYTES), b"")
        except BaseException:
            running.kill()
            raise
        why = said()
    if running.returncode:
        raise BACKUP_TOOL_FAILED(tool=tool, why=_last_line(why))


def _input(
    pieces: Iterable[bytes], tool: str, *arguments: str, signs_in: tuple[stores.Store, str] | None = None
) -> None:
    with subprocess.Popen(  # noqa: S603
        [_tool(tool), *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=_environment(signs_in),
    ) as running:  # fmt: skip
        said = _listen(running.stderr)
        try:
            _feed(running.stdin, pieces)
        except BaseException:
            running.kill()  # before its input ends, so that it cannot take a part for the whole
            raise
        finally:
            _close(running.stdin)
        why = said()
    if running.returncode:
        raise BACKUP_TOOL_FAILED(tool=tool, why=_last_line(why))


def _feed(pipe: IO[bytes] | None, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        # A tool that has given up says why; the pieces are still read to the end, and so checked.
        with contextlib.suppress(BrokenPipeError):
            if pipe:
                pipe.write(piece)


def _close(pipe: IO[bytes] | None) -> None:
    with contextlib.suppress(BrokenPipeError):
        if pipe:
            pipe.close()


def _listen(pipe: IO[bytes] | None) -> Callable[[], str]:
    """Read what a tool says while it works, or it would wait at a full pipe; return a function that gives the last of it, once it has ended."""
    kept = bytearray()

    def listen() -> None:
        for line in pipe or ():
            kept.extend(line)
            del kept[:-_KEPT_BYTES]

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()

    def said() -> str:
        listening.join()
        return kept.decode("utf-8", "replace")

    return said


def _reader(pipe: IO[bytes] | None, count: int) -> Callable[[], bytes]:
    return lambda: pipe.read(count) if pipe else b""


def _superuser() -> psycopg.Connection[Any]:
    return connect(stores.REGISTER, embedded_postgres.SUPERUSER)


def _place(store: stores.Store, role: str) -> list[str]:
    return [f"--host={stores.socket_folder(store)}", f"--port={store.port}", f"--username={role}"]


def _tool(name: str) -> str:
    return str(embedded_postgres.BINARIES / name)


def _environment(signs_in: tuple[stores.Store, str] | None = None) -> dict[str, str]:
    fixed = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    if signs_in is None:
        return fixed
    place = embedded_address(signs_in[0])
    of_libpq = {"PGPASSFILE": str(stores.password_file(*signs_in)), "PGREQUIREAUTH": place["require_auth"]}
    return fixed | of_libpq | ({"PGREQUIREPEER": place["requirepeer"]} if "requirepeer" in place else {})


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason was given"])[-1].rstrip(".")
