# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class SamplesConfig(AppConfig):
    """The room samples."""

    name = "rollkeeper.samples"
