# SPDX-License-Identifier: EUPL-1.2
"""docs/ledger.md and docs/publishing.md work as written: an outsider and an operator type them.

Against an instance that serves its ledger and has a witness.
"""

import base64
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from rollkeeper.ledger import auditor
from tests.command_server import CommandServer
from tests.instances import QUICK_SERVERS, copy_empty
from tests.ledger.witness import RealWitness
from tests.operations.test_process_supervisor import free_ports, started
from tests.settings_files import change_settings

DOCS = Path(__file__).parents[2] / "docs"
FOR_OUTSIDERS = (DOCS / "ledger.md").read_text("utf-8")
PAGE = FOR_OUTSIDERS + (DOCS / "publishing.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SURROUNDINGS = {key: value for key, value in os.environ.items() if not key.startswith("ROLLKEEPER_")} | {
    "ROLLKEEPER_SERVER_CONFIGURATION": QUICK_SERVERS
}
PERSON = {
    "number": "+8613908000001", "name": "Invented 1", "address": "Invented Road 1, Lhasa",
    "document_type": "passport", "document_number": "X00000001",
}  # fmt: skip


def blocks(kind, text=PAGE):
    return [inside for language, inside in BLOCK.findall(text) if language == kind]


class Operator:
    """An instance with a registered subscriber that publishes and serves its ledger."""

    def __init__(self, folder, command_server):
        self.data_dir, self.public, self._typist = folder / "data_dir", folder / "public", command_server

    def type(self, *words):
        ran = self._typist.run(*words, data_dir=self.data_dir)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def set(self, toml):
        change_settings(self.data_dir / "settings.toml", toml)

    @property
    def vkey(self):
        return (self.public / "vkey").read_text().strip()


@pytest.fixture(scope="module")
def folder():
    place = Path(tempfile.mkdtemp(prefix="rollkeeper-ledger-page-"))
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def operator(folder):
    command_server = CommandServer(SURROUNDINGS)
    one = Operator(folder, command_server)
    (folder / "people.jsonl").write_text(json.dumps(PERSON), "utf-8")
    copy_empty(one.data_dir)
    command_server.hold_servers(one.data_dir)
    where, _ = blocks("toml")
    one.set(where.replace("/srv/www/ledger", str(one.public)))
    one.type("register", str(folder / "people.jsonl"))
    one.type("ledger", "publish")
    yield one
    command_server.go()


@pytest.fixture(scope="module")
def witness(folder, operator):
    real = RealWitness(folder / "witness", log_vkey=operator.vkey).start()
    _, who = blocks("toml")
    operator.set(
        who.replace("https://witness.example", real.url).replace(
            "witness.example/w1+1a2b3c4d+BAAA", real.vkey
        )
    )
    assert "`rollkeeper worker` publish by themselves" in PAGE
    operator.type("worker", "--once")
    yield real
    real.stop()


@pytest.fixture(scope="module")
def ledger(operator, witness):
    """The address of the served ledger."""
    port = free_ports()
    with started(operator.data_dir, port, "--app", "backoffice"):
        yield f"http://127.0.0.1:{port}/ledger"


def disclosed(receipt):
    """What a receipt says of its entry."""
    extra = next(line for line in receipt.splitlines() if line.startswith("extra "))
    return base64.b64decode(extra.removeprefix("extra ")).decode()


