# SPDX-License-Identifier: EUPL-1.2
"""Lists that may be long, fifty rows a page; the address says which part is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest

from rollkeeper.access.page_address import chosen_in

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Rows[T]:
    """One page of a list, for `site/pages.html`: its rows, their places in the list, and the addresses of the pages before and after."""

    shown: Sequence[T]
    first: int
    last: int
    total: int
    before: str
    after: str

    def __iter__(self) -> Iterator[T]:
        """Yield the rows of this page."""
        return iter(self.shown)

    def __len__(self) -> int:
        """Return how many rows this page has; 0 if the list is empty."""
        return len(self.shown)


def paged[T](request: HttpRequest, found: Sequence[T], name: str = "page") -> Rows[T]:
    """Return the page of a list that the address asks for under this name; the first by default, the last for a number beyond the end.

    Results of a search have no address, so only their first page is shown.
    """
    pages = Paginator(found, PAGE)
    is_found = request.method == "POST"
    page = pages.get_page(1 if is_found else request.GET.get(name))

    def address(number: int) -> str:
        asked = chosen_in(request)
        asked[name] = str(number)
        return f"?{asked.urlencode()}"

    return Rows(
        [*page.object_list], page.start_index(), page.end_index(), pages.count,
        before=address(page.number - 1) if page.has_previous() and not is_found else "",
        after=address(page.number + 1) if page.has_next() and not is_found else "",
    )  # fmt: skip
