# SPDX-License-Identifier: EUPL-1.2
"""Every released version's instance can be brought up to date: `rollkeeper setup` does it, and all that it held is there and sound.

One instance a release lies next to this file; `keep.py` makes it before the version's number grows.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from rollkeeper.ledger import auditor
from tests.demo import copy_demo
from tests.older_instances.keep import HERE

ROOT = Path(__file__).parents[2]
KEPT = {kept.name.removesuffix(".tar.xz"): kept for kept in sorted(HERE.glob("*.tar.xz"))}
KEEP = "import sys; from pathlib import Path; from tests.older_instances.keep import keep; keep(Path(sys.argv[1]))"
UPGRADE = """
import json, sys
from pathlib import Path
from tests.older_instances.keep import restore
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import forget_settings
from rollkeeper.ledger.publication import publish
from rollkeeper.operations import bootstrap, doctor
from django.db import connections

COUNTED = ("lines_line", "lines_tenure", "ledger_entry", "vault_sealed", "notices_notice", "campaign_member")
def count():
    return {table: rows(f"SELECT count(*) AS n FROM {table}")[0].n for table in COUNTED}

restore(Path(sys.argv[1]))
forget_settings()
before = count()
try:
    bootstrap.open_instance()
except RollkeeperError as refused:
    assert refused.code == "setup_outdated" or sys.argv[2] == "today", refused.code
else:
    assert sys.argv[2] == "today"
connections.close_all()
bootstrap.set_up_instance(InstanceKind.DEMO)
after = count()
bootstrap.set_up_instance(InstanceKind.DEMO)
publish()
found = [(one.check, one.sentence) for one in doctor.examine() if one.health is doctor.Health.ERROR]
print(json.dumps({"before": before, "after": after, "faults": found}))
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder outside pytest's, which is closed to the servers' users."""
    with tempfile.TemporaryDirectory(prefix="rk-older-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def run(program: str, data_dir: Path, *words: object) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")}
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)], cwd=ROOT, env=kept | {"ROLLKEEPER_HOME": str(data_dir)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def hold_upgraded(archive: Path, place: Path, version: str) -> None:
    """Restore an instance, bring it up to date twice, and see that everything is there."""
    found = json.loads(run(UPGRADE, place / "upgraded", archive, version).splitlines()[-1])

    assert found["faults"] == []
    assert found["before"]["lines_line"] > 0
    grown = {table for table, count in found["before"].items() if found["after"][table] != count}
    assert grown <= {"ledger_entry"}  # `setup` notes what it renews
    log = place / "upgraded" / "ledger" / "public"
    assert auditor.audit(log, key=auditor.read_key((log / "vkey").read_text("utf-8")), older=[]).size > 0


@pytest.mark.parametrize("version", [*KEPT, "today"])
def test_an_instance_of_each_version_is_brought_up_to_date(version: str, place: Path) -> None:
    archive = KEPT.get(version, place / "today.tar.xz")
    if version not in KEPT:
        copy_demo(place / "today")
        run(KEEP, place / "today", archive)

    hold_upgraded(archive, place, version)


def test_every_release_before_this_one_has_its_instance() -> None:
    released = re.findall(
        r"^## (\d+\.\d+\.\d+), \d", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )

    assert version("rollkeeper") in released
    assert set(released) - {version("rollkeeper")} <= set(KEPT)
