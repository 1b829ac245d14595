# SPDX-License-Identifier: EUPL-1.2
"""Choices of this package. The values are in the ledger: never rename one."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestJob(StrEnum):
    """Which job of a worker does what was asked for on a page: one that takes long, or needs keys, does not delay the others."""

    PAGE = "page"
    """Done while the page waits."""
    CAMPAIGN = "campaign"
    KEYS = "keys"
    """Done by the worker that can open files."""


class RequestState(TextChoices):
    """The state of a request that staff made on a page."""

    PENDING = "pending", _("Waits for a second approver")
    APPROVED = "approved", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Not possible")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SignInOutcome(StrEnum):
    """How an attempt to sign in ended."""

    SUCCEEDED = "succeeded"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - an outcome
    WRONG_SECOND_FACTOR = "wrong_second_factor"
    LIMIT_REACHED = "limit_reached"
    """The first attempt that was refused without checking the password; later ones in the same minutes leave no entry."""


class SignInSource(StrEnum):
    """The class of the place from which an attempt came, never its address."""

    KNOWN = "known"
    """The account signed in from there within the last 90 days."""
    NEW = "new"
    CONSOLE = "console"
    """The machine itself."""
