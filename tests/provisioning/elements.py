"""Real network elements from Debian's packages, started on loopback in private folders with the files of ops/."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import uuid
from contextlib import closing
from pathlib import Path

import pytest
from pyrad.client import Timeout

from rollkeeper.law.countries import country_of
from rollkeeper.law.packs import load_pack
from rollkeeper.provisioning.gateways.fence import Fence
from rollkeeper.provisioning.gateways.freeradius import FreeRadius
from rollkeeper.provisioning.gateways.kamailio import Kamailio
from rollkeeper.provisioning.gateways.kamailio_country import country_config
from rollkeeper.provisioning.gateways.osmo_hlr import OsmoHlr
from rollkeeper.provisioning.gateways.osmo_wire import Control
from rollkeeper.provisioning.gateways.radius_wire import Radius

OPS = Path(__file__).parents[2] / "ops"
TOKEN = "an-invented-token"
PASSWORD = "an-invented-password"
CARE, REGISTRATION = "10086", "10085"
EMERGENCY_NUMBERS = load_pack("cn-xz-2011").emergency_numbers()
NUMBERS = [f"+86139000{number:05}" for number in range(200)]
"""The subscribers of the HLR."""
HERE = f"127.{os.getpid() >> 16 & 127 | 64}.{os.getpid() >> 8 & 255}.{max(os.getpid() & 255, 2) % 254}"


def wanted(package: str, *programs: str) -> None:
    """Skip loudly where a package is not there."""
    for program in programs:
        if not shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
            pytest.skip(f"Debian's {package} is not installed: {program} is missing (bin/setup as root)")


def free_port(kind=socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as wire:
        wire.bind(("", 0))
        return wire.getsockname()[1]


# Kamailio yields the processor while it waits for its locks. A busy machine's Linux 6.18 took that for a wish and let its processes wait
# for half a minute; a real element has a machine to itself.
FIRST_SERVED = ["chrt", "--rr", "1"] if os.geteuid() == 0 and shutil.which("chrt") else []


def program(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or name


class _Program:
    """One program that can be started, killed and started again over the same files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._process = folder, None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*FIRST_SERVED, *self.command()],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        latest = time.monotonic() + 120
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > latest:
                raise AssertionError((self.folder / "log").read_text("utf-8", "replace")[-3000:])
            time.sleep(0.02)

    def kill(self, how: int = signal.SIGKILL) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, how)
            self._process.wait()
            self._process = None


class KamailioProgram(_Program):
    def __init__(
        self, folder: Path, *, announcement_port: int | None = None, care=CARE, local="", country="CN"
    ) -> None:
        super().__init__(folder)
        self.sip, self.http = free_port(socket.SOCK_DGRAM), free_port()
        self.centre, self.desk, self.calling_back = (free_port(socket.SOCK_DGRAM) for _ in range(3))
        self.url = f"http://127.0.0.1:{self.http}/rollkeeper"
        for name in ("kamailio.cfg", "rollkeeper.cfg", "local.cfg"):
            text = (OPS / "kamailio" / name).read_text("utf-8")
            changes = {
                "put-the-text-of-secrets/kamailio.token-here": TOKEN, "/var/lib/kamailio": str(folder),
                "$sp == 5071": f"$sp == {self.calling_back}", "5070": str(self.centre), "5071": str(self.desk),
                "tcp:127.0.0.1": "tcp:127.0.0.1", "127.0.0.1": HERE, ":5060": f":{self.sip}",
                ":8060": f":{self.http}", 'RK_CARE "10086"': f'RK_CARE "{care}"',
            }  # fmt: skip
            # All at once: a port that was chosen may hold the digits of one that is to be changed.
            text = re.sub("|".join(map(re.escape, changes)), lambda found, to=changes: to[found[0]], text)
            if announcement_port and name == "local.cfg":
                text += f'#!define RK_ANNOUNCEMENT "sip:suspended@{HERE}:{announcement_port}"\n'
            if name == "local.cfg":
                text += local
            (folder / name).write_text(text, "utf-8")
        (folder / "country.cfg").write_text(country_config(country_of(country)), "utf-8")
        with sqlite3.connect(folder / "rollkeeper.sqlite") as tables:
            tables.executescript((OPS / "kamailio" / "tables.sql").read_text("utf-8"))
        tables.close()

    def command(self):
        return [
            program("kamailio"), "-DD", "-E", "-m", "32", "-M", "4", "-Y", str(self.folder),
            "-f", str(self.folder / "kamailio.cfg"),
        ]  # fmt: skip

    def is_ready(self) -> bool:
        return bool(self.gateway(patience_s=1)._ask([]))

    def gateway(self, **more) -> Kamailio:
        return Kamailio(
            self.url,
            **{
                "token": TOKEN,
                "emergency_numbers": EMERGENCY_NUMBERS,
                "care_number": CARE,
                "registration_number": REGISTRATION,
                "patience_s": 30,
            }
            | more,
        )


