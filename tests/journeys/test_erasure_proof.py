"""Erased means erased: an old register with the newest keys, old disks with their logs, a thief before the rotation and after.

The bound that SECURITY.md states, each part tried with what would break it, under a root that is a file and under one
that is a key service.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.builders.packs import with_copy_row, with_line_attributes, write_pack
from tests.command_server import CommandServer
from tests.instances import copy_empty
from tests.journeys.erasing import NUMBER, person, sim_of
from tests.vault.openbao import Bao, bao

__all__ = ["bao"]
CANARIES = 1
"""One invented person more is in every instance until its first rotation (`vault.canaries`): nothing tells them apart from the others."""
REGISTERED_ON, ENDED, ERASED = "2011-12-01", "2012-03-02", "2013-03-03"
ROOT_FILES = ("root.key", "root.token", "index.token")
# Full pages stay in the log, where a thief reads them.
SERVERS = "fsync = off\nscram_iterations = 1\nio_method = sync\nshared_buffers = 64MB\nmax_logical_replication_workers = 0\n"
SURROUNDINGS = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")} | {
    "ROLLKEEPER_SERVER_CONFIGURATION": SERVERS
}


# One law for all: SIM cards may be recorded, and copies of documents are kept for ten days.
LAW = with_line_attributes(
    "name: iccid, required: optional", text=with_copy_row("anchor: registration, keep: {n: 10, unit: day}")
)
COMPARISONS = 2_200  # one console ends half of the contracts of a thousand people
COPIED = 4
"""Of how many people, the last of those who live, the document is copied. Its copies' time is over before anybody is erased."""


class Place:
    """A folder with instances in it, and a console for each."""

    def __init__(self, folder: Path, typist: CommandServer, *, people: int, service: Bao | None) -> None:
        self.folder, self.people, self.erased, self.service = folder, people, people // 2, service
        self.backups, self.kept = folder / "backups", folder / "kept"
        names = [f"Invented {n}" for n in range(people)]
        self.gone, self.living = set(names[: self.erased]), sorted(names[self.erased :])
        self.living_numbers = sorted(NUMBER.format(n) for n in range(self.erased, people))
        self.replaced = (self.erased - 1, self.erased)
        """Who gets another SIM: one who is erased, and one who is not."""
        self.sims = {sim_of(n, nth=nth) for n in range(people) for nth in (0, 1)}
        self.living_sims = sorted(sim_of(n, nth=int(n in self.replaced)) for n in range(self.erased, people))
        self._typist = typist

    def type(self, data_dir: str, *words: str, answer: int = 0) -> str:
        said = self._typist.run(*words, data_dir=self.folder / data_dir)
        assert said.returncode == answer, f"{words}: {said.returncode}\n{said.stdout}\n{said.stderr}"
        return said.stderr if answer else said.stdout

    @contextmanager
    def at_work(self, data_dir: str) -> Iterator[None]:
        """Keep the servers of an instance up between the commands of a block; its disks are copied outside of one."""
        self._typist.hold_servers(self.folder / data_dir)
        try:
            yield
        finally:
            self._typist.release_servers(self.folder / data_dir)

    def ask(self, data_dir: str, *words: str) -> dict:
        return json.loads(self.type(data_dir, *words, "--json"))

    def inside(self, data_dir: str, *words: str) -> dict:
        return json.loads(self.type(data_dir, "@tests.journeys.erasing:main", *words))

    def look(self, data_dir: str) -> dict:
        """Open whatever opens; whose names are not of those that were registered are canaries, and counted."""
        seen = self.inside(data_dir, "look")
        registered = self.gone | set(self.living)
        numbers = [number for number in seen["numbers"] if number.startswith(NUMBER[:9])]
        canaries = [name for name in seen["names"] if name not in registered]
        names = [name for name in seen["names"] if name in registered]
        sims = [sim for sim in seen["sims"] if sim in self.sims]
        return seen | {"names": names, "numbers": numbers, "sims": sims, "canaries": len(canaries)}

    def carve(self, data_dir: str, *folders: str) -> set[str]:
        """Have a thief with the root of an instance look at every byte under these folders; return whose names open."""
        names = self.inside(data_dir, "carve", *(str(self.folder / one) for one in folders))["names"]
        return set(names) & (self.gone | set(self.living))

    def copy(self, source: str, target: str) -> None:
        """Copy as a disk is copied: owners, modes, bytes."""
        (self.folder / target).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", str(self.folder / source), str(self.folder / target)], check=True)

    def assemble(self, data_dir: str, *, register: str, keys: str, secrets: str) -> None:
        """Put an instance together out of copied disks."""
        (self.folder / data_dir).mkdir()
        self.copy(register, f"{data_dir}/register")
        self.copy(keys, f"{data_dir}/keys")
        self.copy(secrets, f"{data_dir}/secrets")
        for name in ("settings.toml", "made"):
            self.copy(f"instance/{name}", f"{data_dir}/{name}")

    def keep_root(self) -> None:
        """Keep the root apart, as the key ceremony says."""
        shutil.rmtree(self.kept, ignore_errors=True)
        self.kept.mkdir()
        for file in (self.folder / "instance" / "secrets").iterdir():
            if file.name in ROOT_FILES:
                shutil.copy(file, self.kept)

    def restore(self, data_dir: str, backups: str = "backups", *, answer: int = 0) -> str:
        words = ["restore", str(self.folder / backups), "--secrets", str(self.kept)]
        words += ["--root-url", self.service.url] if self.service else []
        return self.type(data_dir, *words, *([] if answer else ["--json"]), answer=answer)

    def set_up(self) -> None:
        """Make the instance."""
        data_dir = self.folder / "instance"
        data_dir.mkdir()
        vault = f'[vault]\nroot_url = "{self.service.url}"\n' if self.service else ""
        law = (
            f'[instance]\npack = "{write_pack(LAW)}"\n'
            f"[lines]\ndocument_comparisons_per_day = {COMPARISONS}\nlookups_per_day = {COMPARISONS}\n"
            "[retention]\nerase_per_day_percent = 100\n"  # half of all people are due on one day here
        )
        (data_dir / "settings.toml").write_text(law + vault, "utf-8")
        if self.service:
            self._point_at(self.service)
        else:
            copy_empty(data_dir, configuration=SERVERS)
        self.type("instance", "setup")

    def _point_at(self, service: Bao) -> None:
        data_dir = self.folder / "instance"
        (data_dir / "secrets").mkdir(mode=0o700)
        tokens = {
            "root.token": service.token("rollkeeper-root", "rollkeeper-rotation"),
            "index.token": service.token("rollkeeper-index"),
        }
        for name, token in tokens.items():
            shutil.copy(token, data_dir / "secrets" / name)
            (data_dir / "secrets" / name).chmod(0o600)


