# SPDX-License-Identifier: EUPL-1.2
"""The processes beside the apps: started when those are up, started again when they end, stopped with their parent.

The portal worker stands where the portal or the counter is served; without them no code is requested and nothing is handed in. Who works
by itself is two: one that holds what opens the vault, and one that holds nothing of the sort and does whatever can be done
without.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Final, cast

from rollkeeper.kernel.settings import data_dir
from rollkeeper.operations.log_rotation import log_output
from rollkeeper.site.web_apps import App, AppName

_PAUSE_S: Final = 2.0
_STOP_SECONDS: Final = 10


@dataclass(slots=True)
class ManagedProcess:
    """One process: the module that it runs, where what it says is kept, and whether it holds what opens the vault."""

    name: str
    module: str
    opens: bool = True
    is_portal_worker: bool = False
    """Whether it does the portal worker's work too."""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _begun: float = field(default=0.0, init=False)

    def keep_going(self) -> None:
        """Start it, or start it again. Returns at once."""
        is_running = self._process is not None and self._process.poll() is None
        if is_running or time.monotonic() < self._begun + _PAUSE_S:
            return
        self._release()
        self._begun, self._process = time.monotonic(), self._started()

    def ask_to_stop(self) -> None:
        """Tell it to end what it is at, and then itself."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def stop(self) -> None:
        """End it: what it is at it ends first, if that takes no more than a few seconds."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._release()

    def _release(self) -> None:
        if self._process is not None:
            cast("IO[bytes]", self._process.stdin).close()
        self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", self.module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
                "MALLOC_ARENA_MAX": "1",  # a heap for each of a dozen threads that mostly wait takes 6 MB
                "PYTHONUNBUFFERED": "1",
                "ROLLKEEPER_OPENS": "yes" if self.opens else "no",
                "ROLLKEEPER_IS_PORTAL_WORKER": "yes" if self.is_portal_worker else "no",
                "ROLLKEEPER_ROLE": "worker",
            },
            start_new_session=True,  # Ctrl-C reaches the parent alone, who stops its children in order
        )
        log_output(cast("IO[bytes]", process.stdout), data_dir() / "logs" / f"{self.name}.log")
        return process


def processes_for(
    apps: Sequence[App], *, with_workers: bool, is_compact: bool = False
) -> list[ManagedProcess]:
    """Return what these apps need beside them, and the workers, if they are wanted here.

    Compact, one process is both the portal worker and the worker that holds keys: both have the same user, role and keys.
    """
    needs_portal_worker = any(app.name in {AppName.PORTAL, AppName.COUNTER} for app in apps)
    if needs_portal_worker and with_workers and is_compact:
        return workers(is_portal_worker=True)
    portal_worker = [ManagedProcess("portal-worker", "rollkeeper.operations.portal_worker_process")]
    return (portal_worker if needs_portal_worker else []) + (workers() if with_workers else [])


def workers(*, is_portal_worker: bool = False) -> list[ManagedProcess]:
    """Return the two who work by themselves."""
    return [
        ManagedProcess(
            "worker-with-keys", "rollkeeper.operations.job_process", is_portal_worker=is_portal_worker
        ),
        ManagedProcess("worker-without-keys", "rollkeeper.operations.job_process", opens=False),
    ]


@contextmanager
def stopped_at_end(processes: Sequence[ManagedProcess]) -> Iterator[Sequence[ManagedProcess]]:
    """Stop them at the end of a block, all at once."""
    try:
        yield processes
    finally:
        for one in processes:
            one.ask_to_stop()
        for one in processes:
            one.stop()
