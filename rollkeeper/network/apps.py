# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """The room network."""

    name = "rollkeeper.network"
