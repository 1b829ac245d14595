# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """The package network."""

    name = "rollkeeper.provisioning"
