# SPDX-License-Identifier: EUPL-1.2
"""One question of a page to the porter: its answer, or a refusal in the reader's language."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language

from rollkeeper.kernel.sayings import mark
from rollkeeper.portal.tokens import token_of
from rollkeeper.rights import door
from rollkeeper.rights.errors import PorterAway, VisitOver
from rollkeeper.rights.kinds import AskKind


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What came back: `done`, or what was said against it."""

    done: dict[str, Any] | None
    refused: str = ""
    said: tuple[str, ...] = ()


def put(
    request: HttpRequest,
    kind: AskKind,
    asked: dict[str, Any] | None = None,
    *,
    ask_id: UUID | None = None,
    sealed: bytes | None = None,
) -> Answer:
    """Ask on behalf of whoever holds the visit. Refuses: VisitOver, PorterAway."""
    token = token_of(request)
    if token is None:
        raise VisitOver
    came = door.ask(token, kind, language=language_of_page(), asked=asked, ask_id=ask_id, sealed=sealed)
    if "done" in came:
        return Answer(came["done"])
    if came["refused"] == VisitOver.code:
        raise VisitOver
    if not came["said"]:
        raise PorterAway
    said = tuple(mark(f"{one['sentence']} {one['remedy']}", one["language"]) for one in came["said"])
    return Answer(None, came["refused"], said)


def language_of_page() -> str:
    """Return the language in which the page is drawn."""
    return get_language() or "en"
