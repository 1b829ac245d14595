# SPDX-License-Identifier: EUPL-1.2
"""The choices of an incident: what it starts from, its severity, what is done about it."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class About(TextChoices):
    """What was compromised, as far as it is known."""

    ACCOUNT = "account", _("Staff accounts")
    """Accounts of staff: everything that they opened, and every record that they entered."""
    AGENT = "agent", _("The accounts of an agent")
    """An agent: the accounts of its staff, together."""
    DEVICE = "device", _("The accounts at a device")
    """A device: the accounts that worked at it, together."""
    KEY_EPOCH = "key_epoch", _("An epoch of keys")
    """The secret of a key epoch: everyone whose data was sealed to it."""
    TABLE = "table", _("A table without the keys")
    """A copy of a table without the keys."""
    WINDOW = "window", _("Everything opened in a period")
    """Only a period is known: everything that anyone opened in it."""

    @property
    def is_by_account(self) -> bool:
        """Tell whether a list of accounts defines the incident."""
        return self in {About.ACCOUNT, About.AGENT, About.DEVICE}


class Severity(TextChoices):
    """How grave an incident is: the law's deadlines depend on it."""

    ORDINARY = "ordinary", _("Ordinary")
    SERIOUS = "serious", _("Serious")


class Remedy(StrEnum):
    """The immediate remedies."""

    SUSPEND_ACCOUNTS = "suspend_accounts"
    """Close the accounts that the incident is about."""
    SIGN_OUT_EVERYONE = "sign_out_everyone"
    """End every session at every app."""
    ROTATE_KEYS = "rotate_keys"
    """Begin an epoch of keys, seal everything again to it, destroy the older ones."""
    RESEAL = "reseal"
    """Continue a rotation that broke off, or begin one: the code is the same as for ROTATE_KEYS."""


class Step(TextChoices):
    """The steps that the page requests and the worker runs within seconds: no page has keys or a list of people."""

    SCOPE = "scope", _("Find out who was affected")
    """Find out who was affected, and what each of them would be told."""
    SUSPEND_ACCOUNTS = "suspend_accounts", _("Close the accounts")
    SIGN_OUT_EVERYONE = "sign_out_everyone", _("Sign everyone out")
    ROTATE_KEYS = "rotate_keys", _("Renew the keys")
    RESEAL = "reseal", _("Reseal everything")
    NOTIFY_PEOPLE = "notify_people", _("Send the notices to the people")
    """Queue the drafted notice for everyone affected."""


class StepState(TextChoices):
    """The state of a requested step."""

    PENDING = "pending", _("Waits for another person")
    APPROVED = "approved", _("Is being done")
    """The worker runs it next."""
    DONE = "done", _("Done")
    FAILED = "failed", _("Could not be done")
    """It was refused; it can be asked for again."""
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Table(StrEnum):
    """A table with sealed or keyed values. No other table reveals who a person is."""

    VAULT_SEALED = "vault_sealed"
    LINES_LINE = "lines_line"
    LINES_NUMBER = "lines_number"
    SUBSCRIBERS_DOCUMENT = "subscribers_document"
