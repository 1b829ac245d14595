# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """The room office."""

    name = "rollkeeper.office"
