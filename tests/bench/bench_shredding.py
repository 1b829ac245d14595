# SPDX-License-Identifier: EUPL-1.2
"""The vault against `cryptoshred` from PyPI, which also seals each person's data under one key and destroys the key.

Over SQLite, which waits for the disk after each key, most of its time is this wait; the vault waits once for many people. So its time is
measured without this wait too, while the vault still waits: the rest of the ratio is the work itself.

It needs older libraries than ours, so it has a separate environment in the user's cache, made on first use by uv. If the environment
cannot be made, the bench says so and goes on.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from rollkeeper.kernel.database import run as execute
from rollkeeper.vault import services
from tests.bench.bench_vault import Row, people, timed

UV = Path(__file__).parents[2] / ".tools" / "bin" / "uv"
RIVAL = Path(__file__).with_name("rival_cryptoshred.py")
VERSION = "0.0.7"
THEIRS, OURS = 5_000, 50_000


def run(sizes: list[int]) -> Iterator[Row]:
    """Measure both, each at a size that takes some seconds, and compare the rates."""
    ours, few = min(OURS, *sizes), min(THEIRS, *sizes)
    services.begin_first_epoch()
    records = people(ours)
    sealed = timed(lambda: services.seal_persons(records))
    begun = time.perf_counter()
    count = services.shred([(r.person_id, r.tenure_id) for r in records])
    shredded = time.perf_counter() - begun
    assert count == ours, (count, ours)
    execute("TRUNCATE vault_sealed")
    for rival, synchronous, limit in (
        ("cryptoshred over SQLite, which waits for the disk each time", "FULL", "at least 10 times as fast"),
        (
            "cryptoshred over SQLite without a wait for the disk",
            "OFF",
            "(for comparison: a power cut loses keys)",
        ),
    ):
        theirs = _theirs(few, synchronous)
        for what, mine in (("seal", sealed), ("shred", shredded)):
            yield f"{what}, against {rival}", ours, mine, *_against(mine, theirs, what, ours, limit)


def _theirs(count: int, synchronous: str) -> dict[str, float] | None:
    """Return how long cryptoshred takes to seal and to shred one person; None if it cannot be installed."""
    python = _environment()
    if python is None:
        print(f"LOUD: cryptoshred {VERSION} could not be installed: nothing was measured against it")
        return None
    with tempfile.TemporaryDirectory(prefix="rollkeeper-rival-") as folder:
        said = subprocess.run(
            [python, RIVAL, str(count), folder, synchronous], check=True, capture_output=True, text=True
        )
    theirs = json.loads(said.stdout)
    read, tried = theirs["read_after_the_key_was_destroyed"], min(500, count)
    print(f"cryptoshred read {read} of {tried} people after their keys were destroyed")
    return {what: theirs[what] / count for what in ("seal", "shred")}


def _against(
    mine: float, theirs: dict[str, float] | None, what: str, count: int, limit: str
) -> tuple[float | None, float | None, str]:
    if theirs is None:
        return None, None, "cryptoshred was not to be had"
    as_long = theirs[what] * count
    return as_long, as_long / mine, limit


def _environment() -> Path | None:
    """Return an interpreter that has the package."""
    folder = platformdirs.user_cache_path("rollkeeper-bench") / f"cryptoshred-{VERSION}"
    python = folder / "bin" / "python"
    if python.exists():
        return python
    made = [
        [UV, "venv", "--quiet", "--python", "3.13", folder],
        [UV, "pip", "install", "--quiet", "--python", python, f"cryptoshred=={VERSION}"],
    ]
    if any(subprocess.run(command, check=False).returncode for command in made):
        subprocess.run(["rm", "-rf", str(folder)], check=True)
        return None
    return python
