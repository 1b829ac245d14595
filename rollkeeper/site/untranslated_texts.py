# SPDX-License-Identifier: EUPL-1.2
"""Writes the texts of a page that have no Tibetan as elements, each with its language."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from rollkeeper.kernel.side_by_side import as_html, is_side_by_side


class UntranslatedTextsMiddleware:
    """Rewrite pages alone: files and what machines read stay as they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and rewrite the page that comes back."""
        response = self.get_response(request)
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        page = response.content.decode(response.charset)
        if is_side_by_side(page):
            response.content = as_html(page).encode(response.charset)
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response
