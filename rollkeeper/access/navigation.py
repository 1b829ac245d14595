# SPDX-License-Identifier: EUPL-1.2
"""The parts of an app's menu in its `navigation.py`: groups of entries, each entry with who sees it and a count next to it.

The site draws one row of groups, a second row with the entries of the reader's present group, and on a narrow screen both behind a
button. A new page is a line in the app's `navigation.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.functional import Promise

from rollkeeper.access.roles import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a menu: where it leads, what it is called, who sees it."""

    page: str
    """The name of its address, such as "backoffice:campaign"."""
    label: str | Promise
    permissions: frozenset[Permission] = frozenset()
    """One of these is enough; if none is named, everyone who is signed in sees the entry."""
    below: tuple[str, ...] = ()
    """The names of further addresses on which this entry is the current one, such as "backoffice:batch"."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """The parts of its address."""
    count: Callable[[HttpRequest], int] | None = None
    """How many wait there for the reader; shown where it is more than 0. It runs on each page, so it is one cheap query."""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that belong together, under one word of the menu. The word leads to the first entry that the reader may see."""

    label: str | Promise
    entries: tuple[Entry, ...]
