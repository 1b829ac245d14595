# SPDX-License-Identifier: EUPL-1.2
"""One way to post a small body to an element and read a small answer, for all gateways that speak HTTP.

Redirects are not followed, an answer is read up to a limit and a time, and nothing of it is ever printed.
"""

import time
from collections.abc import Mapping
from typing import Final

import urllib3

AT_ONCE: Final = 8  # requests under way at the same time
_LONGEST_ANSWER_BYTES: Final = 1 << 20


class HttpClient:
    """Posts to one address."""

    def __init__(self, url: str, *, patience_s: float) -> None:
        self._url, self._patience_s = url, patience_s
        self._pool = urllib3.PoolManager(
            maxsize=AT_ONCE, block=True, retries=False, timeout=urllib3.Timeout(connect=5, read=patience_s)
        )

    def post(self, body: bytes, *, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Return status and text; status 0 after a timeout."""
        try:
            response = self._pool.request(
                "POST", self._url, body=body, headers=headers, redirect=False, preload_content=False
            )
        except urllib3.exceptions.HTTPError:
            return 0, b""
        return self._read_answer(response)

    def _read_answer(self, response: urllib3.BaseHTTPResponse) -> tuple[int, bytes]:
        text, latest = b"", time.monotonic() + self._patience_s
        try:
            while piece := response.read1(1 << 16):
                text += piece
                if len(text) > _LONGEST_ANSWER_BYTES or time.monotonic() > latest:
                    response.close()
                    return 0, b""
        except urllib3.exceptions.HTTPError:
            return 0, b""
        response.release_conn()
        return response.status, text
