# SPDX-License-Identifier: EUPL-1.2
"""A nation's lines through two years of nights, held against `simulate` line by line: not one may differ.

ROLLKEEPER_SOAK_LINES=1000000 python -m pytest -m soak tests/campaign/test_soak.py
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.kernel.instance import INSTANCE_OPENER
from rollkeeper.kernel.settings import write_settings
from rollkeeper.retention.settings import Retention
from tests.builders.staff import employ_approvers
from tests.campaign.soak import forget, live_two_years

BRAKED = Retention().erase_per_day_percent
SIZE = max(int(os.environ.get("ROLLKEEPER_SOAK_LINES", "100000")), 2000)


@pytest.fixture
def people(committed: None, no_batch_limits: None) -> Iterator[tuple[Authority, Authority]]:
    """Two who approve, in a register with real commits; the table of lives is taken away behind it.

    A large part of all lines is due on one day here, which the brake on erasure would stop.
    """
    write_settings(retention={"erase_per_day_percent": 100.0})
    with INSTANCE_OPENER.replaced(lambda: None):  # it is open: what simulates need not open it
        yield employ_approvers()
    forget()
    write_settings(retention={"erase_per_day_percent": BRAKED})


@pytest.mark.soak
def test_a_nations_lines_live_two_years_without_one_difference(
    people: tuple[Authority, Authority], tmp_path: Path
) -> None:
    lived = live_two_years(SIZE, tmp_path, people)

    print(lived)
    counts = lived.counts
    assert counts["lines"] == counts["compared"] == SIZE
    assert min(counts[name] for name in ("suspended", "restored", "ended", "erased")) > SIZE // 50
    assert counts["different"] == 0, lived.different
    assert lived.dry_runs_kept
