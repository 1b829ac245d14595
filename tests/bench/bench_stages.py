"""A law of five stages next to one of two: `rollkeeper simulate` with both engines, and the nights of a campaign.

Both have the same lines and the same days to register. The nights are those on which the first bar falls due, with all writes, and the
quiet nights after it; a law with more stages has more to check in each.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import nightly, planning
from rollkeeper.kernel.settings import data_dir, write_settings
from tests.bench import bench_campaign as campaign
from tests.bench import bench_simulate
from tests.builders.packs import REFERENCE, SHARED, write_pack
from tests.builders.stages import FIVE, staged

type Row = tuple[str, int, float, float | None, float | None, str]

LIMIT = "1.5 × two stages"
QUIET_NIGHTS = 5


def run(sizes: Sequence[int]) -> list[Row]:
    """Return, for each size, the simulation and the nights under a law of five stages and a law of two."""
    write_settings(campaign={"pilot_share": 1.0, "pilot_hours": 0, "max_lines_per_hour": 10**9})
    os.environ.setdefault(SHARED, str(data_dir()))
    laws = [str(write_pack(text)) for text in (REFERENCE, staged(*FIVE))]
    return [row for size in sizes for row in _at(size, laws)]


def _at(size: int, laws: Sequence[str]) -> list[Row]:
    two, five = (_simulated(size, law) for law in laws)
    two_nights, five_nights = (_nights(size, law) for law in laws)
    return [
        ("stages: simulate three years under five, both engines", size, five, two, five / two, LIMIT),
        (
            "stages: nights of a campaign under five",
            size,
            five_nights,
            two_nights,
            five_nights / two_nights,
            LIMIT,
        ),
    ]


def _simulated(size: int, law: str) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        events, result = folder / "events.csv", folder / "result.csv"
        events.write_text("line,date,event,until\n" + "".join(bench_simulate.lines_of(size)), "utf-8")
        began = time.perf_counter()
        subprocess.run(
            [
                Path(sys.executable).with_name("rollkeeper"), "simulate", law, events,
                "--from", bench_simulate.FIRST.isoformat(), "--to", bench_simulate.LAST.isoformat(), "--out", result,
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        taken = time.perf_counter() - began
        with result.open(encoding="utf-8") as fates:
            assert sum(1 for _ in fates) == size + 1
        return taken


def _nights(size: int, law: str) -> float:
    campaign.prepare(size)
    people = (campaign.person(StaffRole.CAMPAIGN_MANAGER), campaign.person(StaffRole.SUPERVISOR))
    planning.plan_campaign(console_authority(), pack_id=law, on=campaign.on_day(campaign.PLANNED))
    campaign.tell(size)
    began = time.perf_counter()
    with campaign.as_role("worker"):
        nightly.run_nightly(worker_authority(), on=campaign.on_day(campaign.LATER))
        campaign.play_night(campaign.DUE, people)
        for ahead in range(1, 1 + QUIET_NIGHTS):
            nightly.run_nightly(worker_authority(), on=campaign.on_day(campaign.DUE + ahead * campaign.DAY))
    taken = time.perf_counter() - began
    assert campaign.cut_on(campaign.DUE) == size // 20
    return taken
