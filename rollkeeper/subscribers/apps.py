# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    """The room subscribers."""

    name = "rollkeeper.subscribers"
