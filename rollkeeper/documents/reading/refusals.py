# SPDX-License-Identifier: EUPL-1.2
"""Why a file is not read. The worker says the code; the room's errors say the sentence."""

from enum import StrEnum


class Why(StrEnum):
    """One reason; stable."""

    EMPTY = "empty"
    UNKNOWN_KIND = "unknown_kind"
    NOT_WHAT_IT_SAYS = "not_what_it_says"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TWO_IN_ONE = "two_in_one"
    MOVING = "moving"
    BROKEN = "broken"
    LOCKED = "locked"
    ACTIVE = "active"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MUCH_WORK = "too_much_work"


SAID = {
    Why.EMPTY: "it is empty",
    Why.UNKNOWN_KIND: "it is no JPEG, PNG, WebP, HEIC or PDF",
    Why.NOT_WHAT_IT_SAYS: "its name ends as another kind of file does",
    Why.TOO_LARGE: "it is larger than 20 MB",
    Why.TOO_MANY_PIXELS: "it has too many pixels",
    Why.TOO_SMALL: "it has too few pixels to be read",
    Why.TWO_IN_ONE: "it is two kinds of file at once",
    Why.MOVING: "it is a moving picture",
    Why.BROKEN: "it is broken or cut off",
    Why.LOCKED: "it is locked with a password",
    Why.ACTIVE: "it carries a program, a form or another file",
    Why.TOO_MANY_PAGES: "it has more than 4 pages",
    Why.TOO_MUCH_WORK: "it takes more time or memory to open than any honest picture",
}
"""Each reason in words."""


class FileRefusedError(Exception):
    """The file is not read."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)
