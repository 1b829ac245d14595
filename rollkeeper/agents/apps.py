# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import ACCOUNT_FINDERS


class AgentsConfig(AppConfig):
    """The package agents."""

    name = "rollkeeper.agents"

    def ready(self) -> None:
        """Register which accounts belong to an agent, for an incident that starts from one."""
        ACCOUNT_FINDERS.register_by_name("rollkeeper.agents.queries:accounts_of", key="agent")
