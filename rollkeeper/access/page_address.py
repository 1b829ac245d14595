# SPDX-License-Identifier: EUPL-1.2
"""The values after the question mark of an address that a page may repeat."""

import re
from typing import Final

from django.http import HttpRequest, QueryDict

# Pages choose by words of the program, references, short numbers and paths. Names and addresses of people have capitals, spaces or
# other scripts; numbers of telephones and documents have more digits in a row.
_CHOICE: Final = re.compile(r"(?!.*\d{7})[a-z\d/_-]{0,80}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}")


def chosen_in(request: HttpRequest) -> QueryDict:
    """Return the values of the address that choose which part, line or list the page shows.

    Anyone can write anything else into an address. It is left out, because a page must not repeat a person's data.
    """
    chosen = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        if _CHOICE.fullmatch(name) and all(_CHOICE.fullmatch(one) for one in values):
            chosen.setlist(name, values)
    return chosen


def address_of(request: HttpRequest) -> str:
    """Return the address of the page that is shown, with what `chosen_in` leaves of it."""
    chosen = chosen_in(request).urlencode(safe="/")
    return f"{request.path}?{chosen}" if chosen else request.path
