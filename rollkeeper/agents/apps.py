# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class AgentsConfig(AppConfig):
    """The room agents."""

    name = "rollkeeper.agents"

    def ready(self) -> None:
        """Tell which accounts stand behind an agent, for an incident that starts from one."""
        from rollkeeper.access.behind import accounts_are_known
        from rollkeeper.agents.queries import accounts_of

        accounts_are_known("agent", accounts_of)
