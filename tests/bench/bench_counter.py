# SPDX-License-Identifier: EUPL-1.2
"""Registrations at the counter, one after the other at a steady pace, against plain views that insert as many rows.

The real app, served by `rollkeeper serve`: session, gate, form, document check, seal to the public half, tenure, network,
a notice to the person's other line, ledger, receipt; no picture is read. The sender sends on time without waiting for earlier answers
(open loop), so that a slow answer is not hidden by a slower pace. Each connection belongs to another clerk; a clerk's registrations
are done one after another on purpose. The app takes turns with two plain views: a bare one, and one behind Django's own sign-in that
commits to both stores, as the product must.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.database import KeysRole, Role, connect, rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.settings import data_dir
from rollkeeper.operations.app_process import THREADS
from rollkeeper.registration.pipeline import record
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.vault.services import begin_first_epoch
from tests.operations.test_process_supervisor import free_ports, started
from tests.registration.people import fresh_number, person, submission

Row = tuple[str, int, float, float | None, float | None, str]

ROOT = Path(__file__).parents[2]
PASSWORD = "an invented pass phrase"
PACES, TURNS, CONNECTIONS, TRIED_CONNECTIONS = {10: 5, 50: 10}, 2, 8, 2
"""Registrations a second, and for how many seconds a turn: a pace at which no request waits for another, and the pace of the limit."""
IN_WORDS = {10: "ten", 50: "fifty"}
CLERKS = [f"clerk-{nth:02}" for nth in range(1, CONNECTIONS + 1)]
WARM = 100
TRIAL = 1_000
"""Below such a size there are as many clerks as `TRIED_CONNECTIONS` says: a trial run of this bench."""
TABLES = {
    "lines_line": "default", "lines_number": "default", "lines_tenure": "default", "subscribers_subscriber": "default",
    "subscribers_document": "default", "vault_sealed": "default", "person_key": "keys", "ledger_entry": "default",
    "notices_notice": "default", "provisioning_command": "default", "registration_submission": "default",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """How one request went: seconds since it was due, and what was answered."""

    seconds: float
    status: int


def run(sizes: list[int]) -> Iterator[Row]:
    """Measure both paces for as long as the constants say, or shorter: at most a tenth of the size in registrations."""
    a_turn = {pace: min(pace * seconds, max(1, min(sizes) // 10)) for pace, seconds in PACES.items()}
    warm = min(WARM, *a_turn.values())
    clerks = CLERKS[:TRIED_CONNECTIONS] if min(sizes) < TRIAL else CLERKS
    begin_first_epoch()
    for name in clerks:
        add_staff(
            console_authority(), username=name, password=PASSWORD, roles=[StaffRole.CLERK], on=clock.today()
        )
    people = [person() for _ in range(TURNS * sum(a_turn.values()) + warm + 1)]
    _register_first_lines(people)
    port = free_ports()
    with started(data_dir(), port, "--app", "counter"):
        app = App(port + 1, clerks)
        yield app.sign_in()
        forms = iter([app.form_of(one) for one in people])
        app.send([next(forms) for _ in range(warm)], a_second=min(PACES))
        per_registration = _rows_of_one(lambda: app.send([next(forms)], a_second=1))
        with (
            _schemas(per_registration),
            _plain_view(per_registration, port + 2, len(clerks), signed=False) as bare,
            _plain_view(per_registration, port + 3, len(clerks), signed=True) as signed,
        ):
            for rival in (bare, signed):
                rival.send([rival.form] * warm, a_second=min(PACES))
            for pace, count in a_turn.items():
                seen = len(_log())
                sent = _in_turns(app, [bare, signed], list(islice(forms, count * TURNS)), pace)
                yield from _rows(*sent, _log()[seen:], pace)


def _in_turns(app: "App", rivals: list["Client"], forms: list[bytes], pace: int) -> list[list[Sent]]:
    sent: list[list[Sent]] = [[] for _ in (app, *rivals)]
    for turn in range(TURNS):
        sent[0] += app.send(forms[turn::TURNS], a_second=pace)
        for nth, rival in enumerate(rivals, 1):
            sent[nth] += rival.send([rival.form] * len(forms[turn::TURNS]), a_second=pace)
    return sent


def _rows(
    product: list[Sent], bare: list[Sent], signed: list[Sent], log_ms: list[int], pace: int
) -> Iterator[Row]:
    """Return the rows of the result, from the sender's count and from the app's own log."""
    wrong = sum(one.status != http.client.FOUND for one in product)
    assert wrong < len(product), "nobody was registered"
    assert not any(one.status != http.client.NO_CONTENT for one in (*bare, *signed))
    for name, share, limit in (("p50", 0.5, 0.025), ("p99", 0.99, 0.1)):
        ours, least, other = (_at([one.seconds for one in sent], share) for sent in (product, bare, signed))
        what = (
            f"register at the counter, {IN_WORDS[pace]} a second, {name}, {wrong} errors, against a bare view"
        )
        yield what, len(product), ours, least, ours / least, f"{limit} s; ratio 4"
        yield (
            f"{IN_WORDS[pace]} a second, {name}, against a view with sign-in and the same commits",
            len(product),
            ours,
            other,
            ours / other,
            "ratio 4",
        )
        of_the_app = _at([ms / 1000 for ms in log_ms], share)
        what = f"{IN_WORDS[pace]} a second, {name}, once a thread has taken it up, by the app's log"
        yield what, len(log_ms), of_the_app, None, None, f"{limit} s"


def _at(seconds: list[float], share: float) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]


class Client:
    """Sends forms over some connections, each when it is due."""

    def __init__(self, port: int, connections: int = CONNECTIONS) -> None:
        self.cookies: dict[str, str] = {}
        self._connections = connections
        self.port, self.address, self.headers = (
            port,
            "/register/",
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        self.form = b"number=1"

    def headers_of(self, whose: int) -> dict[str, str]:
        """Return the headers that one connection sends."""
        del whose
        return self.headers

    def ask(
        self, method: str, path: str, body: bytes | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Send one request, over a separate connection."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(method, path, body, self.headers)
            answer = line.getresponse()
            return answer, answer.read()
        finally:
            line.close()

    def send(self, forms: list[bytes], *, a_second: int) -> list[Sent]:
        """Send each form when it is due, or at once if its connection is late; return the results."""
        began, waiting, lock = time.monotonic() + 0.1, iter(enumerate(forms)), threading.Lock()
        sent: list[Sent] = []

        def carry(whose: int) -> None:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            headers = self.headers_of(whose)
            while True:
                with lock:
                    nth, form = next(waiting, (0, None))
                if form is None:
                    break
                due = began + nth / a_second
                time.sleep(max(0.0, due - time.monotonic()))
                line.request("POST", self.address, form, headers)
                answer = line.getresponse()
                answer.read()
                sent.append(Sent(time.monotonic() - due, answer.status))
            line.close()

        people = [threading.Thread(target=carry, args=[whose]) for whose in range(self._connections)]
        for one in people:
            one.start()
        for one in people:
            one.join()
        assert len(sent) == len(forms), "a connection broke"
        return sent


class App(Client):
    """The browsers of clerks at the real counter: each clerk is on a separate connection."""

    def __init__(self, port: int, clerks: Sequence[str] = CLERKS[:1]) -> None:
        super().__init__(port, len(clerks))
        self._clerks = clerks
        self._signed_in: list[dict[str, str]] = []

    def headers_of(self, whose: int) -> dict[str, str]:
        """Return the headers of one clerk's browser."""
        return self._signed_in[whose]

    def sign_in(self) -> Row:
        """Sign in each clerk; later requests carry the session and the CSRF token. Return the time of one sign-in."""
        answer, _ = self.ask("GET", "/account/login/")
        self._keep(answer)
        stranger, taken = dict(self.cookies), []
        for name in self._clerks:
            self.cookies = dict(stranger)
            self._keep(None)
            given = {
                "login": name,
                "password": PASSWORD,
                "csrfmiddlewaretoken": stranger["rollkeeper_counter_csrf"],
            }
            began = time.monotonic()
            answer, _ = self.ask("POST", "/account/login/", urlencode(given).encode())
            taken.append(time.monotonic() - began)
            assert answer.status == http.client.FOUND, answer.status
            self._keep(answer)
            # Signing in changes the CSRF token; one token for all lets any clerk send any form.
            self.cookies["rollkeeper_counter_csrf"] = stranger["rollkeeper_counter_csrf"]
            self._keep(None)
            self._signed_in.append(dict(self.headers))
        return "sign in at the counter (scrypt)", len(self._clerks), _at(taken, 0.5), None, None, ""

    def form_of(self, who: dict[str, str]) -> bytes:
        """Return a form as the page sends it: a subscriber's second line."""
        given = {f"subscriber__{name}": value for name, value in who.items()} | {
            "submission_key": str(new_uuid()), "number": fresh_number(), "service": "mobile", "language": "en",
            "double_checked": "on", "csrfmiddlewaretoken": self.cookies["rollkeeper_counter_csrf"],
        }  # fmt: skip
        return urlencode(given).encode()

    def _keep(self, answer: http.client.HTTPResponse | None) -> None:
        given = answer.headers.get_all("Set-Cookie") if answer else None
        self.cookies |= dict(one.split(";")[0].split("=", 1) for one in given or [])
        self.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def _register_first_lines(people: list[dict[str, str]]) -> None:
    """Give each person a line, so that the registration of the next one enqueues a notice."""
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "0f" * 32)
    given = [submission(fresh_number(), one, double_checked=True) for one in people]
    outcomes = record(clerk, given, action_kind=RegistrationKind.REGISTER, on=clock.today())
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes[0]


