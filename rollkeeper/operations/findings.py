# SPDX-License-Identifier: EUPL-1.2
"""What a check of the installation found."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How it is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding of one check, and what to do about it."""

    check: str
    health: Health
    sentence: str
    remedy: str = ""
