# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class LinesConfig(AppConfig):
    """The room lines."""

    name = "rollkeeper.lines"

    def ready(self) -> None:
        """Hand down to the vault how lines' sealed values are read and written when keys are renewed."""
        from rollkeeper.lines.sealed_values import SealedColumns
        from rollkeeper.vault.rotation import reseal_lines_with

        reseal_lines_with(SealedColumns())
