# SPDX-License-Identifier: EUPL-1.2
"""An outside witness: `aics-witness`, an independent program, as a separate process on this machine."""

import io
import json
import socket
import time
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import urllib3
from aics_witness import cli

from rollkeeper.ledger import notes
from tests.ledger import witness_process

NAME = "witness.example/w"
# Tests start dozens: each import of the program takes longer than a witness works.
_FORKED = get_context("forkserver")
_FORKED.set_forkserver_preload([witness_process.__name__])


class RealWitness:
    """One that knows this instance's ledger, unless it is given another key."""

    def __init__(self, folder: Path, *, name: str = NAME, log_vkey: str | None = None) -> None:
        folder.mkdir()
        self.name, self._config = name, folder / "witness.json"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.vkey = self._type("init", "--name", name, "--listen", f"127.0.0.1:{self._port}").strip()
        if log_vkey is None:
            log_vkey = notes.vkey(notes.origin(), notes.signing_key().public_key())
        if log_vkey:
            self._type("add-log", "--origin", log_vkey.partition("+")[0], "--vkey", log_vkey)
        self._process: BaseProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def setting(self) -> dict[str, str]:
        return {"url": self.url, "vkey": self.vkey}

    def start(self) -> "RealWitness":
        self._process = _FORKED.Process(target=witness_process.serve, args=(str(self._config),), daemon=True)
        self._process.start()
        deadline = time.monotonic() + 20
        while not self._answers():
            assert self._process.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.join(20)
            self._process = None

    def kill(self) -> None:
        """Kill it: asked to stop, it would react only after half a second."""
        if self._process:
            self._process.kill()
            self._process.join(20)
            self._process = None

    def evidence(self) -> list[dict[str, object]]:
        """The requests that it stored because this ledger signed them and they contradict what it saw."""
        return json.loads(self._type("evidence"))

    def post(self, body: bytes) -> tuple[int, str]:
        answer = urllib3.request("POST", f"{self.url}/add-checkpoint", body=body, retries=False)
        return answer.status, answer.data.decode()

    def _answers(self) -> bool:
        try:
            return urllib3.request("GET", f"{self.url}/healthz", retries=False, timeout=5).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def _type(self, *words: str) -> str:
        with redirect_stdout(io.StringIO()) as said, redirect_stderr(io.StringIO()):
            assert cli.main([words[0], "--config", str(self._config), *words[1:]]) == 0
        return said.getvalue()
