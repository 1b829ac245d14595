# SPDX-License-Identifier: EUPL-1.2
"""What a report hides cannot be worked out of what is published: the other figures, the quarters of a year, and the leaves.

The attacker writes all that he knows as linear equations: every shown figure, every total, every year as the sum of its quarters,
and of each class how many leaves the published ledger has in a quarter. A hidden figure that these settle is found by algebra.
"""

import datetime as dt
import json
import random
from collections import Counter

import numpy as np
import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.ledger import publication
from rollkeeper.ledger.leaf_classes import COUNTED_FACTS
from rollkeeper.ledger.publication import publish
from rollkeeper.ledger.verbs import Verb
from rollkeeper.reporting import services
from rollkeeper.reporting.metrics import needed_facts, tables
from rollkeeper.reporting.periods import quarters_of, year
from rollkeeper.reporting.recompute import day_of
from rollkeeper.reporting.rules import TOTAL
from tests.ledger.forgery import entries as published_leaves
from tests.reporting.entries import write_year

AFTER = dt.date(2013, 1, 2)
QUARTERS = [one.name for one in quarters_of(2012)]


@pytest.fixture(scope="module")
def known(data_dir, empty_everything, tmp_path_factory):
    """The report of a year with its quarters, and the published leaves of each quarter by class."""
    empty_everything()
    publication.last_checkpoint_file().unlink(missing_ok=True)
    folder = tmp_path_factory.mktemp("hidden")
    write_year(random.Random(24), most=40)  # noqa: S311 - figures to be counted, no secret
    size = publish(folder).size
    report = json.loads(services.make_report(console_authority(), year(2012), on=AFTER))
    leaves: Counter[tuple[str, str]] = Counter()
    for leaf in published_leaves(folder, size):
        quarter = next(
            one.name
            for one in quarters_of(2012)
            if one.first.isoformat() <= day_of(leaf) <= one.last.isoformat()
        )
        leaves[quarter, json.loads(leaf)["class"]] += 1
    yield report, leaves
    empty_everything()
    publication.last_checkpoint_file().unlink(missing_ok=True)


class Knowledge:
    """Equations over the figures of the quarters, and over what no report counts of each class."""

    def __init__(self) -> None:
        self.names: dict[tuple[str, ...], int] = {}
        self.rows: list[dict[int, float]] = []

    def is_known(self, *figures: tuple[str, ...]) -> None:
        """Note that the sum of these figures is known; its value does not matter to whether others follow."""
        self.rows.append({self.names.setdefault(one, len(self.names)): 1.0 for one in figures})

    def settled(self) -> set[tuple[str, ...]]:
        """Return the figures that follow from all equations together."""
        matrix = np.zeros((len(self.rows), len(self.names)))
        for nth, row in enumerate(self.rows):
            for place, factor in row.items():
                matrix[nth, place] = factor
        _, values, right = np.linalg.svd(matrix)
        free = right[int((values > 1e-9).sum()) :]
        return {name for name, place in self.names.items() if np.abs(free[:, place]).max(initial=0) < 1e-9}


def learned(report, leaves):
    """All that the report and the leaves say, and which figures of the quarters are hidden."""
    knowledge, hidden = Knowledge(), set()
    for table in report["tables"]:
        if table["source"] != "ledger":
            continue
        for period, cells in table["cells"].items():
            quarters = [period] if period in QUARTERS else QUARTERS
            for row, value in cells.items():
                rows = [one for one in cells if one != TOTAL] if row == TOTAL else [row]
                figures = [(quarter, table["table"], one) for quarter in quarters for one in rows]
                if value is not None:
                    knowledge.is_known(*figures)
                elif len(figures) == 1:
                    hidden.add(figures[0])
    for quarter, leaf_class in leaves:
        counted = {
            (quarter, table.id, metric.row)
            for table in tables()
            for metric in table.rows
            if metric.sum is None and Verb(metric.verb).leaf_class == leaf_class
        }
        rest = () if is_all_counted(leaf_class) else ((quarter, "rest", leaf_class),)
        knowledge.is_known(*counted, *rest)
    return knowledge, hidden


def is_all_counted(leaf_class):
    """Whether reports count every act of a class: then no one knows of an unknown rest."""
    counted = {metric.verb for table in tables() for metric in table.rows}
    return all(verb.value in counted for verb in Verb if verb.leaf_class == leaf_class)


def test_no_hidden_figure_follows_from_what_is_published(known):
    knowledge, hidden = learned(*known)

    found = hidden & knowledge.settled()

    assert len(hidden) > 20
    assert found == set()


def test_the_attack_finds_a_figure_where_one_can_be_found(known):
    report, leaves = known
    knowledge, hidden = learned(report, leaves)
    figure = next(iter(sorted(hidden)))

    knowledge.is_known(figure, ("of", "an", "insider"))
    knowledge.is_known(("of", "an", "insider"))

    assert figure in hidden & knowledge.settled()


def test_each_class_of_counted_people_has_acts_that_no_report_counts():
    counted = {metric.verb for table in tables() for metric in table.rows}
    classes = {
        Verb(metric.verb).leaf_class
        for table in tables()
        if table.people
        for metric in table.rows
        if metric.sum is None
    }

    for leaf_class in classes:
        mixed_in = [
            verb for verb in Verb
            if verb.leaf_class is leaf_class and verb.value not in counted and verb.schema.line.value != "-"
        ]  # fmt: skip
        assert mixed_in, leaf_class


def test_what_an_erased_entry_keeps_is_what_reports_count_by_and_no_reason():
    about_lines = {verb.value for verb in Verb if verb.schema.line.value != "-"} - {Verb.RECORD_ERASED.value}
    wanted = {
        verb: set(needed.keys)
        for verb, needed in needed_facts().items()
        if verb in about_lines and needed.keys
    }

    assert {verb: set(facts) for verb, facts in COUNTED_FACTS.items()} == wanted
    assert "reason" not in {fact for facts in COUNTED_FACTS.values() for fact in facts}
