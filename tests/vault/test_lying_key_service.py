"""A key service that lies, or a program between it and us that answers for it: nothing of it is kept, believed or repeated."""

import json
import ssl
import threading
from base64 import b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rollkeeper.vault.errors import CannotOpen, KeyServiceRefused
from rollkeeper.vault.transit import TransitIndexKey, TransitRoot
from tests.operations.tls_front import Authority

SECRET_WORD = "hvs.CAESIJwordOfTheService"
GOOD = "vault:v1:" + b64encode(bytes(32)).decode()


@contextmanager
def service(status, text, *, certificate=None):
    """Give the address of a service that answers everything so, over TLS if it has a certificate."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST  # noqa: N815 - the library's name

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http{'s' * bool(certificate)}://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def token_file(tmp_path):
    (tmp_path / "index.token").write_text(f"{SECRET_WORD}\n", "ascii")
    return tmp_path / "index.token"


def answer(**data):
    return json.dumps({"data": data}).encode()


NO_ANSWERS = [
    b"", b"{", b"[]", b"null", b'"text"', b"[" * 100_000, b'{"data": []}', b'{"data": null}', SECRET_WORD.encode(),
    f'{{"errors": ["{SECRET_WORD}"]}}'.encode(),
]  # fmt: skip


@pytest.mark.parametrize("text", NO_ANSWERS, ids=range(len(NO_ANSWERS)))
def test_what_is_no_answer_is_a_refusal_that_repeats_nothing_of_it(token_file, text):
    with service(200, text) as url:
        root, index = (
            TransitRoot(url, token_file=token_file),
            TransitIndexKey(url, token_file=token_file, in_bulk=True),
        )
        for attempt in (
            lambda: root.wrap(b"secret", context=b"c"),
            lambda: root.unwrap(b"vault:v1:AAAA", context=b"c"),
            root.ensure,
            lambda: index.digests([b"one"]),
        ):
            with pytest.raises(KeyServiceRefused) as refused:
                attempt()
            assert SECRET_WORD not in str(refused.value) + refused.value.advice + repr(refused.value.facts)


@pytest.mark.parametrize(
    "wrapped", ["", "vault:v0:AAAA", "plain", GOOD + "\n", "vault:v1:" + "A" * 5000, 7, None, [GOOD]]
)
def test_no_text_is_kept_for_a_wrapped_secret_that_is_none(token_file, wrapped):
    with service(200, answer(ciphertext=wrapped)) as url, pytest.raises(KeyServiceRefused):
        TransitRoot(url, token_file=token_file).wrap(bytes(32), context=b"c")


@pytest.mark.parametrize(
    "hmac", ["", "vault:v1:", "vault:v2:" + GOOD[9:], "vault:v1:AAAA", GOOD + "A", GOOD[9:], None, 7]
)
@pytest.mark.parametrize("in_bulk", [True, False])
def test_two_numbers_are_not_found_under_one_hash_since_the_service_says_none(token_file, hmac, in_bulk):
    with (
        service(200, answer(hmac=hmac, batch_results=[{"hmac": hmac}])) as url,
        pytest.raises(KeyServiceRefused),
    ):
        TransitIndexKey(url, token_file=token_file, in_bulk=in_bulk).digests([b"one"])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_fewer_or_more_hashes_than_were_asked_for_are_none(token_file, count):
    with (
        service(200, answer(batch_results=[{"hmac": GOOD}] * count)) as url,
        pytest.raises(KeyServiceRefused),
    ):
        TransitIndexKey(url, token_file=token_file, in_bulk=True).digests([b"one", b"two"])


@pytest.mark.parametrize("plaintext", ["%%%", None, 5, "AAA"])
def test_a_secret_that_is_none_is_not_taken(token_file, plaintext):
    with service(200, answer(plaintext=plaintext)) as url, pytest.raises(KeyServiceRefused):
        TransitRoot(url, token_file=token_file).unwrap(GOOD.encode(), context=b"c")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"<html>400 The plain HTTP request was sent to HTTPS port", KeyServiceRefused),
        (b'{"errors": ["too old"]}', CannotOpen),
    ],
)
def test_only_the_service_itself_says_that_something_is_gone_for_ever(token_file, text, fault):
    with service(400, text) as url, pytest.raises(fault):
        TransitRoot(url, token_file=token_file).unwrap(GOOD.encode(), context=b"c")


@pytest.mark.parametrize("token", ["two\nlines", "a\rb", "\x1b[31m"])
def test_a_token_that_no_header_can_carry_is_not_said(tmp_path, token):
    file = tmp_path / "root.token"
    file.write_text(token, "ascii")

    with service(200, b"{}") as url, pytest.raises(KeyServiceRefused) as refused:
        TransitRoot(url, token_file=file).ensure()

    assert token not in str(refused.value) + refused.value.advice


def test_a_certificate_that_is_not_accepted_is_refused_with_the_reason(token_file, tmp_path):
    certificate = Authority(tmp_path, "unknown").vouch("127.0.0.1")
    with (
        service(200, b"{}", certificate=certificate) as url,
        pytest.raises(KeyServiceRefused, match="unable to get local issuer certificate"),
    ):
        TransitRoot(url, token_file=token_file).ensure()


def test_a_key_service_that_is_down_is_refused_with_what_the_system_says(token_file):
    with service(200, b"{}") as url:
        pass
    with pytest.raises(KeyServiceRefused, match="Connection refused"):
        TransitRoot(url, token_file=token_file).ensure()
