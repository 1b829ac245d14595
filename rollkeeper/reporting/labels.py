# SPDX-License-Identifier: EUPL-1.2
"""The labels of a report (``labels.toml``), on paper and on the page: titles of tables, names of rows."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from django.db.models import TextChoices
from django.utils import translation

from rollkeeper.agents.choices import Pattern
from rollkeeper.kernel.choices import BarLevel, Channel, Service
from rollkeeper.reporting.metrics import tables
from rollkeeper.reporting.report_tables import STOCKS

ROW_CHOICES: Final[tuple[type[TextChoices], ...]] = (Service, Channel, Pattern, BarLevel)
"""The choices by which rows are counted: their labels are the rows'."""


@cache
def labels_in(language: str) -> Mapping[str, str]:
    """Return the words in one language; in English where it has none."""
    raw = tomllib.loads((files("rollkeeper") / "reporting" / "labels.toml").read_text("utf-8"))
    with translation.override(language):
        chosen = {value: str(label) for choices in ROW_CHOICES for value, label in choices.choices}
    said: dict[str, str] = chosen | raw["en"] | raw.get(language, {})
    return said


def titles_of(language: str) -> dict[str, str]:
    """Return the title of every table."""
    labels = labels_in(language)
    counted = {table.id: table.title.get(language, table.title["en"]) for table in tables()}
    return counted | {f"lines_{what}": labels[what] for what in STOCKS}


def row_label(row: str, language: str) -> str:
    """Return how a row is said."""
    return labels_in(language).get(row, row.replace("_", " "))
