# SPDX-License-Identifier: EUPL-1.2
"""The languages in which this instance speaks to people: in a production instance, only those that a native reader accepted.

English is the source of every text. The project writes it and nothing can be compared with it, so it counts as accepted: an
instance always has a language for its pages. A demo instance speaks every language, and marks texts that were not accepted.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from rollkeeper.kernel.hooks import Hook
from rollkeeper.kernel.instance import InstanceKind, instance

SOURCE: Final = "en"
NO_READER: Final = _("No native reader has accepted the texts in this language yet.")
"""A demo instance writes this under texts that no native reader accepted."""
ACCEPTED_LANGUAGES: Final[Hook[Callable[[], Collection[str]]]] = Hook(
    "kernel: the languages whose present texts a native reader accepted"
)
"""`languages` registers it."""


def has_reader(language: str) -> bool:
    """Tell whether a native reader accepted the texts of a language as they are now; English needs none."""
    return language == SOURCE or language in ACCEPTED_LANGUAGES.only()()


def is_spoken(language: str) -> bool:
    """Tell whether this instance may say anything to people in a language."""
    return instance().kind is InstanceKind.DEMO or has_reader(language)


def spoken_of(languages: Iterable[str]) -> list[str]:
    """Return, in the given order, the languages in which this instance may speak to people."""
    return [one for one in languages if is_spoken(one)]


def spoken_here() -> list[str]:
    """Return the languages of printed texts: the instance's languages that it may use, or English if it may use none."""
    return spoken_of(instance().languages) or [SOURCE]
