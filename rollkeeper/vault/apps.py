# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """The room vault."""

    name = "rollkeeper.vault"
