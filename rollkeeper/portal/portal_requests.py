# SPDX-License-Identifier: EUPL-1.2
"""One question of a page to the portal worker: its answer, or a refusal in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language

from rollkeeper.kernel.error_messages import mark, one_text
from rollkeeper.portal.tokens import HERE, numbers_of, token_of
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.selfcare.errors import REGISTER_UNAVAILABLE, SessionExpired

_REFERENCE: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """The answer: `done`, or the refusal."""

    done: dict[str, Any] | None
    refused: str = ""
    said: tuple[str, ...] = ()


def put(
    request: HttpRequest,
    kind: PortalRequestKind,
    payload: dict[str, Any] | None = None,
    *,
    request_id: UUID | None = None,
    sealed: bytes | None = None,
) -> Answer:
    """Send a request for the session. Refuses: SessionExpired, REGISTER_UNAVAILABLE."""
    token = token_of(request)
    if token is None:
        raise SessionExpired
    came = portal_client.send_request(
        token, kind, language=language_of_page(), payload=payload, request_id=request_id, sealed=sealed
    )
    if "done" in came:
        return Answer(came["done"])
    if came["refused"] == SessionExpired.code:
        raise SessionExpired
    if not came["said"]:
        raise REGISTER_UNAVAILABLE()
    numbers = numbers_of(request)
    said = tuple(
        mark(_by_number(one_text(one["sentence"], one["remedy"], one["language"]), numbers), one["language"])
        for one in came["said"]
    )
    return Answer(None, came["refused"], said)


def _by_number(text: str, numbers: Mapping[str, str]) -> str:
    """Name a line by its masked number, where a sentence has its reference."""
    return _REFERENCE.sub(lambda found: numbers.get(found[0]) or numbers.get(HERE, "…"), text)


def language_of_page() -> str:
    """Return the language in which the page is drawn."""
    return get_language() or "en"
