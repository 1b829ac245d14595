# SPDX-License-Identifier: EUPL-1.2
"""Keeps what the benches measured in `docs/measured.csv`, and writes the tables and pictures of `docs/measured.md` from it.

The file of values has every row. The page shows each row that has a limit or a ratio, at its largest size; of rows that differ only in
a figure it shows the last, and of the apps' pages only the slowest. The text above the tables is written by hand.
"""

import csv
import datetime as dt
import os
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import groupby
from pathlib import Path

from tests.bench import graph

DOCS = Path(__file__).parents[2] / "docs"
BEGINS = "<!-- Written by `make bench` from measured.csv. -->"
_FIGURE = re.compile(r"(?<![a-zA-Z])\d[\d,.]*")
_PAGE = re.compile(r"^page '([^']+)'(.*)$")
Row = tuple[str, int, float, float | None, float | None, str]


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of a bench, as it is kept: all text, numbers as they are shown."""

    bench: str
    what: str
    n: str
    seconds: str
    baseline: str
    ratio: str
    limit: str
    day: str
    machine: str


def renew(bench: str, rows: Sequence[Row], docs: Path = DOCS) -> None:
    """Keep the rows of a run in place of the bench's older ones of the same size, and write its page and picture."""
    docs.mkdir(parents=True, exist_ok=True)
    values = docs / "measured.csv"
    new = [_kept(bench, row) for row in rows]
    sizes = {one.n for one in new}
    kept = [one for one in read(values) if one.bench != bench or one.n not in sizes]
    every = sorted([*kept, *new], key=lambda one: (one.bench, int(one.n)))
    with values.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Measured)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(asdict, every))
    if lines := graph.series([one for one in every if one.bench == bench]):
        (docs / "pictures").mkdir(exist_ok=True)
        (docs / "pictures" / f"measured-{bench}.svg").write_text(
            graph.draw(f"{bench}: cost against size", lines), "utf-8"
        )
    page = docs / "measured.md"
    words = page if page.exists() else DOCS / page.name
    page.write_text(page_with_tables(words.read_text("utf-8"), docs), "utf-8")


def read(values: Path) -> list[Measured]:
    """Return every row that is kept; none where no run was kept yet."""
    if not values.exists():
        return []
    with values.open(encoding="utf-8", newline="") as file:
        return [Measured(**row) for row in csv.DictReader(file)]


def page_with_tables(page: str, docs: Path = DOCS) -> str:
    """Return the page with its tables and pictures written again from the kept values."""
    words, _, _ = page.partition(BEGINS)
    every = read(docs / "measured.csv")
    (machine_of_most, _), *_ = Counter(one.machine.rpartition(", ")[0] for one in every).most_common(1)
    sections = "".join(_sections(every, docs / "pictures", machine_of_most))
    return f"{words}{BEGINS}\n\nMeasured on {machine_of_most}, unless said otherwise.\n{sections}"


def table(rows: Iterable[Row]) -> str:
    """Write the rows of a run as a Markdown table, for the terminal."""
    head = ["| what | n | seconds | baseline | ratio | limit |", "|---|--:|--:|--:|--:|---|"]
    kept = (_kept("", row) for row in rows)
    return "\n".join(
        [
            *head,
            *(
                f"| {one.what} | {int(one.n):,} | {one.seconds} | {one.baseline} | {one.ratio} | {one.limit} |"
                for one in kept
            ),
        ]
    )


def _kept(bench: str, row: Row) -> Measured:
    what, n, seconds, baseline, ratio, limit = row
    return Measured(
        bench, what, str(n), f"{seconds:.3g}", "" if baseline is None else f"{baseline:.3g}",
        "" if ratio is None else f"{ratio:.2f}", limit, str(dt.date.today()), machine(),
    )  # fmt: skip


def machine() -> str:
    """Describe the machine, and how much other work it had."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL 18,"
        f" {os.getloadavg()[2]:.1f} load"
    )


def _sections(every: list[Measured], pictures: Path, machine_of_most: str) -> Iterator[str]:
    for bench, rows in groupby(every, lambda one: one.bench):
        shown = list(_shown(rows))
        if not shown:
            continue
        runs = dict.fromkeys((one.day, one.machine.removeprefix(f"{machine_of_most}, ")) for one in shown)
        yield f"\n## {bench}\n\n{'; '.join(f'{day}, {on}' for day, on in runs)}.\n"
        yield "\n|what|n|seconds|ratio|limit|\n|---|--:|--:|--:|---|\n"
        for one in shown:
            what = one.what.removeprefix(f"{bench}: ")
            yield f"|{what}|{int(one.n):,}|{_number(one.seconds)}|{one.ratio}|{one.limit}|\n"
        if (pictures / f"measured-{bench}.svg").is_file():
            yield f"\n![{bench}](pictures/measured-{bench}.svg)\n"


def _number(text: str) -> str:
    """Return a kept value without an exponent."""
    value = float(text)
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _shown(rows: Iterable[Measured]) -> Iterator[Measured]:
    """Yield each row that has a limit or a ratio, at its largest size, in the order of the bench; of pages only the slowest."""
    largest = {_FIGURE.sub("#", one.what): one for one in rows if one.ratio or one.limit.strip("-")}
    slowest: dict[str, Measured] = {}
    for one in largest.values():
        page = _PAGE.match(one.what.removeprefix(f"{one.bench}: "))
        like = page[2] if page else one.what
        shown = replace(one, what=f"the slowest page ('{page[1]}'){page[2]}") if page else one
        slowest[like] = max(slowest.get(like, shown), shown, key=lambda row: float(row.seconds))
    yield from slowest.values()


if __name__ == "__main__":
    (DOCS / "measured.md").write_text(page_with_tables((DOCS / "measured.md").read_text("utf-8")), "utf-8")
