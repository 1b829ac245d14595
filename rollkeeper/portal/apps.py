# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The room portal."""

    name = "rollkeeper.portal"
