# SPDX-License-Identifier: EUPL-1.2
"""The choices that laws, settings and the register share, and the label of any stored choice."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Service(TextChoices):
    """The kinds of service that the operator provides under one number."""

    MOBILE = "mobile", _("Mobile telephone")
    DATA_CARD = "data_card", _("Data card")
    FIXED_LINE = "fixed_line", _("Fixed line")
    INTERNET_ACCESS = "internet_access", _("Internet access")
    DOMAIN = "domain", _("Domain")
    ADDRESS_BLOCK = "address_block", _("Address block")
    HOSTED_SITE = "hosted_site", _("Hosted site")


class Channel(TextChoices):
    """A channel to reach a subscriber."""

    SMS = "sms", _("Text message")
    VOICE = "voice", _("Call")
    EMAIL = "email", _("E-mail")
    POST = "post", _("Letter")

    @property
    def uses_line(self) -> bool:
        """Tell whether it needs the line that the notice is about."""
        return self in {Channel.SMS, Channel.VOICE}


def label_of(value: str, *choices: type[TextChoices]) -> str:
    """Return the label of a stored value in the reader's language; of a value that no choice has, its own words."""
    for one in choices:
        if value in one.values:
            return str(one(value).label)
    return str(value).replace("_", " ")
