# SPDX-License-Identifier: EUPL-1.2
"""Rules of a pack that hold only for lines of some services: checks, copies of documents, and how long records are kept."""

from dataclasses import dataclass

from rollkeeper.law.schema import DocumentCopy, PackFile, Retention
from rollkeeper.law.schema_people import Verification


@dataclass(frozen=True, slots=True)
class DocumentCopyRule:
    """What the law says about document copies: without this chapter no copy is kept."""

    is_required: bool
    shows_middle_of_number: bool
    article: str


def concerns(leaf: DocumentCopy | Retention | Verification, service: str | None) -> bool:
    """Tell whether a rule holds for lines of a service; with None every rule does."""
    return service is None or not leaf.services or service in leaf.services


def differs_by_service(file: PackFile) -> bool:
    """Tell whether a pack has a rule that holds only for lines of some services."""
    said: list[DocumentCopy | Retention | Verification] = [*file.document_copies, *file.retention]
    said += [one for kind in file.party_kinds for one in kind.verification]
    return any(one.services for one in said)


def document_copy_rule(file: PackFile, *, service: str | None) -> DocumentCopyRule | None:
    """Return how a copy of the document is kept; None if the pack has no confirmed rule about it."""
    found = (
        DocumentCopyRule(copy.keep == "required", copy.number == "whole", copy.because.article)
        for copy in file.document_copies
        if copy.because.confirmed and concerns(copy, service)
    )
    return next(found, None)
