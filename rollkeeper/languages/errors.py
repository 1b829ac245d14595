# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package languages."""

from rollkeeper.kernel.errors import Kind, Refusal

NO_SUCH_LANGUAGE = Refusal(
    "no_such_language",
    Kind.MALFORMED,
    "There are no texts in '{language}' that a native reader could accept.",
    "Choose one of: {known}. English is the source and needs no reader.",
)
READER_NOT_NAMED = Refusal(
    "reader_not_named",
    Kind.MALFORMED,
    "The native reader is not named.",
    'Give name and role: --reader "Name, role".',
)
READ_IN_FUTURE = Refusal(
    "read_in_future",
    Kind.MALFORMED,
    "{day} has not come yet.",
    "Give the day on which the reader accepted the texts.",
)
LANGUAGE_NOT_ACCEPTED = Refusal(
    "language_not_accepted",
    Kind.CONFLICT,
    "No acceptance of the texts in '{language}' is in force.",
    "See 'rollkeeper settings languages list'.",
)
LANGUAGE_UNREAD = Refusal(
    "language_unread",
    Kind.REFUSED,
    "No native reader has accepted the texts in '{language}' as they are now.",
    "Choose another language, or see 'rollkeeper settings languages list'.",
)
