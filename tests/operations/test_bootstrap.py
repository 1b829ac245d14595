# SPDX-License-Identifier: EUPL-1.2
"""Bringing an instance up to date takes the time that it takes."""

import pytest

from rollkeeper.kernel import database
from rollkeeper.operations import bootstrap


def test_no_migration_is_broken_off_by_the_limit_of_a_statement(
    data_dir: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def migrate(*_: object, **__: object) -> None:
        seen.append(database.rows("SHOW statement_timeout")[0].statement_timeout)

    monkeypatch.setattr(bootstrap, "call_command", migrate)
    bootstrap.bring_up_to_date()

    assert seen == ["0"]
    assert database.rows("SHOW statement_timeout")[0].statement_timeout == "30s"
