# SPDX-License-Identifier: EUPL-1.2
"""Every released version's instance can be brought up to date: `rollkeeper setup` does it, and all that it held is there and sound.

One instance a release lies next to this file; `keep.py` makes it before the version's number grows.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from rollkeeper.ledger import auditor
from tests.command_server import CommandServer
from tests.demo import copy_demo
from tests.older_instances.keep import HERE

ROOT = Path(__file__).parents[2]
KEPT = {kept.name.removesuffix(".tar.xz"): kept for kept in sorted(HERE.glob("*.tar.xz"))}


OLDEST, *BETWEEN, NEWEST = sorted(KEPT, key=lambda version: [int(part) for part in version.split(".")])
"""The oldest has every migration before it, the newest every kind of row that a demo makes: `make soak` tries those between."""


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder outside pytest's, which is closed to the servers' users."""
    with tempfile.TemporaryDirectory(prefix="rk-older-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def place() -> Iterator[Path]:
    with open_folder() as made:
        yield made


@pytest.fixture(scope="module")
def commands() -> Iterator[CommandServer]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")}
    server = CommandServer(kept | {"ROLLKEEPER_ROLE": "migrator"})
    yield server
    server.go()


@pytest.fixture(scope="module")
def clusters(commands: CommandServer) -> Iterator[Path]:
    """Two empty clusters, which each instance copies."""
    with open_folder() as made:
        run(commands, "make_clusters", made / "clusters")
        yield made / "clusters"


def run(commands: CommandServer, what: str, data_dir: Path, *words: object) -> str:
    done = commands.run(f"@tests.older_instances.upgrade:{what}", *map(str, words), data_dir=data_dir)
    assert done.returncode == 0, done.stderr
    return done.stdout


type Findings = dict[str, Any]
"""What `upgrade.main` says of an instance."""


@pytest.fixture(scope="module")
def today(commands: CommandServer, clusters: Path) -> Iterator[Findings]:
    """A new instance, kept and restored like the others: by a restore alone some definitions are written otherwise."""
    with open_folder() as place:
        copy_demo(place / "new")
        run(commands, "pack_up", place / "new", place / "today.tar")
        yield upgrade(commands, place / "today.tar", place, version="today", clusters=clusters)


def upgrade(commands: CommandServer, archive: Path, place: Path, *, version: str, clusters: Path) -> Findings:
    """Restore an instance, bring it up to date twice, see that its published ledger is sound, and return what was found."""
    said = run(commands, "main", place / "upgraded", archive, version, clusters).splitlines()[-1]
    log = place / "upgraded" / "ledger" / "public"
    assert auditor.audit(log, key=auditor.read_key((log / "vkey").read_text("utf-8")), older=[]).size > 0
    found: Findings = json.loads(said)
    return found


@pytest.mark.parametrize(
    "version", [OLDEST, *(pytest.param(one, marks=pytest.mark.soak) for one in BETWEEN), NEWEST, "today"]
)
def test_an_instance_of_each_version_is_brought_up_to_date(
    version: str, commands: CommandServer, clusters: Path, place: Path, today: Findings
) -> None:
    found = today
    if version in KEPT:
        found = upgrade(commands, KEPT[version], place, version=version, clusters=clusters)

    assert found["faults"] == []
    assert found["before"]["lines_line"] > 0
    grown = {table for table, count in found["before"].items() if found["after"][table] != count}
    assert grown <= {"ledger_entry"}  # `setup` notes what it renews
    differing = found["definitions"].items() ^ today["definitions"].items()
    assert sorted({name for name, _ in differing}) == []


def test_every_release_before_this_one_has_its_instance() -> None:
    released = re.findall(
        r"^## (\d+\.\d+\.\d+), \d", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )

    assert version("rollkeeper") in released
    assert set(released) - {version("rollkeeper")} <= set(KEPT)
