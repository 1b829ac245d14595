# SPDX-License-Identifier: EUPL-1.2
"""Starts, watches and stops the apps: only those that it started itself.

Each app is a child process with its own role in the database (`site/web_apps.py`). An app that ends is started again, and so is a database
server (`server_watch.py`). Only an app that has never answered since the start ends everything: its settings are wrong.
"""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn, cast

from django.db import connection

from rollkeeper.access.settings import app_path
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.console import err, out
from rollkeeper.kernel.errors import SETUP_OUTDATED, RollkeeperError, raise_all
from rollkeeper.kernel.health import missing, register_part
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import data_dir, is_made
from rollkeeper.operations.credential_handover import AppCredentials, remove_stale, require_handed_over
from rollkeeper.operations.errors import (
    APP_DID_NOT_START,
    ASSETS_MISSING,
    NO_SUCH_PORT,
    PORT_IN_USE,
    RESTORE_INTERRUPTED,
    SERVED_BEFORE_SETUP,
    UNKNOWN_HOST,
)
from rollkeeper.operations.log_rotation import log_output
from rollkeeper.operations.lost_files import find_lost_files
from rollkeeper.operations.preloader import ForkedProcess, Preloader
from rollkeeper.operations.server_watch import watched_servers
from rollkeeper.operations.settings import restoring_mark
from rollkeeper.operations.unexpected_errors import tell
from rollkeeper.operations.worker_processes import (
    ManagedProcess,
    processes_for,
    stopped_at_end,
    vault_service,
    workers,
)
from rollkeeper.platform import embedded_postgres
from rollkeeper.site.web_apps import APPS, SHEET, App, AppName

START_SECONDS = 60
RENEW_SECONDS = 5
STOP_SECONDS = 10
RESTART_SECONDS = 1
LONGEST_PAUSE_SECONDS = 30
SAY_SECONDS = 60
HIGHEST_PORT = 65_535
_APP_MODULE = "rollkeeper.operations.app_process"


