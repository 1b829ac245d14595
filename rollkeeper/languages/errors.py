# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package languages."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class NoSuchLanguage(RollkeeperError):
    """There are no texts in that language, or it is English."""

    code = "no_such_language"
    kind = Kind.MALFORMED
    sentence = "There are no texts in '{language}' that a native reader could accept."
    remedy = "Choose one of: {known}. English is the source and needs no reader."


class ReaderNotNamed(RollkeeperError):
    """Nobody is named as the reader."""

    code = "reader_not_named"
    kind = Kind.MALFORMED
    sentence = "The native reader is not named."
    remedy = 'Give name and role: --reader "Name, role".'


class ReadInFuture(RollkeeperError):
    """The day on which the texts were accepted is not over yet and not today."""

    code = "read_in_future"
    kind = Kind.MALFORMED
    sentence = "{day} has not come yet."
    remedy = "Give the day on which the reader accepted the texts."


class LanguageNotAccepted(RollkeeperError):
    """Nothing was accepted in that language, or it was withdrawn before."""

    code = "language_not_accepted"
    kind = Kind.CONFLICT
    sentence = "No acceptance of the texts in '{language}' is in force."
    remedy = "See 'rollkeeper settings languages list'."


class LanguageUnread(RollkeeperError):
    """Something was asked for in a language in which this instance does not speak."""

    code = "language_unread"
    kind = Kind.REFUSED
    sentence = "No native reader has accepted the texts in '{language}' as they are now."
    remedy = "Choose another language, or see 'rollkeeper settings languages list'."
