"""Erased means erased: an old register with the newest keys, its old disk with its log, a thief before the rotation and after.

The bound that SECURITY.md states, each part tried with what would break it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.erasing import NUMBER

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("rollkeeper")
ENROLLED, ENDED, LAST_KEPT, ERASED = "2011-06-01", "2012-03-02", "2013-03-02", "2013-03-03"


class Place:
    """A folder with homes in it, and a console for each."""

    def __init__(self, folder: Path, *, people: int) -> None:
        self.folder, self.people, self.erased = folder, people, people // 2
        self.backups, self.kept = folder / "backups", folder / "kept"
        self.living = [f"Invented {n}" for n in range(self.erased, people)]
        self.living_numbers = sorted(NUMBER.format(n) for n in range(self.erased, people))

    def type(self, home: str, *words: str, answer: int = 0) -> str:
        return self._run(home, [str(COMMAND), *words], answer=answer)

    def ask(self, home: str, *words: str) -> dict:
        return json.loads(self.type(home, *words, "--json"))

    def inside(self, home: str, *words: str) -> dict:
        return json.loads(self._run(home, [sys.executable, "-m", "tests.journeys.erasing", *words]))

    def _run(self, home: str, command: list[str], *, answer: int = 0) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")}
        environment |= {
            "ROLLKEEPER_HOME": str(self.folder / home),
            "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
            "ROLLKEEPER_SERVER_CONFIGURATION": "fsync = off\n",
        }
        said = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
        )
        assert said.returncode == answer, f"{command}: {said.returncode}\n{said.stdout}\n{said.stderr}"
        return said.stderr if answer else said.stdout

    def copy(self, source: str, target: str) -> None:
        """Copy as a disk is copied: owners, modes, bytes."""
        (self.folder / target).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", str(self.folder / source), str(self.folder / target)], check=True)

    def assemble(self, home: str, *, register: str, keys: str, secrets: str) -> None:
        """Put a home together out of copied disks."""
        (self.folder / home).mkdir()
        self.copy(register, f"{home}/register")
        self.copy(keys, f"{home}/keys")
        self.copy(secrets, f"{home}/secrets")
        for name in ("home.toml", "made"):
            self.copy(f"home/{name}", f"{home}/{name}")

    def keep_root(self) -> None:
        """Keep the root apart, as the key ceremony says."""
        shutil.rmtree(self.kept, ignore_errors=True)
        self.kept.mkdir()
        shutil.copy(self.folder / "home" / "secrets" / "root.key", self.kept)

    def restore(self, home: str, backups: str = "backups", *words: str, answer: int = 0) -> str:
        words = words or ("--json",) if not answer else words
        return self.type(
            home, "restore", str(self.folder / backups), "--secrets", str(self.kept), *words, answer=answer
        )


@pytest.fixture(params=[200, pytest.param(1_000, marks=pytest.mark.soak)])
def place(request) -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-erasure-"))
    yield Place(folder, people=request.param)
    shutil.rmtree(folder)


def enrol_all(place: Place) -> None:
    place.type("home", "setup")
    file = place.folder / "people.jsonl"
    file.write_text(
        "".join(
            json.dumps(
                {
                    "number": NUMBER.format(n),
                    "name": f"Invented {n}",
                    "address": f"Invented Road {n}, Lhasa",
                    "document_type": "passport",
                    "document_number": f"X{n:08d}",
                }
            )
            + "\n"
            for n in range(place.people)
        ),
        "utf-8",
    )
    place.type("home", "enrol", str(file), "--on", ENROLLED)


def test_who_was_erased_is_in_no_backup_and_after_a_rotation_nowhere(place):
    # Everybody is enrolled; both stores are backed up, and somebody copies both disks and the backups.
    enrol_all(place)
    place.type("home", "backup", str(place.backups), "--on", ENROLLED)
    place.keep_root()
    place.copy("backups", "stolen/backups")
    place.copy("home/register", "stolen/register")
    place.copy("home/keys", "stolen/keys")
    assert any((place.folder / "stolen/register/pg/pg_wal").iterdir())

    # Half of them end their contracts and are erased a year later, on the day and not before; the keys are backed up.
    place.inside("home", "0", str(place.erased), ENDED)
    assert place.ask("home", "erase-due", "--on", LAST_KEPT)["lines"] == 0
    erased = place.ask("home", "erase-due", "--on", ERASED)
    assert (erased["lines"], erased["keys_destroyed"]) == (place.erased, place.erased)
    place.type("home", "backup", str(place.backups), "--keys", "--on", ERASED)

    # The old register with the newest keys: the others open, of the erased neither a value nor a number.
    back = json.loads(place.restore("restored"))
    assert (back["opening"], back["erased_again"], back["without_key"]) == (
        place.people - place.erased,
        place.erased,
        0,
    )
    seen = place.inside("restored", "look")
    assert seen["names"] == place.living
    assert seen["numbers"] == place.living_numbers
    assert seen["by_any_key"] == len(place.living)

    # The register's old disk, log and all, with the newest keys: everything sealed is there, and does not open.
    place.assemble("old-disk", register="stolen/register", keys="home/keys", secrets="home/secrets")
    seen = place.inside("old-disk", "look")
    assert seen["sealed"] == place.people * 4
    assert seen["names"] == place.living
    assert seen["by_any_key"] == len(place.living)

    # What the bound rests on: who kept an older copy of the keys, and has the root, opens everybody until a rotation.
    place.restore("thief", "stolen/backups")
    assert len(place.inside("thief", "look")["names"]) == place.people

    # After it, older copies open nothing: no backup, no disk, no number, not even with the root as it is now.
    place.type("home", "vault", "rotate", "--on", ERASED)
    place.keep_root()
    assert "another root of trust" in place.restore("late-thief", "stolen/backups", answer=1)
    assert not any((place.folder / "late-thief").iterdir())
    place.assemble("dead", register="stolen/register", keys="stolen/keys", secrets="home/secrets")
    seen = place.inside("dead", "look")
    assert seen["sealed"] == place.people * 4
    assert (seen["names"], seen["by_any_key"], seen["numbers"]) == ([], 0, [])

    # The house itself lost nothing.
    place.type("home", "backup", str(place.backups), "--on", ERASED)
    assert json.loads(place.restore("again"))["opening"] == len(place.living)
    seen = place.inside("again", "look")
    assert (seen["names"], seen["numbers"]) == (place.living, place.living_numbers)
