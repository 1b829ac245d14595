# SPDX-License-Identifier: EUPL-1.2
"""Exports as operators make them: nine of ten columns are proposed right, and no line comes in with a state that it has not."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.reject_file import default_path
from rollkeeper.imports.services import import_lines
from rollkeeper.lines.numbers import normalise
from rollkeeper.lines.queries import find_line
from tests.imports.corpus import AS_OF, exports, measure

EXPORTS = {export.name: export for export in exports()}
SHARE = 0.9


def test_nine_of_ten_columns_are_proposed_right(tmp_path):
    outcomes = [measure(export, tmp_path) for export in EXPORTS.values()]
    right, columns = sum(len(o.right) for o in outcomes), sum(len(o.export.columns) for o in outcomes)

    print(f"{right} of {columns} columns of {len(outcomes)} exports")
    assert len(outcomes) >= 20
    assert right / columns >= SHARE, {o.export.name: o.wrong for o in outcomes if o.wrong}


@pytest.mark.parametrize("name", EXPORTS)
def test_no_status_is_taken_for_another_state(tmp_path, name):
    outcome = measure(EXPORTS[name], tmp_path)

    assert outcome.wrong_states == ()


@pytest.mark.parametrize("name", EXPORTS)
def test_what_is_sensitive_is_never_used(tmp_path, name):
    outcome = measure(EXPORTS[name], tmp_path)

    never = {c.column for c in outcome.proposal.sensitive}
    assert {c.heading for c in outcome.export.columns if c.heading in never} == never
    assert not {c.heading for c in outcome.export.columns if c.truth == "dropped"} & set(_used(outcome))


def _used(outcome):
    return [column for column in outcome.export.header if repr(column) in str(outcome.proposal.raw)]


@pytest.mark.parametrize("name", [e.name for e in exports() if e.country == "CN" and e.states])
def test_lines_of_an_export_come_in_with_their_true_state(committed, tmp_path, name):
    export = EXPORTS[name]
    outcome = measure(export, tmp_path)
    assert not outcome.proposal.needs
    file = next(file for file in tmp_path.iterdir() if file.stem == name)
    scan = scan_file(file)

    result = import_lines(
        console_authority(), scan, make_map(outcome.proposal.raw, named="m", header=scan.header),
        refused_file=default_path(file), on=AS_OF,
    )  # fmt: skip

    truths = {column.truth: at for at, column in enumerate(export.columns)}
    taken = 0
    for row in export.rows():
        state = export.states[row[truths["status"]]]
        text = str(row[truths["number"]])
        found = find_line(text if "example" in text else normalise(text, "CN"))
        assert found is None or {"active": "active", "barred": "suspended"}[state] == found.state
        assert found is None or state != "left_out"
        taken += found is not None
    assert taken == result.lines > 0
    assert result.barred == 0 or "barred" in export.states.values()
