"""A short message centre for tests: `centre.js` on the npm package smpp."""

import json
import shutil
import subprocess
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from rollkeeper.notices.gateways.smpp import SmppGateway
from rollkeeper.notices.gateways.smpp_report_ids import ReportIds
from rollkeeper.notices.gateways.smpp_spool import Spool

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "node_modules" / "smpp"
PASSWORD = "invented"


class _Host:
    """The process of all centres, and what each of them heard so far."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", HERE / "centre.js", PACKAGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._heard, self._has_more, self._numbers = defaultdict(list), threading.Condition(), count()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def is_there(self) -> bool:
        return self._process.poll() is None

    def open(self, behaviour: dict) -> tuple[int, int]:
        """Open a centre; return its number and its port."""
        number = next(self._numbers)
        self._say(number, behaviour)
        self._until(lambda: self._heard[number])
        return number, self._heard[number][0]["port"]

    def close(self, number: int) -> list[dict]:
        """Close a centre and return everything it heard."""
        self._say(number)
        self._until(lambda: self._heard[number][-1] is None)
        return self._heard.pop(number)[1:-1]

    def _say(self, *words: object) -> None:
        print(json.dumps(words), file=self._process.stdin, flush=True)

    def _listen(self) -> None:
        for line in self._process.stdout:
            number, what = json.loads(line)
            with self._has_more:
                self._heard[number].append(what)
                self._has_more.notify_all()

    def _until(self, claim: Callable[[], object]) -> None:
        with self._has_more:
            assert self._has_more.wait_for(claim, timeout=30), "the process of the message centres is gone"


_hosts: list[_Host] = []


class Centre:
    """One running centre and what it heard."""

    def __init__(self, behaviour) -> None:
        if not _hosts or not _hosts[-1].is_there:
            _hosts.append(_Host())
        self._host, self._heard = _hosts[-1], None
        self._number, self.port = self._host.open({"password": PASSWORD} | behaviour)
        self.url = f"smpp://rollkeeper@127.0.0.1:{self.port}"

    def close(self) -> list[dict]:
        """Stop it and return everything it heard."""
        if self._heard is None:
            self._heard = self._host.close(self._number)
        return self._heard

    def gateway(self, folder, **more) -> SmppGateway:
        facts = {"password": PASSWORD, "sender": "10086", "patience_s": 3, "per_second": 10_000} | more
        spool = Spool(
            folder / "smpp.sqlite",
            centre=facts.pop("name", ""),
            report_ids=facts.pop("report_ids", ReportIds.SAME),
        )
        return SmppGateway(self.url, spool=spool, **facts)


def is_installed() -> bool:
    return shutil.which("node") is not None and PACKAGE.exists()


@contextmanager
def message_centre(**behaviour):
    if not is_installed():
        pytest.skip(
            "node or the npm package smpp is not installed (bin/setup): no message centre to speak to"
        )
    running = Centre(behaviour)
    try:
        yield running
    finally:
        running.close()


def parts_of(heard) -> list[dict]:
    return [one for one in heard if "to" in one]
