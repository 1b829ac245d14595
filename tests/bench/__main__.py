"""Measure the product against its limits, as ratios in one run on one machine.

    python -m tests.bench [--sizes 100000,1000000] [--to FOLDER] [NAME ...]

Each `bench_<name>.py` has a function `run(sizes)` that returns rows. A row compares the product with what the same rows
cost in bare PostgreSQL, or with what a user would otherwise write. Each bench that ran renews its values in
`docs/measured.csv` and the tables and pictures of `docs/measured.md` (`report.py`).
"""

import argparse
import importlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import report
from tests.bench.report import Row

HERE = Path(__file__).parent


def main(words: Sequence[str] | None = None) -> None:
    """Run the chosen benches, print their tables, and renew the report."""
    asked = _arguments(words)
    for name in asked.names or every_bench():
        rows = run(name, asked.sizes)
        print(report.table(rows))
        report.renew(name, rows, asked.to)


def every_bench() -> list[str]:
    """Return the names of all benches, in order."""
    return sorted(file.stem.removeprefix("bench_") for file in HERE.glob("bench_*.py"))


def run(name: str, sizes: list[int]) -> list[Row]:
    """Run one bench and return its rows. A bench without rows has measured nothing, and fails."""
    print(f"... {name}", flush=True)
    had = []
    for row in importlib.import_module(f"tests.bench.bench_{name}").run(sizes):
        print("...", *row[:2], flush=True)  # at once: a later row may fail
        had.append(row)
    if not had:
        raise AssertionError(f"{name} has measured nothing")
    return had


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*")
    parser.add_argument(
        "--sizes", type=lambda text: [int(part) for part in text.split(",")], default=[100_000, 1_000_000]
    )
    parser.add_argument("--to", type=Path, default=report.DOCS, metavar="FOLDER")
    return parser.parse_args(words)


if __name__ == "__main__":
    HOME = Path(tempfile.mkdtemp(prefix="rollkeeper-bench-"))
    os.environ |= {
        "ROLLKEEPER_HOME": str(HOME),
        "ROLLKEEPER_ROLE": "migrator",
        "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
    }
    import django

    django.setup()
    from rollkeeper.kernel.instance import InstanceKind
    from rollkeeper.operations import bootstrap
    from rollkeeper.platform import embedded_postgres

    try:
        bootstrap.set_up_instance(InstanceKind.DEMO)
        main()
    finally:
        from django.db import connections

        connections.close_all()
        embedded_postgres.stop_if_unused()
        shutil.rmtree(HOME, ignore_errors=True)
