# SPDX-License-Identifier: EUPL-1.2
"""One deadline for a whole exchange with a peer: a timeout for each read never ends a peer that sends a byte a second.

When the deadline passes, the connection is shut down. Everything that waits for it, even a TLS handshake, then ends with an OSError, or with
the error that the protocol's library raises for a connection that breaks. The log names the peer's address.
"""

import logging
import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Mapping
from contextvars import ContextVar, Token
from typing import Any, Final, Self

import urllib3

_LOG: Final = logging.getLogger("rollkeeper.deadlines")
_current: ContextVar["Deadline | None"] = ContextVar("deadline", default=None)


class Deadline:
    """A time limit for everything that this thread does within a block over the connections that it makes or uses there."""

    def __init__(self, seconds: float, *, peer: str) -> None:
        self._peer, self._handles, self._lock = peer, list[socket.socket](), threading.Lock()
        self._timer = threading.Timer(seconds, self._cut_off)
        self._timer.daemon = True
        self._token: Token[Deadline | None] | None = None
        self.has_passed = False

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._token is not None:
            _current.reset(self._token)
        with self._lock:
            while self._handles:
                self._handles.pop().close()

    def watch(self, wire: socket.socket) -> None:
        """Shut this connection down too when the deadline passes."""
        with self._lock:
            # A second handle of the same connection: the first may be wrapped in TLS, and be closed by its owner at any time.
            self._handles.append(socket.socket(fileno=os.dup(wire.fileno())))
        if self.has_passed:
            self._shut_down()

    def _cut_off(self) -> None:
        self.has_passed = True
        _LOG.warning("%s did not come to an end in time: cut off", self._peer)
        self._shut_down()

    def _shut_down(self) -> None:
        with self._lock:
            for wire in self._handles:
                try:
                    wire.shutdown(socket.SHUT_RDWR)
                except OSError:  # it ended by itself
                    continue


def watch(wire: socket.socket | None) -> None:
    """Put a connection under the deadline of this thread, where it has one."""
    deadline = _current.get()
    if deadline is not None and wire is not None:
        deadline.watch(wire)


class _WatchedHttp:
    """Adds to connections of urllib3 that they are watched when they are made and each time they are used again."""

    sock: Any

    def _new_conn(self) -> socket.socket:
        wire: socket.socket = super()._new_conn()  # type: ignore[misc]
        watch(wire)
        return wire

    def request(self, *given: Any, **named: Any) -> None:
        watch(self.sock)
        super().request(*given, **named)  # type: ignore[misc]


class _Http(_WatchedHttp, urllib3.connection.HTTPConnection):
    pass


class _Https(_WatchedHttp, urllib3.connection.HTTPSConnection):
    pass


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Https


def why_no_answer(fault: urllib3.exceptions.HTTPError) -> str:
    """Return why an exchange failed in the words of the system or of TLS, never in the peer's words."""
    below: BaseException | None = fault
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted here ({below.verify_message})"
        if isinstance(below, OSError) and not isinstance(below, ssl.SSLError) and below.strerror:
            return below.strerror
        below = below.__cause__ or below.__context__
    return type(fault).__name__


class HttpExchanges:
    """HTTP exchanges without redirects, each under one deadline for connecting, head and body, and with a largest size of the answer."""

    def __init__(self, *, at_once: int = 1, largest_bytes: int = 1 << 20) -> None:
        self._largest_bytes = largest_bytes
        self._pool = urllib3.PoolManager(maxsize=at_once, block=True, retries=False)
        self._pool.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def ask(
        self,
        method: str,
        url: str,
        *,
        within_s: float,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Return status and body. Raises urllib3's HTTPError, and its TimeoutError where the deadline passed."""
        peer = urllib3.util.parse_url(url).netloc or url
        with Deadline(within_s, peer=peer) as deadline:
            try:
                answer = self._pool.request(
                    method, url, body=body, headers=headers, redirect=False, preload_content=False,
                    timeout=urllib3.Timeout(connect=min(5, within_s), read=within_s),
                )  # fmt: skip
                text = self._read(answer)
            except (urllib3.exceptions.HTTPError, OSError, ValueError) as fault:
                if deadline.has_passed:
                    raise urllib3.exceptions.TimeoutError(peer) from None
                if isinstance(fault, urllib3.exceptions.HTTPError):
                    raise
                raise urllib3.exceptions.ProtocolError(type(fault).__name__) from None
            if deadline.has_passed:  # an answer that was cut off can look complete
                raise urllib3.exceptions.TimeoutError(peer)
            return answer.status, text

    def _read(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        text = b""
        while piece := answer.read1(1 << 16):
            text += piece
            if len(text) > self._largest_bytes:
                answer.close()
                answer.release_conn()  # otherwise its place in the pool stays taken, and the next exchange waits for it forever
                raise urllib3.exceptions.ProtocolError("the answer is too long")
        answer.release_conn()
        return text


class WatchedSmtp(smtplib.SMTP):
    """A connection to a mail server under the deadline of this thread; an answer that has begun has a separate time limit.

    A server may take long before it answers a mail, but once it has begun, the answer comes fast.
    """

    answer_within_s = 30.0

    def getreply(self) -> tuple[int, bytes]:
        """Wait for the first letter of an answer, then for the whole of it."""
        if self.sock is None:
            return super().getreply()
        if self.file is None:
            self.file = self.sock.makefile("rb")
        try:
            self.file.peek(1)
        except OSError as fault:
            self.close()
            raise smtplib.SMTPServerDisconnected(type(fault).__name__) from None
        with Deadline(self.answer_within_s, peer=str(self._host)):  # type: ignore[attr-defined]
            watch(self.sock)
            return super().getreply()

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        wire: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        watch(wire)
        return wire


class WatchedSmtpOverTls(smtplib.SMTP_SSL, WatchedSmtp):
    """The same, in TLS from the beginning."""
