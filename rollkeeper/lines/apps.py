# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class LinesConfig(AppConfig):
    """The room lines."""

    name = "rollkeeper.lines"
