# SPDX-License-Identifier: EUPL-1.2
"""The processes next to the apps: started after the apps, started again when they end, stopped with their parent.

One is the vault service (`vault/service.py`). The others are job runners (`operations/scheduler.py`), each with some of the jobs. Two of
them are workers: one holds vault keys; the other holds none and runs the jobs that need none. Where an app is served, a third, the
portal worker, runs the jobs that people at an app wait for, so that no other job delays them. Elsewhere the workers run these jobs too.
"""

import os
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Final, cast

from rollkeeper.kernel import stores
from rollkeeper.kernel.database import Role
from rollkeeper.kernel.kept_processes import keeping
from rollkeeper.kernel.settings import data_dir
from rollkeeper.operations.credential_handover import VaultCredentials
from rollkeeper.operations.errors import SOCKETS_NOT_WRITABLE
from rollkeeper.operations.log_rotation import log_output
from rollkeeper.operations.preloader import ForkedProcess, Preloader
from rollkeeper.site.web_apps import App
from rollkeeper.vault.client import is_reachable

_PAUSE_S: Final = 2.0
_STOP_SECONDS: Final = 10
_RENEW_S: Final = 5.0


class JobKind(StrEnum):
    """Which jobs a process runs (``ROLLKEEPER_JOBS``)."""

    FOR_APPS = "for-apps"
    """What people at an app wait for."""
    BACKGROUND = "background"
    ALL = "all"


@dataclass(slots=True)
class ManagedProcess(ABC):
    """One process. Its log has the same name."""

    name: str
    preloader: Preloader | None = field(default=None, kw_only=True)
    """The preloader that forks it, if it shares memory with the others."""
    _process: subprocess.Popen[bytes] | ForkedProcess | None = field(default=None, init=False)
    _begun: float = field(default=0.0, init=False)

    def keep_going(self) -> None:
        """Start it, or start it again. Returns at once."""
        if self._is_running() or time.monotonic() < self._begun + _PAUSE_S:
            return
        if self._process is not None and self._process.returncode:
            from rollkeeper.kernel.console import err  # a job runner imports this file, and says nothing

            err.print(
                f"The process {self.name} ended with code {self._process.returncode} and is started again; see {self.log}.",
                markup=False,
            )
        self._release()
        self._begun = time.monotonic()
        self._process = self._started()

    @property
    def log(self) -> Path:
        """Return where it writes its log."""
        return data_dir() / "logs" / f"{self.name}.log"

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Ask it to end its present run, and then itself."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def stop(self) -> None:
        """End it; its present run may end first, if that takes no more than a few seconds."""
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

    @abstractmethod
    def _started(self) -> subprocess.Popen[bytes] | ForkedProcess:
        """Start it."""

    def _start(
        self, module: str, environment: Mapping[str, str], *, folder: Path, user: str | None = None
    ) -> subprocess.Popen[bytes] | ForkedProcess:
        environment = {
            "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
            "MALLOC_ARENA_MAX": "1",  # a heap for each of a dozen threads that mostly wait takes 6 MB
            "PYTHONUNBUFFERED": "1",
            "ROLLKEEPER_PROCESS": self.name,
            "ROLLKEEPER_ROLE": "worker",
            **environment,
        }
        process: subprocess.Popen[bytes] | ForkedProcess = (
            self.preloader.fork(module, environment=environment, folder=folder, user=user)
            if self.preloader
            else subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=folder,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                start_new_session=True,  # Ctrl-C reaches only the parent, which stops its children in order
            )
        )
        log_output(cast("IO[bytes]", process.stdout), self.log)
        return process


@dataclass(slots=True)
class JobProcess(ManagedProcess):
    """A job runner: which jobs it runs, and whether it holds the keys that open the vault."""

    jobs: JobKind
    opens: bool = True

    def _started(self) -> subprocess.Popen[bytes] | ForkedProcess:
        own = {
            "ROLLKEEPER_JOBS": self.jobs.value,
            "ROLLKEEPER_OPENS": "yes" if self.opens else "no",
            "ROLLKEEPER_ROLE": "worker",
        }
        return self._start("rollkeeper.operations.job_process", os.environ | own, folder=Path.cwd())


@dataclass(slots=True)
class VaultProcess(ManagedProcess):
    """The vault service, unless another process of this instance already serves the vault; it has a separate user where root runs it."""

    _credentials: VaultCredentials | None = field(default=None, init=False)
    _renewed: float = field(default=0.0, init=False)

    def keep_going(self) -> None:
        """Start it if no vault service answers, and keep its directory up to date."""
        if self._is_running():
            self._renew()
        elif time.monotonic() >= self._begun + _PAUSE_S:
            if is_reachable():
                self._begun = time.monotonic()
            else:
                super(VaultProcess, self).keep_going()

    def stop(self) -> None:
        """End it, and remove the files that it got."""
        super(VaultProcess, self).stop()
        if self._credentials:
            self._credentials.clear()

    def _renew(self) -> None:
        if self._credentials and time.monotonic() > self._renewed + _RENEW_S:
            self._credentials.renew()
            self._renewed = time.monotonic()

    def _started(self) -> subprocess.Popen[bytes] | ForkedProcess:
        self._credentials, self._renewed = VaultCredentials.make(), time.monotonic()
        return self._start(
            "rollkeeper.operations.vault_process", self._credentials.environment() | {"ROLLKEEPER_ROLE": Role.VAULT_SERVICE.value},
            folder=self._credentials.folder, user=self._credentials.user,
        )  # fmt: skip


def processes_for(
    apps: Sequence[App], *, with_workers: bool, preloader: Preloader | None = None
) -> list[ManagedProcess]:
    """Return the processes that these apps need, and the workers, if they are wanted here.

    With a preloader, for a demo, there is no portal worker: the workers run its jobs.
    """
    vault = vault_service(preloader=preloader)
    if not apps or (with_workers and preloader):
        return [vault, *(workers(preloader=preloader) if with_workers else [])]
    portal_worker = JobProcess("portal-worker", JobKind.FOR_APPS, opens=False)
    return [vault, portal_worker, *(workers(JobKind.BACKGROUND) if with_workers else [])]


def vault_service(*, preloader: Preloader | None = None) -> ManagedProcess:
    """Return the vault service."""
    return VaultProcess("vault", preloader=preloader)


def workers(jobs: JobKind = JobKind.ALL, *, preloader: Preloader | None = None) -> list[ManagedProcess]:
    """Return the two workers: one runs the few jobs that need keys, the other runs the jobs of this kind that need none."""
    return [
        JobProcess("worker-with-keys", JobKind.ALL, preloader=preloader),
        JobProcess("worker-without-keys", jobs, opens=False, preloader=preloader),
    ]


@contextmanager
def stopped_at_end(processes: Sequence[ManagedProcess]) -> Iterator[Sequence[ManagedProcess]]:
    """Stop these processes at the end of a block, all at once; until then the instance's health names each that does not answer.

    Refuses: SOCKETS_NOT_WRITABLE.
    """
    with ExitStack() as stack:
        for one in processes:
            try:
                stack.enter_context(keeping(one.name))
            except OSError as fault:
                raise SOCKETS_NOT_WRITABLE(folder=stores.sockets(), why=fault.strerror) from None
        try:
            yield processes
        finally:
            for one in processes:
                one.ask_to_stop()
            for one in processes:
                one.stop()
