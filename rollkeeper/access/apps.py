# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The room access."""

    name = "rollkeeper.access"
