# SPDX-License-Identifier: EUPL-1.2
"""The menu of the app on every page of a signed-in reader, error and account pages too: `<app>/navigation.py` defines it."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject

from rollkeeper.access.authority import Authority
from rollkeeper.access.navigation import Entry, Group
from rollkeeper.access.services import authority_in
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.portal.tokens import token_of
from rollkeeper.site.access_middleware import has_shown_factor, is_open_to
from rollkeeper.site.web_apps import AppName, this_app

_BEFORE_A_SESSION = frozenset({"portal:sign_in", "portal:code"})


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One entry as this page shows it."""

    label: str | Promise
    address: str
    is_current: bool
    count: int


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group as this page shows it."""

    label: str | Promise
    entries: tuple[ShownEntry, ...]

    @property
    def address(self) -> str:
        """Return the address to which its word leads."""
        return self.entries[0].address

    @property
    def is_current(self) -> bool:
        """Tell whether the reader is on one of its pages."""
        return any(one.is_current for one in self.entries)

    @property
    def count(self) -> int:
        """Return how many things wait in all of its entries."""
        return sum(one.count for one in self.entries)


@dataclass(frozen=True, slots=True)
class Navigation:
    """The menu of a page; without groups if the reader is not signed in."""

    groups: tuple[ShownGroup, ...] = ()

    @property
    def current(self) -> ShownGroup | None:
        """Return the group of this page, if it has more than one entry."""
        return next((one for one in self.groups if one.is_current and len(one.entries) > 1), None)

    @property
    def count(self) -> int:
        """Return how many things wait in the whole menu."""
        return sum(one.count for one in self.groups)


def navigation_context(request: HttpRequest) -> dict[str, object]:
    """Give every page its menu, made only if the page draws it."""
    return {"navigation": SimpleLazyObject(lambda: navigation(request))}


def navigation(request: HttpRequest) -> Navigation:
    """Return the menu that this reader may use."""
    if not _may_use_app(request):
        return Navigation()
    authority = authority_in(request) if this_app() != AppName.PORTAL else None
    shown = (ShownGroup(one.label, tuple(_entries(request, one, authority))) for one in _groups())
    return Navigation(tuple(one for one in shown if one.entries))


def _may_use_app(request: HttpRequest) -> bool:
    """Tell whether the pages of the menu would open to this reader."""
    if this_app() is None or not hasattr(request, "user"):  # so faulty that no middleware gave it a user
        return False
    if this_app() == AppName.PORTAL:
        return token_of(request) is not None and _page_of(request) not in _BEFORE_A_SESSION
    is_strong = instance().kind is InstanceKind.DEMO or (
        request.user.is_authenticated and has_shown_factor(request)
    )
    return is_strong and is_open_to(request)


def _groups() -> tuple[Group, ...]:
    groups: tuple[Group, ...] = import_module(f"rollkeeper.{this_app()}.navigation").GROUPS
    return groups


def _entries(request: HttpRequest, group: Group, authority: Authority | None) -> Iterator[ShownEntry]:
    for one in group.entries:
        if not one.permissions or (authority and any(map(authority.role_for, one.permissions))):
            yield ShownEntry(
                one.label,
                reverse(one.page, kwargs=dict(one.arguments)),
                _is_current(request, one),
                one.count(request) if one.count else 0,
            )


def _is_current(request: HttpRequest, entry: Entry) -> bool:
    page = _page_of(request)
    if page == entry.page:
        return (
            request.resolver_match is not None
            and dict(entry.arguments).items() <= request.resolver_match.kwargs.items()
        )
    return page in entry.below


def _page_of(request: HttpRequest) -> str:
    """Return the name of the address that was asked for; "" if there is no such page."""
    return request.resolver_match.view_name if request.resolver_match else ""
