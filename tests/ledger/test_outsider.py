# SPDX-License-Identifier: EUPL-1.2
"""A program that is not ours audits the ledger: Go's own library for transparency logs, and the public formats, and nothing else."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from rollkeeper.ledger.publication import publish
from tests.provisioning.elements import wanted

SOURCE = Path(__file__).parent / "outsider" / "main.go"
LIBRARY = Path("/usr/share/gocode")
"""Of Debian's golang-golang-x-mod-dev, which `make setup` installs; no module is fetched from anywhere."""
QUICKLY = ["-gcflags=all=-N -l -dwarf=false", "-ldflags=-s -w"]
"""Go's whole library is compiled once for a machine, into Go's usual cache: it takes a third less time where nothing is optimized and no
debugger is served.
"""
SIZE = 700


@pytest.fixture(scope="module")
def outsider(tmp_path_factory):
    """The auditor, built by Go."""
    wanted("golang-go", "go")
    if not (LIBRARY / "src" / "golang.org" / "x" / "mod").is_dir():
        pytest.skip(
            "Debian's golang-golang-x-mod-dev is not installed: another's auditor was NOT tried (bin/setup as root)"
        )
    program = tmp_path_factory.mktemp("outsider") / "outsider"
    subprocess.run(
        ["go", "build", *QUICKLY, "-o", program, SOURCE], check=True, cwd=SOURCE.parent,
        env=os.environ | {
            "CGO_ENABLED": "0", "GO111MODULE": "off", "GOPATH": str(LIBRARY), "GOFLAGS": "", "GOTOOLCHAIN": "local", "GOPROXY": "off",
        },
    )  # fmt: skip

    def asking(folder, *older):
        vkey = (folder / "vkey").read_text("utf-8").strip()
        ran = subprocess.run([program, folder, vkey, *older], capture_output=True, text=True, check=False)
        return ran.returncode, json.loads(ran.stdout) if ran.returncode == 0 else ran.stderr

    return asking


@pytest.fixture
def log(fill, tmp_path):
    """A published folder over 700 entries, and the checkpoint kept when there were 300."""
    fill(1, 300)
    publish(tmp_path / "log")
    shutil.copy(tmp_path / "log" / "checkpoint", tmp_path / "kept")
    fill(301, SIZE)
    publish(tmp_path / "log")
    return tmp_path / "log"


def test_an_outsiders_program_finds_every_tile_and_leaf_right_and_the_growth_proven(outsider, log):
    code, said = outsider(log, log.parent / "kept")

    assert code == 0, said
    assert (said["size"], said["grown_from"], sum(said["classes"].values())) == (SIZE, 300, SIZE)


@pytest.mark.parametrize("name", ["tile/entries/001", "tile/0/001", "tile/1/000.p/2", "checkpoint"])
def test_an_outsiders_program_notices_one_changed_byte(outsider, log, name):
    file = log / name
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)

    code, _ = outsider(log)

    assert code == 1


def test_an_outsiders_program_notices_a_log_that_forgot(outsider, log, fill, ledger, tmp_path):
    code, said = outsider(log)
    assert code == 0
    shorter = tmp_path / "shorter"
    shutil.copytree(log, shorter)
    shutil.copy(log.parent / "kept", shorter / "checkpoint")

    code, said = outsider(shorter, log / "checkpoint")

    assert code == 1, said
