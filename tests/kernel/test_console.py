# SPDX-License-Identifier: EUPL-1.2
"""What commands print: a number with the word that goes with it."""

import re
from pathlib import Path

import pytest

import rollkeeper
from rollkeeper.kernel.console import counted

PACKAGE = Path(rollkeeper.__file__).parent
NOUNS = (
    "lines|rows|entries|notices|people|accounts|records|attempts|tables|keys|values|devices|alarms|differences|figures|tenures"
    "|applications|erasures|texts|openings|requests|regions|days"
)


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 lines"), (1, "1 line"), (2, "2 lines"), (1001, "1,001 lines")]
)
def test_a_number_has_the_word_that_goes_with_it(n, said):
    assert counted(n, "line", "lines") == said


def test_no_command_prints_a_count_before_a_word_that_is_plural_for_one_too():
    files = [
        one
        for one in PACKAGE.rglob("*.py")
        if "commands" in one.parts or one.name in {"commands.py", "cli_output.py"}
    ]

    found = [
        f"{file.relative_to(PACKAGE)}: {one}"
        for file in files
        for one in re.findall(rf"\{{[^{{}}]+:,\}} (?:[a-z-]+ )?(?:{NOUNS})\b", file.read_text("utf-8"))
    ]

    assert len(files) > 15
    assert found == []
