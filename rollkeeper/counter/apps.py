# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class CounterConfig(AppConfig):
    """The room counter."""

    name = "rollkeeper.counter"