def _rows_of_one(register: Callable[[], object]) -> dict[str, list[int]]:
    """Register once; return, for each table, the bytes of each new row."""
    before = {table: _counted(table, using)[0] for table, using in TABLES.items()}
    register()
    found = {}
    for table, using in TABLES.items():
        count, size = _counted(table, using)
        if count > before[table]:
            found[table] = [size] * (count - before[table])
    assert {"vault_sealed", "person_key", "ledger_entry", "notices_notice"} <= found.keys(), found
    return found


def _counted(table: str, using: str) -> tuple[int, int]:
    statement = f"SELECT count(*) AS n, coalesce(avg(pg_column_size(t)), 0)::int AS size FROM {table} t"  # noqa: S608
    (row,) = rows(statement, using=using)
    return int(row.n), int(row.size)


@contextmanager
def _schemas(per_registration: dict[str, list[int]]) -> Iterator[None]:
    """Make plain tables for the length of a block, one for each table of the register; those of keys in both stores."""
    wanted = (
        (connect(stores.REGISTER, Role.MIGRATOR), per_registration),
        (connect(stores.KEYS, KeysRole.MIGRATOR), ["person_key"]),
    )
    for line, tables in wanted:
        line.execute("CREATE SCHEMA bare")
        for table in tables:
            line.execute(f"CREATE TABLE bare.{table} (id uuid PRIMARY KEY, reference uuid, said text)")
    try:
        yield
    finally:
        for line, _ in wanted:
            line.execute("DROP SCHEMA bare CASCADE")
            line.close()


