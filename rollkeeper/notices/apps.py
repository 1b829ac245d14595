# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The room notices."""

    name = "rollkeeper.notices"
