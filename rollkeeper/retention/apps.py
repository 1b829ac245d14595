# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """The room retention."""

    name = "rollkeeper.retention"
