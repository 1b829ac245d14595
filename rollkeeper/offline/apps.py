# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import PENDING_SUBJECTS
from rollkeeper.access.roles import Permission
from rollkeeper.retention.hooks import ABANDONED_ERASERS
from rollkeeper.vault.hooks import JUSTIFICATIONS, OFFLINE


class OfflineConfig(AppConfig):
    """The package offline."""

    name = "rollkeeper.offline"

    def ready(self) -> None:
        """Register what justifies opening an offline registration, how failed ones are erased, and what waits for approvers."""
        JUSTIFICATIONS.register_by_name(
            "rollkeeper.offline.justified_openings:is_registration_waiting", key=OFFLINE
        )
        ABANDONED_ERASERS.register_by_name("rollkeeper.offline.processor:expire_failed")
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.offline.approvals:pending_submissions", key=Permission.APPROVE_ACTION
        )
