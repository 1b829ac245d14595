"""A short message centre for tests: `centre.js` on the npm package smpp."""

import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from rollkeeper.notices.gateways.smpp import SmppGateway
from rollkeeper.notices.gateways.smpp_report_ids import ReportIds
from rollkeeper.notices.gateways.smpp_spool import Spool

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "node_modules" / "smpp"
PASSWORD = "invented"


class Centre:
    """One running centre and what it heard."""

    def __init__(self, behaviour) -> None:
        self._process = subprocess.Popen(
            ["node", str(HERE / "centre.js"), str(PACKAGE), json.dumps({"password": PASSWORD} | behaviour)],
            stdout=subprocess.PIPE,
        )
        self.port = json.loads(self._process.stdout.readline())["port"]
        self.url = f"smpp://rollkeeper@127.0.0.1:{self.port}"

    def close(self) -> list[dict]:
        """Stop it and return everything it heard."""
        if self._process.returncode is None:
            self._process.kill()
            heard, _ = self._process.communicate()
            self._heard = [json.loads(line) for line in heard.splitlines()]
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
