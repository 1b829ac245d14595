# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import PENDING_SUBJECTS
from rollkeeper.access.roles import Permission


class LawbookConfig(AppConfig):
    """The package lawbook."""

    name = "rollkeeper.lawbook"

    def ready(self) -> None:
        """Register what waits for a second person."""
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.lawbook.queries:pending_versions", key=Permission.ADOPT_LAW
        )
