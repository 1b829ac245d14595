# SPDX-License-Identifier: EUPL-1.2
"""The most memory that one process takes for ten times as many people: sealing, renewing the keys, destroying.

People come from a generator, as from a file, so that any growth is the product's own. Each step is a separate process; its peak is the
kernel's own figure. The servers' memory (`shared_buffers`) is not counted, and does not grow with rows.
The rows are seconds; the metric's name says what is measured. By itself: python -m tests.bench memory --sizes 100000,10000000
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from uuid import UUID

from django.db import connections

Row = tuple[str, int, float, float | None, float | None, str]
STEPS = ("seal", "rotate", "look for abandoned", "shred")
CHUNK = 10_000


def run(sizes: list[int]) -> Iterator[Row]:
    """Measure each step at each size; the ratio is to the peak at the smallest."""
    connections.close_all()  # a rotation waits for processes that have sealed and are still connected
    first: dict[str, float] = {}
    for size in sorted(sizes):
        for step in STEPS:
            said = json.loads(_in_a_process(step, size))
            peak = said["peak_mib"]
            ratio = peak / first.setdefault(step, peak)
            yield f"memory: {step}, peak {peak:.0f} MiB", size, said["seconds"], None, ratio, "1.1"


def _in_a_process(step: str, size: int) -> str:
    command = [sys.executable, "-m", "tests.bench.bench_memory", step, str(size)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    return done.stdout.splitlines()[-1]


def _seal(size: int) -> None:
    from rollkeeper.kernel.database import action
    from rollkeeper.kernel.database import run as execute
    from rollkeeper.vault.services import seal_persons
    from tests.bench.bench_vault import people

    execute("TRUNCATE vault_sealed")
    execute("DELETE FROM person_key", using="keys")
    for some in batched(range(size), CHUNK):
        with action():
            seal_persons(people(len(some)))


def _rotate(size: int) -> None:
    import datetime as dt

    from rollkeeper.access.authority import console_authority
    from rollkeeper.vault.rotation import rotate

    done = rotate(console_authority(), on=dt.date(2012, 3, 2))
    assert done.people == size, done


def _look(size: int) -> None:
    from rollkeeper.retention.abandoned import LONGEST, count_abandoned

    assert count_abandoned(older_than=LONGEST) == 0


def _shred(size: int) -> None:
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.ids import PersonId, TenureId
    from rollkeeper.vault.services import shred

    gone = 0
    # Continue after the last person, not from the start: there are only dead rows, and each query would read all of them.
    after = UUID(int=0)
    some = "SELECT person_id, tenure_id FROM person_key WHERE person_id > %s ORDER BY person_id LIMIT %s"
    while found := rows(some, [after, CHUNK], using="keys"):
        gone += shred([(PersonId(row.person_id), TenureId(row.tenure_id)) for row in found])
        after = found[-1].person_id
    assert gone == size, gone


def _main(step: str, size: int) -> None:
    import time

    import django

    django.setup()
    from rollkeeper.kernel.database import run as execute
    from rollkeeper.platform import embedded_postgres
    from rollkeeper.vault.services import begin_first_epoch

    embedded_postgres.ensure_running()
    begin_first_epoch()
    began = time.perf_counter()
    dict(zip(STEPS, (_seal, _rotate, _look, _shred), strict=True))[step](size)
    seconds = time.perf_counter() - began
    if step == STEPS[-1]:
        execute("TRUNCATE vault_sealed")
    print(json.dumps({"seconds": seconds, "peak_mib": _peak_kib() / 1024}), flush=True)


def _peak_kib() -> int:
    """Return this process's own peak; the figure of getrusage would include the peak of the process that started this one."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")
    _main(sys.argv[1], int(sys.argv[2]))
