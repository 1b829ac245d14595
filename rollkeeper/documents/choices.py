# SPDX-License-Identifier: EUPL-1.2
"""The kinds of documents, as people choose them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from rollkeeper.documents import verdicts


class DocumentType(TextChoices):
    """Leading types of identity documents, for lists to choose from; every other type is taken as well."""

    RESIDENT_CARD = verdicts.RESIDENT_CARD, _("Resident identity card")
    RESIDENCE_PERMIT = verdicts.RESIDENCE_PERMIT, _("Residence permit")
    PASSPORT = verdicts.PASSPORT, _("Passport")
    IDENTITY_CARD = verdicts.IDENTITY_CARD, _("Identity card of another state")
    BUSINESS_LICENCE = verdicts.BUSINESS_LICENCE, _("Business licence")
    OTHER = verdicts.OTHER, _("Another document")
