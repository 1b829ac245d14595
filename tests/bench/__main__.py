"""Measure the product against its limits, as ratios in one run on one machine.

    python -m tests.bench [--sizes 100000,1000000] [--write] [NAME ...]

Each `bench_<name>.py` has a function `run(sizes)` that returns rows. A row sets the product beside what the same rows
cost in bare PostgreSQL, or beside what a user would otherwise write. `--write` renews the parts of
`docs/measured.md` that belong to the benches that ran.
"""

import argparse
import datetime as dt
import importlib
import os
import platform
import shutil
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
REPORT = HERE.parents[1] / "docs" / "measured.md"
HEAD = (
    "# Measured\n\nMade by `make bench`; every line is one run in which the product and what it is set against took turns"
    " on the same machine.\n"
)
HOME = Path(tempfile.mkdtemp(prefix="rollkeeper-bench-"))
os.environ |= {
    "ROLLKEEPER_HOME": str(HOME),
    "ROLLKEEPER_ROLE": "migrator",
    "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
}


def main() -> None:
    """Run the benches asked for, print their table, and write the report where that was asked."""
    asked = _arguments()
    names = asked.names or sorted(file.stem.removeprefix("bench_") for file in HERE.glob("bench_*.py"))
    for name in names:
        text = table(_run(name, asked.sizes))
        print(text)
        if asked.write:
            REPORT.write_text(report(REPORT.read_text("utf-8"), name, text), "utf-8")


def table(rows: list[tuple[str, int, float, float | None, float | None, str]]) -> str:
    """Write rows (name, n, seconds, baseline seconds, ratio, limit) as a Markdown table."""
    lines = ["| what | n | seconds | baseline | ratio | limit |", "|---|--:|--:|--:|--:|---|"]
    for name, n, seconds, baseline, ratio, limit in rows:
        cells = (
            f"{seconds:.3g}",
            "" if baseline is None else f"{baseline:.3g}",
            "" if ratio is None else f"{ratio:.2f}",
        )
        lines.append(f"| {name} | {n:,} | {' | '.join(cells)} | {limit} |")
    return "\n".join(lines)


def report(before: str, name: str, text: str) -> str:
    """Put the table in the place of the bench's part of the report, under where and when it was measured."""
    parts = dict(part.split("\n", 1) for part in before.split("\n## ")[1:])
    parts[name] = (
        f"\nOn {dt.date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" PostgreSQL 18 with fsync on, {busy()}.\n\n{text}\n"
    )
    return "\n".join([HEAD, *(f"## {part}\n{parts[part]}" for part in sorted(parts))])


def busy() -> str:
    """Say how much else the machine had to do."""
    return f"{os.getloadavg()[2]:.1f} processes at work on average, the bench's own among them"


def _run(name: str, sizes: list[int]) -> list[tuple[str, int, float, float | None, float | None, str]]:
    print(f"... {name}", flush=True)
    return list(importlib.import_module(f"tests.bench.bench_{name}").run(sizes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*")
    parser.add_argument(
        "--sizes", type=lambda text: [int(part) for part in text.split(",")], default=[100_000, 1_000_000]
    )
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    import django

    django.setup()
    from rollkeeper.kernel import server
    from rollkeeper.kernel.settings import HomeKind
    from rollkeeper.site import boot

    try:
        boot.make_home(HomeKind.TRIAL)
        main()
    finally:
        from django.db import connections

        connections.close_all()
        server.stop_if_unused()
        shutil.rmtree(HOME, ignore_errors=True)
