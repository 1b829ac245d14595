# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the room subscribers."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class DocumentOfAnother(RollkeeperError):
    """A document is to be added to one person and stands for another already."""

    code = "document_of_another"
    kind = Kind.CONFLICT
    sentence = "The new document is recorded for another person."
    remedy = (
        "Nothing is merged by itself. Compare both documents with the person in front of you: where both are theirs, join them"
        " under 'A further document of one person' first."
    )


class PersonGone(RollkeeperError):
    """Whoever was found by a document was erased in the same moment."""

    code = "person_gone"
    kind = Kind.CONFLICT
    sentence = "The record that this document led to was erased at this moment."
    remedy = "Do it again: nobody is known by the document any more."
