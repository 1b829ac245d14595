# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.hooks import PROMISES


class CampaignConfig(AppConfig):
    """The package campaign."""

    name = "rollkeeper.campaign"

    def ready(self) -> None:
        """Register what a first notice promises that is sent only now."""
        PROMISES.register_by_name("rollkeeper.campaign.planning:current_last_day", key=NoticeKind.REGISTER_BY)
