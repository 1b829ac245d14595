# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package counter."""

from rollkeeper.kernel.errors import Kind, Refusal

SUBMISSION_NOT_FOUND = Refusal(
    "submission_not_found",
    Kind.NOT_FOUND,
    "There is no such receipt: nothing was recorded under this key.",
    "Submit the form again; nothing is recorded twice.",
)
SUBMISSION_WAITS = Refusal(
    "submission_waits",
    Kind.CONFLICT,
    "This form was sent before and waits for an approver. This page cannot tell for which line.",
    "If it was for this line, do not send it again. Otherwise send it once more.",
)
LINE_NOT_CARRIED = Refusal(
    "line_not_carried",
    Kind.CONFLICT,
    "Another line was found since, or this line was found too long ago. Nothing was recorded.",
    "Find the line again.",
)
IMAGE_MISSING = Refusal(
    "image_missing",
    Kind.MALFORMED,
    "No picture was received, or it is larger than 20 megabytes.",
    "Choose a picture of the document alone, or type the data.",
)
