"""The apps as processes: they start, answer, hold different rights, and stop with their parent."""

import http.client
import json
import os
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from psycopg import sql
from psycopg.pq import PGconn, Ping

import rollkeeper
from rollkeeper.kernel import stores
from rollkeeper.kernel.database import Role, connect
from rollkeeper.kernel.errors import Faults
from rollkeeper.operations import process_supervisor
from rollkeeper.operations.errors import ASSETS_MISSING, NO_SUCH_PORT, PORT_IN_USE, UNKNOWN_HOST
from rollkeeper.site.web_apps import APPS
from tests.faults.slow_clients import SLOW_CLIENTS, held, require_little_more, slow_clients
from tests.processes import children_of, is_alive, words_of
from tests.refusals import refusing
from tests.superuser import as_superuser

COMMAND = Path(sys.executable).with_name("rollkeeper")
CAPABILITIES = {"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_SETGID", "CAP_SETUID"}
"""Those of the units in `ops/systemd`."""
MAY_GIVE_UP = os.geteuid() == 0 and shutil.which("setpriv") is not None
AS_A_UNIT = ["setpriv", "--no-new-privs", f"--bounding-set=-all,{','.join(f'+{one.removeprefix("CAP_").lower()}' for one in sorted(CAPABILITIES))}"]  # fmt: skip


def free_ports(*, but=0):
    """Unused neighbouring ports, one for each app, far from another; return the first. No connection of another test is given one."""
    while True:
        port = secrets.choice(range(20_000, 32_000))  # below what the kernel gives to connections
        if abs(port - but) < len(APPS):
            continue
        with ExitStack() as stack, suppress(OSError):
            for nth, one in enumerate([stack.enter_context(socket.socket()) for _ in APPS]):
                one.bind(("127.0.0.1", port + nth))
            return port


