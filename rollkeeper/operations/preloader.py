# SPDX-License-Identifier: EUPL-1.2
"""Forks the processes of a demo instance from one that has imported what all need: ``python -m rollkeeper.operations.preloader``.

Apps and workers then share most of their memory. The process that forks knows no instance: it is started with no setting of one, no
address and no secret. In it, Django has only the settings that all processes share (`site/common_settings.py`). What makes an app or a
worker (its environment, its folder, its user) reaches only the fork. But all forks, also the worker with keys, have the same addresses in
memory, which helps an attacker. So only `rollkeeper demo --serve` uses it: `rollkeeper serve` starts each process as a program that shares
nothing.

    request    4 bytes, length; JSON; with the first bytes come standard input, standard output and the status
    status     the process id, a line; at its end its exit code, a line (negative where a signal ended it)
"""

import array
import gc
import grp
import json
import os
import pwd
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final

import django
from django.conf import Settings, settings

# What an app or a worker needs, but for modules that read an instance's settings when they are imported.
PRELOADED: Final = (
    "rollkeeper.operations.scheduler", "rollkeeper.vault.service", "rollkeeper.operations.request_buffer", "granian.server",
    "rollkeeper.backoffice.urls", "rollkeeper.counter.urls", "rollkeeper.portal.urls", "rollkeeper.site.home_page",
    "rollkeeper.site.documentation", "rollkeeper.site.invitation", "rollkeeper.site.own_sessions", "rollkeeper.site.law_page",
    "allauth.account.views", "allauth.mfa.base.views", "allauth.mfa.webauthn.views", "django.contrib.humanize.templatetags.humanize",
    "django.contrib.messages.middleware", "django.contrib.sessions.middleware", "django.core.handlers.wsgi", "django.middleware.csp",
    "django.middleware.gzip", "django.middleware.locale", "django.middleware.security", "django.template.backends.django",
    "django.template.loader_tags", "django.views.debug", "django.views.i18n", "django_htmx.middleware", "whitenoise.middleware",
)  # fmt: skip
_MOST_BYTES: Final = 1 << 20


