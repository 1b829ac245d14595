# SPDX-License-Identifier: EUPL-1.2
"""A second `make run`: from the command until the office answers, in a home that holds the demo already.

The words are those of the Makefile. Both servers are down when it begins, as after Ctrl-C.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.site.test_serving import answers, free_ports, until

ROOT = Path(__file__).parents[2]
UV = [ROOT / ".tools" / "bin" / "uv", "run", "--frozen", "--offline", "--no-progress", "rollkeeper", "demo"]
LINES = 10_000
STARTS = 5


def run(sizes: Sequence[int]) -> list[tuple[str, int, float, float | None, float | None, str]]:
    """Make the demo once, start it a few times more, and return the slowest start; the sizes are those of `make run`."""
    with tempfile.TemporaryDirectory(prefix="rollkeeper-start-") as folder:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("ROLLKEEPER_")
        }
        environment |= {"ROLLKEEPER_HOME": str(Path(folder) / "home")}
        made = _timed(
            lambda: subprocess.run(
                [*UV, "--lines", str(LINES)], check=True, capture_output=True, env=environment
            )
        )
        starts = [_start(environment) for _ in range(STARTS)]
    return [
        ("the first start makes the demo", LINES, made, None, None, "-"),
        (f"a second `make run` until the office answers, slowest of {STARTS}", LINES, max(starts), None, None, "under 5 s"),
    ]  # fmt: skip


def _start(environment: dict[str, str]) -> float:
    port = free_ports()
    begun = time.perf_counter()
    subprocess.run([ROOT / "bin" / "setup"], check=True, capture_output=True, env=environment)
    with _served(port, environment):
        until(lambda: answers(port), seconds=60)
        return time.perf_counter() - begun


@contextmanager
def _served(port: int, environment: dict[str, str]) -> Iterator[None]:
    command = [*UV, "--serve", "--port", str(port)]
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
