# SPDX-License-Identifier: EUPL-1.2
"""A real OpenBao out of its wheel, for tests, set up as `ops/openbao/README.md` says."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from rollkeeper.vault.transit import TransitIndexKey, TransitRoot

BAO = Path(sys.executable).with_name("bao")
ROOT_TOKEN = "the-root-of-a-test"
POLICIES = Path(__file__).parents[2] / "ops" / "openbao"


class Bao:
    """A running OpenBao and the tokens that its policies give."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [BAO, *arguments],
            env={
                "BAO_ADDR": self.url,
                "BAO_TOKEN": ROOT_TOKEN,
                "HOME": str(self.folder),
                "PATH": os.environ["PATH"],
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def token(self, *policies: str) -> Path:
        file = self.folder / f"{'-'.join(policies)}.token"
        # As `bao token create` does: each start of that program takes a fifth of a second.
        asked = urllib.request.Request(  # noqa: S310
            f"{self.url}/v1/auth/token/create", json.dumps({"policies": policies}).encode(), {"X-Vault-Token": ROOT_TOKEN}
        )  # fmt: skip
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
            file.write_text(json.load(answer)["auth"]["client_token"], "ascii")
        return file

    def root(self, *policies: str) -> TransitRoot:
        return TransitRoot(self.url, token_file=self.token(*policies))

    def index(self, *policies: str) -> TransitIndexKey:
        return TransitIndexKey(
            self.url, token_file=self.token(*policies), in_bulk="rollkeeper-root" in policies
        )


@pytest.fixture(scope="module")
def bao(tmp_path_factory):
    """OpenBao from its wheel, set up as `ops/openbao/README.md` says."""
    folder = tmp_path_factory.mktemp("bao")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [BAO, "server", "-dev", f"-dev-root-token-id={ROOT_TOKEN}", "-dev-no-store-token",
             f"-dev-listen-address=127.0.0.1:{port}"],
            stdout=log, stderr=log, env={"HOME": str(folder), "PATH": os.environ["PATH"]},
        )  # fmt: skip
    try:
        answers(f"http://127.0.0.1:{port}/v1/sys/health", server)
        running = Bao(f"http://127.0.0.1:{port}", folder)
        for line in commands_of_the_readme():
            running.run(*line)
        yield running
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def answers(url: str, server: subprocess.Popen) -> None:
    for _ in range(200):
        assert server.poll() is None, "OpenBao did not start"
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("OpenBao did not answer")


def commands_of_the_readme() -> list[list[str]]:
    lines = (POLICIES / "README.md").read_text("utf-8").splitlines()
    return [
        [word.replace("ops/openbao", str(POLICIES)) for word in line.split()[1:]]
        for line in lines
        if line.startswith("bao ")
    ]
