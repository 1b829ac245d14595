# SPDX-License-Identifier: EUPL-1.2
"""A real S3-compatible store out of its wheel, for tests: SeaweedFS on this machine, with one user who has a key."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.store import S3Store

WEED = Path(sys.executable).with_name("weed")
BUCKET, KEY, SECRET = "copies", "anybody", "an-invented-secret"


@dataclass(frozen=True)
class Seaweed:
    """A running store."""

    endpoint: str
    folder: Path
    process: subprocess.Popen

    @property
    def secrets(self) -> str:
        """What secrets/documents.toml says of it."""
        said = {
            "endpoint": self.endpoint,
            "access_key_id": KEY,
            "secret_access_key": SECRET,
            "region": "us-east-1",
        }
        return "".join(f"{name} = {json.dumps(value)}\n" for name, value in said.items())


@contextmanager
def seaweed(folder: Path) -> Iterator[Seaweed]:
    """Start one, wait until it takes an object, and end it."""
    master, volume, filer, s3 = _free_ports(4)
    identity = {
        "name": "instance",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin"],
    }
    rights = folder / "s3.json"
    rights.write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    words = [
        "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={master}",
        f"-volume.port={volume}", "-filer", f"-filer.port={filer}", "-s3", f"-s3.port={s3}", f"-s3.config={rights}",
        "-s3.port.iceberg=0", "-master.volumeSizeLimitMB=64", "-volume.max=4",
    ]  # fmt: skip
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen([WEED, *words], stdout=log, stderr=log, cwd=folder)
    try:
        made = Seaweed(f"http://127.0.0.1:{s3}", folder, process)
        _wait_for(made)
        yield made
    finally:
        process.kill()  # nothing of it is kept, and it takes its time to end
        process.wait()


def _wait_for(made: Seaweed) -> None:
    """A bucket is made by a plain PUT of its name; then the store takes an object once a volume has been given out."""
    options = {"allow_http": True, "timeout": "5s", "connect_timeout": "2s"}
    at = {"endpoint": made.endpoint, "access_key_id": KEY, "secret_access_key": SECRET, "region": "us-east-1"}
    until = time.monotonic() + 40
    while True:
        try:
            obstore.put(S3Store(BUCKET, config=at, client_options=options), "ready", b"ready")
        except Exception:  # noqa: BLE001 - whatever is not ready yet, until the deadline
            assert time.monotonic() < until, (made.folder / "weed.log").read_text("utf-8", "replace")[-2000:]
            assert made.process.poll() is None, (made.folder / "weed.log").read_text("utf-8", "replace")[
                -2000:
            ]
            _make_bucket(made)
            time.sleep(0.5)
        else:
            return


def _make_bucket(made: Seaweed) -> None:
    shell = [WEED, "shell", f"-master={_master_of(made)}"]
    subprocess.run(
        shell,
        input=f"s3.bucket.create -name {BUCKET}\n",
        text=True,
        capture_output=True,
        timeout=20,
        check=False,
    )


def _master_of(made: Seaweed) -> str:
    word = next(one for one in made.process.args if str(one).startswith("-master.port="))
    return "127.0.0.1:" + word.rpartition("=")[2]


def _free_ports(count: int) -> list[int]:
    """SeaweedFS listens for its own people 10,000 above each port."""
    found: list[int] = []
    with ExitStack() as held:
        for port in range(23_100, 33_000):
            if len(found) == count:
                break
            try:
                for one in (port, port + 10_000):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", one))
            except OSError:
                continue
            found.append(port)
    return found