@pytest.fixture
def outsider(operator, witness, ledger, tmp_path):
    """A shell in a directory with what a reader brings along, and `rollkeeper` for the operator's part of the page."""
    # The leaves say no more than a class, in no order: the registration is the entry whose receipt says so.
    size = auditor.read_checkpoint(operator.public / "checkpoint", auditor.read_key(operator.vkey)).size
    registered = next(
        number
        for number in range(size, 0, -1)
        if "line:tenure:registered" in disclosed(operator.type("ledger", "receipt", str(number)))
    )
    (tmp_path / "operator.vkey").write_text(operator.vkey)
    (tmp_path / "witnesses.txt").write_text(f"# by hand\n{witness.vkey}\n")
    shutil.copytree(operator.public, tmp_path / "folder-of-a-friend")
    shutil.copy(operator.public / "checkpoint", tmp_path / "checkpoint-of-a-friend")
    (tmp_path / "receipt.txt").write_text(operator.type("ledger", "receipt", str(registered)))
    operator._typist.lend_command(tmp_path / "programs")
    environment = SURROUNDINGS | {
        "LEDGER": ledger, "KEPT": str(tmp_path / "kept"), "CODE": str(registered), "PERSON": str(uuid.uuid4()),
        "ROLLKEEPER_HOME": str(operator.data_dir),
        "PATH": f"{tmp_path / 'programs'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip

    def typing(commands):
        return subprocess.run(
            ["sh", "-eu", "-c", commands], env=environment, cwd=tmp_path, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip

    return typing


def test_every_command_of_the_page_works_as_it_stands(outsider):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")

    said = [outsider(commands) for commands in blocks("sh")]

    for one in said:
        assert one.returncode == 0, f"{one.args[-1]}\n{one.stdout}\n{one.stderr}"
        assert "Traceback" not in one.stderr
    assert re.search(r"All \d+ entries of ledger\.operator\.example fit the signed root", said[0].stdout)
    assert re.search(r"Cosigned by witness\.example/w \(\d{4}-", said[0].stdout)
    assert json.loads(said[1].stdout)["right"] is True
    assert '"verb":"line:tenure:registered"' in said[2].stdout


def test_a_copy_is_brought_up_to_date_and_held_against_what_it_was(outsider, operator, tmp_path):
    first = outsider('rollkeeper ledger verify copy --from "$LEDGER"')
    kept = (tmp_path / "copy" / "checkpoint").read_text().split("\n")[1]
    operator.type("backup", str(tmp_path / "backups"))
    operator.type("ledger", "publish")

    again = outsider('rollkeeper ledger verify copy --from "$LEDGER" --witness witnesses.txt')

    assert (first.returncode, again.returncode) == (0, 0), again.stdout + again.stderr
    assert f"It continues the checkpoints over {kept} entries." in again.stdout
    assert (tmp_path / "copy" / "checkpoint").read_text() == (operator.public / "checkpoint").read_text()
    assert not (tmp_path / "copy" / "checkpoint.new").exists()


def test_a_copy_of_another_history_is_kept_beside_the_new_head(outsider, operator, tmp_path):
    outsider('rollkeeper ledger verify copy --from "$LEDGER"')
    size = auditor.read_checkpoint(tmp_path / "copy" / "checkpoint", auditor.read_key(operator.vkey)).size
    bundle = tmp_path / "copy" / "tile" / "entries" / f"000.p/{size}"
    bundle.write_bytes(bundle.read_bytes().replace(b'"v":2', b'"v":9', 1))

    said = outsider('rollkeeper ledger verify copy --from "$LEDGER"')

    assert said.returncode == 1
    assert "Entry 0 is the first wrong one" in said.stdout
    assert (tmp_path / "copy" / "checkpoint.new").exists()


@pytest.mark.parametrize(
    ("name", "status", "lasting"),
    [("", 200, "no-store"), ("checkpoint", 200, "no-store"), ("tile/9/000", 404, "no-store")],
)
def test_the_web_process_gives_it_out_without_a_cookie(ledger, name, status, lasting):
    place, _, path = ledger.removeprefix("http://").partition("/")

    with closing(http.client.HTTPConnection(place, timeout=20)) as asked:
        asked.request("GET", f"/{path}/{name}", headers={"Host": "ledger.operator.example"})
        answer = asked.getresponse()

        assert (answer.status, answer.getheader("Cache-Control")) == (status, lasting)
        assert answer.getheader("Set-Cookie") is None
        assert answer.read()


def test_the_head_alone_can_be_asked_for(ledger):
    place, _, path = ledger.removeprefix("http://").partition("/")

    with closing(http.client.HTTPConnection(place, timeout=20)) as asked:
        asked.request("HEAD", f"/{path}/checkpoint")
        answer = asked.getresponse()

        assert (answer.status, answer.read()) == (200, b"")


def test_the_page_is_two_pages_long():
    assert len(FOR_OUTSIDERS.split()) < 1450
