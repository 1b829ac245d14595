# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    """The package subscribers."""

    name = "rollkeeper.subscribers"
