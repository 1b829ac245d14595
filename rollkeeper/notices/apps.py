# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.vault.hooks import ALARM_MAILERS


class NoticesConfig(AppConfig):
    """The package notices."""

    name = "rollkeeper.notices"

    def ready(self) -> None:
        """Register how an alarm is sent."""
        ALARM_MAILERS.register_by_name("rollkeeper.notices.alarms:mail_alarms")
