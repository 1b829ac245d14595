# SPDX-License-Identifier: EUPL-1.2
"""One way to post a small body to an element and read a small answer, for all gateways that speak HTTP.

Redirects are not followed, an exchange has one deadline and its answer a limit, and nothing of it is ever printed.
"""

from collections.abc import Mapping
from typing import Final

import urllib3

from rollkeeper.kernel.deadlines import HttpExchanges

AT_ONCE: Final = 8  # requests under way at the same time


class HttpClient:
    """Posts to one address."""

    def __init__(self, url: str, *, patience_s: float) -> None:
        self._url, self._patience_s = url, patience_s
        self._exchanges = HttpExchanges(at_once=AT_ONCE)

    def post(self, body: bytes, *, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Return status and text; status 0 after a timeout."""
        try:
            return self._exchanges.ask(
                "POST", self._url, body=body, headers=headers, within_s=self._patience_s
            )
        except urllib3.exceptions.HTTPError:
            return 0, b""
