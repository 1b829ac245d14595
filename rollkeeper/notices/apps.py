# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.vault.fields import Purpose
from rollkeeper.vault.hooks import ALARM_MAILERS, JUSTIFICATIONS


class NoticesConfig(AppConfig):
    """The package notices."""

    name = "rollkeeper.notices"

    def ready(self) -> None:
        """Register how an alarm is sent, and what justifies that an address is opened."""
        JUSTIFICATIONS.register_by_name(
            "rollkeeper.notices.justified_openings:is_notice_due", key=Purpose.NOTICE
        )
        ALARM_MAILERS.register_by_name("rollkeeper.notices.alarms:mail_alarms")
