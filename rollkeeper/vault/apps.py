# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import SERVICE_SIGN_IN


class VaultConfig(AppConfig):
    """The package vault."""

    name = "rollkeeper.vault"

    def ready(self) -> None:
        """Register how a process without second factors signs people in."""
        SERVICE_SIGN_IN.register_by_name("rollkeeper.vault.staff_sessions:sign_in_at_service")