@dataclass(slots=True)
class Running:
    """One app and its process."""

    app: App
    host: str
    port: int
    process: subprocess.Popen[bytes] | ForkedProcess
    credentials: AppCredentials
    log: threading.Thread
    begun: float
    pause: float = RESTART_SECONDS
    """How many seconds after its start it may be started again; doubled each time that it ends soon again."""
    is_released: bool = False

    @property
    def address(self) -> str:
        """Return what to type into a browser."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}{app_path(self.app.name)}/"


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    apps: Sequence[App] = APPS,
    with_workers: bool = True,
    is_compact: bool = False,
) -> None:
    """Open the instance and serve it until stopped; with `with_workers`, also run background jobs.

    With `is_compact`, for a demo: the processes share memory, and there is no portal worker, since the workers run its jobs.
    Refuses: PORT_IN_USE, NO_SUCH_PORT, UNKNOWN_HOST, ASSETS_MISSING, RESTORE_INTERRUPTED, APP_DID_NOT_START, SERVED_BEFORE_SETUP.
    """
    if not SHEET.exists():
        raise ASSETS_MISSING(file=SHEET)
    remove_stale()
    _require_free_ports(host, port, apps)
    if restoring_mark().exists():
        raise RESTORE_INTERRUPTED(data_dir=data_dir())
    if not is_made():
        from rollkeeper.operations import bootstrap

        bootstrap.open_or_make_instance()
    _close_store_connections()
    stores.web_secret()
    for lost in find_lost_files():
        err.print(f"{lost.sentence} {lost.remedy}", markup=False)
    with _stop_signals() as stop, ExitStack() as stack:
        _hold_ports(stack, host, port, apps)
        preloader = Preloader() if is_compact else None
        if preloader:
            stack.callback(preloader.stop)
        running: list[Running] = []
        stack.callback(_stop, running)
        for together in _in_order(apps, at_once=is_compact):
            running += [_start(app, host, port, preloader) for app in together]
            embedded_postgres.ensure_embedded_running()  # the servers start while the apps load
            for one in running:
                if not _wait_until_well(one, stop):
                    return
        _require_set_up(running[0])
        _announce(running)
        stack.enter_context(watched_servers())
        processes = stack.enter_context(
            stopped_at_end(processes_for(apps, with_workers=with_workers, preloader=preloader))
        )
        _keep_serving(running, processes, stop, base_port=port, preloader=preloader)
        err.print("Stopping ...")


def _keep_serving(
    running: list[Running],
    processes: Sequence[ManagedProcess],
    stop: Sequence[int],
    *,
    base_port: int,
    preloader: Preloader | None,
) -> None:
    """Start again what ends, and hand over what changes, until a stop is requested."""
    renewed, faults = time.monotonic(), _Faults()
    while not stop:
        for other in processes:
            with faults.outlived():
                other.keep_going()
        for position, one in enumerate(running):
            with faults.outlived():
                running[position] = _kept_alive(one, base_port, preloader)
        if time.monotonic() > renewed + RENEW_SECONDS:
            with faults.outlived():
                renewed = _renew([one.credentials for one in running])
        time.sleep(0.2)


def _in_order(apps: Sequence[App], *, at_once: bool) -> list[list[App]]:
    """Return the apps in the order of their start: first the counter alone, where people wait to register, then the others.

    Apps that start together slow each other down while they load. Forked apps are loaded already, so all start at once.
    """
    first = [app for app in apps if app.name == AppName.COUNTER and not at_once]
    rest = [app for app in apps if app not in first]
    return [together for together in (first, rest) if together]


def serve_handed_over(app: App, *, host: str, port: int) -> NoReturn:
    """Become one app, in the folder that `worker` wrote for it. Does not return.

    Refuses: APP_NOT_HANDED_OVER, WHOLE_INSTANCE_HANDED_OVER, SERVED_BEFORE_SETUP.
    """
    require_handed_over(app)
    connection.settings_dict.update(database.address(stores.REGISTER, app.role))
    if missing([register_part()]).get("register") == SETUP_OUTDATED.code:
        raise SERVED_BEFORE_SETUP()
    ours, kept = os.pipe()  # the app ends when this pipe closes, and it closes with the process
    os.dup2(ours, sys.stdin.fileno())
    os.set_inheritable(kept, True)
    environment = os.environ | _app_environment(app, host, port)
    os.execve(  # noqa: S606
        sys.executable,
        [sys.executable, "-P", "-m", _APP_MODULE, host, str(port + app.port_offset)],
        environment,
    )


def worker(*, hand_over: Path | None = None) -> None:
    """Run background jobs, without any app, until stopped; for apps that run elsewhere, write what each needs into this folder."""
    elsewhere = [AppCredentials.outside(app, hand_over) for app in APPS] if hand_over else []
    _run([vault_service(), *workers()], "Working. Stop it with Ctrl-C.", elsewhere=elsewhere)


def vault() -> None:
    """Run the vault service alone, until stopped."""
    _run([vault_service()], "The vault service runs. Stop it with Ctrl-C.")


def _run(wanted: Sequence[ManagedProcess], said: str, *, elsewhere: Sequence[AppCredentials] = ()) -> None:
    with _stop_signals() as stop, watched_servers(), stopped_at_end(wanted) as processes:
        out.print(said)
        sys.stdout.flush()
        renewed, faults = time.monotonic(), _Faults()
        while not stop:
            for one in processes:
                with faults.outlived():
                    one.keep_going()
            if time.monotonic() > renewed + RENEW_SECONDS:
                with faults.outlived():
                    renewed = _renew(elsewhere)
            time.sleep(0.2)
        err.print("Stopping ...")


class _Faults:
    """Faults that end nothing once everything runs, such as settings that an editor wrote in part: the processes keep what they have."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    @contextmanager
    def outlived(self) -> Iterator[None]:
        """Go on after a fault in the block; each is said once a minute."""
        try:
            yield
        except (RollkeeperError, OSError) as fault:
            now, report = time.monotonic(), tell(fault)
            if now > self._said.get(str(report), -SAY_SECONDS) + SAY_SECONDS:
                self._said[str(report)] = now
                err.print(f"{report} What runs goes on as it is. {report.advice}", markup=False)


