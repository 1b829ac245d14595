# SPDX-License-Identifier: EUPL-1.2
"""A block device of which a copy is taken at any instant, as after a power cut: what was not written through is not in it.

The disk of the instance is a loop device over a file. That file lies on a second file system, which is frozen while it is copied: the copy has
every write that the device had finished, and nothing of what lay in the memory of the instance's file system. So it shows whether what was
acknowledged had been flushed. Only root can do it. It is not a disk that lies about its own flushes: such a disk loses data under any program.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

REGISTER_AND_SAY, EXAMINE = (
    f"@tests.operations.forgetting_disk:{name}" for name in ("register_and_say", "examine")
)
SIZE_MIB = 900


class ForgettingDisk:
    """The instance's disk, and the file under it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._below, self.mounted = folder, folder / "below", folder / "disk"
        self._copies: list[Path] = []

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Make it and mount it; afterwards nothing is left but copies."""
        self._below.mkdir()
        self.mounted.mkdir()
        _make_file_system(self._folder / "below.img", SIZE_MIB + 200)
        with _mounted(self._folder / "below.img", self._below):
            _make_file_system(self._below / "disk.img", SIZE_MIB)
            with _mounted(self._below / "disk.img", self.mounted):
                yield

    def copy(self) -> Path:
        """Copy what the device holds at this instant."""
        copy = self._folder / f"copy-{len(self._copies)}.img"
        _run("fsfreeze", "--freeze", self._below)
        try:
            _run("cp", "--sparse=always", self._below / "disk.img", copy)
        finally:
            _run("fsfreeze", "--unfreeze", self._below)
        self._copies.append(copy)
        return copy

    @contextmanager
    def started_from(self, copy: Path) -> Iterator[None]:
        """Mount a copy in the place of the disk: its file system recovers first."""
        with _mounted(copy, self.mounted):
            yield
        copy.unlink()


def _make_file_system(file: Path, mib: int) -> None:
    with file.open("wb") as made:
        made.truncate(mib << 20)
    _run("mkfs.ext4", "-q", "-F", file)


@contextmanager
def _mounted(file: Path, place: Path) -> Iterator[None]:
    _run("mount", "-o", "loop", file, place)
    place.chmod(0o755)
    try:
        yield
    finally:
        _run("umount", place)


def _run(*words: object) -> None:
    subprocess.run(list(map(str, words)), check=True)


@contextmanager
def forgetting_disk() -> Iterator[ForgettingDisk]:
    """A folder for a disk and its copies, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="rollkeeper-forgetting-") as folder:
        Path(folder).chmod(0o755)
        yield ForgettingDisk(Path(folder))


def register_and_say(first: str, end: str, acknowledged: str) -> None:
    """Register a person for each line, one transaction each, and write down each receipt once it was given."""
    from rollkeeper.access.roles import StaffRole
    from rollkeeper.kernel.instance import open_instance
    from rollkeeper.registration.services import register_subscriber
    from tests.builders.staff import employ
    from tests.campaign.crash_runs import number
    from tests.registration.people import ON, card, person, submission

    open_instance()
    clerk = employ(StaffRole.CLERK)
    with Path(acknowledged).open("a", encoding="utf-8") as said:
        for n in range(int(first), int(end)):
            receipt = register_subscriber(
                clerk, submission(f"+86{number(n)}", person(document_number=card(n + 1))), on=ON
            )
            said.write(f"{receipt.entry_id} {receipt.line_id}\n")
            said.flush()


def examine(acknowledged: str) -> None:
    """Print what is missing of the acknowledged, and what is broken in tables and indexes of both clusters."""
    from rollkeeper.kernel import stores
    from rollkeeper.kernel.database import rows
    from rollkeeper.kernel.instance import open_instance
    from tests.superuser import as_superuser

    open_instance()
    lost, broken = [], []
    keys = {row.person_id for row in rows("SELECT person_id FROM person_key", using="keys")}
    for one in Path(acknowledged).read_text("utf-8").splitlines():
        entry_id, line_id = one.split()
        found = rows(
            "SELECT t.person_id FROM ledger_entry e JOIN lines_tenure t USING (line_id)"
            " WHERE e.entry_id = %s AND e.line_id = %s AND e.verb = 'line:tenure:registered' AND upper_inf(t.held)",
            [entry_id, line_id],
        )
        if len(found) != 1 or found[0].person_id not in keys:
            lost.append(one)
    for store in stores.STORES:
        with as_superuser(store) as session:
            session.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
            for statement in (_INDEXES, _TABLES):
                broken += [str(row) for row in session.execute(statement).fetchall() if row[0]]
    print(json.dumps({"lost": lost, "broken": broken}))


_INDEXES = (
    "SELECT bt_index_parent_check(c.oid, true)::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam JOIN pg_index i ON i.indexrelid = c.oid"
    " WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p' AND i.indisvalid"
)
_TABLES = "SELECT v.msg FROM pg_class c CROSS JOIN LATERAL verify_heapam(c.oid) v WHERE c.relkind = 'r' AND c.relpersistence = 'p'"


def can_be_made() -> bool:
    """Tell whether this user can make loop devices and freeze a file system."""
    with suppress(OSError):
        return os.geteuid() == 0 and bool(list(Path("/dev").glob("loop[0-9]*")))
    return False
