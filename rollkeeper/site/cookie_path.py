# SPDX-License-Identifier: EUPL-1.2
"""Every cookie of an app that has a path at its host has that path: a browser sends it to no other app there."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse


class CookiePathMiddleware:
    """Write the app's path into each cookie of an answer, also into those that libraries set and those that end one."""

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
    """Django's own, but for the name of its cookie: by its name and path the proxy tells an app's cookies from another's."""

    storage_classes = (_MessageCookie, SessionStorage)