def _renew(handed_over: Sequence[AppCredentials]) -> float:
    """Hand over again what changed in the instance; return when. This reads some thirty files, so it is not done at every turn."""
    for one in handed_over:
        one.renew()
    return time.monotonic()


def _close_store_connections() -> None:
    """Close the connections used to make the instance: a key rotation waits for processes that have sealed and are still
    connected.
    """
    if "django.db" in sys.modules:
        from django.db import connections

        connections.close_all()


def _announce(running: Sequence[Running]) -> None:
    for one in sorted(running, key=lambda one: one.port):
        out.print(f"{one.app.name:<8} {one.address}", markup=False)
    if instance().kind is InstanceKind.DEMO:
        out.print("A demo instance: every person in it is invented.")
    elif not all(one.credentials.user for one in running):
        err.print(
            "The apps run as the same user as everything else here: an attacker who controls one can read the root of trust."
            " Serve as root, or let a key service be the root (docs/decisions/0009-an-os-user-per-process.md).",
            markup=False,
        )
    out.print("Ready. Stop it with Ctrl-C.")
    sys.stdout.flush()


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """Collect the wishes to stop; put the former handlers back afterwards."""
    wishes: list[int] = []

    def wish(number: int, _frame: FrameType | None) -> None:
        wishes.append(number)

    former = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wishes
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _start(app: App, host: str, base_port: int, preloader: Preloader | None) -> Running:
    port = base_port + app.port_offset
    credentials = AppCredentials.to(app)
    environment = credentials.environment() | _app_environment(app, host, base_port)
    process = (
        preloader.fork(
            _APP_MODULE,
            host,
            str(port),
            environment=environment,
            folder=credentials.folder,
            user=credentials.user,
        )
        if preloader
        else _started(host, port, environment, credentials)
    )
    return Running(
        app, host, port, process, credentials, log_output(cast("IO[bytes]", process.stdout), log_of(app)), time.monotonic()
    )  # fmt: skip


def _app_environment(app: App, host: str, base_port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
        "PYTHONUNBUFFERED": "1",
        "ROLLKEEPER_APP": app.name,
        "ROLLKEEPER_HOSTS": f"{os.environ.get('ROLLKEEPER_HOSTS', '')} {host}",
        "ROLLKEEPER_PORT": str(base_port),
        "ROLLKEEPER_ROLE": app.role.value,
    }


def _started(
    host: str, port: int, environment: dict[str, str], credentials: AppCredentials
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-m", _APP_MODULE, host, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=credentials.folder,
        user=credentials.user,
        group=credentials.user,
        extra_groups=[] if credentials.user else None,
        start_new_session=True,  # Ctrl-C reaches only the parent, which stops its children in order
    )


def log_of(app: App) -> Path:
    """Return where an app writes its log."""
    return data_dir() / "logs" / f"{app.name}.log"


def _kept_alive(one: Running, base_port: int, preloader: Preloader | None) -> Running:
    """Return an app as it is, or start it again if its process has ended. Does not wait."""
    if one.process.poll() is None or time.monotonic() < one.begun + one.pause:
        return one
    err.print(
        f"The {one.app.name} ended with code {one.process.returncode} and is started again; see {log_of(one.app)}.",
        markup=False,
    )
    lasted, one.begun = time.monotonic() - one.begun, time.monotonic()
    one.pause = (
        RESTART_SECONDS if lasted > LONGEST_PAUSE_SECONDS else min(LONGEST_PAUSE_SECONDS, 2 * one.pause)
    )
    _release(one)
    again = _start(one.app, one.host, base_port, preloader)
    again.pause = one.pause
    return again


