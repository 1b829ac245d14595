# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.vault.hooks import STAFF_OPERATIONS


class ReportingConfig(AppConfig):
    """The package reporting."""

    name = "rollkeeper.reporting"

    def ready(self) -> None:
        """Register what the vault service does for an auditor."""
        STAFF_OPERATIONS.register_by_name(
            "rollkeeper.reporting.audit_samples.consented_access:open_with_consent_for",
            key="open-with-consent",
        )
