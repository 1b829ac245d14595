# SPDX-License-Identifier: EUPL-1.2
"""Measure pymerkle, in a separate environment: it is under the GPL and no part of this program.

    uv run --no-project --isolated --with pymerkle==7.0.0 python pymerkle_run.py FILE N

Appends N entries to a tree in a database file, proves 200 of them, and prints both times in seconds as JSON.
"""

import json
import random
import sys
import time

from pymerkle import SqliteTree  # type: ignore[import-not-found,unused-ignore]


def main(file: str, count: int) -> None:
    """Append all at once, which is the fastest way, and prove one by one."""
    entries = [json.dumps({"entry": n, "filling": "x" * 280}).encode() for n in range(count)]
    tree = SqliteTree(file)
    start = time.perf_counter()
    tree.append_entries(entries, chunksize=10_000)
    appending = time.perf_counter() - start
    dice = random.Random(1)  # noqa: S311
    start = time.perf_counter()
    for _ in range(200):
        tree.prove_inclusion(dice.randrange(1, count + 1), count)
    proving = (time.perf_counter() - start) / 200
    print(json.dumps({"appending": appending, "proving": proving}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
