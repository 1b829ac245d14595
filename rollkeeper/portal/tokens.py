# SPDX-License-Identifier: EUPL-1.2
"""What a browser holds of a session: a token in a cookie of its own, without any session on the server.

The cookie is signed with this app's key, so that one that somebody made up is turned away here, before anybody is asked.
"""

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from rollkeeper.selfcare.portal_client import Token

COOKIE = "rollkeeper_portal_token"  # not the name of Django's own session cookie
_BYTES = 32


def token_of(request: HttpRequest) -> Token | None:
    """Return the token of whoever asks; whether its session is alive, the portal worker says."""
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
