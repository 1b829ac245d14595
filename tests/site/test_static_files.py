# SPDX-License-Identifier: EUPL-1.2
"""What a browser asks for compressed says the same as what it was made from."""

import gzip
from pathlib import Path

import pytest

import rollkeeper

COMPRESSED = sorted(Path(rollkeeper.__file__).parent.glob("*/static/**/*.gz"))


@pytest.mark.parametrize("file", COMPRESSED, ids=lambda one: one.name)
def test_a_compressed_file_is_its_source(file):
    assert gzip.decompress(file.read_bytes()) == file.with_suffix("").read_bytes(), "run bin/setup"


def test_the_largest_files_are_compressed():
    assert {"rollkeeper.css.gz", "sealing.js.gz", "govuk-frontend.min.js.gz"} <= {
        one.name for one in COMPRESSED
    }, "run bin/setup"
