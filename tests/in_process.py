# SPDX-License-Identifier: EUPL-1.2
"""A command of `rollkeeper` that runs in the test's own process and transaction."""

from typing import Any

from typer.testing import CliRunner, Result

from rollkeeper.operations.cli import make_app


def invoke(*words: Any, typed: str | None = None) -> Result:
    """Run the command with these words, and `typed` for what it asks for."""
    return CliRunner().invoke(make_app(), list(map(str, words)), input=typed)
