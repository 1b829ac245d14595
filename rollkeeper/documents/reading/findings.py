# SPDX-License-Identifier: EUPL-1.2
"""What was found on a sheet: values, and their positions. Only found values can be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rollkeeper.documents.reading.ocr_models import Quad

NAME: Final = "name"
ADDRESS: Final = "address"
TYPE: Final = "document_type"
NUMBER: Final = "document_number"
VALID_UNTIL: Final = "document_valid_until"
BIRTH_DATE: Final = "birth_date"


@dataclass(frozen=True, eq=False)
class Spot:
    """An area of the sheet that contains one attribute and nothing else."""

    attribute: str
    quad: Quad
    is_middle: bool = False
    """Whether it is the middle of a number, which some laws require to be hidden."""


@dataclass(frozen=True, eq=False)
class Finding:
    """A document that was recognised."""

    shape: str
    """TD1 to MRV-B, cn-card-front, cn-card-back, or cn-card for both sides on one sheet."""
    values: Mapping[str, str]
    """By attribute, as proposed. Personal."""
    spots: tuple[Spot, ...]
    is_certain: bool
    """Whether the position of every value is certain: if not, no copy is made."""
    zone: str = field(default="", repr=False)
    """The lines of a zone, to be checked."""
    is_mended: bool = False
    """Whether a letter and a digit that look alike were distinguished by a check digit alone."""