@contextmanager
def _plain_view(
    per_registration: dict[str, list[int]], port: int, connections: int, *, signed: bool
) -> Iterator[Client]:
    """Serve a plain view for the length of a block; if `signed`, its browser has signed in already."""
    granian = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", str(THREADS), "--no-ws",
        "--log-level", "warning", "tests.bench.rival_bare_view:application",
    ]  # fmt: skip
    environment = os.environ | {
        "BENCH_ROWS": json.dumps(per_registration),
        "BENCH_SIGNED": "yes" if signed else "no",
    }
    client = Client(port, connections)
    if signed:
        notified = [sys.executable, "-m", "tests.bench.rival_bare_view"]
        cookies = json.loads(subprocess.check_output(notified, cwd=ROOT, env=environment))
        client.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        client.form = urlencode({"number": "1", "csrfmiddlewaretoken": cookies["csrftoken"]}).encode()
    process = subprocess.Popen(granian, cwd=ROOT, env=environment)
    try:
        _wait_for(port)
        yield client
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            Client(port).ask("GET", "/")
        except OSError:
            assert time.monotonic() < deadline, "the bare view did not start"
            time.sleep(0.1)
        else:
            return


def _log() -> list[int]:
    """Return how long each registration took by the app's own log, in milliseconds."""
    said = (data_dir() / "logs" / "counter.log").read_text("utf-8")
    return [int(ms) for ms in re.findall(r"POST /.*action.* (\d+) ms$", said, re.MULTILINE)]
