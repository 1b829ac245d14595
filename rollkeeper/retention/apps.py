# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """The package retention."""

    name = "rollkeeper.retention"