@pytest.fixture(scope="module")
def typist() -> Iterator[CommandServer]:
    typist = CommandServer(SURROUNDINGS)
    yield typist
    typist.go()


@pytest.fixture
def make_place(request, typist) -> Iterator[Callable[..., Place]]:
    """Makes a place whose instances have a file or a key service as their root."""
    with ExitStack() as stack:

        def make(people: int, root: str) -> Place:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rollkeeper-erasure-")))
            service = request.getfixturevalue("bao") if root == "OpenBao" else None
            place = Place(folder, typist, people=people, service=service)
            place.set_up()
            return place

        yield make


def register_all_and_back_up(place: Place) -> None:
    file = place.folder / "people.jsonl"
    from_file = place.people - COPIED
    file.write_text(
        "".join(json.dumps({"number": NUMBER.format(n), **person(n)}) + "\n" for n in range(from_file)),
        "utf-8",
    )
    first, last = place.replaced
    with place.at_work("instance"):
        place.type("instance", "register", str(file), "--on", REGISTERED_ON)
        place.inside("instance", "take_copies", str(from_file), str(place.people), REGISTERED_ON)
        place.inside("instance", "replace_sims", str(first), str(last + 1), REGISTERED_ON)
        place.type("instance", "backup", str(place.backups), "--on", REGISTERED_ON)


def erase_half(place: Place) -> None:
    """Half of them end their contracts and are erased a year later, with the copies of documents; then the keys are backed up."""
    with place.at_work("instance"):
        place.inside("instance", "end", "0", str(place.erased), ENDED)
        erased = place.ask("instance", "retention", "erase", "--on", ERASED)
        assert (erased["lines"], erased["keys_destroyed"], erased["copies"]) == (
            place.erased,
            place.erased,
            COPIED,
        )
        place.type("instance", "backup", str(place.backups), "--keys", "--on", ERASED)


def assert_only_the_living_come_back(place: Place) -> None:
    """Restore the old register and the newest keys, and try everything that the system has."""
    back = json.loads(place.restore("restored"))
    opening = len(place.living) + CANARIES
    assert (back["opening"], back["erased_again"], back["without_key"]) == (opening, place.erased, 0)
    with place.at_work("restored"):
        seen, copies = place.look("restored"), place.inside("restored", "look_at_copies")
    assert (seen["names"], seen["numbers"], seen["sims"]) == (
        place.living,
        place.living_numbers,
        place.living_sims,
    )
    # Copies of documents whose time is over are there again, and open to no one.
    assert len([one for one in (place.folder / "restored/documents").rglob("*") if one.is_file()]) == COPIED
    assert copies == {"known": COPIED, "opened": 0}
    assert (seen["by_any_key"], seen["canaries"]) == (opening, CANARIES)


