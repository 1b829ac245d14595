# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the room samples."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class TextTooShort(RollkeeperError):
    """The text that an auditor brings could be guessed."""

    code = "text_too_short"
    kind = Kind.MALFORMED
    sentence = "The text by which the lines are drawn has fewer than {fewest} letters."
    remedy = "Throw dice or take any long text, and keep it: with it anybody draws the same lines again."


class DrawnAlready(RollkeeperError):
    """One sample of a kind for each auditor and quarter."""

    code = "drawn_already"
    kind = Kind.CONFLICT
    sentence = "You drew such a sample of this quarter on {on}."
    remedy = "It stays drawn: open it on the page of the evidence."


class SampleUnknown(RollkeeperError):
    """There is no such sample, or somebody else drew it."""

    code = "sample_unknown"
    kind = Kind.NOT_FOUND
    sentence = "You drew no such sample."
    remedy = "Draw one on the page of the evidence, under the report of a quarter."


class NamedNoQuarter(RollkeeperError):
    """A sample is of one quarter."""

    code = "named_no_quarter"
    kind = Kind.MALFORMED
    sentence = "A sample is drawn out of one quarter of which there is a report."
    remedy = "Choose a quarter."
