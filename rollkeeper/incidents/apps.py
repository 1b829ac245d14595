# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """The room incidents."""

    name = "rollkeeper.incidents"
