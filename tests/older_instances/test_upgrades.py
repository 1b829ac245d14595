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

import pytest

from rollkeeper.ledger import auditor
from tests.command_server import CommandServer
from tests.demo import copy_demo
from tests.older_instances.keep import HERE

ROOT = Path(__file__).parents[2]
KEPT = {kept.name.removesuffix(".tar.xz"): kept for kept in sorted(HERE.glob("*.tar.xz"))}


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


def hold_upgraded(
    commands: CommandServer, archive: Path, place: Path, *, version: str, clusters: Path
) -> None:
    """Restore an instance, bring it up to date twice, and see that everything is there."""
    found = json.loads(run(commands, "main", place / "upgraded", archive, version, clusters).splitlines()[-1])

    assert found["faults"] == []
    assert found["before"]["lines_line"] > 0
    grown = {table for table, count in found["before"].items() if found["after"][table] != count}
    assert grown <= {"ledger_entry"}  # `setup` notes what it renews
    log = place / "upgraded" / "ledger" / "public"
    assert auditor.audit(log, key=auditor.read_key((log / "vkey").read_text("utf-8")), older=[]).size > 0


@pytest.mark.parametrize("version", [*KEPT, "today"])
def test_an_instance_of_each_version_is_brought_up_to_date(
    version: str, commands: CommandServer, clusters: Path, place: Path
) -> None:
    archive = KEPT.get(version, place / "today.tar")
    if version not in KEPT:
        copy_demo(place / "today")
        run(commands, "pack_up", place / "today", archive)

    hold_upgraded(commands, archive, place, version=version, clusters=clusters)


def test_every_release_before_this_one_has_its_instance() -> None:
    released = re.findall(
        r"^## (\d+\.\d+\.\d+), \d", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )

    assert version("rollkeeper") in released
    assert set(released) - {version("rollkeeper")} <= set(KEPT)
