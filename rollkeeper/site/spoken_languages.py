# SPDX-License-Identifier: EUPL-1.2
"""The language of a page: the first requested language in which this instance may speak, else English."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from rollkeeper.access.page_address import address_of
from rollkeeper.kernel.accepted_languages import SOURCE, has_reader, is_spoken, spoken_of


class SpokenLanguageMiddleware(LocaleMiddleware):
    """Django's middleware, without the languages in which this instance may not speak."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of the cookie or of the browser."""
        super().process_request(request)
        if not is_spoken(translation.get_language() or SOURCE):
            translation.activate(_first_spoken(request))
            request.LANGUAGE_CODE = translation.get_language()


def language_context(request: HttpRequest) -> dict[str, object]:
    """Give every page the languages to choose from, its address in each, and whether its own awaits a native reader."""
    return {
        "page_address": address_of(request),
        "spoken_languages": [
            translation.get_language_info(code) for code in spoken_of(code for code, _ in settings.LANGUAGES)
        ],
        "language_awaits_reader": not has_reader(translation.get_language() or SOURCE),
    }


def _first_spoken(request: HttpRequest) -> str:
    """Return the first language that the browser asks for and this instance may speak; the cookie's language was tried before."""
    for asked, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            known = get_supported_language_variant(asked)
        except LookupError:
            continue
        if is_spoken(known):
            return known
    return SOURCE
