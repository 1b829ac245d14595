# SPDX-License-Identifier: EUPL-1.2
"""What is found in a pack, how much it weighs, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How much a finding weighs."""

    STOPS = "stops"
    """The pack allows no act, or not every act."""
    DOUBT = "doubt"
    """A person should look."""
    NOTE = "note"
    """As it should be, and worth knowing."""


@dataclass(frozen=True, slots=True)
class LawFinding:
    """One finding about a pack, and what to do about it."""

    weight: Weight
    topic: str
    sentence: str
    remedy: str = ""
