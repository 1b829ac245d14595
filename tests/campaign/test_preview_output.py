# SPDX-License-Identifier: EUPL-1.2
"""The preview at the command line shows each counting once, with the lines that share it."""

import datetime as dt
from uuid import UUID

from rollkeeper.campaign.cli_output import _alike
from rollkeeper.campaign.queries import PreviewLine
from rollkeeper.kernel.ids import LineId
from rollkeeper.law.explain import Sentence


def preview(number, *, notified=dt.date(2012, 1, 2), text="Day 60 of 60 is 2 March 2012."):
    return PreviewLine(
        line_id=LineId(UUID(int=number)), service="mobile", region=None, notified_on=notified,
        last_day_on=dt.date(2012, 3, 2), sentences=(Sentence(text, "3"),), anchor_on=notified, bounced_on=(), pauses=(),
    )  # fmt: skip


def test_lines_of_one_counting_are_shown_together():
    other_day, other_text = preview(2, notified=dt.date(2012, 1, 3)), preview(4, text="The clock is paused.")
    drawn = [preview(1), other_day, preview(3), other_text, preview(5)]

    assert _alike(drawn) == [[drawn[0], drawn[2], drawn[4]], [other_day], [other_text]]


def test_nothing_drawn_is_no_group():
    assert _alike([]) == []
