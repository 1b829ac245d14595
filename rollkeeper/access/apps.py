# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The package access."""

    name = "rollkeeper.access"
