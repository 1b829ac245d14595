# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    """The room campaign."""

    name = "rollkeeper.campaign"

    def ready(self) -> None:
        """Say what a first notice may promise that is sent only now."""
        from rollkeeper.campaign.planning import first_promise
        from rollkeeper.notices.acts import promise_anew
        from rollkeeper.notices.kinds import NoticeKind

        promise_anew(NoticeKind.REGISTER_BY, first_promise)