class ForkedProcess:
    """A fork, as seen by the process that asked for it: the part of `subprocess.Popen` that is used here, under the same names."""

    def __init__(self, status: socket.socket, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.stdin, self.stdout = stdin, stdout
        self.returncode: int | None = None
        self._status = status
        self._lines = status.makefile("r")
        self.pid = int(self._lines.readline())

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(PRELOADED[0], timeout or 0)
            self._end()
        return self.returncode or 0

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def _end(self) -> None:
        # No line: the forking process is gone, and the state of its forks is unknown.
        self.returncode = int(self._lines.readline() or -signal.SIGKILL)
        self._lines.close()
        self._status.close()


class Preloader:
    """The process that forks, as the process that serves sees it."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._control, far = socket.socketpair()
        with far:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "rollkeeper.operations.preloader"],
                stdin=far.fileno(),
                cwd="/",
                env={name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
                | {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "PYTHONUNBUFFERED": "1"},
                start_new_session=True,  # Ctrl-C reaches only the parent, which stops its children in order
            )  # fmt: skip

    def fork(
        self,
        module: str,
        *arguments: str,
        environment: Mapping[str, str],
        folder: Path,
        user: str | None = None,
    ) -> ForkedProcess:
        """Run a module's `main` with these arguments in a fork of the preloader; start the preloader again if it is gone."""
        if self._process.poll() is not None:
            self._control.close()
            self._begin()
        asked = json.dumps(
            {
                "module": module,
                "arguments": arguments,
                "environment": dict(environment),
                "folder": str(folder),
                "user": user,
            }
        ).encode()
        stdin, writing = os.pipe()
        reading, stdout = os.pipe()
        status, far = socket.socketpair()
        try:
            socket.send_fds(self._control, [len(asked).to_bytes(4)], [stdin, stdout, far.fileno()])
            self._control.sendall(asked)
        finally:
            os.close(stdin)
            os.close(stdout)
            far.close()
        return ForkedProcess(status, os.fdopen(writing, "wb"), os.fdopen(reading, "rb"))

    def stop(self) -> None:
        """End it; the apps have ended before."""
        self._control.close()
        self._process.wait()


def main() -> None:
    """Import, then fork for each request, until the process that asks is gone."""
    gc.disable()
    preload()
    _read_the_law()
    gc.collect()
    gc.freeze()  # the collector no longer visits these objects, which would copy their pages
    control = socket.socket(fileno=os.dup(0))
    asked = _fork_what_is_asked(control)
    if asked is not None:
        gc.enable()
        _take_the_place_of(asked)


def preload() -> None:
    """Set Django up with the settings that all processes share, and import what they need."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rollkeeper.site.common_settings"
    django.setup()
    for name in PRELOADED:
        import_module(name)
    for package in import_module("rollkeeper.operations.scheduler").PACKAGES_WITH_JOBS:
        import_module(f"rollkeeper.{package}.jobs")


def _read_the_law() -> None:
    """Read the law of a demo once, and not in each fork: the pack is a part of the program, and takes 6 MB."""
    from rollkeeper.kernel.instance import Instance
    from rollkeeper.law.packs import load_pack

    load_pack(Instance.model_fields["pack"].default)


def _fork_what_is_asked(control: socket.socket) -> dict[str, Any] | None:
    """Return its task in each fork, and None in this process when it ends."""
    running: dict[int, tuple[int, int]] = {}  # by pidfd: the process and the file of its status
    while True:
        for ready in select.select([control.fileno(), *running], [], [])[0]:
            if ready in running:
                _report_the_end(ready, *running.pop(ready))
                continue
            length, files, _, _ = socket.recv_fds(control, 4, 3)
            if not length:
                return None
            asked: dict[str, Any] = json.loads(_whole(control, int.from_bytes(length)))
            child = os.fork()
            if not child:
                control.close()
                for file in (files[2], *running, *(status for _, status in running.values())):
                    os.close(file)
                return asked | {"files": files[:2]}
            os.write(files[2], b"%d\n" % child)
            running[os.pidfd_open(child)] = child, files[2]
            for file in files[:2]:
                os.close(file)


def _report_the_end(pidfd: int, process: int, status: int) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with suppress(OSError):  # the process that asked may be gone
        os.write(status, b"%d\n" % code)
    os.close(status)
    os.close(pidfd)


def _whole(control: socket.socket, length: int) -> bytes:
    if length > _MOST_BYTES:
        raise ValueError("a request is longer than any")
    parts = array.array("B")
    while len(parts) < length:
        part = control.recv(length - len(parts))
        if not part:
            raise EOFError("a request broke off")
        parts.frombytes(part)
    return parts.tobytes()


def _take_the_place_of(asked: Mapping[str, Any]) -> None:
    """Become the process that was asked for: its files, folder, user and environment, in the order in which `subprocess` sets them."""
    stdin, stdout = asked["files"]
    for file, place in ((stdin, 0), (stdout, 1), (stdout, 2)):
        os.dup2(file, place)
    os.close(stdin)
    os.close(stdout)
    os.chdir(asked["folder"])
    os.umask(0o077)
    os.setsid()
    if asked["user"]:
        os.setgroups([])
        os.setgid(grp.getgrnam(asked["user"]).gr_gid)
        os.setuid(pwd.getpwnam(asked["user"]).pw_uid)
    os.environ.clear()
    os.environ.update(asked["environment"])
    _take_over_settings()
    import_module(asked["module"]).main(*asked["arguments"])


def _take_over_settings() -> None:
    """Have Django use the settings of this process, which are made from its instance's, in place of those that all processes share."""
    from django.db import connections

    own = Settings(os.environ["DJANGO_SETTINGS_MODULE"])
    for name in filter(str.isupper, dir(own)):
        setattr(settings, name, getattr(own, name))
    # Making the models has asked Django for a connection.
    connections.settings = connections.configure_settings(settings.DATABASES)
    del connections["default"]


if __name__ == "__main__":
    main()
