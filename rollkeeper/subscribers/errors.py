# SPDX-License-Identifier: EUPL-1.2
"""Errors of the package subscribers."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class DocumentOfAnother(RollkeeperError):
    """The document to be added to one person is already recorded for another."""

    code = "document_of_another"
    kind = Kind.CONFLICT
    sentence = "The new document is recorded for another person."
    remedy = "People are never merged automatically. Compare both documents with the person in front of you: if both are theirs, first join them under 'A further document of one person'."
