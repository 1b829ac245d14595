# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The package portal."""

    name = "rollkeeper.portal"
