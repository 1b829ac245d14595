# SPDX-License-Identifier: EUPL-1.2
"""The published ledger under ``/ledger/`` of the back office: public files, without a sign-in or a cookie.

It answers without a session, a language or a database, so that a request leaves no trace and costs little. Only listed forms of
addresses are allowed; apart from fixed names, only numbers of an address become part of a path.
"""

import gzip
import re
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from rollkeeper.ledger.settings import public_folder
from rollkeeper.ledger.tile_store import CHECKPOINT
from rollkeeper.ledger.verifier_bundle import AUDITOR, NAMES, README
from rollkeeper.site.web_apps import AppName, this_app

PREFIX = "/ledger/"
_INDEX = r"(?:x[0-9]{3}/){0,6}[0-9]{3}"
_TILE = re.compile(
    rf"tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/{_INDEX}(?P<partial>\.p/[1-9][0-9]{{0,2}})?"
)
_TEXT, _BYTES = "text/plain; charset=utf-8", "application/octet-stream"
_FOR_EVER, _FOR_AN_HOUR, _NEVER = "public, max-age=31536000, immutable", "public, max-age=3600", "no-store"
_NOTHING_YET = (
    "The ledger is not published here yet. The operator types: rollkeeper ledger publish\n"
    "Or the file that you asked for does not exist.\n"
)


class PublicLedgerMiddleware:
    """Answer requests below ``/ledger/``; pass all others on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return a file, or 404."""
        if this_app() != AppName.BACKOFFICE or not f"{request.path_info}/".startswith(PREFIX):
            return self.get_response(request)
        if request.path_info == PREFIX.rstrip("/"):
            return HttpResponsePermanentRedirect(request.path + "/")
        if request.method not in {"GET", "HEAD"}:
            return _said("Here one can only read.\n", HTTPStatus.METHOD_NOT_ALLOWED, Allow="GET, HEAD")
        return _file(request.path_info.removeprefix(PREFIX) or README, request)


def _file(name: str, request: HttpRequest) -> HttpResponse:
    kind, lasting = _manner(name)
    try:
        raw = (public_folder() / name).read_bytes() if kind else None
    except OSError:
        raw = None
    if raw is None:
        return _said(_NOTHING_YET, HTTPStatus.NOT_FOUND)
    answer = HttpResponse(raw, content_type=kind)
    if name.startswith("tile/entries/"):
        answer["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            is_full = ".p/" not in name
            answer.content = _compressed(raw) if is_full else gzip.compress(raw, compresslevel=5, mtime=0)
            answer["Content-Encoding"] = "gzip"
    return _open_to_all(answer, lasting)


@lru_cache(maxsize=64)
def _compressed(bundle: bytes) -> bytes:
    """Compress a full bundle, which never changes, only once for several readers."""
    return gzip.compress(bundle, compresslevel=6, mtime=0)


def _manner(name: str) -> tuple[str, str]:
    """Return a file's content type and how long it may be cached; two empty texts for a file that is not public."""
    if name == CHECKPOINT or name in NAMES:
        return ("text/x-python; charset=utf-8" if name == AUDITOR else _TEXT), _NEVER
    if tile := _TILE.fullmatch(name):
        # A partial tile never changes either, but it is removed once the full one exists.
        return _BYTES, _FOR_AN_HOUR if tile["partial"] else _FOR_EVER
    return "", ""


def _said(text: str, status: HTTPStatus, **headers: str) -> HttpResponse:
    return _open_to_all(HttpResponse(text, status=status, content_type=_TEXT, headers=headers), _NEVER)


def _open_to_all(answer: HttpResponse, lasting: str) -> HttpResponse:
    """Let pages of other sites read it too: everything here is public, and cookies are ignored."""
    answer["Cache-Control"] = lasting
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Content-Length"] = str(len(answer.content))
    return answer
