# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import PENDING_SUBJECTS
from rollkeeper.access.roles import Permission


class RetentionConfig(AppConfig):
    """The package retention."""

    name = "rollkeeper.retention"

    def ready(self) -> None:
        """Register what waits for approvers."""
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.retention.brake:pending_erasures", key=Permission.APPROVE_ERASURE
        )
