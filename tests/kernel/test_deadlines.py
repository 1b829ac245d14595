"""One deadline for a whole exchange: a peer that sends a byte at a time lets no timeout of one read pass."""

import logging
import socket
import threading
from contextlib import contextmanager, suppress

import pytest
import urllib3

from rollkeeper.kernel.deadlines import Deadline, HttpExchanges
from rollkeeper.notices.gateways.base import Answer
from rollkeeper.notices.gateways.smtp import SmtpGateway
from rollkeeper.provisioning.gateways.http_client import HttpClient
from rollkeeper.provisioning.gateways.osmo_wire import Control, NotUnderstood, Terminal
from rollkeeper.vault.errors import KeyServiceRefused
from rollkeeper.vault.transit import Transit

PATIENCE_S = 0.3
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 400\r\n\r\n" + b"x" * 400
"""Sent a byte each tenth of a second, it would take three quarters of a minute."""


@contextmanager
def dripping(octets, *, first=b""):
    """A peer that listens and sends a byte each tenth of a second; yields its address and how many bytes went out."""
    over, gone = threading.Event(), []

    def drip(wire):
        with wire, suppress(OSError):
            wire.sendall(first)
            for octet in octets:
                if over.wait(0.1):
                    return
                wire.sendall(bytes([octet]))
                gone.append(octet)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def listen():
            while not over.is_set():
                with suppress(OSError):
                    wire, _ = server.accept()
                    threading.Thread(target=drip, args=(wire,), daemon=True).start()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}", gone
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("at_once", [0, 60, 100], ids=["head", "end of the head", "body"])
def test_an_element_that_drips_its_answer_is_left_at_the_deadline(at_once):
    with dripping(HTTP[at_once:], first=HTTP[:at_once]) as (place, gone):
        assert HttpClient(f"http://{place}/", patience_s=PATIENCE_S).post(b"{}", headers={}) == (0, b"")

    assert len(gone) < len(HTTP) / 4


def test_what_was_cut_off_is_named_in_the_log(caplog):
    with (
        caplog.at_level(logging.WARNING),
        dripping(HTTP) as (place, _),
        pytest.raises(urllib3.exceptions.TimeoutError),
    ):
        HttpExchanges().ask("GET", f"http://{place}/secret?13900001234", within_s=PATIENCE_S)

    (line,) = (one.getMessage() for one in caplog.records if one.name == "rollkeeper.deadlines")
    assert place in line
    assert "13900001234" not in line


def test_after_answers_that_were_too_long_the_next_one_is_asked_for():
    with dripping(b"x" * 100, first=HTTP.replace(b"400", b"500")) as (place, _):
        exchanges = HttpExchanges(largest_bytes=100)
        for _ in range(2):  # one exchange at once: the second would wait for the place of the first
            with pytest.raises(urllib3.exceptions.ProtocolError, match="too long"):
                exchanges.ask("GET", f"http://{place}/", within_s=2)


def test_a_key_service_that_drips_is_refused_at_the_deadline(tmp_path, monkeypatch):
    monkeypatch.setattr("rollkeeper.vault.transit._TIMEOUT_SECONDS", PATIENCE_S)
    (tmp_path / "token").write_text("a token", "ascii")
    with dripping(HTTP) as (place, gone), pytest.raises(KeyServiceRefused):
        Transit(f"http://{place}", token_file=tmp_path / "token").ask("keys/any")

    assert len(gone) < len(HTTP) / 4


@pytest.mark.parametrize("first", [b"", b"220 mail.example ESMTP\r\n"], ids=["greeting", "answer"])
def test_a_mail_server_that_drips_is_left_at_the_deadline(first):
    gateway = SmtpGateway("smtp://" + "{}", sender="a@operator.example", operator="Op", patience_s=PATIENCE_S)
    with dripping(b"250-" + b"x" * 400, first=first) as (place, gone):
        gateway._url = gateway._url._replace(netloc=place)

        (answer,) = gateway.send([object()])

    assert answer.answer is Answer.RETRY
    assert len(gone) < 100


@pytest.mark.parametrize("way", [Control, Terminal])
def test_an_hlr_that_drips_is_left_at_the_deadline(way, monkeypatch):
    monkeypatch.setattr("rollkeeper.provisioning.gateways.osmo_wire._ANSWERS", 1)
    # Whatever the wire makes of an end in the middle.
    with (
        dripping(b"\x01\x00\xeex" * 100) as (place, gone),
        pytest.raises((OSError, NotUnderstood)),
        way(place, patience_s=PATIENCE_S) as talk,
    ):
        talk.get("msisdn-1.x")

    assert len(gone) < 100


def test_what_ends_in_time_is_not_cut_off():
    near, far = socket.socketpair()
    with near, far:
        with Deadline(60, peer="near") as deadline:
            deadline.watch(near)
            far.sendall(b"well")
            assert near.recv(4) == b"well"
        assert not deadline.has_passed
        far.sendall(b"still")
        assert near.recv(5) == b"still"
