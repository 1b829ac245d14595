# SPDX-License-Identifier: EUPL-1.2
"""What may be sealed, and the purposes for which it may be opened.

Associated data and the ledger contain these names: never rename one, and never use one again for something else.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rollkeeper.kernel.choices import label_of


class Field(TextChoices):
    """An attribute of a person, a firm or a line that some law orders operators to record. It is stored nowhere else."""

    NAME = "name", _("Full name")
    ADDRESS = "address", _("Address")
    DOCUMENT_TYPE = "document_type", _("Kind of document")
    DOCUMENT_NUMBER = "document_number", _("Number of the document")
    DOCUMENT_VALID_UNTIL = "document_valid_until", _("Last day on which the document is valid")
    BIRTH_DATE = "birth_date", _("Date of birth")
    CITIZENSHIP = "citizenship", _("Citizenship")
    NATIONAL_NUMBER = "national_number", _("National number")
    TAX_NUMBER = "tax_number", _("Tax number")
    EMAIL = "email", _("E-mail address")
    TELEPHONE = "telephone", _("Telephone number for contact")
    ICCID = "iccid", _("Number of the SIM card (ICCID)")
    IMSI = "imsi", _("Identity of the SIM in the network (IMSI)")
    POINT_OF_SALE = "point_of_sale", _("Point of sale")
    INSTALLATION_ADDRESS = "installation_address", _("Address of the connection")


class LineField(TextChoices):
    """Personal data of a line without a subscriber."""

    NUMBER = "number", _("Number of the line")
    CONTACT = "contact", _("Contact address")


class Paper(TextChoices):
    """Documents sealed in one piece that are not attributes."""

    DOCUMENT_COPY = "document_copy", _("Copy of the document")
    INSTRUMENT = "instrument", _("Instrument of a disclosure request")


COPY = Paper.DOCUMENT_COPY.value
"""The copy of a document, as what was opened."""
INSTRUMENT = Paper.INSTRUMENT.value
"""The instrument of a disclosure request."""
OPENED: tuple[str, ...] = (*Field, *LineField, COPY, INSTRUMENT)
"""What the entry of an opening can name."""


class Purpose(TextChoices):
    """Why a sealed value is opened. The ledger entry contains it, and reviewers read it."""

    NOTICE = "notice", _("to send a notice")
    """To tell the subscriber something."""
    NETWORK = "network", _("to identify the line to the network")
    """To tell the network which line is meant."""
    CORRECTION = "correction", _("to correct the record")
    """To put right what was recorded wrongly."""
    COMPLAINT = "complaint", _("to answer a complaint, a dispute or an appeal")
    """To answer a complaint, a dispute or an appeal."""
    SUBSCRIBER_REQUEST = "subscriber_request", _("because the person asked to see it")
    """To show people what is recorded about them."""
    LEGAL_DISCLOSURE = "legal_disclosure", _("to answer a disclosure request that two people approved")
    """To answer a disclosure request about one person that two people approved."""
    AUDIT = "audit", _("to check an audit sample, as you allowed")
    """To check a sample for the authority, if the person allowed this auditor to see the value."""
    REVIEW = "review", _("to review an audit sample or the integrity of the register")
    """To review a sample before a batch is approved, or the integrity of the register."""


PADDED_TO_BYTES: dict[Field | LineField, int] = {
    Field.NAME: 64,
    Field.ADDRESS: 128,
    Field.EMAIL: 64,
    Field.CITIZENSHIP: 64,
    Field.POINT_OF_SALE: 64,
    Field.INSTALLATION_ADDRESS: 128,
    LineField.CONTACT: 64,
}
"""The fields whose values are padded to a multiple of another number than `DEFAULT_PADDED_TO_BYTES`."""

WHOLE_RECORD = "record"
"""The name, in an incident's list of exposed data, for the whole record: for people whom the account registered."""

DEFAULT_PADDED_TO_BYTES = 32
"""Every telephone number and every document number is shorter: their lengths say nothing."""


def padded_to_bytes(field: Field | LineField) -> int:
    """Return the block length: before sealing, values of this field are padded to a multiple of it."""
    return PADDED_TO_BYTES.get(field, DEFAULT_PADDED_TO_BYTES)


def field_label(field: str) -> str:
    """Return the label of what was opened; if nothing was, a label that only the line's status was seen."""
    if field == WHOLE_RECORD:
        return gettext("the whole record")
    return (
        label_of(field, Field, LineField, Paper) if field else gettext("the line's status: nothing personal")
    )


def purpose_label(purpose: str) -> str:
    """Return the label of the purpose of an opening; help at the counter and explanations have no purpose."""
    return label_of(purpose, Purpose) if purpose else gettext("to help at the counter or to explain the line")
