# SPDX-License-Identifier: EUPL-1.2
"""Settings of what a counter takes down without a network.

A part of `settings.py`, in a file of its own so that either can be read.
"""

from typing import Annotated

from pydantic import BaseModel, Field


class CaptureSettings(BaseModel):
    """What an operator may choose about captures."""

    captures_within_days: Annotated[
        int,
        Field(
            gt=0, le=14,
            description="Days within which what a counter took down without a network counts as of when it was taken down;"
            " so long may a page go on without asking the register, and so long again may it wait to be sent.",
        ),
    ] = 7  # fmt: skip
