# SPDX-License-Identifier: EUPL-1.2
"""Import and the night, set against `openwisp-radius` from PyPI in a separate environment.

Its batch import searches all users before each row, so that a file twice as long takes four times as long: it runs on few rows, and its
rate there is used for the whole, which favours it. Its `unverify_inactive_users` sets one flag and its `delete_inactive_users` deletes
rows; neither notifies anyone. The product's night writes reason, command, notice and ledger entry for each line, and suspends no one
without proof that they were notified: both counts are in the table.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import nightly, planning
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.settings import write_settings
from rollkeeper.vault.services import begin_first_epoch
from tests.bench import bench_campaign, bench_import
from tests.bench.bench_vault import Row, timed

UV = Path(__file__).parents[2] / ".tools" / "bin" / "uv"
RIVAL = Path(__file__).with_name("rival_openwisp.py")
VERSION = "1.3.3"
THEIR_ROWS, OURS = 1_000, 100_000
MISSING = "openwisp-radius was not to be had"

NOT_NOTIFIED = """
    SELECT count(*) AS lines FROM lines_suspension s
     WHERE s.reason = 'registration' AND NOT EXISTS (
           SELECT FROM notices_notice n WHERE n.line_id = s.line_id AND n.kind = 'register_by' AND n.delivered_on < s.begun_on)
"""


def run(sizes: list[int]) -> Iterator[Row]:
    """Measure both in turn, and count how many each cut off without a notice."""
    ours, rows_of_theirs = min(OURS, *sizes), min(THEIR_ROWS, *sizes)
    theirs = _theirs(rows_of_theirs, ours)
    imported = _import(ours)
    night, cut, not_notified = _night(ours)
    assert cut > 0
    label = f"night with {cut:,} suspended, {not_notified:,} of them without notice"
    if theirs is None:
        yield "import", ours, imported, None, None, MISSING
        yield label, ours, night, None, None, MISSING
        return
    as_long = theirs["import"] / rows_of_theirs * ours
    yield (
        f"import / its batch import (rate of {rows_of_theirs:,})",
        ours,
        imported,
        as_long,
        as_long / imported,
        "at least 20 times as fast",
    )
    yield (
        f"{label} / unverify_inactive_users: {theirs['unverified']:,}, all without notice",
        ours, night, theirs["unverify"], night / theirs["unverify"], "(for comparison: it sets one flag)",
    )  # fmt: skip
    yield (
        f"the same night / delete_inactive_users: {theirs['deleted']:,} deleted, all without notice",
        ours, night, theirs["delete"], night / theirs["delete"], "(for comparison: nothing can be undone)",
    )  # fmt: skip


def _theirs(imported: int, population: int) -> dict[str, float] | None:
    """Return how long openwisp-radius takes, and how many it cuts off; None if it cannot be installed."""
    python = _environment()
    if python is None:
        print(f"LOUD: openwisp-radius {VERSION} could not be installed: nothing was measured against it")
        return None
    with tempfile.TemporaryDirectory(prefix="rollkeeper-rival-") as folder:
        said = subprocess.run(
            [python, RIVAL, folder, str(imported), str(population)],
            check=True,
            capture_output=True,
            text=True,
        )
    return json.loads(said.stdout.splitlines()[-1])


def _import(size: int) -> float:
    begin_first_epoch()
    with tempfile.TemporaryDirectory() as folder:
        file = bench_import._write(Path(folder), size)
        bench_import._empty()
        seconds = timed(lambda: bench_import._import(file))
    assert bench_import._count() == size
    return seconds


def _night(size: int) -> tuple[float, int, int]:
    """Return seconds, how many were suspended, and how many of those without proof of a notice."""
    write_settings(campaign={"pilot_share": 1.0, "pilot_hours": 0, "max_lines_per_hour": 10**9})
    bench_campaign._empty()
    bench_campaign._populate(size)
    people = tuple(
        bench_campaign._person(role) for role in (StaffRole.CAMPAIGN_MANAGER, StaffRole.SUPERVISOR)
    )
    planning.plan_campaign(
        console_authority(), pack_id="cn-xz-2011", on=bench_campaign._on(bench_campaign.PLANNED)
    )
    bench_campaign._tell(size, few=bench_campaign.few_of(size))
    nightly.run_nightly(worker_authority(), on=bench_campaign._on(bench_campaign.LATER))
    night = timed(lambda: bench_campaign._night(bench_campaign.DUE, people, []))
    (cut,) = rows("SELECT count(*) AS lines FROM lines_suspension WHERE reason = 'registration'")
    return night, cut.lines, rows(NOT_NOTIFIED)[0].lines


def _environment() -> Path | None:
    """Return an interpreter that has the package and a Django version that works with it."""
    folder = platformdirs.user_cache_path("rollkeeper-bench") / f"openwisp-radius-{VERSION}"
    python = folder / "bin" / "python"
    if python.exists():
        return python
    made = [
        [UV, "venv", "--quiet", "--python", "3.13", folder],
        [
            UV,
            "pip",
            "install",
            "--quiet",
            "--python",
            python,
            f"openwisp-radius=={VERSION}",
            "django>=5.2,<5.3",
        ],
    ]
    if any(subprocess.run(command, check=False).returncode for command in made):
        subprocess.run(["rm", "-rf", str(folder)], check=True)
        return None
    return python
