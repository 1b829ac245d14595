# SPDX-License-Identifier: EUPL-1.2
"""The browser's part of a session: a token in a separate cookie, without a session on the server.

The cookie is signed with this app's key, so that an invented one is rejected here, without a query.
"""

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from rollkeeper.selfcare.portal_client import Token

COOKIE = "rollkeeper_portal_token"  # not the name of Django's own session cookie
_BYTES = 32


def token_of(request: HttpRequest) -> Token | None:
    """Return the token of the request; the portal worker tells whether its session is valid."""
    try:
        secret = bytes.fromhex(request.get_signed_cookie(COOKIE, "", salt=COOKIE) or "")
    except (BadSignature, ValueError):
        return None
    return Token(secret) if len(secret) == _BYTES else None


def issue(response: HttpResponse, token: Token) -> HttpResponse:
    """Let the browser hold a token until it is closed."""
    response.set_signed_cookie(
        COOKIE,
        token.secret.hex(),
        salt=COOKIE,
        httponly=True,
        samesite="Strict",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response


def revoke(response: HttpResponse) -> HttpResponse:
    """Let the browser forget it."""
    response.delete_cookie(COOKIE, samesite="Strict")
    return response
