"""Measure the product against its limits, as ratios in one run on one machine.

    python -m tests.bench [--sizes 100000,1000000] [--write [--add] [--to FILE]] [NAME ...]

Each `bench_<name>.py` has a function `run(sizes)` that returns rows. A row sets the product beside what the same rows
cost in bare PostgreSQL, or beside what a user would otherwise write. `--write` renews the parts of
`docs/measured.md` that belong to the benches that ran, and the picture of cost against size that is drawn from them;
`--write --add` leaves there what earlier runs measured at other sizes, and the words next to it; `--to` names another file.
"""

import argparse
import datetime as dt
import importlib
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import graph

HERE = Path(__file__).parent
REPORT = HERE.parents[1] / "docs" / "measured.md"
HEAD = (
    "# Measured\n\nMade by `make bench`; every line is one run in which the product and what it is set against took turns"
    " on the same machine.\n"
)
_BARE = re.compile(r"\nOn \d{4}-[^\n]*\n\n\| what \|[^\n]*\n\|---[^\n]*\n(?=\n|\Z)")
Row = tuple[str, int, float, float | None, float | None, str]


def main(words: Sequence[str] | None = None) -> None:
    """Run the benches asked for, print their table, and write the report where that was asked."""
    asked = _arguments(words)
    for name in asked.names or every_bench():
        text = table(run(name, asked.sizes))
        print(text)
        if asked.write:
            write(name, text, add=asked.add, to=asked.to)


def every_bench() -> list[str]:
    """Return the names of all benches, in order."""
    return sorted(file.stem.removeprefix("bench_") for file in HERE.glob("bench_*.py"))


def table(rows: list[Row]) -> str:
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


def write(name: str, text: str, *, add: bool, to: Path = REPORT) -> None:
    """Renew the bench's part of the report, and its picture where there are two sizes to draw."""
    whole = report(to.read_text("utf-8") if to.exists() else "", name, text, add=add)
    lines = graph.series(parts_of(whole)[name])
    if lines:
        pictures = to.parent / "pictures"
        pictures.mkdir(exist_ok=True)
        (pictures / f"measured-{name}.svg").write_text(
            graph.draw(f"{name}: cost against size", lines), "utf-8"
        )
        whole = with_picture(whole, name)
    to.write_text(whole, "utf-8")


def report(before: str, name: str, text: str, *, add: bool = False) -> str:
    """Put the table in the place of the bench's part of the report, or below it, under where and when it was measured."""
    parts = parts_of(before)
    said = (
        f"\nOn {dt.date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" PostgreSQL 18 with fsync on, {busy()}.\n\n{text}\n"
    )
    parts[name] = without_rows_of(parts.get(name, ""), text) + said if add else said
    return joined(parts)


def without_rows_of(part: str, text: str) -> str:
    """Take away what a new table measured again, and the head of a table of which nothing is left."""
    again = {tuple(row.split(" | ")[:2]) for row in text.splitlines()[2:]}
    kept = [line for line in part.split("\n") if tuple(line.split(" | ")[:2]) not in again]
    return _BARE.sub("", "\n".join(kept))


def with_picture(before: str, name: str) -> str:
    """Show the bench's picture under its tables, once."""
    shown = f"\n![Seconds against size, both in orders of magnitude](pictures/measured-{name}.svg)\n"
    parts = parts_of(before)
    parts[name] = parts[name].replace(shown, "") + shown
    return joined(parts)


def parts_of(whole: str) -> dict[str, str]:
    """Take the report apart into what each bench has written."""
    return dict(part.split("\n", 1) for part in whole.split("\n## ")[1:])


def joined(parts: dict[str, str]) -> str:
    """Put the report together, its parts in order."""
    return "\n".join([HEAD, *(f"## {part}\n{parts[part]}" for part in sorted(parts))])


def busy() -> str:
    """Say how much else the machine had to do."""
    return f"{os.getloadavg()[2]:.1f} processes at work on average, the bench's own among them"


def run(name: str, sizes: list[int]) -> list[Row]:
    """Run one bench and return its rows. One that delivers none has measured nothing, and fails."""
    print(f"... {name}", flush=True)
    had = []
    for row in importlib.import_module(f"tests.bench.bench_{name}").run(sizes):
        print("...", *row[:2], flush=True)  # what was had stays had where a later one breaks
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
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--add", action="store_true")
    parser.add_argument("--to", type=Path, default=REPORT, metavar="FILE")
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
