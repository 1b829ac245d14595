# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import PENDING_SUBJECTS, STAFF_REQUESTS
from rollkeeper.access.roles import Permission


class IncidentsConfig(AppConfig):
    """The package incidents."""

    name = "rollkeeper.incidents"

    def ready(self) -> None:
        """Register what waits for approvers, and what a worker does for a page."""
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.incidents.approvals:pending_key_renewals", key=Permission.RENEW_KEYS_AFTER_INCIDENT
        )
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.incidents.approvals:pending_notifications", key=Permission.NOTIFY_AFFECTED
        )
        STAFF_REQUESTS.register_by_name(
            "rollkeeper.incidents.staff_requests:open_by_request", key="open-incident"
        )
        STAFF_REQUESTS.register_by_name(
            "rollkeeper.incidents.staff_requests:word_by_request", key="word-incident-notice"
        )
