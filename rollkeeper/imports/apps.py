# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The package imports."""

    name = "rollkeeper.imports"
