# SPDX-License-Identifier: EUPL-1.2
"""Gives every cookie the path of its app, if the app has a path at its host: a browser then sends it to no other app there."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse


class CookiePathMiddleware:
    """Write the app's path into each cookie of an answer, also into cookies that libraries set and those that delete a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        response = self.get_response(request)
        for cookie in response.cookies.values():
            cookie["path"] = f"{settings.FORCE_SCRIPT_NAME or ''}/"
        return response


class _MessageCookie(CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE_NAME


class MessageStorage(FallbackStorage):
    """Django's storage with another cookie name: by name and path the proxy tells the cookies of one app from those of another."""

    storage_classes = (_MessageCookie, SessionStorage)
