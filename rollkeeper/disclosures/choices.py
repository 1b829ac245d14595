# SPDX-License-Identifier: EUPL-1.2
"""The choices of a disclosure request: its instrument, its state, its outcome, why it was refused, why its notification was deferred."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Instrument(TextChoices):
    """The instruments of an authority. A mere request is not one."""

    WARRANT = "warrant", _("Warrant")
    WRITTEN_ORDER = "written_order", _("Written order")
    SUBPOENA = "subpoena", _("Subpoena")


class DisclosureState(TextChoices):
    """How far a disclosure request has come."""

    WAITING = "waiting", _("Waiting for two people")
    """Two people have not decided yet."""
    APPROVED = "approved", _("Approved by both")
    """Both approved; nothing is opened yet."""
    OPENED = "opened", _("Opened")
    """The ledger says that it was opened; `outcome` says whether an answer was sealed."""
    DELIVERED = "delivered", _("Delivered")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Ran out")
    """The instrument's last day passed before anything was opened."""


class Outcome(TextChoices):
    """The content of the answer."""

    HELD = "held", _("What it names was sealed to it")
    NOTHING_HELD = "nothing_held", _("Nothing held")
    """The answer is the same for an erased record, a number never held, another service's number and an invented one."""


class RefusalReason(TextChoices):
    """Why a disclosure request is refused; by the law itself, or by a person."""

    NO_POWER = "no_power", _("The law provides for no such request")
    """The rule pack has no article for such a disclosure request."""
    NOT_CONFIRMED = "not_confirmed", _("The power is not confirmed in the official text")
    """The power rests on an unconfirmed text, or on no law."""
    WRONG_INSTRUMENT = "wrong_instrument", _("The law wants another instrument")
    TOO_WIDE = "too_wide", _("It asks for more than the law lets it")
    TOO_MANY = "too_many", _("It names more people than the law lets it")
    """One instrument was used for more people than the law allows."""
    EXPIRED = "expired", _("Its last day has passed")
    KEY_OVER = "key_over", _("The authority is not approved, or its key has expired")
    """The authority is not approved any more, or its key has run out."""
    NOT_GENUINE = "not_genuine", _("It is not genuine")
    UNCLEAR = "unclear", _("It is unclear, or was entered wrongly")
    NOT_NEEDED = "not_needed", _("Something less would do")
    DANGER = "danger", _("The person would be in danger")

    @property
    def is_chosen_by_people(self) -> bool:
        """Tell whether people may refuse for this reason; only the rules give the others."""
        return self not in {
            RefusalReason.NO_POWER,
            RefusalReason.NOT_CONFIRMED,
            RefusalReason.TOO_MANY,
            RefusalReason.KEY_OVER,
        }


class DeferralReason(TextChoices):
    """Why a person is notified later."""

    COURT_FORBIDS = "court_forbids", _("The instrument forbids it until a day")
    """The instrument itself forbids notification until a day."""
    DANGER_TO_LIFE = "danger_to_life", _("Danger to life")
    INVESTIGATION = "investigation", _("An investigation")
    """The law lets an investigation be kept from the person for a time."""
