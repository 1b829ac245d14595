# SPDX-License-Identifier: EUPL-1.2
"""The browser's part of a session: a token in a separate cookie, without a session on the server, and the masked numbers of its lines.

The cookie is signed with this app's key, so that an invented one is rejected here, without a query. The number that a visitor typed
is kept masked, since the register gives no number before the second proof.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from rollkeeper.selfcare.portal_client import Token

_SALT = "rollkeeper_portal_token"
_SALT_OF_PAGE = "rollkeeper_portal_page"
_BYTES = 32
HERE = "here"
"""The key of the line in the hand among the numbers."""


def token_of(request: HttpRequest) -> Token | None:
    """Return the token of the request; the portal worker tells whether its session is valid."""
    try:
        secret = bytes.fromhex(_held(request)[0])
    except ValueError:
        return None
    return Token(secret) if len(secret) == _BYTES else None


def numbers_of(request: HttpRequest) -> dict[str, str]:
    """Return the masked numbers that this browser knows, by line."""
    try:
        found = json.loads(base64.urlsafe_b64decode(_held(request)[1]) or b"{}")
    except (ValueError, binascii.Error):
        return {}
    return {str(line): str(number) for line, number in found.items()}


def issue(response: HttpResponse, token: Token, numbers: Mapping[str, str] | None = None) -> HttpResponse:
    """Have the browser keep a token until it is closed, with the masked numbers of its lines."""
    known = base64.urlsafe_b64encode(json.dumps(dict(numbers or {})).encode()).decode()
    response.set_signed_cookie(
        settings.PORTAL_TOKEN_COOKIE_NAME,
        f"{token.secret.hex()}.{known}",
        salt=_SALT,
        httponly=True,
        samesite="Strict",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response


def revoke(response: HttpResponse) -> HttpResponse:
    """Have the browser forget the token."""
    response.delete_cookie(settings.PORTAL_TOKEN_COOKIE_NAME, samesite="Strict")
    return response


def note_number(code_request_id: UUID, number: str) -> str:
    """Return the masked number of a page that waits for a code, signed for this page alone."""
    return signing.dumps([str(code_request_id), number], salt=_SALT_OF_PAGE)


def noted_number(code_request_id: UUID, note: str) -> str:
    """Return the masked number of this page; empty if the note is another page's or is missing."""
    try:
        page, number = signing.loads(note, salt=_SALT_OF_PAGE)
    except (BadSignature, ValueError):
        return ""
    return str(number) if page == str(code_request_id) else ""


def _held(request: HttpRequest) -> tuple[str, str]:
    try:
        value = request.get_signed_cookie(settings.PORTAL_TOKEN_COOKIE_NAME, "", salt=_SALT) or ""
    except BadSignature:
        return "", ""
    secret, _, known = value.partition(".")
    return secret, known