def _stop(running: Sequence[Running]) -> None:
    for one in running:
        if one.process.poll() is None:
            one.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for one in running:
        try:
            one.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()
        _release(one)


def _release(one: Running) -> None:
    """Take back everything from an app that has ended."""
    if one.is_released:  # its process id may belong to another process by now
        return
    one.is_released = True
    # Each app leads its own process group: we end the processes that it left there.
    with suppress(ProcessLookupError):
        os.killpg(one.process.pid, signal.SIGKILL)
    if one.process.stdin:
        one.process.stdin.close()
    one.log.join(STOP_SECONDS)
    one.credentials.clear()


def _wait_until_well(one: Running, stop: Sequence[int]) -> bool:
    """Return True once the app answers, False if a stop is requested before."""
    deadline = time.monotonic() + START_SECONDS
    while not stop:
        _require_alive([one])
        if _is_well(one):
            return True
        if time.monotonic() > deadline:
            raise APP_DID_NOT_START(
                app=one.app.name, why=f"no answer in {START_SECONDS} s", log=log_of(one.app)
            )
        time.sleep(0.05)
    return False


def _is_well(one: Running) -> bool:
    return _answer(one, "/healthz")[0] == http.client.OK


def _require_set_up(one: Running) -> None:
    """Refuse tables of another version: pages would act in them. If the register does not answer, the apps run and wait for it."""
    if SETUP_OUTDATED.code in _answer(one, "/readyz")[1]:
        raise SERVED_BEFORE_SETUP()


def _answer(one: Running, path: str) -> tuple[int, str]:
    """Return status and text of an app's answer; status 0 if it gives none."""
    reach = "127.0.0.1" if one.host == "0.0.0.0" else "::1" if one.host == "::" else one.host  # noqa: S104
    asked = http.client.HTTPConnection(reach, one.port, timeout=5)
    try:
        asked.request("GET", path, headers={"Host": "localhost", "Accept": "text/plain"})
        said = asked.getresponse()
        return said.status, said.read(1000).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        asked.close()


def _require_alive(running: Sequence[Running]) -> None:
    for one in running:
        code = one.process.poll()
        if code is not None:
            raise APP_DID_NOT_START(
                app=one.app.name, why=f"its process ended with code {code}", log=log_of(one.app)
            )


def _require_free_ports(host: str, base_port: int, apps: Sequence[App]) -> None:
    raise_all([fault for app in apps if (fault := _port_fault(host, base_port + app.port_offset, app))])


def _hold_ports(stack: ExitStack, host: str, base_port: int, apps: Sequence[App]) -> None:
    """Keep every other `serve` from these ports from now on. Refuses: PORT_IN_USE.

    An app listens only seconds later, and its server shares the port with any other process of the same user: of two instances that start
    at the same moment, each would get some of the other's visitors.
    """
    for app in apps:
        port = base_port + app.port_offset
        mark = stack.enter_context(socket.socket(socket.AF_UNIX))
        try:
            mark.bind(f"\0rollkeeper {host} {port}")
        except OSError as fault:
            raise PORT_IN_USE(port=port, host=host, app=app.name, why=fault.strerror) from None


def _port_fault(host: str, port: int, app: App) -> RollkeeperError | None:
    if not 0 < port <= HIGHEST_PORT:
        return NO_SUCH_PORT(port=port, app=app.name, highest=HIGHEST_PORT)
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as fault:
        return UNKNOWN_HOST(host=host, why=fault.strerror)
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as fault:
            if fault.errno == errno.EADDRNOTAVAIL:
                return UNKNOWN_HOST(host=host, why=fault.strerror)
            return PORT_IN_USE(port=port, host=host, app=app.name, why=fault.strerror)
    return None
