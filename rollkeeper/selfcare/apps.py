# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import SIGN_OUTS


class SelfcareConfig(AppConfig):
    """The package selfcare."""

    name = "rollkeeper.selfcare"

    def ready(self) -> None:
        """Register how every session of the portal is ended, for when everyone must be signed out."""
        SIGN_OUTS.register_by_name("rollkeeper.selfcare.sessions:end_all_sessions")
