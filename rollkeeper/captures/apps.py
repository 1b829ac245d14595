# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig

from rollkeeper.retention.hooks import ABANDONED_ERASERS


class CapturesConfig(AppConfig):
    """The room captures."""

    name = "rollkeeper.captures"

    def ready(self) -> None:
        """Register how captures are erased that came to nothing."""
        ABANDONED_ERASERS.register_by_name("rollkeeper.captures.carrying:give_up_held")
