# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """The package vault."""

    name = "rollkeeper.vault"
