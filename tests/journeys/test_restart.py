# SPDX-License-Identifier: EUPL-1.2
"""`make run` on an instance with the demo opens it unchanged.

How long it takes is measured and not asserted: `tests/bench/bench_start.py`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo import LINES
from tests.operations.test_process_supervisor import answers, free_ports
from tests.settings_files import change_settings
from tests.superuser import as_superuser

COMMAND = Path(sys.executable).with_name("rollkeeper")
KEPT = (
    "SELECT system_identifier::text FROM pg_control_system()",
    "SELECT string_agg(app || name || applied, ',' ORDER BY id) FROM django_migrations",
    "SELECT string_agg(line_id::text || version, ',' ORDER BY line_id) FROM lines_line",
    "SELECT string_agg(username || password, ',' ORDER BY username) FROM access_staff",
    "SELECT count(*)::text FROM ledger_entry",
    "SELECT count(*)::text FROM lines_line",
)


@pytest.fixture
def at_rest(demo, monkeypatch):
    """The demo instance, in which nothing goes on by itself for a while."""
    file = demo.data_dir / "settings.toml"
    before = file.read_text("utf-8")
    change_settings(file, {"jobs": {"background_jobs": False}})
    monkeypatch.setenv("ROLLKEEPER_HOME", str(demo.data_dir))
    monkeypatch.delenv("ROLLKEEPER_ROLE")
    yield demo.data_dir
    file.write_text(before, "utf-8")


def kept(data_dir):
    """Return everything that would differ in a new instance."""
    with as_superuser() as owner:
        asked = [owner.execute(question).fetchone()[0] for question in KEPT]
    files = [
        data_dir / "settings.toml",
        data_dir / "made",
        data_dir / "demo-logins.json",
        *(data_dir / "secrets").glob("*"),
    ]
    return asked, {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in files}


def test_a_second_start_opens_what_is_there_and_makes_nothing_again(at_rest):
    before, port = kept(at_rest), free_ports()

    with subprocess.Popen(
        [COMMAND, "demo", "--serve", "--port", str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "200"},
    ) as started:  # fmt: skip
        said = ""
        while "Ready" not in said:
            line = started.stdout.readline()
            assert line, started.stderr.read()
            said += line
        open_now = [answers(port + nth) for nth in range(3)]
        started.terminate()
        remarks = started.stderr.read()

    assert open_now == [True, True, True]
    assert [
        login
        for login in json.loads((at_rest / "demo-logins.json").read_text("utf-8"))
        if login["password"] not in said
    ] == []
    assert "Inventing" not in said + remarks
    assert kept(at_rest) == before
    assert int(before[0][-1]) > LINES
