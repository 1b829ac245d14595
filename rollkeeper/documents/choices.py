# SPDX-License-Identifier: EUPL-1.2
"""The kinds of documents, as people choose them."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from rollkeeper.documents import verdicts
from rollkeeper.documents.verdicts import Reason


class DocumentType(TextChoices):
    """The main types of identity documents, for lists to choose from; every other type is accepted too."""

    RESIDENT_CARD = verdicts.RESIDENT_CARD, _("Resident identity card")
    RESIDENCE_PERMIT = verdicts.RESIDENCE_PERMIT, _("Residence permit")
    PASSPORT = verdicts.PASSPORT, _("Passport")
    IDENTITY_CARD = verdicts.IDENTITY_CARD, _("Identity card of another state")
    BUSINESS_LICENCE = verdicts.BUSINESS_LICENCE, _("Business licence")
    OTHER = verdicts.OTHER, _("Another document")


MESSAGES: dict[str, Any] = {
    Reason.EMPTY: _("No number was read."),
    Reason.LENGTH: _("No document of this kind has a number of this length."),
    Reason.CHARACTERS: _("The number has characters that no number of this kind has."),
    Reason.CHECK_DIGIT: _("A check digit does not fit. Genuine documents with faulty numbers exist."),
    Reason.BIRTH_DATE_IMPOSSIBLE: _("The date of birth is in no calendar."),
    Reason.BIRTH_DATE_PARTIAL: _("The day or month of birth is unknown."),
    Reason.BIRTH_DATE_IN_THE_FUTURE: _("The date of birth is in the future."),
    Reason.BIRTH_DATE_TOO_LONG_AGO: _("No living person was born in the year that was read."),
    Reason.REGION_UNKNOWN: _(
        "The lists here do not contain its region. Lists go out of date: this is advice only."
    ),
    Reason.OLD_FORM: _(
        "It is the old form of fifteen digits. Ask for the new card, but do not turn the subscriber away."
    ),
    Reason.UNUSUAL_FORM: _("The number is not of the usual form."),
    Reason.COMPONENT: _("The lists here do not contain a part of the number. Lists go out of date."),
    Reason.EXPIRED: _("The document has expired."),
    Reason.EXPIRY_NOT_READ: _("Until when the document is valid could not be read."),
    Reason.UNKNOWN_TYPE: _("There is no rule here for this kind of document: check it with care."),
    Reason.UNKNOWN_STATE: _("The lists here do not contain its issuing state."),
    Reason.LOOKS_ALIKE: _("Letters and figures that look alike were distinguished by the check digits."),
}
