# SPDX-License-Identifier: EUPL-1.2
"""The tools of PostgreSQL that copy the stores, as streams."""

import pytest

from rollkeeper.platform import pg_backup
from rollkeeper.platform.errors import BACKUP_TOOL_FAILED
from tests.refusals import refusing

pytestmark = pytest.mark.usefixtures("committed")
_SAYS_MUCH = (
    "i=0; while [ $i -lt 3000 ]; do echo 'pg_tool: warning: a sentence of some length' >&2; i=$((i+1)); done"
)


@pytest.fixture
def tool(tmp_path, monkeypatch):
    def make(script: str) -> None:
        made = tmp_path / "pg_tool"
        made.write_text(f"#!/bin/sh\n{_SAYS_MUCH}\n{script}\n", "utf-8")
        made.chmod(0o755)

    monkeypatch.setattr(pg_backup, "_tool", lambda _: str(tmp_path / "pg_tool"))
    return make


def test_a_tool_that_says_much_is_copied_to_its_end(tool):
    tool("echo copied")

    assert b"".join(pg_backup.stream_keys()) == b"copied\n"


def test_a_tool_that_says_much_reads_its_whole_input(tool):
    tool("cat >/dev/null")

    pg_backup.read_keys([b"x" * 500_000])


def test_a_tool_that_says_much_and_fails_says_why(tool):
    tool("echo 'pg_tool: error: no room.' >&2; exit 1")

    with refusing(BACKUP_TOOL_FAILED, match="no room"):
        list(pg_backup.stream_keys())
