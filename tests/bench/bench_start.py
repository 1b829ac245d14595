# SPDX-License-Identifier: EUPL-1.2
"""A second `make run`: from the command until the back office lets a person sign in, in an instance that holds the demo already.

The command line is that of the Makefile. Both servers are down at the beginning, as after Ctrl-C.
"""

import os
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.operations.test_process_supervisor import free_ports, until

ROOT = Path(__file__).parents[2]
UV = [ROOT / ".tools" / "bin" / "uv", "run", "--frozen", "--offline", "--no-progress", "rollkeeper", "demo"]
SERVE = [*UV, "--serve"]
LINES, LEAST_LINES = 10_000, 100
STARTS = 5


def run(sizes: Sequence[int]) -> list[tuple[str, int, float, float | None, float | None, str]]:
    """Make the demo once, with at most as many lines as `make run` makes, and start it again a few times; a small demo only once."""
    lines = max(LEAST_LINES, min(LINES, *sizes))
    times = STARTS if lines == LINES else 1
    with tempfile.TemporaryDirectory(prefix="rollkeeper-start-") as folder:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("ROLLKEEPER_")
        }
        environment |= {"ROLLKEEPER_HOME": str(Path(folder) / "data_dir")}
        made = _timed(lambda: make(lines, environment))
        starts = sorted(_start(environment) for _ in range(times))
    return [
        ("the first start makes the demo", lines, made, None, None, "-"),
        (f"a second `make run` until the back office lets one sign in, the middle of {times}", lines, starts[times // 2], None, None, "under 5 s"),
        (f"the slowest of these {times}", lines, starts[-1], None, None, "under 5 s"),
    ]  # fmt: skip


def make(lines: int, environment: dict[str, str]) -> None:
    """Type the command that makes the demo."""
    subprocess.run([*UV, "--lines", str(lines)], check=True, stdout=subprocess.DEVNULL, env=environment)


def _start(environment: dict[str, str]) -> float:
    port, data_dir = free_ports(), Path(environment["ROLLKEEPER_HOME"])
    until(lambda: not list(data_dir.glob("*/pg/postmaster.pid")), seconds=60)
    begun = time.perf_counter()
    subprocess.run([ROOT / "bin" / "setup"], check=True, capture_output=True, env=environment)
    with _served(port, environment):
        until(lambda: _lets_sign_in(port), seconds=60)
        return time.perf_counter() - begun


def _lets_sign_in(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=5) as page:
            return b"id_password" in page.read()
    except OSError:
        return False


@contextmanager
def _served(port: int, environment: dict[str, str]) -> Iterator[None]:
    command = [*SERVE, "--port", str(port)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as served:
        try:
            yield
        finally:
            served.terminate()
            served.wait(60)


def _timed(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
