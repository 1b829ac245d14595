# SPDX-License-Identifier: EUPL-1.2
"""The choices of an incident: what it starts from, how grave it is, what is done about it."""

from enum import StrEnum


class About(StrEnum):
    """What fell into wrong hands, as far as it is known."""

    ACCOUNT = "account"
    """Accounts of staff: everything that they opened, and every record that they took down."""
    AGENT = "agent"
    """An agent: the accounts of its staff, together."""
    DEVICE = "device"
    """A device: the accounts that worked at it, together."""
    KEY_EPOCH = "key_epoch"
    """The secret of an epoch of keys: everybody who was sealed to it."""
    TABLE = "table"
    """A copy of a table without the keys."""
    WINDOW = "window"
    """Nothing but a time: everything that was opened in it, by whomever."""

    @property
    def is_by_account(self) -> bool:
        """Tell whether it is named by accounts."""
        return self in {About.ACCOUNT, About.AGENT, About.DEVICE}


class Severity(StrEnum):
    """How grave it is: what the law's clocks distinguish."""

    ORDINARY = "ordinary"
    SERIOUS = "serious"


class Remedy(StrEnum):
    """What can be done at once."""

    SUSPEND_ACCOUNTS = "suspend_accounts"
    """Close the accounts that the incident is about."""
    SIGN_OUT_EVERYONE = "sign_out_everyone"
    """End every session at every app."""
    ROTATE_KEYS = "rotate_keys"
    """Begin an epoch of keys, seal everything again to it, destroy the older ones."""
    RESEAL = "reseal"
    """Go on with a rotation that broke off, or make a new one: the same act, asked for by its effect."""


class Step(StrEnum):
    """What is asked for from the page, and run by the worker within seconds: no page holds a key or a list of people."""

    SCOPE = "scope"
    """Find out whom it exposed, and what each of them would be notified."""
    SUSPEND_ACCOUNTS = "suspend_accounts"
    SIGN_OUT_EVERYONE = "sign_out_everyone"
    ROTATE_KEYS = "rotate_keys"
    RESEAL = "reseal"
    NOTIFY_PEOPLE = "notify_people"
    """Owe everybody exposed the notice that was drafted."""


class StepState(StrEnum):
    """How what was asked for stands."""

    PENDING = "pending"
    """For a second approver."""
    APPROVED = "approved"
    """The worker runs it next."""
    DONE = "done"
    FAILED = "failed"
    """It was refused; it can be asked for again."""
    WITHDRAWN = "withdrawn"


class Table(StrEnum):
    """A table that holds something sealed or keyed. No other table says anything about who somebody is."""

    VAULT_SEALED = "vault_sealed"
    LINES_LINE = "lines_line"
    LINES_NUMBER = "lines_number"
    SUBSCRIBERS_DOCUMENT = "subscribers_document"
