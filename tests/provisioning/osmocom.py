"""Telephones for the tests: sipp on both ends, a handful of calls at a time."""

import os
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from tests.provisioning.elements import HERE, free_port, program

SCENARIOS = Path(__file__).parent / "sip"
UDP = socket.SOCK_DGRAM
RECORDING = bytes(range(256)) * 16  # half a second, 8,000 bytes a second
RTP_HEAD = 12
OFFER = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=caller 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio EAR RTP/AVP 8
"""


class Calls:
    """What became of some calls: true where each went as its scenario says; a failed assertion shows what the caller's program wrote."""

    def __init__(self, ended: subprocess.CompletedProcess[bytes]) -> None:
        self._ended = ended

    def __bool__(self) -> bool:
        return self._ended.returncode == 0

    def __repr__(self) -> str:
        said = (self._ended.stdout[-4000:] + self._ended.stderr[-2000:]).decode("utf-8", "replace")
        return f"Calls(exit code {self._ended.returncode}:\n{said})"


class Telephones:
    """Calls through one Kamailio."""

    def __init__(self, sip_port: int, folder: Path) -> None:
        self._to, self._folder, self._count = f"{HERE}:{sip_port}", folder, 0

    def call(self, caller: str, *dialled: str, port: int | None = None) -> Calls:
        """Tell whether every one of these calls was put through, talked and hung up."""
        return self._sipp("call.xml", [(caller, number) for number in dialled], port)

    def is_refused(
        self, caller: str, *dialled: str, status: int = 403, says: str = "", ear: socket.socket | None = None
    ) -> Calls:
        """Tell whether every one of these calls was refused with this status and these words.

        With an ear, an announcement comes before, and its sound goes to that ear.
        """
        self._count += 1
        scenario = self._folder / f"refused-{self._count}.xml"
        text = (SCENARIOS / "refused.xml").read_text("utf-8")
        if ear:
            text = text.replace('response="183" optional="true"', 'response="183"')
            text = text.replace("Content-Length: 0\n", OFFER.replace("EAR", str(ear.getsockname()[1])), 1)
        scenario.write_text(
            text.replace("STATUS", str(status)).replace("PATTERN", says or "SIP/2.0"), "utf-8"
        )
        return self._sipp(scenario, [(caller, number) for number in dialled], None)

    def register(self, number: str, port: int) -> Calls:
        return self._sipp("register.xml", [(number, str(port))], None)

    @staticmethod
    @contextmanager
    def ear():
        """Give the end of a telephone at which its owner listens."""
        with socket.socket(socket.AF_INET, UDP) as ear:
            ear.bind((HERE, 0))
            ear.setblocking(False)
            yield ear

    @staticmethod
    def heard(ear: socket.socket) -> bytes:
        """Return the sound that has come to an ear."""
        sound = b""
        while True:
            try:
                sound += ear.recv(2048)[RTP_HEAD:]
            except BlockingIOError:
                return sound

    @contextmanager
    def answering(self, *ports: int, scenario: str = ""):
        """Have telephones at these ports answer every call."""
        chosen = ["-sf", str(SCENARIOS / scenario)] if scenario else ["-sn", "uas"]
        (self._folder / "announcement.alaw").write_bytes(RECORDING)
        running = [
            subprocess.Popen(
                [program("sipp"), *chosen, "-i", HERE, "-p", str(port), "-nostdin"],
                cwd=self._folder, env=os.environ | {"TERM": "dumb"},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for port in ports
        ]  # fmt: skip
        try:
            yield
        finally:
            for one in running:
                one.kill()
                one.wait()

    def _sipp(self, scenario, fields, port) -> Calls:
        # A busy machine answers late: how soon is no claim of these tests.
        numbers = self._folder / "numbers.csv"
        numbers.write_text("SEQUENTIAL\n" + "".join(f"{';'.join(row)}\n" for row in fields))
        ended = subprocess.run(
            [
                program("sipp"), self._to, "-sf", str(SCENARIOS / scenario), "-inf", str(numbers), "-i", HERE,
                "-p", str(port or free_port(UDP)), "-m", str(len(fields)), "-r", "20", "-nostdin", "-deadcall_wait", "0",
                "-timeout", "120", "-timeout_error", "-recv_timeout", "60000", "-max_retrans", "40",
            ],
            cwd=self._folder, env=os.environ | {"TERM": "dumb"}, stdin=subprocess.DEVNULL, capture_output=True,
            check=False,
        )  # fmt: skip
        return Calls(ended)


class Handset:
    """A telephone whose every word the test writes, and hears: one socket, no state but its calls' numbering."""

    def __init__(self, number: str, to: int, *, port: int = 0, host: str = HERE) -> None:
        self._wire = socket.socket(socket.AF_INET, UDP)
        self._wire.bind((host, port))
        self._wire.settimeout(30)
        self.port, self.number, self._to, self._count = self._wire.getsockname()[1], number, to, 0
        self.host, self.place = host, f"sip:{number and number + '@'}{host}:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def say(self, method: str, uri: str, call: str, *more: str, to: str = "", within: bool = False) -> None:
        """Send a request; within a call its To has a tag. `more` are whole headers."""
        self._count += 1
        heads = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{call}{self._count}{self.port}",
            f"From: <{self.place}>;tag={self.port}", f"To: <{to or uri}>{';tag=there' if within else ''}",
            f"Call-ID: {call}", f"CSeq: {self._count} {method}", f"Contact: <{self.place}>", "Max-Forwards: 70",
            *more, "Content-Length: 0", "", "",
        ]  # fmt: skip
        self._wire.sendto("\r\n".join(heads).encode(), (HERE, self._to))

    def hear(self, *, first: str = "", call: str = "") -> str:
        """Return the next message that begins so and belongs to this call; nothing where none comes. A status of 100 is no message.

        At a port that others had before, their calls still ring: what was not answered is sent again for half a minute.
        """
        try:
            while True:
                text = self._wire.recv(65535).decode()
                if text.startswith("SIP/2.0 100") or not text.startswith(first):
                    continue
                if not call or f"\r\ncall-id: {call}\r\n" in text.lower():
                    return text
        except TimeoutError:
            return ""

    def answer(self, request: str, status: str = "200 OK") -> None:
        kept = ("via:", "from:", "call-id:", "cseq:", "record-route:")
        heads = [f"SIP/2.0 {status}", *(one for one in request.split("\r\n") if one.lower().startswith(kept))]
        (to,) = (one for one in request.split("\r\n") if one.lower().startswith("to:"))
        heads += [to if ";tag=" in to else f"{to};tag=there", f"Contact: <{self.place}>", "Content-Length: 0"]
        self._wire.sendto(("\r\n".join(heads) + "\r\n\r\n").encode(), (HERE, self._to))


def routes(message: str) -> list[str]:
    """Return the Route headers for further requests of the caller within the call that this answer opened."""
    found = [one.split(":", 1)[1] for one in message.split("\r\n") if one.lower().startswith("record-route:")]
    return [f"Route:{one}" for one in found]
