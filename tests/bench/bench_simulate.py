"""`rollkeeper simulate` with both engines, from the file that is read to the file that is written."""

import datetime as dt
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FIRST, LAST = dt.date(2011, 12, 1), dt.date(2014, 12, 31)
SEED = 7


def run(sizes):
    """Return a row for each size; the limit of two minutes is for 10^6 lines."""
    with tempfile.TemporaryDirectory() as folder:
        return [_simulate(size, Path(folder)) for size in sizes]


def _simulate(size, folder):
    events, result = folder / "events.csv", folder / "result.csv"
    with events.open("w", encoding="utf-8") as out:
        out.write("line,date,event,until\n")
        out.writelines(lines_of(size))
    began = time.perf_counter()
    subprocess.run(
        [
            Path(sys.executable).with_name("rollkeeper"), "simulate", "cn-xz-2011", events,
            "--from", FIRST.isoformat(), "--to", LAST.isoformat(), "--out", result,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    taken = time.perf_counter() - began
    with result.open(encoding="utf-8") as fates:
        assert sum(1 for _ in fates) == size + 1
    return (
        "simulate three years, both engines",
        size,
        taken,
        None,
        None,
        "120 s at 10^6",
    )


def lines_of(size):
    """Yield about three events for each line: notified, registered, paused, ended, in realistic shares."""
    dice = random.Random(SEED)  # noqa: S311 - a population, not a secret

    def day(first, days):
        return (first + dt.timedelta(days=dice.randrange(days))).isoformat()

    for index in range(size):
        yield f"L{index:07d},{day(dt.date(2003, 1, 1), 3270)},activated,\n"
        if dice.random() < 0.9:
            yield f"L{index:07d},{day(dt.date(2011, 12, 1), 60)},notice_delivered,\n"
        if dice.random() < 0.6:
            yield f"L{index:07d},{day(dt.date(2011, 12, 20), 150)},registered,\n"
        if dice.random() < 0.15:
            first = dt.date(2012, 1, 1) + dt.timedelta(days=dice.randrange(100))
            yield f"L{index:07d},{first},pause,{first + dt.timedelta(days=dice.randrange(40))}\n"
        if dice.random() < 0.05:
            yield f"L{index:07d},{day(dt.date(2012, 1, 1), 700)},ended,\n"
