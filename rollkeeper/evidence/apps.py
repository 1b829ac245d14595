# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The room evidence."""

    name = "rollkeeper.evidence"
