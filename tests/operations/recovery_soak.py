# SPDX-License-Identifier: EUPL-1.2
"""An instance that is served while its processes are killed at random and its disk is filled, with no one typing anything.

    python -m tests.operations.recovery_soak [--minutes 60]

Two processes register people all the time. A fault happens every few seconds; measured is how long it takes until the next receipt and until every
process says that it is ready. At the end each acknowledged receipt must have its entry, its tenure and its key, once, and the tables and indexes of
both clusters must be whole. Nothing is started again by hand. Prints a table.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

COMMAND: Final = Path(sys.executable).with_name("rollkeeper")
LINES: Final = 40_000
DAY: Final = "2012-03-02"
DISK: Final = "2g"
LONGEST_S: Final = 120.0
"""After so long a fault counts as one that needs a hand."""


@dataclass
class Row:
    """What came of one kind of fault."""

    times: int = 0
    receipts_after_s: list[float] = field(default_factory=list)
    ready_after_s: list[float] = field(default_factory=list)


class Served:
    """An instance with everything that serves it, on a small disk where this user may make one."""

    def __init__(self, disk: Path) -> None:
        self.disk, self.data_dir = disk, disk / "data_dir"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")} | {
            "ROLLKEEPER_HOME": str(self.data_dir),
            "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
        }
        self.acknowledged = [disk.parent / f"{disk.name}-receipts-{n}" for n in range(2)]
        self.parent: subprocess.Popen[bytes] | None = None
        self.clerks: list[subprocess.Popen[bytes]] = []

    def type(self, *words: object) -> str:
        done = subprocess.run(
            [COMMAND, *map(str, words)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def start(self) -> None:
        """Make it, take lines in, serve it, and begin to register."""
        from tests.campaign.crash_runs import MAP, write_lines

        self.data_dir.mkdir()
        (self.data_dir / "settings.toml").write_text(f"[instance]\ndemo_date = {DAY}\n", "utf-8")
        self.type("setup")
        way = self.disk / "map.toml"
        way.write_text(MAP, "utf-8")
        lines = write_lines(self.disk / "lines.csv", range(LINES))
        self.type("import", lines, "--map", way, "--yes", "--on", "2011-12-10")
        said = (self.disk.parent / f"{self.disk.name}-said").open("wb")
        from tests.operations.test_process_supervisor import free_ports

        self.parent = subprocess.Popen(
            [COMMAND, "serve", "--port", str(free_ports()), "--app", "counter"],
            stdout=said,
            stderr=said,
            env=self.environment,
        )
        wait_for(self.is_ready, 180)
        half = LINES // 2
        for n, file in enumerate(self.acknowledged):
            words = [
                "-m",
                "tests.operations.recovery_soak",
                "--register",
                str(file),
                str(n * half),
                str((n + 1) * half),
            ]
            env = self.environment | {"ROLLKEEPER_ROLE": "worker"}
            self.clerks.append(subprocess.Popen([sys.executable, *words], env=env, stdout=said, stderr=said))
        wait_for(self.count, 120)

    def stop(self) -> None:
        """End the clerks, then the service, as systemd would."""
        for one in self.clerks:
            one.terminate()
            one.wait(60)
        if self.parent:
            self.parent.terminate()
            self.parent.wait(120)

    def count(self) -> int:
        """Count the receipts that were given."""
        return sum(file.read_bytes().count(b"\n") for file in self.acknowledged if file.exists())

    def is_ready(self) -> bool:
        """Tell whether every process says that it can do its work."""
        asked = [COMMAND, "health"]
        done = subprocess.run(asked, env=self.environment, capture_output=True, check=False, timeout=60)
        return done.returncode == 0

    def pids(self, *words: str) -> list[int]:
        """Return the processes of this instance whose command line has these words."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if all(word in line for word in words) and self._is_own(place, line):
                    found.append(int(place.name))
        return sorted(found)

    def _is_own(self, place: Path, line: str) -> bool:
        return (
            str(self.data_dir) in line
            or f"ROLLKEEPER_HOME={self.data_dir}".encode() in (place / "environ").read_bytes()
        )


def wait_for(claim: Callable[[], object], seconds: float) -> float:
    """Wait until it is so; return how long it took, the limit where it did not come about."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        with suppress(subprocess.TimeoutExpired):
            if claim():
                return time.monotonic() - begun
        time.sleep(0.05)
    return seconds


def kill(pids: list[int], dice: random.Random) -> bool:
    """Kill one of these without a last word; tell whether there was any."""
    for pid in dice.sample(pids, min(1, len(pids))):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def postmaster(served: Served, store: str) -> list[int]:
    with suppress(OSError, ValueError):
        return [int((served.data_dir / store / "pg" / "postmaster.pid").read_text("utf-8").splitlines()[0])]
    return []


def backends(served: Served, store: str) -> list[int]:
    with suppress(OSError, IndexError):
        (first,) = postmaster(served, store)
        return [int(one) for one in Path(f"/proc/{first}/task/{first}/children").read_text("ascii").split()]
    return []


def fill_disk(served: Served, dice: random.Random) -> bool:
    """Fill the disk to the last byte for some seconds; PostgreSQL's own files are in its way."""
    if not served.disk.is_mount():
        return False
    ballast = served.disk / "ballast"
    with suppress(OSError), ballast.open("wb") as out:
        while True:
            out.write(bytes(1 << 20))
            out.flush()
    time.sleep(dice.uniform(2, 6))
    ballast.unlink()
    return True


