"""A request takes a thread once it has come whole, in time and not too large; and looks to the application as it was sent."""

import asyncio
from types import SimpleNamespace

import pytest

from rollkeeper.operations.request_buffer import RequestBuffer, environment


class Headers(list):
    def items(self):
        return list(self)


def scope(path="/a/", headers=(), **more):
    facts = {
        "method": "POST", "path": path, "query_string": "b=%20c", "client": "203.0.113.7:4711", "server": "127.0.0.1:8000",
        "http_version": "1.1", "scheme": "http", "headers": Headers(headers),
    }  # fmt: skip
    return SimpleNamespace(**facts | more)


class Protocol:
    """What the server gives an application: the body in parts, and a way to answer."""

    def __init__(self, parts, *, ends=True):
        self._parts, self._ends, self.said = parts, ends, None

    async def __aiter__(self):
        for part in self._parts:
            yield part
        if not self._ends:
            await asyncio.sleep(3600)

    def response_bytes(self, status, headers, body):
        self.said = status, headers, body

    def response_str(self, status, headers, text):
        self.said = status, headers, text


def echo(asked, start_response):
    start_response("200 OK", [("x-method", asked["REQUEST_METHOD"])])
    return [asked["wsgi.input"].read(), b"!"]


def answer(protocol, **more):
    asyncio.run(RequestBuffer(echo, threads=1, **more).__rsgi__(scope(), protocol))
    return protocol.said


def test_a_whole_request_is_answered():
    assert answer(Protocol([b"so ", b"much"])) == (200, [("x-method", "POST")], b"so much!")


def test_a_body_that_never_ends_is_refused_at_its_deadline():
    status, headers, _ = answer(Protocol([b"login="], ends=False), body_s=0.05)

    assert status == 408
    assert ("connection", "close") in headers


def test_a_body_without_end_is_refused_once_it_is_too_large():
    assert answer(Protocol([b"x" * 100] * 10), largest_bytes=500)[0] == 413


def test_what_was_read_is_forgotten_again():
    buffer = RequestBuffer(echo, threads=1, body_s=0.05)
    for parts, ends in (([b"abc"], True), ([b"abc"], False)):
        asyncio.run(buffer.__rsgi__(scope(), Protocol(parts, ends=ends)))

    assert buffer._held_bytes == 0


def test_the_application_sees_the_request_as_it_was_sent():
    headers = [
        ("content-type", "text/plain"), ("cookie", "a=1"), ("cookie", "b=2"), ("x-forwarded-for", "198.51.100.1"),
        ("x_forwarded_for", "192.0.2.9"), ("host", "localhost"),
    ]  # fmt: skip

    asked = environment(scope("/café/%25", headers), b"1234")

    assert asked["PATH_INFO"].encode("latin-1").decode() == "/café/%25"
    assert (asked["QUERY_STRING"], asked["REMOTE_ADDR"], asked["SERVER_PORT"]) == (
        "b=%20c",
        "203.0.113.7",
        "8000",
    )
    assert (asked["CONTENT_TYPE"], asked["CONTENT_LENGTH"]) == ("text/plain", "4")
    assert asked["HTTP_COOKIE"] == "a=1; b=2"
    assert asked["HTTP_X_FORWARDED_FOR"] == "198.51.100.1"  # not what a client added next to the proxy's


@pytest.mark.parametrize(("sent", "inside"), [
    ("/my/code/", "/code/"), ("/my/", "/"), ("/my//code", "//code"), ("/healthz", "/healthz"), ("/readyz", "/readyz"), ("/my", None),
    ("/myself/", None), ("/", None), ("/counter/../my/", None), ("/healthz/", None),
])  # fmt: skip
def test_an_app_under_a_path_answers_for_what_is_under_it_and_for_its_health(sent, inside):
    asked = environment(scope(sent), b"", path="/my")

    assert (asked and asked["PATH_INFO"]) == inside


def test_what_is_not_under_its_path_is_not_found():
    status, _, text = answer(Protocol([b""]), path="/my")

    assert status == 404
    assert "under /my/" in str(text)
