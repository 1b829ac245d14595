# SPDX-License-Identifier: EUPL-1.2
"""Why a file is not read. The worker answers with the code; the package's errors show the sentence."""

from enum import StrEnum


class RejectReason(StrEnum):
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


SENTENCES = {
    RejectReason.EMPTY: "it is empty",
    RejectReason.UNKNOWN_KIND: "it is no JPEG, PNG, WebP, HEIC or PDF",
    RejectReason.NOT_WHAT_IT_SAYS: "its name ends as another kind of file does",
    RejectReason.TOO_LARGE: "it is larger than 20 MB",
    RejectReason.TOO_MANY_PIXELS: "it has too many pixels",
    RejectReason.TOO_SMALL: "it has too few pixels to be read",
    RejectReason.TWO_IN_ONE: "it is two kinds of file at once",
    RejectReason.MOVING: "it is a moving picture",
    RejectReason.BROKEN: "it is broken or cut off",
    RejectReason.LOCKED: "it is locked with a password",
    RejectReason.ACTIVE: "it carries a program, a form or another file",
    RejectReason.TOO_MANY_PAGES: "it has more than 4 pages",
    RejectReason.TOO_MUCH_WORK: "it takes more time or memory to open than any honest picture",
}
"""Each reason in words."""


class FileRejectedError(Exception):
    """The file is not read."""

    def __init__(self, why: RejectReason) -> None:
        self.why = why
        super().__init__(why.value)