FAULTS: Final[dict[str, Callable[[Served, random.Random], bool]]] = {
    "kill -9 register": lambda served, dice: kill(postmaster(served, "register"), dice),
    "kill -9 keys": lambda served, dice: kill(postmaster(served, "keys"), dice),
    "kill -9 both servers": lambda served, dice: all(
        [kill(postmaster(served, "register"), dice), kill(postmaster(served, "keys"), dice)]
    ),
    "kill -9 a process of the register": lambda served, dice: kill(backends(served, "register"), dice),
    "kill -9 a process of the keys": lambda served, dice: kill(backends(served, "keys"), dice),
    "kill -9 a worker": lambda served, dice: kill(served.pids("rollkeeper.operations.job_process"), dice),
    "kill -9 the counter": lambda served, dice: kill(served.pids("rollkeeper.operations.app_process"), dice),
    "kill -9 the vault service": lambda served, dice: kill(
        served.pids("rollkeeper.operations.vault_process"), dice
    ),
    "disk full for seconds": fill_disk,
}


def soak(minutes: float, *, seed: int = 1) -> dict[str, object]:
    """Run it; return what a table shows."""
    dice, table = random.Random(seed), {name: Row() for name in FAULTS}  # noqa: S311
    with small_disk() as disk:
        served = Served(disk)
        try:
            served.start()
            until, names = time.monotonic() + 60 * minutes, list(FAULTS)
            while time.monotonic() < until:
                if not names:
                    names = list(FAULTS)
                name = names.pop(dice.randrange(len(names)))
                _strike(served, table[name], FAULTS[name], dice)
                time.sleep(dice.uniform(0, 3))
        finally:
            served.stop()
        return {"table": table, "receipts": served.count(), **_examined(served)}


def _strike(
    served: Served, row: Row, fault: Callable[[Served, random.Random], bool], dice: random.Random
) -> None:
    if fault(served, dice):
        before = served.count()
        row.times += 1
        row.receipts_after_s.append(wait_for(lambda: served.count() > before + 2, LONGEST_S))
        row.ready_after_s.append(wait_for(served.is_ready, LONGEST_S))


def _examined(served: Served) -> dict[str, object]:
    whole = served.disk / "receipts"
    whole.write_bytes(b"".join(file.read_bytes() for file in served.acknowledged))
    lines = [one.split()[1] for one in whole.read_text("utf-8").splitlines()]
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\nfrom tests.operations.forgetting_disk import examine\nexamine({str(whole)!r})"],
        env=served.environment | {"ROLLKEEPER_ROLE": "worker"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout) | {"doubled": len(lines) - len(set(lines))}


@contextmanager
def small_disk() -> Iterator[Path]:
    """A separate small file system in memory; a folder where this user cannot make one."""
    disk = Path(tempfile.mkdtemp(prefix="rollkeeper-recovery-"))
    disk.chmod(0o755)
    is_mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "tmpfs", disk], check=False
        ).returncode
    )
    try:
        yield disk
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", disk], check=True)
        shutil.rmtree(disk, ignore_errors=True)
        for left in disk.parent.glob(f"{disk.name}-*"):
            left.unlink()


def register(file: str, first: str, end: str) -> None:
    """Register one person after another, each until there is a receipt, and write the receipts down."""
    import django

    django.setup()
    from django.db import connections

    from rollkeeper.access.roles import StaffRole
    from rollkeeper.kernel.instance import open_instance
    from rollkeeper.registration.services import register_subscriber
    from tests.builders.staff import employ
    from tests.campaign.crash_runs import number
    from tests.registration.people import ON, card, person, submission

    open_instance()
    clerk = employ(StaffRole.CLERK)
    with Path(file).open("a", encoding="utf-8") as said:
        for n in range(int(first), int(end)):
            asked = submission(f"+86{number(n)}", person(document_number=card(n + 1)))
            while True:
                try:
                    receipt = register_subscriber(clerk, asked, on=ON)
                    break
                except Exception:  # noqa: BLE001 - whatever fell, the clerk sends the same again
                    connections.close_all()
                    time.sleep(0.2)
            said.write(f"{receipt.entry_id} {receipt.line_id}\n")
            said.flush()


def shown(found: dict[str, object]) -> str:
    """Write the table."""
    lines = [
        "| fault | times | longest until a receipt, s | longest until all is ready, s | by itself |",
        "|---|--:|--:|--:|---|",
    ]
    table: dict[str, Row] = found["table"]  # type: ignore[assignment]
    for name, row in table.items():
        if row.times:
            receipt, ready = max(row.receipts_after_s), max(row.ready_after_s)
            itself = "yes" if max(receipt, ready) < LONGEST_S else "NO"
            lines.append(f"| {name} | {row.times} | {receipt:.1f} | {ready:.1f} | {itself} |")
    lost, broken = len(found["lost"]), len(found["broken"])  # type: ignore[arg-type]
    return "\n".join(
        [
            *lines,
            "",
            f"{found['receipts']} acknowledged, {lost} lost, {found['doubled']} doubled, {broken} broken.",
        ]
    )


def main() -> None:
    """Run it as asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--register", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.register:
        register(*asked.register)
    else:
        print(shown(soak(asked.minutes)))


if __name__ == "__main__":
    main()
