"""Health that is true: a process that cannot do its work says so, and what is missing."""

import errno
import json
import os
import socket
import threading
from http.server import HTTPServer

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connections
from django.test import Client

from rollkeeper.kernel import health, kept_processes, room
from rollkeeper.operations import scheduler
from rollkeeper.operations.errors import SOCKETS_NOT_WRITABLE
from rollkeeper.operations.worker_processes import JobKind, JobProcess, stopped_at_end
from rollkeeper.vault import epochs
from tests.in_process import invoke
from tests.refusals import refusing

AWAY = "its database server does not answer, or refuses the connection"


def broken(*_args, **_more):
    raise OperationalError("Tashi Dondrup") from psycopg.OperationalError("server closed the connection")


@pytest.fixture
def register_away(monkeypatch):
    """Every connection to the register breaks."""
    monkeypatch.setattr(connections["default"], "cursor", broken)


def test_a_counter_that_cannot_seal_is_alive_but_not_ready(app, monkeypatch):
    app("counter")
    monkeypatch.setattr("rollkeeper.site.home_page.require_genuine", broken)

    alive, ready = Client().get("/healthz"), Client().get("/readyz")

    assert (alive.status_code, alive.content) == (200, b"ok\n")
    assert (ready.status_code, ready.content) == (503, f"keys: {AWAY}\n".encode())


def test_an_app_that_does_not_reach_the_register_is_alive_but_not_ready(app, register_away):
    app("portal")

    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").content == f"register: {AWAY}\n".encode()


def test_an_app_without_room_or_without_its_index_key_is_not_ready(app, monkeypatch):
    app("backoffice")
    assert Client().get("/readyz").content == b"ready\n"
    monkeypatch.setattr(room, "NO_ROOM_BYTES", 1 << 60)
    monkeypatch.setattr("rollkeeper.site.home_page.index_key", broken)

    said = Client().get("/readyz")

    assert said.content == f"root: {AWAY}\ndisk: it is full\n".encode()


@pytest.mark.parametrize("fault", [ValueError("Tashi"), OSError(errno.EACCES, "Tashi"), KeyError("Tashi")])
def test_a_part_with_an_unknown_fault_says_in_plain_words_who_tells_more(fault):
    def raises():
        raise fault

    said = health.missing([health.Part("root", raises)])

    assert said == {"root": "it does not work; 'rollkeeper doctor' says why"}


def test_a_page_that_does_not_reach_the_register_says_so_and_what_to_do(app, register_away):
    app("backoffice")
    client = Client(raise_request_exception=False)
    client.cookies["rollkeeper_none_session"] = "x" * 32

    page = client.post("/account/login/", {"login": "a", "password": "b"}, HTTP_ACCEPT="text/html")
    machine = client.post("/account/login/", {"login": "a", "password": "b"})

    for one in (page, machine):
        assert one.status_code == 503
        assert one["Retry-After"] == "5"
        assert "The register is out of reach at the moment; nothing was saved." in one.content.decode()
        assert "Tashi" not in one.content.decode()
    assert "<html" in page.content.decode()


@pytest.mark.parametrize(
    "cause",
    [psycopg.errors.DiskFull("Tashi"), OSError(errno.ENOSPC, "Tashi"), OSError(errno.EDQUOT, "Tashi")],
)
def test_what_is_refused_for_want_of_room_is_refused_in_those_words(app, monkeypatch, cause):
    def full(*_args, **_more):
        if isinstance(cause, OSError):
            raise cause
        raise OperationalError from cause

    app("backoffice")
    monkeypatch.setattr("rollkeeper.access.passwords.database.rows", full)

    page = Client(raise_request_exception=False).post(
        "/account/login/", {"login": "a", "password": "b"}, HTTP_ACCEPT="text/html"
    )

    assert page.status_code == 503
    assert "The disk of the register is full; nothing was saved." in page.content.decode()
    assert "Tashi" not in page.content.decode()


def test_a_register_that_went_away_because_the_disk_is_full_is_said_so(app, register_away, monkeypatch):
    app("backoffice")
    monkeypatch.setattr(room, "NO_ROOM_BYTES", 1 << 60)

    page = Client(raise_request_exception=False).post("/account/login/", {"login": "a", "password": "b"})

    assert "The disk of the register is full" in page.content.decode()


@pytest.mark.parametrize("fault", [InterfaceError("connection already closed")])
def test_a_connection_that_is_closed_counts_as_out_of_reach(fault):
    from rollkeeper.kernel.database import is_out_of_reach

    assert is_out_of_reach(fault)
    assert not is_out_of_reach(ValueError())


