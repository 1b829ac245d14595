# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class CounterConfig(AppConfig):
    """The package counter."""

    name = "rollkeeper.counter"
