# SPDX-License-Identifier: EUPL-1.2
"""The one place where a refusal becomes an answer of the web."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.settings import settings
from rollkeeper.site.faces import this_face

STATUS = {
    Kind.MALFORMED: 422,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.REFUSED: 409,
    Kind.INTERNAL: 500,
}


class RefusalMiddleware:
    """Turn a `RollkeeperError` into a page, or a problem document (RFC 9457) for a machine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; personal pages are never cached."""
        response = self.get_response(request)
        if not request.path.startswith("/static/"):
            response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Answer a refusal in the form that was asked for."""
        if not isinstance(fault, RollkeeperError):
            return None
        problem = {
            "type": f"urn:rollkeeper:{fault.code}",
            "title": str(fault),
            "detail": fault.advice,
            "status": STATUS[fault.kind],
        }
        return JsonResponse(problem, status=STATUS[fault.kind], content_type="application/problem+json")


def page_context(request: HttpRequest) -> dict[str, object]:
    """Give every page the operator's name, the day, whether this is a trial, and the face's own menu."""
    del request
    face = this_face()
    return {
        "settings": settings(),
        "today": clock.today(),
        "given_day": clock.given_day(),
        "face": face,
        "nav_templates": [f"{face}/nav.html", "site/nav.html"],
    }
