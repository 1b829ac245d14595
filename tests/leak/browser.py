# SPDX-License-Identifier: EUPL-1.2
"""The web apps of a machine, and a browser that keeps a copy of every answer to be searched."""

import html
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from tests.leak.machine import PASSWORD, Machine, until
from tests.processes import children_of, words_of

PORTS = {"backoffice": 0, "counter": 1, "portal": 2}
COMMAND = Path(sys.executable).with_name("rollkeeper")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What an app answered."""

    status: int
    location: str
    text: str

    @property
    def hidden(self) -> dict[str, str]:
        """Return the hidden fields of its form."""
        return dict(_HIDDEN.findall(self.text))


class Apps:
    """The apps that are named as processes, as `rollkeeper serve` starts them."""

    def __init__(self, machine: Machine, *apps: str) -> None:
        self._machine, self.port = machine, _free_ports()
        chosen = [word for app in apps for word in ("--app", app)]
        said = machine.said("serve")
        with said.open("wb") as out, said.with_suffix(".err").open("wb") as err:
            self.process = subprocess.Popen(
                [COMMAND, "serve", "--no-worker", "--port", str(self.port), *chosen],
                env=machine.environment, stdout=out, stderr=err,
            )  # fmt: skip
        until(lambda: self.process.poll() is not None or "Ready" in said.read_text("utf-8"), seconds=90)
        assert self.process.poll() is None, said.with_suffix(".err").read_text("utf-8")

    def browser(self, app: str) -> "Browser":
        """Return a browser for one app."""
        return Browser(self._machine, self.port + PORTS[app])

    def kill(self, app: str) -> None:
        """End the process of one app with kill -9."""
        port = str(self.port + PORTS[app]).encode()
        (process,) = (one for one in children_of(self.process.pid) if port in words_of(one))
        os.kill(process, signal.SIGKILL)

    def stop(self) -> None:
        """Stop them all, without a fault."""
        self.process.terminate()
        assert self.process.wait(30) == 0
        until(lambda: not any(_listens(self.port + offset) for offset in PORTS.values()))


class Browser:
    """A user at a screen."""

    def __init__(self, machine: Machine, port: int) -> None:
        self._machine, self._port, self._number = machine, port, 0
        self.cookies: dict[str, str] = {}

    def sign_in(self, username: str, password: str = PASSWORD) -> Answer:
        """Sign in. The page shows a mistyped user name once more to its user; all else of it is kept and searched."""
        page = self.ask("GET", "/account/login/")
        fields = page.hidden | {"login": username, "password": password}
        shown = f'value="{html.escape(username)}"'
        return self.ask("POST", "/account/login/", fields=fields, but_once=shown)

    def submit(self, path: str, *, htmx: bool = False, **fields: str) -> Answer:
        """Open a page, fill in its form, send it."""
        page = self.ask("GET", path)
        assert page.status == 200, f"{path.partition('?')[0]}: {page.status}"
        headers = {"HX-Request": "true"} if htmx else {}
        return self.ask("POST", path, fields=page.hidden | fields, headers=headers)

    def ask(
        self, method: str, path: str, *, fields: dict[str, str] | None = None, body: bytes | None = None,
        headers: dict[str, str] | None = None, patience_s: float = 60, but_once: str = "",
        asked_for: bool = False,
    ) -> Answer:  # fmt: skip
        """Send one request; keep the answer with its headers. If the answer has what was `asked_for`, keep only the headers."""
        form = {"Content-Type": "application/x-www-form-urlencoded"} if fields is not None else {}
        sent = {"Accept": "text/html", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        asked = http.client.HTTPConnection("127.0.0.1", self._port, timeout=patience_s)
        try:
            asked.request(
                method, quote(path, safe="/?&=%"), body=urlencode(fields).encode() if fields is not None else body,
                headers=sent | form | (headers or {}),
            )  # fmt: skip
            answer = asked.getresponse()
            text = answer.read()
        finally:
            asked.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        self._keep(answer, b"" if asked_for else text.replace(but_once.encode(), b"", 1))
        return Answer(answer.status, answer.headers.get("Location", ""), text.decode("utf-8", "replace"))

    def _keep(self, answer: http.client.HTTPResponse, text: bytes) -> None:
        self._number += 1
        file = self._machine.root / "answers" / f"{self._port}-{id(self)}-{self._number:04d}.http"
        file.write_bytes(f"{answer.status}\n{answer.headers}\n".encode() + text)


def _free_ports() -> int:
    while True:
        with socket.socket() as one, socket.socket() as two, socket.socket() as three:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
                three.bind(("127.0.0.1", port + 2))
            except OSError:
                continue
            return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
