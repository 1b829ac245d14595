# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import PENDING_SUBJECTS, STAFF_REQUESTS
from rollkeeper.access.roles import Permission
from rollkeeper.vault.hooks import STAFF_OPERATIONS


class ReportingConfig(AppConfig):
    """The package reporting."""

    name = "rollkeeper.reporting"

    def ready(self) -> None:
        """Register what the vault service does for an auditor, what waits for two people, and what a worker does for a page."""
        STAFF_OPERATIONS.register_by_name(
            "rollkeeper.reporting.audit_samples.consented_access:open_with_consent_for",
            key="open-with-consent",
        )
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.reporting.publishing:pending_reports", key=Permission.PUBLISH_REPORT
        )
        for kind, handler in (
            ("draft-report", "draft_by_request"),
            ("publish-report", "publish_by_request"),
        ):
            STAFF_REQUESTS.register_by_name(f"rollkeeper.reporting.publishing:{handler}", key=kind)
