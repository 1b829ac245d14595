# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The room notices."""

    name = "rollkeeper.notices"

    def ready(self) -> None:
        """Hand down to the vault how somebody is told of an alarm."""
        from rollkeeper.vault.canaries import tell_alarms_with

        tell_alarms_with(_mail_alarms)


def _mail_alarms() -> None:
    # The mail's own packages are read when there is something to tell, not at every start.
    from rollkeeper.notices.alarms import mail_alarms

    mail_alarms()
