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
from rollkeeper.kernel.phrasing import bracketed, listed
from rollkeeper.kernel.side_by_side import ENGLISH, text_in
from rollkeeper.law.pack import Pack
from rollkeeper.reporting.duties import campaign_of_figure
from rollkeeper.reporting.metrics import tables
from rollkeeper.reporting.report_parts import Step
from rollkeeper.reporting.report_tables import STOCKS
from rollkeeper.reporting.rules import TOTAL

ROW_CHOICES: Final[tuple[type[TextChoices], ...]] = (Service, Channel, Pattern, BarLevel)
"""The choices whose values are names of rows: the rows get their labels."""
_CAMPAIGNS: Final = "campaigns"


@cache
def _shipped() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("rollkeeper") / "reporting" / "labels.toml").read_text("utf-8"))


def labels_in(language: str) -> Mapping[str, str]:
    """Return the words in one language; missing ones in the languages that pages fall back on."""
    raw = _shipped()
    with translation.override(language):
        chosen = {value: str(label) for choices in ROW_CHOICES for value, label in choices.choices}
    own = {**raw[ENGLISH], **raw.get(language, {})}
    keys = dict.fromkeys([*own, *(key for words in raw.values() for key in words if key not in chosen)])
    said = {
        key: {ENGLISH: key.replace("_", " ")}
        | {one: words[key] for one, words in raw.items() if key in words}
        for key in keys
    }
    return chosen | {key: text_in(language, texts)[0] for key, texts in said.items()}


def labels_by_law(language: str, law: Pack) -> Mapping[str, str]:
    """Return the words in one language; rows of the table of campaigns (`table.row`) with the law's names of the stages counted there."""
    words, named = labels_in(language), dict[str, dict[str, None]]()
    for one in law.campaigns if law.duty and not law.unsupported_fields else ():
        for stage in one.campaign.stages:
            if name := stage.title.get(language):
                row = "ended" if stage.bars is None else BarLevel.partial(stage.bars) or "suspended"
                named.setdefault(row, {})[name] = None
    with translation.override(language):
        of_stages = {
            f"{_CAMPAIGNS}.{row}": row_in("", row, words) + bracketed(listed(names))
            for row, names in named.items()
        }
    return {**words, **of_stages}


def titles_of(language: str) -> dict[str, str]:
    """Return the title of every table."""
    labels = labels_in(language)
    counted = {table.id: text_in(language, table.title)[0] for table in tables()}
    return counted | {f"lines_{what}": labels[what] for what in STOCKS}


def title_of(table: str, language: str, law: Pack | None) -> str:
    """Return the title of a table; if it counts the lines of one of several campaigns, with the law's name of that campaign."""
    figure, campaign = campaign_of_figure(table)
    titles = {one.id: one.title for one in law.stated_campaigns} if law else {}
    name = text_in(language, {"en": campaign} | titles.get(campaign, {}))[0]
    with translation.override(language):
        return titles_of(language).get(figure, figure) + bracketed(name)


def row_label(row: str, language: str) -> str:
    """Return the label of a row."""
    return row_in("", row, labels_in(language))


def row_in(table: str, row: str, words: Mapping[str, str]) -> str:
    """Return the label of a row of a table, with a capital first letter like the labels of choices."""
    said = words.get(f"{table}.{row}") or words.get(row, row.replace("_", " "))
    return said[:1].upper() + said[1:]


def step_label(step: Step, language: str, words: Mapping[str, str], law: Pack | None) -> str:
    """Return the label of a step of the campaign: the row's label, or the table's title if the step is the total of a table."""
    return title_of(step.table, language, law) if step.row == TOTAL else row_in(step.table, step.row, words)
