# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig

from rollkeeper.access.hooks import SIGN_OUTS


class RightsConfig(AppConfig):
    """The room rights."""

    name = "rollkeeper.rights"

    def ready(self) -> None:
        """Register how every session of the portal is ended, for when everyone must be signed out."""
        SIGN_OUTS.register_by_name("rollkeeper.rights.visits:end_all_visits")
