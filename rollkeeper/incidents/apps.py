# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """The package incidents."""

    name = "rollkeeper.incidents"
