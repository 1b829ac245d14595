# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.notices.hooks import BEFORE_SENDING


class DisclosuresConfig(AppConfig):
    """The package disclosures."""

    name = "rollkeeper.disclosures"

    def ready(self) -> None:
        """Register that people whose notification was deferred are notified before notices are sent."""
        BEFORE_SENDING.register_by_name("rollkeeper.disclosures.due_actions:keep_demands_before_sending")