@pytest.mark.parametrize(
    ("people", "root"),
    [
        (30, "file"),
        pytest.param(1_000, "file", marks=pytest.mark.soak),
        pytest.param(1_000, "OpenBao", marks=pytest.mark.soak),
    ],
)
def test_who_was_erased_is_in_no_backup_and_after_a_rotation_nowhere(make_place, people, root):
    place = make_place(people, root)

    # Everyone is registered; both stores are backed up, and an attacker copies both disks and the backups.
    register_all_and_back_up(place)
    place.keep_root()
    place.copy("backups", "stolen/backups")
    place.copy("instance/register", "stolen/register")
    place.copy("instance/keys", "stolen/keys")
    assert any((place.folder / "stolen/register/pg/pg_wal").iterdir())
    erase_half(place)
    place.copy("instance/keys", "stolen/keys-after")

    # The old register with the newest keys: the others open, of the erased neither a value nor a number.
    assert_only_the_living_come_back(place)

    # The register's old disk, log and all, with the newest keys: everything sealed is there, and does not open.
    place.assemble(
        "old-disk", register="stolen/register", keys="stolen/keys-after", secrets="instance/secrets"
    )
    with place.at_work("old-disk"):
        seen = place.look("old-disk")
        carved = place.carve("old-disk", "stolen/keys-after/pg/pg_wal", "stolen/keys-after/pg/base")
    assert seen["sealed"] == place.people + CANARIES
    assert (seen["names"], seen["sims"], seen["by_any_key"]) == (
        place.living,
        place.living_sims,
        len(place.living) + CANARIES,
    )

    # What the bound rests on. Until a rotation, destroyed keys lie in the log and in given-up pages of the disk of the keys,
    # and who kept an older backup of the keys has them: with the root, either opens everybody.
    everybody = place.gone | set(place.living)
    assert carved == everybody
    place.restore("thief", "stolen/backups")
    with place.at_work("thief"):
        assert set(place.look("thief")["names"]) == everybody
        assert place.inside("thief", "look_at_copies") == {"known": COPIED, "opened": COPIED}

    # After it, older copies open nothing: no backup, no disk, no number, not even with the root as it is now.
    place.type("instance", "vault", "rotate", "--on", ERASED)
    place.keep_root()
    assert "another root of trust" in place.restore("late-thief", "stolen/backups", answer=1)
    assert not any((place.folder / "late-thief").iterdir())
    place.assemble("dead", register="stolen/register", keys="stolen/keys", secrets="instance/secrets")
    everybodys = list(range(place.people))
    with place.at_work("dead"):
        seen = place.look("dead")
        # Nor does any key that lies among the bytes of any copy or of Rollkeeper's own disks, but for those of the living.
        opening = place.carve("dead", "stolen", "backups", "instance/keys", "instance/register")
        # What no rotation ends: the key of the index stays, and shows which guessed numbers are in an old register.
        guessed = place.inside("dead", "guess", "0", str(2 * place.people))
    assert seen["sealed"] == place.people + CANARIES
    assert (seen["names"], seen["by_any_key"], seen["numbers"], seen["sims"], seen["canaries"]) == (
        [],
        0,
        [],
        [],
        0,
    )
    assert opening == set(place.living)
    assert (guessed["numbers"], guessed["documents"]) == (everybodys, everybodys)

    # The register itself lost nothing, and of the erased it has nothing left to guess at.
    with place.at_work("instance"):
        seen = place.look("instance")
        guessed = place.inside("instance", "guess", "0", str(2 * place.people))
    assert (seen["names"], seen["numbers"]) == (place.living, place.living_numbers)
    assert guessed["numbers"] == guessed["documents"] == everybodys[place.erased :]


def test_the_same_restore_under_a_key_service(make_place):
    place = make_place(10, "OpenBao")
    register_all_and_back_up(place)
    place.keep_root()
    erase_half(place)
    place.copy("backups", "stolen/backups")

    assert_only_the_living_come_back(place)

    # The service trims its older versions: older backups can no longer be opened, with tokens or without.
    with place.at_work("instance"):
        place.type("instance", "vault", "rotate", "--on", ERASED)
        place.type("instance", "backup", str(place.backups), "--on", ERASED)
    assert "another root of trust" in place.restore("late-thief", "stolen/backups", answer=1)
    assert (
        json.loads(place.restore("again"))["opening"] == len(place.living) + 2 * CANARIES
    )  # the rotation made one
    seen = place.look("again")
    assert (seen["names"], seen["numbers"]) == (place.living, place.living_numbers)
