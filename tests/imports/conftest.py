# SPDX-License-Identifier: EUPL-1.2
"""Files to import."""

import csv

import pytest


@pytest.fixture
def written(tmp_path):
    """Write rows into a file of the test, with their names as headings; return the file."""

    def write(records, name="lines.csv"):
        file = tmp_path / name
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(records[0]))
            writer.writeheader()
            writer.writerows(records)
        return file

    return write
