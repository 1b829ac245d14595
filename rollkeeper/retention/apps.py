# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import PENDING_SUBJECTS, STAFF_REQUESTS
from rollkeeper.access.roles import Permission


class RetentionConfig(AppConfig):
    """The package retention."""

    name = "rollkeeper.retention"

    def ready(self) -> None:
        """Register what waits for approvers, and what a worker does for a page."""
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.retention.brake:pending_erasures", key=Permission.APPROVE_ERASURE
        )
        for kind, handler in (("add-hold", "add_hold"), ("end-hold", "end_hold")):
            STAFF_REQUESTS.register_by_name(f"rollkeeper.retention.staff_requests:{handler}", key=kind)
