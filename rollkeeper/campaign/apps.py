# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig

from rollkeeper.notices.hooks import PROMISES
from rollkeeper.notices.kinds import NoticeKind


class CampaignConfig(AppConfig):
    """The room campaign."""

    name = "rollkeeper.campaign"

    def ready(self) -> None:
        """Register what a first notice promises that is sent only now."""
        PROMISES.register_by_name("rollkeeper.campaign.planning:first_promise", key=NoticeKind.REGISTER_BY)