def test_a_process_without_a_port_answers_on_a_socket_of_its_owner(data_dir):
    parts = [health.Part("well", lambda: None), health.Part("ill", broken)]
    with health.answering("a-process.1", parts):
        place = health.sockets_folder() / "a-process.1"

        assert health.ask(place, "/healthz") == (200, "ok\n")
        assert health.ask(place) == (503, f"ill: {AWAY}\n")
        assert health.ask(place, "/other")[0] == 404
        assert health.sockets_folder().stat().st_mode & 0o077 == 0
        (found,) = (one for one in health.examine_processes() if one.process == "a-process.1")
        assert (found.alive, found.ready, found.missing) == (True, False, f"ill: {AWAY}")

    assert not place.exists()


def test_a_process_that_was_killed_is_not_named_any_more(data_dir):
    with health.answering("short.1", []):
        place = health.sockets_folder() / "short.1"
        os.link(place, place.with_name("killed.1"))

    assert "killed.1" not in [one.process for one in health.examine_processes()]
    assert not place.with_name("killed.1").exists()


def test_a_process_that_is_kept_going_and_answers_nothing_is_missed(data_dir):
    with kept_processes.keeping("a-process"), health.answering("another.1", []):
        kept = invoke("health", "--json")
        alone = invoke("health", "--process", "another", "--json")
        with health.answering("a-process.1", []):
            answering = invoke("health", "--json")
    ended = invoke("health", "--json")

    assert (kept.exit_code, alone.exit_code) == (1, 0)
    assert [one["process"] for one in json.loads(alone.stdout)] == ["another.1"]
    assert _said_of("a-process", kept) == {"a-process": (False, False)}
    assert _said_of("a-process", answering) == {"a-process.1": (True, True)}
    assert _said_of("a-process", ended) == {}


def test_an_app_is_asked_by_its_port_alone(monkeypatch):
    parts = []
    with HTTPServer(("127.0.0.1", 0), health._Handler) as server:
        server.parts = parts
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        port = server.server_port
        ready = invoke("health", "--port", port, "--json")
        parts.append(health.Part("register", broken))
        lacking = invoke("health", "--port", port, "--json")
        server.shutdown()
    gone = invoke("health", "--port", port, "--json")

    assert [done.exit_code for done in (ready, lacking, gone)] == [0, 1, 1]
    assert [(one["alive"], one["missing"]) for one in (json.loads(d.stdout)[0] for d in (ready, lacking, gone))] == [
        (True, ""), (True, f"register: {AWAY}"), (False, "it does not answer"),
    ]  # fmt: skip


class OverIPv6(HTTPServer):
    address_family = socket.AF_INET6


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_app_that_listens_on_ipv6_alone_is_asked_there(monkeypatch):
    with OverIPv6(("::1", 0), health._Handler) as server:
        server.parts = []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        ready = invoke("health", "--port", server.server_port, "--json")
        server.shutdown()

    assert json.loads(ready.stdout)[0]["ready"]


def _said_of(name, done):
    found = json.loads(done.stdout)
    return {one["process"]: (one["alive"], one["ready"]) for one in found if one["process"].startswith(name)}


def test_a_parent_whose_processes_could_not_answer_says_so_and_starts_none(tmp_path, monkeypatch):
    (tmp_path / "kept").write_text("no folder")
    monkeypatch.setenv("ROLLKEEPER_SOCKETS", str(tmp_path))

    with refusing(SOCKETS_NOT_WRITABLE), stopped_at_end([JobProcess("a-process", JobKind.ALL)]):
        pytest.fail("it began")


def test_a_worker_is_ready_once_it_holds_its_leases_and_not_without_its_root(committed, monkeypatch):
    stop, runner = threading.Event(), scheduler.Runner([])
    said = [health.missing(scheduler._parts(runner))]
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    for _ in range(600):
        if not health.missing(scheduler._parts(runner)):
            break
        stop.wait(0.1)

    said.append(health.missing(scheduler._parts(runner)))
    monkeypatch.setattr(scheduler, "secret_of", broken)
    monkeypatch.setattr(scheduler, "may_open", epochs.may_open)
    said.append(health.missing(scheduler._parts(runner)))
    stop.set()
    thread.join()

    assert said == [{"jobs": "a job does not run"}, {}, {"root": AWAY}]
