# SPDX-License-Identifier: EUPL-1.2
"""The words of a disclosure request: the instrument it rests on, how far it has come, why it was refused or its notification deferred."""

from enum import StrEnum


class Instrument(StrEnum):
    """What an authority shows. A mere request is none."""

    WARRANT = "warrant"
    WRITTEN_ORDER = "written_order"
    SUBPOENA = "subpoena"


class DisclosureState(StrEnum):
    """How far a disclosure request has come."""

    WAITING = "waiting"
    """For two people to decide."""
    APPROVED = "approved"
    """By both; nothing is opened yet."""
    OPENED = "opened"
    """The ledger says that it was opened; whether an answer was sealed stands in `outcome`."""
    DELIVERED = "delivered"
    REFUSED = "refused"
    EXPIRED = "expired"
    """Its own day passed before it was answered."""


class Outcome(StrEnum):
    """What the answer says."""

    HELD = "held"
    NOTHING_HELD = "nothing_held"
    """Erased, never held, another service, an invented number: one and the same answer."""


class RefusalReason(StrEnum):
    """Why a disclosure request is refused; by the law itself, or by a person."""

    NO_POWER = "no_power"
    """The law that is kept here knows no such disclosure request."""
    NOT_CONFIRMED = "not_confirmed"
    """The power rests on a text that nobody has confirmed, or on no law."""
    WRONG_INSTRUMENT = "wrong_instrument"
    TOO_WIDE = "too_wide"
    """It asks for more than the law lets it ask."""
    TOO_MANY = "too_many"
    """One instrument for more people than the law has it name."""
    EXPIRED = "expired"
    KEY_OVER = "key_over"
    """The authority is not approved any more, or its key has run out."""
    NOT_GENUINE = "not_genuine"
    UNCLEAR = "unclear"
    NOT_NEEDED = "not_needed"
    """Something less would do."""
    DANGER = "danger"
    """The person would be in danger."""

    @property
    def is_chosen_by_people(self) -> bool:
        """Tell whether people refuse for it; the others are found by rule as well."""
        return self not in {
            RefusalReason.NO_POWER,
            RefusalReason.NOT_CONFIRMED,
            RefusalReason.TOO_MANY,
            RefusalReason.KEY_OVER,
        }


class DeferralReason(StrEnum):
    """Why a person is notified later."""

    COURT_FORBIDS = "court_forbids"
    """The instrument itself forbids notification until a day."""
    DANGER_TO_LIFE = "danger_to_life"
    INVESTIGATION = "investigation"
    """The law lets an investigation be kept from the person for a time."""
