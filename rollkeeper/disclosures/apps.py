# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    """The room disclosures."""

    name = "rollkeeper.disclosures"

    def ready(self) -> None:
        """Have people told whose telling was put off, before notices are sent."""
        from rollkeeper.access.authority import sweep_authority
        from rollkeeper.disclosures.keeping import keep_demands
        from rollkeeper.notices.acts import before_sending

        before_sending(lambda on: keep_demands(sweep_authority(), on=on))
