# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class BackOfficeConfig(AppConfig):
    """The package back office."""

    name = "rollkeeper.backoffice"