@contextmanager
def started(data_dir, port, *more, before=()):
    """Serve for the length of a block; yield the process and what it said until it was ready."""
    environment = {k: v for k, v in os.environ.items() if k != "ROLLKEEPER_ROLE"}
    with subprocess.Popen(
        [*before, COMMAND, "serve", "--no-worker", "--port", str(port), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment | {"ROLLKEEPER_HOME": str(data_dir)},
    ) as parent:
        said = ""
        while "Ready" not in said:
            line = parent.stdout.readline()
            assert line, parent.stderr.read()
            said += line
        try:
            yield parent, said
        finally:
            if parent.poll() is None:
                parent.terminate()
                parent.wait(20)


@contextmanager
def cores_allowed():
    """Allow processes in a block to dump cores of any size, if that may still be set."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    with suppress(ValueError):  # an ordinary user whose own limit is none
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


def below(pid):
    """A process and all that it started."""
    return [pid, *(one for child in children_of(pid) for one in below(child))]


def limits_of_cores(pid):
    """How large a core this process may dump: the limit, and the one that it could give itself."""
    lines = Path(f"/proc/{pid}/limits").read_text("ascii").splitlines()
    (line,) = (line for line in lines if line.startswith("Max core file size"))
    return line.split()[4:6]


def answers(port, path="/healthz"):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def until(claim, seconds=15):
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


_ALL_SERVED = ExitStack()
_SERVED = []


def serve_all(data_dir):
    """Serve all apps, unless they still are for a file of tests before; return the process, its port, and what it said until it was ready."""
    if not _SERVED or _SERVED[-1][0].poll() is not None:
        port = free_ports()
        _ALL_SERVED.enter_context(cores_allowed())
        before = AS_A_UNIT if MAY_GIVE_UP else ()
        parent, said = _ALL_SERVED.enter_context(started(data_dir, port, before=before))
        _SERVED.append((parent, port, said))
    return _SERVED[-1]


def end_all_served():
    _ALL_SERVED.close()


@pytest.fixture(scope="module")
def serving_all(data_dir):
    """What is served for all tests that only ask, its port, and what it said until it was ready."""
    yield serve_all(data_dir)
    end_all_served()


@pytest.fixture(scope="module")
def standing_parent(serving_all):
    """What is served for all tests that only ask, and its port."""
    return serving_all[:2]


@pytest.fixture(scope="module")
def standing(standing_parent):
    """The port of what is served for all tests that only ask."""
    return standing_parent[1]


def require_these_alone(port, said, chosen):
    """What was chosen says where it is and answers; nothing else does."""
    places = {app.name: port + app.port_offset for app in APPS}

    assert {name for name, place in places.items() if f"http://127.0.0.1:{place}/" in said} == chosen
    assert {name for name in places if name in said} == chosen
    assert {name for name, place in places.items() if answers(place)} == chosen


def require_clean_end(parent, port, wish):
    """It ends at a wish without a fault, and nothing answers after it."""
    parent.send_signal(wish)

    assert parent.wait(30) == 0
    assert not any(answers(port + app.port_offset) for app in APPS)


def test_an_app_that_dies_is_started_again_while_the_others_answer_on(standing_parent):
    parent, port = standing_parent
    for role in ("its process", "the process that answers"):
        (app,) = (one for one in children_of(parent.pid) if str(port).encode() in words_of(one))
        answering = children_of(app)
        died = app if role == "its process" else answering[0]

        if role == "its process":
            parent.send_signal(signal.SIGSTOP)  # so that it ends nothing itself, and starts nothing meanwhile
        try:
            os.kill(died, signal.SIGKILL)
            until(lambda answering=answering: not any(map(is_alive, answering)))
        finally:
            parent.send_signal(signal.SIGCONT)

        until(lambda died=died: not Path(f"/proc/{died}").exists() or answers(port) is False, seconds=60)
        until(lambda: answers(port), seconds=60)
        assert answers(port + 1), role
        assert parent.poll() is None, role


def require_servers_to_come_back(process, instance):
    """Kill each server in turn, and wait until it accepts connections again, though no command was typed."""
    for store in stores.STORES:
        pid = postmaster(store, instance)
        os.kill(pid, signal.SIGKILL)

        until(
            lambda store=store, pid=pid: (
                postmaster(store, instance) not in {None, pid} and is_up(store, instance)
            ),
            seconds=60,
        )

        assert process.poll() is None, store.name


def postmaster(store, data_dir):
    try:
        return int((data_dir / store.name / "pg" / "postmaster.pid").read_text("utf-8").splitlines()[0])
    except (OSError, IndexError):
        return None


def is_up(store, data_dir):
    """Tell whether a server accepts connections."""
    folder = data_dir / "run" / "sockets" / store.name
    return PGconn.ping(f"host={folder} port={store.port} connect_timeout=3".encode()) == Ping.OK


def test_each_app_reaches_the_register_in_its_own_role(standing):
    assert answers(standing, "/readyz")
    assert answers(standing + 1, "/readyz")
    assert answers(standing + 2, "/readyz")

    with as_superuser() as owner:
        present = {
            role
            for (role,) in owner.execute("SELECT usename FROM pg_stat_activity WHERE usename IS NOT NULL")
        }

    assert {app.role.value for app in APPS} <= present


HEAD = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"


@pytest.mark.parametrize("begun", [HEAD + b"\r\nlogin=", HEAD + b"Content-Type:"], ids=["body", "head"])
def test_senders_that_never_finish_do_not_stop_an_app_without_a_proxy(standing, begun):
    with ExitStack() as stack:
        for _ in range(12):
            sender = stack.enter_context(socket.create_connection(("127.0.0.1", standing)))
            sender.sendall(begun)
        time.sleep(0.5)

        assert answers(standing)
        assert answers(standing, "/readyz")


def test_two_hundred_clients_that_never_finish_cost_an_app_little_and_it_answers_on(standing_parent):
    parent, port = standing_parent
    answering = [pid for pid in below(parent.pid) if "ROLLKEEPER_APP=backoffice" in around(pid)][-1]
    assert answers(port)
    before = held(answering)

    with slow_clients(port) as connected:
        # The system answers a connection before the app does.
        until(lambda: held(answering).descriptors > before.descriptors + SLOW_CLIENTS // 2)
        during = held(answering)

        assert answers(port)
    assert connected == SLOW_CLIENTS
    require_little_more(before, during)


def around(pid):
    """The environment that a process was started with."""
    return Path(f"/proc/{pid}/environ").read_text("utf-8").split("\0")


def test_an_address_is_read_once_and_no_header_of_a_client_passes_for_the_proxys(standing):
    asked = http.client.HTTPConnection("127.0.0.1", standing)
    asked.request("GET", "/static/built/rollkeeper%2Ecss", headers={"X_Forwarded_Host": "evil.example"})
    once = asked.getresponse()
    once.read()
    asked.request("GET", "/static/built/rollkeeper%252Ecss")
    twice = asked.getresponse()
    twice.read()
    asked.close()

    assert (once.status, twice.status) == (200, 404)


def test_a_machine_gets_problem_documents_and_files_are_served(standing):
    asked = http.client.HTTPConnection("127.0.0.1", standing)
    asked.request("GET", "/nothing")
    missing = json.load(asked.getresponse())
    asked.request("GET", "/static/built/rollkeeper.css")
    styles = asked.getresponse()
    asked.close()

    assert missing["type"] == "urn:rollkeeper:page_not_found"
    assert styles.headers["Content-Type"].startswith("text/css")


def test_a_taken_port_is_named_with_what_to_do_before_anything_starts(data_dir):
    port = free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + 1))
        other.listen()

        tried = subprocess.run(
            [COMMAND, "serve", "--port", str(port)], capture_output=True, text=True, check=False, timeout=60
        )

    assert tried.returncode == 2
    assert str(port + 1) in tried.stderr
    assert "--port" in tried.stderr
    assert "Traceback" not in tried.stderr


def test_two_that_start_at_the_same_moment_do_not_share_a_port():
    with ExitStack() as first, ExitStack() as second:
        process_supervisor._hold_ports(first, "127.0.0.1", 9400, APPS)
        with refusing(PORT_IN_USE):
            process_supervisor._hold_ports(second, "127.0.0.1", 9402, APPS)
        first.close()

        process_supervisor._hold_ports(second, "127.0.0.1", 9402, APPS[:1])


def test_an_app_under_a_path_is_said_to_answer_there(monkeypatch):
    monkeypatch.setattr(process_supervisor, "app_path", lambda name: f"/rk/{name}")
    counter = next(app for app in APPS if app.name == "counter")

    running = process_supervisor.Running(counter, "127.0.0.1", 8001, None, None, None, 0.0)

    assert running.address == "http://127.0.0.1:8001/rk/counter/"


@pytest.mark.parametrize("port", [0, -1, 65_535, 70_000])
def test_a_port_that_does_not_exist_is_refused(port):
    with refusing(NO_SUCH_PORT, Faults) as refused:
        process_supervisor._require_free_ports("127.0.0.1", port, APPS)

    assert "ports go from 1 to 65535" in str(refused.value)


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-host.invalid"])
def test_a_host_that_is_not_ours_is_refused(host):
    with refusing(UNKNOWN_HOST):
        process_supervisor._require_free_ports(host, 8000, APPS[:1])


def test_in_tables_of_another_version_no_app_is_served(data_dir):
    with set_up_by("0.1.0"):
        tried = subprocess.run(
            [COMMAND, "serve", "--app", "portal", "--port", str(free_ports())],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    assert tried.returncode == 1
    assert "Ready" not in tried.stdout
    assert "'rollkeeper setup'" in tried.stderr


@contextmanager
def set_up_by(version):
    """Let the register say for the length of a block that another version made its tables."""

    def say(said):
        with connect(stores.REGISTER, Role.MIGRATOR) as register:
            returned = sql.SQL("RETURN CAST({} AS text)").format(sql.Literal(said))
            made = sql.SQL("CREATE OR REPLACE FUNCTION kernel_set_up_by() RETURNS text LANGUAGE sql STABLE ")
            register.execute(made + returned)

    say(version)
    try:
        yield
    finally:
        say(rollkeeper.__version__)


def test_without_its_styles_nothing_is_served(monkeypatch, tmp_path):
    monkeypatch.setattr(process_supervisor, "SHEET", tmp_path / "missing.css")

    with refusing(ASSETS_MISSING):
        process_supervisor.serve()


@pytest.mark.skipif(not MAY_GIVE_UP, reason="only root has capabilities to give up")
def test_the_apps_are_served_with_the_capabilities_of_the_unit(serving_all):
    *_, said = serving_all

    assert "same user" not in said
    assert "Ready" in said


def test_all_apps_say_where_they_are_and_answer(serving_all):
    _, port, said = serving_all

    require_these_alone(port, said, {app.name for app in APPS})


# --- the end of what is served for all of the tests above -------------------------------------------------------------


@pytest.fixture(scope="module")
def left_behind(standing_parent):
    """A counter that a killed `serve` left behind, stopped, so that it could not end as the other apps could: their port, its processes."""
    parent, port = standing_parent
    family = below(next(one for one in children_of(parent.pid) if str(port + 1).encode() in words_of(one)))
    for one in family:
        os.kill(one, signal.SIGSTOP)
    assert answers(port)
    parent.kill()
    parent.wait(5)
    return port, family


def test_apps_end_with_a_killed_serve(left_behind):
    port, _ = left_behind

    until(lambda: not answers(port) and not answers(port + 2))


def test_one_app_alone_starts_whatever_was_left_behind_says_where_it_is_and_stops(data_dir, left_behind):
    port, family = left_behind

    with started(data_dir, port, "--app", "counter") as (parent, said):
        require_these_alone(port, said, {"counter"})
        require_clean_end(parent, port, signal.SIGINT)

    assert not any(map(is_alive, family))
