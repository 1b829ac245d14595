# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    """The room campaign."""

    name = "rollkeeper.campaign"
