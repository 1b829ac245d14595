# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import SERVICE_SIGN_IN
from rollkeeper.vault.hooks import STAFF_OPERATIONS, USED_UP_BY


class VaultConfig(AppConfig):
    """The package vault."""

    name = "rollkeeper.vault"

    def ready(self) -> None:
        """Register how a process without second factors signs people in, and what an administrator may ask of the service."""
        SERVICE_SIGN_IN.register_by_name("rollkeeper.vault.staff_sessions:sign_in_at_service")
        for name in USED_UP_BY:
            place = f"rollkeeper.vault.staff_administration:{name.replace('-', '_')}_for"
            STAFF_OPERATIONS.register_by_name(place, key=name)
