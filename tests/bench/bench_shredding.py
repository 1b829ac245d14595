# SPDX-License-Identifier: EUPL-1.2
"""The vault against `cryptoshred` from PyPI, which seals under a key a person and destroys it, too.

It needs older libraries than ours, so it has an environment of its own in the user's cache, made on first use by uv. Where
that cannot be made the bench says so and goes on.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from rollkeeper.kernel.database import run as execute
from rollkeeper.vault import acts
from tests.bench.bench_vault import Row, people, timed

UV = Path(__file__).parents[2] / ".tools" / "bin" / "uv"
RIVAL = Path(__file__).with_name("rival_cryptoshred.py")
VERSION = "0.0.7"
THEIRS, OURS = 5_000, 50_000


def run(sizes: list[int]) -> Iterator[Row]:
    """Measure both, each at a size that takes it seconds, and set the rates beside each other."""
    del sizes
    python = _environment()
    if python is None:
        print(f"LOUD: cryptoshred {VERSION} could not be installed: nothing was measured against it")
        return
    with tempfile.TemporaryDirectory(prefix="rollkeeper-rival-") as folder:
        said = subprocess.run(
            [python, RIVAL, str(THEIRS), folder], check=True, capture_output=True, text=True
        )
    theirs = json.loads(said.stdout)
    print(
        f"cryptoshred read {theirs['read_after_the_key_was_destroyed']} of 500 people after their keys were destroyed"
    )
    acts.begin_first_epoch()
    records = people(OURS)
    sealed = timed(lambda: acts.seal_persons(records))
    shredded = timed(lambda: acts.shred([(r.person_id, r.holding_id) for r in records]))
    execute("TRUNCATE vault_sealed")
    for what, ours, rival in (("seal", sealed, theirs["seal"]), ("shred", shredded, theirs["shred"])):
        as_long = rival / THEIRS * OURS
        yield (
            f"{what}, against cryptoshred over SQLite",
            OURS,
            ours,
            as_long,
            as_long / ours,
            "at least 10 times as fast",
        )


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
