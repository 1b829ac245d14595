# SPDX-License-Identifier: EUPL-1.2
"""A second `make run`: from the command until the back office lets a person sign in, in an instance that holds the demo already.

The command line is that of the Makefile. Both servers are down at the beginning, as after Ctrl-C.
"""

import os
import re
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
REST_S = 100
"""From the start until the memory is read: each job that runs within a minute has run."""


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
        rest_s = REST_S if lines == LINES else 1
        mb, processes = _at_rest(environment, rest_s)
    return [
        ("the first start makes the demo", lines, made, None, None, "-"),
        (f"a second `make run` until the back office lets one sign in, the middle of {times}", lines, starts[times // 2], None, None, "under 5 s"),
        (f"the slowest of these {times}", lines, starts[-1], None, None, "under 5 s"),
        (f"at rest {mb:.0f} MB in {processes} processes", lines, rest_s, None, None, "at most 450 MB"),
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


def _at_rest(environment: dict[str, str], rest_s: float) -> tuple[float, int]:
    """Return the MB that a served instance takes a while after its start, and in how many processes."""
    port, data_dir = free_ports(), Path(environment["ROLLKEEPER_HOME"])
    with _served(port, environment) as served:
        until(lambda: _lets_sign_in(port), seconds=60)
        time.sleep(rest_s)
        servers = [int(file.read_text().split("\n", 1)[0]) for file in data_dir.glob("*/pg/postmaster.pid")]
        sizes = [_proportional_kib(pid) for pid in _with_children({served.pid, *servers})]
    return sum(sizes) * 1024 / 1e6, len(sizes)


def _with_children(pids: set[int]) -> set[int]:
    """Return these processes and all that they started."""
    parents = {
        int(stat.parent.name): int(found.group(1))
        for stat in Path("/proc").glob("[0-9]*/stat")
        if (found := re.search(r".*\) \S (\d+)", _text(stat)))
    }
    while more := {pid for pid, parent in parents.items() if parent in pids} - pids:
        pids = pids | more
    return pids


def _proportional_kib(pid: int) -> int:
    """Return how much memory a process takes, with its part of what it shares; 0 if it has ended."""
    found = re.search(r"^Pss:\s+(\d+)", _text(Path(f"/proc/{pid}/smaps_rollup")), re.MULTILINE)
    return int(found.group(1)) if found else 0


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # the process has ended
        return ""


def _lets_sign_in(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=5) as page:
            return b"id_password" in page.read()
    except OSError:
        return False


@contextmanager
def _served(port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [*SERVE, "--port", str(port)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as served:
        try:
            yield served
        finally:
            served.terminate()
            served.wait(60)


def _timed(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
