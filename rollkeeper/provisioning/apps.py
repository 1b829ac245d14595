# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.vault.fields import Purpose
from rollkeeper.vault.hooks import JUSTIFICATIONS


class ProvisioningConfig(AppConfig):
    """The package provisioning."""

    name = "rollkeeper.provisioning"

    def ready(self) -> None:
        """Register what justifies that a number is opened."""
        JUSTIFICATIONS.register_by_name(
            "rollkeeper.provisioning.justified_openings:is_command_due", key=Purpose.NETWORK
        )
