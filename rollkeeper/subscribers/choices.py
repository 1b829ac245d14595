# SPDX-License-Identifier: EUPL-1.2
"""The kinds of subscribers, and the parts that other people have in a subscriber's registration."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PartyKind(TextChoices):
    """The kinds of subscriber of a line."""

    INDIVIDUAL = "individual", _("One person")
    MINOR = "minor", _("A minor with a guardian")
    COMPANY = "company", _("A company")


class PartyRole(TextChoices):
    """A person's part in a registration. The values are the party kinds under which a pack says what to ask."""

    SUBSCRIBER = "subscriber", _("The subscriber")
    USER = "company_user", _("Who uses the line")
    BEARER = "company_bearer", _("Who acts for the company")
    GUARDIAN = "guardian", _("The guardian")

    @property
    def key(self) -> str:
        """Return the word for this part in a file and a form."""
        return {PartyRole.USER: "user", PartyRole.BEARER: "bearer"}.get(self, self.value)


PARTY_ROLES: Final = {
    PartyKind.INDIVIDUAL: (PartyRole.SUBSCRIBER,),
    PartyKind.MINOR: (PartyRole.SUBSCRIBER, PartyRole.GUARDIAN),
    PartyKind.COMPANY: (PartyRole.SUBSCRIBER, PartyRole.USER, PartyRole.BEARER),
}
"""Which people's data belong to a registration of each kind, the subscriber first."""


def pack_kind(kind: str, part: PartyRole) -> str:
    """Return the party kind under which a pack lists what to ask of this part; a pack may add kinds."""
    return str(kind) if part is PartyRole.SUBSCRIBER else part.value
