# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import SERVICE_SIGN_IN
from rollkeeper.vault.hooks import STAFF_OPERATIONS

_FOR_ADMINISTRATORS = {
    "invite-staff": "rollkeeper.vault.staff_administration:invite_staff_for",
    "invite-again": "rollkeeper.vault.staff_administration:invite_again_for",
    "grant-role": "rollkeeper.vault.staff_administration:grant_role_for",
    "end-role": "rollkeeper.vault.staff_administration:end_role_for",
    "reinstate-staff": "rollkeeper.vault.staff_administration:reinstate_staff_for",
}


class VaultConfig(AppConfig):
    """The package vault."""

    name = "rollkeeper.vault"

    def ready(self) -> None:
        """Register how a process without second factors signs people in, and what an administrator may ask of the service."""
        SERVICE_SIGN_IN.register_by_name("rollkeeper.vault.staff_sessions:sign_in_at_service")
        for name, place in _FOR_ADMINISTRATORS.items():
            STAFF_OPERATIONS.register_by_name(place, key=name)
