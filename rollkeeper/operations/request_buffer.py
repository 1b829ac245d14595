# SPDX-License-Identifier: EUPL-1.2
"""Reads a whole request, with a deadline and a largest size, before it takes one of the few threads.

Otherwise a few senders whose requests never end would take every thread and stop the app. The server itself has a deadline for
the head (`app_process.py`). An answer is handed over whole as well, so that a slow reader holds no thread either.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final

from rollkeeper.kernel.health import HEALTH_PATHS

BODY_S: Final = 60.0
"""For the whole body: some megabytes over a bad mobile network."""
LARGEST_BYTES: Final = 32 << 20
"""The pages themselves have smaller limits, and say why they refuse."""
LARGEST_TOGETHER_BYTES: Final = 160 << 20
_CLOSE: Final = [("content-type", "text/plain"), ("connection", "close")]

Answer = tuple[int, list[tuple[str, str]], bytes]


class RequestBuffer:
    """The application as the server calls it (RSGI), around one that takes a thread for each request (WSGI)."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        *,
        threads: int,
        body_s: float = BODY_S,
        largest_bytes: int = LARGEST_BYTES,
        path: str = "",
    ) -> None:
        self._application, self._body_s, self._largest_bytes = application, body_s, largest_bytes
        self._path = path
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._held_bytes = 0

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        body = bytearray()
        try:
            async with asyncio.timeout(self._body_s):
                is_small = await self._read(protocol, body)
            if not is_small:
                protocol.response_str(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _CLOSE, "The request is too large.\n"
                )
                return
            asked = environment(scope, bytes(body), path=self._path)
            if asked is None:
                protocol.response_str(
                    HTTPStatus.NOT_FOUND, _CLOSE, f"This app answers under {self._path}/.\n"
                )
                return
            status, headers, text = await asyncio.get_running_loop().run_in_executor(
                self._pool, self._answer, asked
            )
            protocol.response_bytes(status, headers, text)
        except TimeoutError:
            protocol.response_str(
                HTTPStatus.REQUEST_TIMEOUT, _CLOSE, "The request did not come whole in time.\n"
            )
        finally:
            self._held_bytes -= len(body)

    async def _read(self, protocol: Any, body: bytearray) -> bool:
        """Read a body; return False if it is too large, alone or together with the bodies that are read at the same time."""
        async for part in protocol:
            if (
                len(body) + len(part) > self._largest_bytes
                or self._held_bytes + len(part) > LARGEST_TOGETHER_BYTES
            ):
                return False
            body += part
            self._held_bytes += len(part)
        return True

    def _answer(self, asked: dict[str, Any]) -> Answer:
        begun: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _fault: Any = None) -> None:
            begun[:] = [int(status.split(" ", 1)[0]), headers]

        parts = self._application(asked, start_response)
        try:
            text = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return begun[0], begun[1], text


def environment(scope: Any, body: bytes, *, path: str = "") -> dict[str, Any] | None:
    """Return a request as an application under this path expects it (PEP 3333), or None if its address is not under the path.

    The health addresses need no path in front: monitoring asks them directly.

    The server has decoded the path's escapes already. Headers with an underscore are left out: the application could not tell them from
    the headers with a hyphen that the proxy sets.
    """
    inside = scope.path.removeprefix(path) if scope.path.startswith(f"{path}/") else None
    if inside is None and scope.path not in HEALTH_PATHS:
        return None
    server, _, port = str(scope.server).rpartition(":")
    asked: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": path,
        "PATH_INFO": (inside or scope.path).encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "REMOTE_ADDR": str(scope.client).rpartition(":")[0].strip("[]"),
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        joined = "; " if key == "HTTP_COOKIE" else ","
        asked[key] = f"{asked[key]}{joined}{value}" if key in asked else value
    asked["CONTENT_LENGTH"] = str(len(body))
    return asked
