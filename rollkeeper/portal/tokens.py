# SPDX-License-Identifier: EUPL-1.2
"""The browser's part of a session: a token in a separate cookie, without a session on the server.

The cookie is signed with this app's key, so that an invented one is rejected here, without a query.
"""

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from rollkeeper.selfcare.portal_client import Token

_SALT = "rollkeeper_portal_token"
_BYTES = 32


def token_of(request: HttpRequest) -> Token | None:
    """Return the token of the request; the portal worker tells whether its session is valid."""
    try:
        secret = bytes.fromhex(
            request.get_signed_cookie(settings.PORTAL_TOKEN_COOKIE_NAME, "", salt=_SALT) or ""
        )
    except (BadSignature, ValueError):
        return None
    return Token(secret) if len(secret) == _BYTES else None


def issue(response: HttpResponse, token: Token) -> HttpResponse:
    """Let the browser hold a token until it is closed."""
    response.set_signed_cookie(
        settings.PORTAL_TOKEN_COOKIE_NAME,
        token.secret.hex(),
        salt=_SALT,
        httponly=True,
        samesite="Strict",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response


def revoke(response: HttpResponse) -> HttpResponse:
    """Let the browser forget it."""
    response.delete_cookie(settings.PORTAL_TOKEN_COOKIE_NAME, samesite="Strict")
    return response
