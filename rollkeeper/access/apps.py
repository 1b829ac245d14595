# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import STAFF_REQUESTS


class AccessConfig(AppConfig):
    """The package access."""

    name = "rollkeeper.access"

    def ready(self) -> None:
        """Register what a worker does for a page."""
        STAFF_REQUESTS.register_by_name(
            "rollkeeper.access.setting_changes:change_as_asked", key="change-settings"
        )
