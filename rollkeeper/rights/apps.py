# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """The room rights."""

    name = "rollkeeper.rights"
