# SPDX-License-Identifier: EUPL-1.2
"""What may be sealed, and what somebody may want to see it for.

The values travel in associated data and in the ledger: one is never renamed and never used again for something else.
"""

from enum import StrEnum


class Field(StrEnum):
    """An attribute of a person or a firm that some law orders to record. There is no other place for one."""

    NAME = "name"
    ADDRESS = "address"
    DOCUMENT_TYPE = "document_type"
    DOCUMENT_NUMBER = "document_number"
    DOCUMENT_VALID_UNTIL = "document_valid_until"
    BIRTH_DATE = "birth_date"


class LineField(StrEnum):
    """What is personal about a line while nobody need be registered for it."""

    NUMBER = "number"
    CONTACT = "contact"


COPY = "document_copy"
"""The copy of a document, as what was opened."""
INSTRUMENT = "instrument"
"""The paper with which somebody requested something."""
OPENED: tuple[str, ...] = (*Field, *LineField, COPY, INSTRUMENT)
"""Whatever the entry of an opening says that it was."""


class Purpose(StrEnum):
    """Why something sealed is opened. It stands in the ledger entry, and the reviewers read it."""

    NOTICE = "notice"
    """To tell the subscriber something."""
    NETWORK = "network"
    """To tell the network which line is meant."""
    CORRECTION = "correction"
    """To put right what was recorded wrongly."""
    COMPLAINT = "complaint"
    """To answer a complaint, a dispute or an appeal."""
    SUBSCRIBER_REQUEST = "subscriber_request"
    """To show people what is recorded about them."""
    LEGAL_DISCLOSURE = "legal_disclosure"
    """To answer a disclosure request about one person that two people let through."""
    AUDIT = "audit"
    """To check a sample for the authority, where the person has let this one auditor."""
    REVIEW = "review"
    """To look at a sample before a batch is approved, or at the register's soundness."""


PADDED_TO_BYTES: dict[Field | LineField, int] = {
    Field.NAME: 64,
    Field.ADDRESS: 128,
    LineField.CONTACT: 64,
}
"""Where a value is filled up to a multiple of other than `DEFAULT_PADDED_TO_BYTES`."""

DEFAULT_PADDED_TO_BYTES = 32
"""Every telephone number and every document number is shorter: their lengths say nothing."""


def padded_to_bytes(field: Field | LineField) -> int:
    """Return the length to whose multiple values of this field are filled up before they are sealed."""
    return PADDED_TO_BYTES.get(field, DEFAULT_PADDED_TO_BYTES)
