# SPDX-License-Identifier: EUPL-1.2
"""The choices that laws, settings and the register share, and the label of any stored choice."""

from contextlib import suppress
from enum import IntFlag
from typing import Final

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


class Payment(TextChoices):
    """How a line is paid."""

    PREPAID = "prepaid", _("Prepaid")
    POSTPAID = "postpaid", _("Paid afterwards")
    UNKNOWN = "unknown", _("Not known")


SAID_PAYMENTS: Final = (Payment.PREPAID.value, Payment.POSTPAID.value)
"""The ways to pay that a law, a file or a clerk can name."""


class IdentityCheck(TextChoices):
    """The check that verifies an identity. All but the first are made elsewhere: this program learns only that the check succeeded."""

    SIGHT = "sight", _("The document was seen")
    CHIP = "chip", _("The chip of the document was read")
    EID = "eid", _("Electronic proof of identity")
    VIDEO = "video", _("Check by video")
    REGISTRY = "registry", _("A public register confirmed it")
    BANK = "bank", _("A bank confirmed it")
    BIOMETRIC = "biometric", _("Biometric check outside this program")
    WALLET = "wallet", _("Digital identity wallet")


class Channel(TextChoices):
    """A channel to reach a subscriber."""

    SMS = "sms", _("Text message")
    VOICE = "voice", _("Call")
    EMAIL = "email", _("E-mail")
    POST = "post", _("Letter")

    @property
    def uses_line(self) -> bool:
        """Tell whether the channel needs the line that the notice is about."""
        return self in {Channel.SMS, Channel.VOICE}


class Bars(IntFlag):
    """The uses of a line that a bar blocks; all others work. No bar blocks the emergency floor."""

    OUTGOING = 1
    """Calls and messages from the line."""
    INCOMING = 2
    """Calls and messages to the line."""
    DATA = 4
    ALL = 7
    """Everything but the emergency floor."""


class BarLevel(TextChoices):
    """The bars that exist. One sentence can explain what works under each."""

    OUTGOING = "outgoing", _("Outgoing calls and messages barred")
    CALLS = "calls", _("Calls and messages barred, data works")
    DATA = "data", _("Data barred, calls and messages work")
    OUTGOING_AND_DATA = "outgoing_and_data", _("Outgoing calls, messages and data barred")
    ALL = "all", _("Everything barred but emergency calls, the care number and registration")

    @property
    def bars(self) -> Bars:
        """Return the uses that this level blocks."""
        return _LEVELS[self]

    @classmethod
    def of(cls, bars: int) -> "BarLevel":
        """Return the level that blocks exactly these uses. Precondition: there is one."""
        return next(level for level in cls if _LEVELS[level] == bars)

    @classmethod
    def partial(cls, bars: int | None) -> str:
        """Return the level that blocks exactly these uses; empty if they are all uses or if nothing is barred."""
        return "" if bars is None or bars == Bars.ALL else cls.of(bars).value


_LEVELS: Final = {
    BarLevel.OUTGOING: Bars.OUTGOING,
    BarLevel.CALLS: Bars.OUTGOING | Bars.INCOMING,
    BarLevel.DATA: Bars.DATA,
    BarLevel.OUTGOING_AND_DATA: Bars.OUTGOING | Bars.DATA,
    BarLevel.ALL: Bars.ALL,
}
BAR_LEVELS: Final = tuple(int(bars) for bars in _LEVELS.values())


def label_of(value: str, *choices: type[TextChoices]) -> str:
    """Return the label of a stored value in the reader's language; of a value that no choice has, the value itself as words."""
    for one in choices:
        with suppress(ValueError):  # `values` would make a list of them all each time
            return str(one(value).label)
    return str(value).replace("_", " ")
