# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import PENDING_SUBJECTS
from rollkeeper.access.roles import Permission
from rollkeeper.notices.hooks import BEFORE_SENDING


class DisclosuresConfig(AppConfig):
    """The package disclosures."""

    name = "rollkeeper.disclosures"

    def ready(self) -> None:
        """Register that people with a deferred notification are notified before notices are sent, and the pending approvals."""
        BEFORE_SENDING.register_by_name("rollkeeper.disclosures.due_actions:keep_demands_before_sending")
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.disclosures.queries:pending_disclosures", key=Permission.DECIDE_DISCLOSURE
        )
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.disclosures.queries:pending_deferrals", key=Permission.DEFER_NOTIFICATION
        )
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.disclosures.authorities:pending_authorities", key=Permission.APPROVE_AUTHORITY
        )
