# SPDX-License-Identifier: EUPL-1.2
"""A nation's two years in a separate instance, interruptible at any time.

    python -m tests.campaign.soak_in_parts INSTANCE --lines 10000000

Separate from the test, which plays the same without a break: ten million lines may take longer than the time at hand. Started again with
the same INSTANCE, it continues after the last half day that was done; a night that was killed is played again, as any night may be. The
simulated network forgets its commands between two parts: no day ends before it has confirmed all of them. INSTANCE is kept.
"""

import argparse
import datetime as dt
import os
import sys
from pathlib import Path

MARKS = "CREATE TABLE soak_done (day date, what text, at timestamptz DEFAULT now(), PRIMARY KEY (day, what))"


def main(data_dir: Path, lines: int, lives: str) -> int:
    """Begin or continue; return 1 if any line differs from `simulate`."""
    from django.db import connections

    from rollkeeper.kernel.database import rows, run
    from rollkeeper.kernel.instance import INSTANCE_OPENER, InstanceKind
    from rollkeeper.kernel.settings import write_settings
    from rollkeeper.operations import bootstrap
    from rollkeeper.platform import embedded_postgres
    from tests.builders.staff import employ_approvers
    from tests.campaign import soak
    from tests.campaign.population import plan

    bootstrap.set_up_instance(InstanceKind.DEMO)
    INSTANCE_OPENER.register(lambda: None)  # what simulates need not open it
    write_settings(
        notices={"quiet_from": dt.time(), "quiet_until": dt.time()},
        campaign={"pilot_share": 1.0, "pilot_hours": 0, "max_lines_per_hour": 10**9},
    )
    watch = soak.Watch()
    try:
        if not rows("SELECT to_regclass('soak_done') AS there")[0].there:
            soak.forget()
            _empty()
            with watch.of("import"):
                soak.take_in(soak.write_lines(data_dir, lines))
            soak.begin_lives({"worst": soak.WORST, "usual": soak.USUAL}[lives])
            with watch.of("plan, and owe each a notice"):
                plan(soak.FIRST)
            run(MARKS)
        run("SET statement_timeout = 0")
        (last,) = rows(
            "SELECT max(day) FILTER (WHERE what = 'happened') AS happened, max(day) FILTER (WHERE what = 'night') AS night"
            " FROM soak_done"
        )
        first = last.night + dt.timedelta(days=1) if last.night else soak.FIRST
        people = employ_approvers()
        print(
            f"{first}, {'with what has happened by day' if last.happened == first else 'from its morning'}",
            flush=True,
        )
        soak.live(people, watch, first=first, has_happened=last.happened == first, done=_note)
        lived = soak.compared(data_dir, watch)
    finally:
        connections.close_all()
        embedded_postgres.stop_if_unused()
    print(lived, watch.peaks.say(), sep="\n")
    return 1 if lived.counts["different"] or lived.counts["compared"] != lines else 0


def _note(on: dt.date, what: str) -> None:
    from rollkeeper.kernel.database import run

    run("INSERT INTO soak_done (day, what) VALUES (%s, %s) ON CONFLICT DO NOTHING", [on, what])


def _empty() -> None:
    """Empty a new instance, so that its canary is not counted."""
    from tests.superuser import as_superuser

    with as_superuser() as owner:
        owner.execute("SET session_replication_role = replica")
        found = owner.execute(
            "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'django_%'"
        ).fetchall()
        owner.execute("TRUNCATE " + ", ".join(name for (name,) in found) + " RESTART IDENTITY")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data_dir", type=Path, metavar="HOME")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument(
        "--lives", choices=("worst", "usual"), default="worst", help="Of an INSTANCE that is new."
    )
    asked = parser.parse_args()
    os.environ |= {
        "ROLLKEEPER_HOME": str(asked.data_dir.absolute()),
        "ROLLKEEPER_ROLE": "migrator",
        "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
        # No crash is tried here: `tests/campaign/crash_runs.py` does that. Memory for a whole nation stays below four gigabytes in all.
        "ROLLKEEPER_SERVER_CONFIGURATION": "fsync = off\nfull_page_writes = off\nshared_buffers = 1GB\n"
        "max_wal_size = 8GB\ncheckpoint_timeout = 30min\n",
    }
    import django

    django.setup()
    sys.exit(main(asked.data_dir, asked.lines, asked.lives))
