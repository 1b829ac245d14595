# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class CapturesConfig(AppConfig):
    """The room captures."""

    name = "rollkeeper.captures"
