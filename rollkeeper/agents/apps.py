# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class AgentsConfig(AppConfig):
    """The room agents."""

    name = "rollkeeper.agents"
