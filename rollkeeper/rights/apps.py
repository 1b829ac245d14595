# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """The room rights."""

    name = "rollkeeper.rights"

    def ready(self) -> None:
        """Hand down how every visit is ended, for when everybody must be signed out."""
        from rollkeeper.access.signing_out import sign_out_also
        from rollkeeper.rights.visits import end_all_visits

        sign_out_also(end_all_visits)