class HlrProgram(_Program):
    """The HLR's ports are fixed, so it has its own address."""

    control, terminal = f"{HERE}:4259", f"{HERE}:4258"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.fence = Fence(folder / "fence.sqlite")
        (folder / "hlr.cfg").write_text(
            f"log stderr\n logging level set-all error\nline vty\n bind {HERE}\nctrl\n bind {HERE}\n"
            f"hlr\n gsup\n  bind ip {HERE}\n"
        )

    def command(self):
        return [program("osmo-hlr"), "-c", str(self.folder / "hlr.cfg"), "-l", str(self.folder / "hlr.db")]

    def is_ready(self) -> bool:
        try:
            with Control(self.control, patience_s=1):
                return True
        except OSError:
            return False

    def provision(self, numbers) -> None:
        with Control(self.control, patience_s=30) as control:
            for number in numbers:
                digits = number.removeprefix("+")
                control._ask("SET", "subscriber.create", digits[-15:].rjust(15, "9"))
                control.set(f"imsi-{digits[-15:].rjust(15, '9')}.msisdn", digits)

    def gateway(self) -> OsmoHlr:
        return OsmoHlr(control=self.control, terminal=self.terminal, fence=self.fence, patience_s=30)


class RadiusProgram(_Program):
    nas_secret = "an-invented-nas-secret"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        udp = socket.SOCK_DGRAM
        self.coa, self.ask, self.auth, self.acct, self.nas = (free_port(udp) for _ in range(5))
        for file in (OPS / "freeradius").iterdir():
            text = file.read_text("utf-8")
            for old, new in (
                ("put-the-text-of-secrets/freeradius.secret-here", TOKEN),
                ("the-secret-between-this-server-and-the-nas", self.nas_secret),
                ("/etc/freeradius/rollkeeper", str(folder)), ("/var/lib/freeradius", str(folder)),
                ("/var/log/freeradius", str(folder)), ("/run/freeradius", str(folder)),
                ("= 3799", f"= {self.coa}"), ("= 1822", f"= {self.ask}"), ("= 1812", f"= {self.auth}"),
                ("mrt = 2", "mrt = 1"), ("mrc = 3", "mrc = 1"), ("mrd = 5", "mrd = 1"),
                ("window = 3", "window = 1"),
                ("= 1813", f"= {self.acct}"), ("= 1700", f"= {self.nas}"), ("127.0.0.2", "127.0.0.1"),
            ):  # fmt: skip
                text = text.replace(old, new)
            if file.name == "accounts":
                text += f'DEFAULT  Cleartext-Password := "{PASSWORD}"\n'  # whatever a customer is called
            (folder / file.name).write_text(text, "utf-8")
        with sqlite3.connect(folder / "rollkeeper.sqlite") as tables:
            tables.executescript((OPS / "freeradius" / "tables.sql").read_text("utf-8"))
        tables.close()

    def provision(self, numbers) -> None:
        """Say under which names the customers of these numbers come: in this network under the number."""
        self.change("INSERT INTO rk_account VALUES (?, ?)", *((one, one) for one in numbers))

    def change(self, statement: str, *values) -> None:
        """Change the tables behind the server's back."""
        with closing(sqlite3.connect(self.folder / "rollkeeper.sqlite", timeout=120)) as tables, tables:
            tables.executemany(statement, values or [()])

    def command(self):
        return [
            program("freeradius"),
            "-f",
            "-l",
            "stderr",
            "-d",
            str(self.folder),
            "-D",
            "/usr/share/freeradius",
        ]

    def is_ready(self) -> bool:
        try:
            with Radius(f"127.0.0.1:{self.ask}", secret=TOKEN, patience_s=0.1, tries=1) as asking:
                return bool(asking.ask(str(uuid.uuid4())))
        except (Timeout, OSError):
            return False

    def gateway(self, **more) -> FreeRadius:
        return FreeRadius(
            **{
                "coa": f"127.0.0.1:{self.coa}", "auth": f"127.0.0.1:{self.ask}", "secret": TOKEN, "patience_s": 1.5,
                "tries": 1,
            } | more
        )  # fmt: skip


def running(one, prepare=lambda _: None):
    """Run a program for the length of a fixture."""
    try:
        one.start()
        prepare(one)
        yield one
    finally:
        one.kill()
