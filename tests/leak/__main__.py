# SPDX-License-Identifier: EUPL-1.2
"""`make leaktest`: the whole leak test at its full size, next to two usual designs."""

import os
import sys
import time

os.environ.setdefault(
    "DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings"
)  # the builders of laws know the models

import django
from rich.console import Console
from rich.table import Table

django.setup()

from tests.leak.baselines import Hits, by_place, measure
from tests.leak.integers import hits_and_integers
from tests.leak.machine import Machine
from tests.leak.story import Story

SIZE = 10_000


def main(size: int) -> int:
    """Print where which class of value was found; exit code 1 where the product leaked anything."""
    out, began = Console(), time.monotonic()
    machine = Machine()
    story = Story(machine, size=size)
    try:
        story.live(lambda part: out.print(f"{time.monotonic() - began:5.0f} s  {part.replace('_', ' ')}"))
        machine.switch_off()
        files = machine.searched()
        searched = sum(file.stat().st_size for file in files)
        found, integers = hits_and_integers(story.people.values, files)
    finally:
        machine.switch_off()
        machine.destroy()
    out.print(
        f"{len(story.people.values):,} values searched in {len(files):,} files ({searched / 2**20:,.0f} MiB),"
        f" {time.monotonic() - began:.0f} s in all."
    )
    for file, counts in found.items():
        for (kind, how), count in counts.items():
            out.print(f"LEAK {file.relative_to(machine.root)}: {kind} as {how}, {count:,} times", style="red")
    out.print(
        f"Telephone numbers as integers: {integers.had:,} of those that people had, {integers.nobody_had:,} of as many that"
        f" nobody ever had: {'LEAK' if integers.is_a_leak else 'chance'}."
    )
    show(out, {"Rollkeeper": by_place(found)} | dict(measure(size)))
    return 1 if found or integers.is_a_leak else 0


def show(out: Console, columns: dict[str, Hits]) -> None:
    """Print what was found where, side by side."""
    table = Table("where", "what", *columns, title="What was found; a number counts in each of its forms")
    for place, kind in sorted({key for hits in columns.values() for key in hits}):
        table.add_row(place, kind, *(f"{hits[place, kind]:,}" for hits in columns.values()))
    table.add_row("in all", "", *(f"{hits.total():,}" for hits in columns.values()))
    out.print(table)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))
