# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package counter."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class SubmissionNotFound(RollkeeperError):
    """No submission gave a receipt under this key."""

    code = "submission_not_found"
    kind = Kind.NOT_FOUND
    sentence = "There is no such receipt: nothing was recorded under this key."
    remedy = "Submit the form again; what was recorded is not recorded twice."


class ImageMissing(RollkeeperError):
    """No picture came, or one that is larger than is read."""

    code = "image_missing"
    kind = Kind.MALFORMED
    sentence = "No picture came, or it has more than 20 megabytes."
    remedy = "Choose a picture of the document alone; or type what it says."
