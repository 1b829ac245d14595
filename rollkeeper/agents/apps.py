# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import ACCOUNT_FINDERS, STAFF_REQUESTS


class AgentsConfig(AppConfig):
    """The package agents."""

    name = "rollkeeper.agents"

    def ready(self) -> None:
        """Register which accounts belong to an agent, for an incident that starts from one, and what a worker does for a page."""
        ACCOUNT_FINDERS.register_by_name("rollkeeper.agents.queries:accounts_of", key="agent")
        STAFF_REQUESTS.register_by_name("rollkeeper.agents.staff_requests:act", key="agent-action")
